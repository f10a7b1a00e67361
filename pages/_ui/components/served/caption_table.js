// shared/outbox.js
var AGAIN_MS = 8e3;
var LONGER = 4;
var MOST = 50;
var Outbox = class {
  /** Sends one message. @type {(told: { reports: [number, Said][] }) => void} */
  put = () => {
  };
  /** @type {[number, Said][]} the oldest first */
  #waiting = [];
  #number = 0;
  #rest = AGAIN_MS;
  #closed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @param {Said} said */
  say(said) {
    this.#number += 1;
    this.#waiting.push([this.#number, said]);
    this.#waiting = this.#waiting.slice(-MOST);
    this.#rest = AGAIN_MS;
    this.#send();
  }
  /** The server has heard of all reports up to this one; of all of them where it numbers none. @param {number | undefined} heard */
  hear(heard) {
    if (heard !== void 0) this.#number = Math.max(this.#number, heard);
    this.#waiting = heard === void 0 ? [] : this.#waiting.filter(([number]) => number > heard);
    if (!this.#waiting.length) clearTimeout(this.#timer);
  }
  /** The component is gone: what it still says goes out, once. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
  #send() {
    clearTimeout(this.#timer);
    this.put({ reports: [...this.#waiting] });
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#rest *= LONGER;
      this.#send();
    }, this.#rest);
  }
};

// shared/pressing.js
var STILL_PX = 4;
var LONGEST_MS = 3e3;
var Pressing = class {
  /** Where the press began; null when there is none, or it is no click any more. @type {{ x: number, y: number } | null} */
  #from = null;
  /** @type {(() => void) | null} the last that was to be done meanwhile */
  #waiting = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #stop = new AbortController();
  /** @param {Parent} parent */
  constructor(parent) {
    const watch = { capture: true, passive: true, signal: this.#stop.signal };
    parent.addEventListener("pointerdown", (event) => this.#begin(
      /** @type {PointerEvent} */
      event
    ), watch);
    globalThis.addEventListener("pointermove", (event) => this.#move(event), watch);
    globalThis.addEventListener("pointerup", () => this.#release(0), watch);
    globalThis.addEventListener("pointercancel", () => this.#release(0), watch);
  }
  /** Do this now, or once the press that is under way has ended; then only the last is done. @param {() => void} act */
  undisturbed(act) {
    if (this.#from) this.#waiting = act;
    else act();
  }
  end() {
    this.#stop.abort();
    clearTimeout(this.#timer);
    this.#from = this.#waiting = null;
  }
  /** @param {PointerEvent} event */
  #begin({ clientX, clientY }) {
    this.#from = { x: clientX, y: clientY };
    this.#release(LONGEST_MS);
  }
  /** @param {PointerEvent} event */
  #move({ clientX, clientY }) {
    if (this.#from && Math.hypot(clientX - this.#from.x, clientY - this.#from.y) > STILL_PX) this.#over();
  }
  /** @param {number} rest milliseconds from now */
  #release(rest) {
    clearTimeout(this.#timer);
    if (this.#from) this.#timer = setTimeout(() => this.#over(), rest);
  }
  #over() {
    clearTimeout(this.#timer);
    const act = this.#waiting;
    this.#from = this.#waiting = null;
    act?.();
  }
};

// shared/mounting.js
var MOST_CALLS = 4;
var mounted = /* @__PURE__ */ new WeakMap();
var Mount = class {
  /** @type {Call<Data, Said>[]} */
  calls = [];
  outbox = new Outbox();
  /**
   * @param {Parent} parent
   * @param {(parent: Parent) => Mounted<Data, Said>} open
   * @param {string} name
   */
  constructor(parent, open, name) {
    this.object = open(parent);
    this.pressing = new Pressing(parent);
    this.name = name;
  }
  /** @param {Call<Data, Said>} call */
  tell({ data, setTriggerValue }) {
    this.outbox.put = (told) => setTriggerValue(this.name, told);
    this.outbox.hear(
      /** @type {{ heard?: number } | undefined} */
      data?.heard
    );
    this.object.send = (said) => this.outbox.say(said);
    this.pressing.undisturbed(() => this.object.update(data));
  }
  /** @param {Call<Data, Said>} call */
  take(call) {
    this.calls = [...this.calls, call].slice(-MOST_CALLS);
    this.tell(call);
  }
  /**
   * Whether a call that is ended was the last one.
   *
   * @param {Call<Data, Said>} call
   */
  leave(call) {
    const last = this.calls.at(-1) === call;
    this.calls = this.calls.filter((one) => one !== call);
    return last;
  }
  end() {
    this.pressing.end();
    this.outbox.close();
    this.object.destroy();
  }
};
function mounting(open, name = "event") {
  return (told) => {
    const call = { ...told };
    const { parentElement } = call;
    const mount = mounted.get(parentElement) ?? new Mount(parentElement, open, name);
    mounted.set(parentElement, mount);
    const end = () => {
      if (mounted.get(parentElement) !== mount || !mount.leave(call)) return;
      const before = mount.calls.at(-1);
      if (before && parentElement.isConnected) {
        mount.tell(before);
        return;
      }
      mounted.delete(parentElement);
      mount.end();
    };
    try {
      mount.take(call);
    } catch (error) {
      mount.leave(call);
      if (mount.calls.length === 0) {
        mounted.delete(parentElement);
        mount.end();
      }
      throw error;
    }
    return end;
  };
}

// shared/counting.js
function countOf(number, noun) {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}
function whole(number) {
  return Math.round(number).toLocaleString("en-US");
}

// shared/keys.js
var VERDICTS = { "+": "liked", l: "liked", "-": "disliked", "−": "disliked", d: "disliked" };
function withModifier(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}
function isTaken(event) {
  const path = event.composedPath();
  const target = path[0];
  if (target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))) {
    return true;
  }
  return path.some((one) => one instanceof HTMLDialogElement && one.matches(":modal"));
}
function slashGoesTo(input, signal, show) {
  const onKey = (event) => {
    if (event.key !== "/" || withModifier(event) || isTaken(event)) return;
    event.preventDefault();
    input.focus();
    input.select();
    show();
  };
  document.addEventListener("keydown", onKey, { signal });
}
function slashSign(title, sign = "/") {
  const key = document.createElement("kbd");
  key.textContent = sign;
  if (title) key.title = title;
  return key;
}
function hasKeys() {
  return !matchMedia("(hover: none)").matches;
}
function focusedBeside(element) {
  const root = element.getRootNode();
  return root instanceof Document || root instanceof ShadowRoot ? root.activeElement : null;
}
function verdictOf(event) {
  return withModifier(event) || event.repeat ? null : VERDICTS[event.key] ?? null;
}
function stepOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  if (!(ctrlKey || metaKey) || altKey || key.toLowerCase() !== "z") return null;
  return shiftKey ? "redo" : "undo";
}

// shared/settling.js
var Settling = class {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #rest;
  #act;
  /**
   * @param {number} rest milliseconds without a stir
   * @param {() => void} act
   */
  constructor(rest, act) {
    this.#rest = rest;
    this.#act = act;
  }
  /** @param {number} [rest] another wait for this once */
  stir(rest = this.#rest) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#act, rest);
  }
  end() {
    clearTimeout(this.#timer);
  }
};

// shared/drawing.js
var LENS = ["M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Z", "M15.4 15.4 20 20"];
var HEART = [
  "M12 20C6 15.5 3.5 12.5 3.5 9.2A4.2 4.2 0 0 1 12 7.6a4.2 4.2 0 0 1 8.5 1.6c0 3.3-2.5 6.3-8.5 10.8Z"
];
var CROSS = ["M6 6l12 12", "M18 6 6 18"];
function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== void 0) element.textContent = String(text);
  return element;
}
function textButton(className, text, title, act) {
  const button = make("button", className, text);
  button.type = "button";
  if (title) button.title = title;
  button.addEventListener("click", act);
  return button;
}
function signButton(className, sign, label, act) {
  const button = textButton(className, typeof sign === "string" ? sign : "", label, act);
  button.setAttribute("aria-label", label);
  if (typeof sign !== "string") button.append(lines(sign));
  return button;
}
function textField() {
  const input = make("input");
  input.type = "text";
  input.autocomplete = "off";
  input.spellcheck = false;
  input.enterKeyHint = "search";
  return input;
}
function filledBar(part) {
  const bar2 = make("span", "bar");
  const fill = make("span", "fill");
  fill.style.width = `${Math.round(part * 100)}%`;
  bar2.append(fill);
  return bar2;
}
function scoreText(score) {
  return (score < 0 ? "−" : "") + Math.abs(score).toFixed(3);
}
function clampShape(width, height) {
  if (!width || !height) return 1.33;
  return Math.min(3, Math.max(0.5, width / height));
}
var SVG = "http://www.w3.org/2000/svg";
function lines(paths) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

// shared/detail/frame.js
var LARGER = ["M14 4h6v6", "M20 4l-7 7", "M10 20H4v-6", "M4 20l7-7"];
function frame(parts, { step, close, enlarge }) {
  const dialog = make("dialog", "detail");
  dialog.setAttribute("aria-label", "Picture");
  dialog.tabIndex = -1;
  const head = make("div", "detail-head");
  const place = make("span", "place");
  const previous = signButton("tool", "‹", "Previous picture (left arrow)", () => step(-1));
  const next = signButton("tool", "›", "Next picture (right arrow)", () => step(1));
  const larger = signButton("tool larger", LARGER, "Larger (Enter)", enlarge);
  head.append(previous, place, next, larger, signButton("tool close", "×", "Close (Esc)", close));
  const body = make("div", "detail-body");
  body.tabIndex = -1;
  body.append(...parts);
  dialog.append(head, body);
  const show = (id, order) => {
    const at = order.indexOf(id);
    dialog.setAttribute("aria-label", `Picture ${id}`);
    place.textContent = at >= 0 ? `${at + 1} of ${order.length}` : "";
    previous.hidden = next.hidden = at < 0;
    previous.disabled = at <= 0;
    next.disabled = at >= order.length - 1;
  };
  const showLarger = (can, is) => {
    larger.hidden = !can;
    larger.title = is ? "Beside the page again (Esc)" : "Larger (Enter)";
    larger.setAttribute("aria-label", larger.title);
    larger.setAttribute("aria-pressed", String(is));
  };
  return { dialog, body, show, showLarger };
}

// shared/detail/neighbours.js
var Neighbours = class {
  root = make("div", "neighbours");
  #key = "";
  #open;
  /** @param {(id: string) => void} open */
  constructor(open) {
    this.#open = open;
  }
  /**
   * @param {Known | undefined} known
   * @param {string} token
   */
  draw(known, token) {
    const problem = known ? known.neighbours_problem : "";
    const key = known ? JSON.stringify([token, problem, ...known.neighbours.map((one) => one.id)]) : "";
    if (key === this.#key && this.root.childElementCount) return;
    this.#key = key;
    this.root.replaceChildren();
    if (!known || !(known.neighbours.length || problem)) return;
    this.root.append(make("h2", "", "Closest pictures"));
    if (problem) {
      this.root.append(make("p", "problem", problem));
      return;
    }
    const strip = make("div", "strip");
    strip.append(...known.neighbours.map((one) => thumb(one, this.#open)));
    this.root.append(strip);
  }
};
function thumb(one, open) {
  const button = textButton("thumb", "", one.caption || one.id, () => open(one.id));
  button.setAttribute("aria-label", `Open ${one.caption || one.id}`);
  const image = make("img");
  image.alt = "";
  image.loading = "lazy";
  if (one.src) image.src = one.src;
  button.style.aspectRatio = `${clampShape(one.width, one.height)}`;
  button.append(image);
  return button;
}

// shared/term_colours.js
var COLOURS = 6;
function hueOf(place) {
  return `hue-${place % COLOURS}`;
}

// shared/term_bar.js
function partsList(gave, terms) {
  const list = make("ul", "parts");
  list.setAttribute("aria-label", "What each term gave, beside an average picture here");
  list.append(
    ...gave.map((one, place) => {
      const row = make("li", hueOf(place));
      row.append(make("span", "swatch"), make("span", "of", terms[place]), make("span", "number", signed(one)));
      return row;
    })
  );
  return list;
}
function signed(number) {
  return `${number < 0 ? "−" : "+"}${Math.abs(number).toFixed(3)}`;
}

// shared/detail/facts.js
function factsOf(id, known) {
  const facts = known ? known.facts : [["File", id]];
  return facts.flatMap(([name, value]) => [make("dt", "", name), factValue(value)]);
}
function factValue(value) {
  const cell = make("dd");
  if (/^https:\/\//.test(value)) {
    const link = make("a", "", readable(value));
    link.href = value;
    link.target = "_blank";
    link.rel = "noreferrer noopener";
    cell.append(link);
  } else cell.textContent = value;
  return cell;
}
function readable(address) {
  const short2 = address.replace(/^https:\/\//, "");
  try {
    return decodeURIComponent(short2);
  } catch {
    return short2;
  }
}

// shared/score_bars.js
function placeOf(score, { low, high }) {
  return Math.min(1, Math.max(0, (score - low) / (high - low || 1)));
}
function barsDrawing(height) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.dataset.height = String(height);
  return svg;
}
function drawBars(svg, { counts }, above, others) {
  const height = Number(svg.dataset.height);
  const most = Math.max(1, ...counts);
  const bars = counts.flatMap((count, bin) => {
    const tall = Math.max(2, Math.sqrt(count / most) * (height - above));
    return count ? [shape("rect", "pile", { x: bin + 0.08, width: 0.84, y: height - tall, height: tall })] : [];
  });
  svg.setAttribute("viewBox", `0 0 ${counts.length} ${height}`);
  svg.replaceChildren(...bars, ...others);
}
function lineAt(name, score, bins, from, to) {
  const x = placeOf(score, bins) * bins.counts.length;
  return shape("line", name, { x1: x, x2: x, y1: from, y2: to });
}
function shape(kind, name, places) {
  const one = document.createElementNS(SVG, kind);
  one.setAttribute("class", name);
  for (const [attribute, value] of Object.entries(places)) one.setAttribute(attribute, value.toFixed(3));
  return one;
}

// shared/detail/why.js
var STRIP_HEIGHT = 34;
var Why = class {
  root = make("section", "why");
  told = make("div", "why-told");
  where = make("p", "where");
  on = false;
  /** @type {HeatMap | null} the map that stays when no word is pointed at */
  chosen = null;
  /** @type {HeatMap | null} the map of a query of several terms */
  whole = null;
  #acts;
  #drawn = "";
  /** @param {Acts} acts */
  constructor(acts) {
    this.#acts = acts;
    this.button = textButton(
      "action why-button",
      "Why this picture?",
      "Where the query is seen in it (e)",
      acts.toggle
    );
    this.button.append(make("kbd", "", "e"));
    this.button.setAttribute("aria-keyshortcuts", "e");
    this.where.setAttribute("role", "status");
    this.root.append(this.button, this.where, this.told);
  }
  /**
   * @param {Known | undefined} known
   * @param {boolean} on whether reasons are wanted
   */
  draw(known, on) {
    this.on = on;
    this.root.hidden = !(known?.explains || on && !known);
    this.button.setAttribute("aria-pressed", String(on));
    const why = on ? known?.why : void 0;
    const key = JSON.stringify([known?.id, on, why]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.told.replaceChildren();
    this.chosen = why?.maps?.[0] ?? null;
    this.whole = (why?.maps?.length ?? 0) > 1 ? this.chosen : null;
    this.#look(this.chosen);
    if (!on) return;
    if (!why?.maps) this.where.textContent = why?.problem || "Looking…";
    else this.told.append(...this.#parts(why));
  }
  /** @param {HeatMap | null} map */
  #look(map) {
    this.where.textContent = map ? `${map === this.whole ? "The whole query" : `“${map.label}”`}: ${map.where}.` : "";
    for (const button of this.told.querySelectorAll("[data-map]")) {
      button.setAttribute("aria-pressed", String(button instanceof HTMLElement && button.dataset.map === map?.label));
    }
    this.#acts.look(map);
  }
  /** @param {Told} why */
  *#parts(why) {
    const maps = why.maps ?? [];
    if (maps.length > 1) yield this.#terms(maps);
    for (const sentence of why.sentences ?? []) yield this.#sentence(sentence, why.word_maps ?? []);
    if (why.sentences?.length) yield make("p", "key", heaviest(why.sentences.flat()));
    yield make("p", "misleads", why.misleads ?? "");
    if (why.raising?.length) yield this.#suggestions("Asked for too, it would stand higher", why.raising);
    if (why.lowering?.length) yield this.#suggestions("Asked for too, it would stand lower", why.lowering);
    if (why.captions?.length) yield this.#captions(why.captions);
    if (why.strip) yield amongAll(why.strip);
    if (why.told?.length) {
      const list = make("ul", "crowd");
      list.append(...why.told.map((said) => make("li", "", said)));
      yield list;
    }
    if (why.problem) yield make("p", "problem", why.problem);
  }
  /** The query as a whole and each of its terms. @param {HeatMap[]} maps */
  #terms(maps) {
    const row = make("div", "chips");
    for (const [at, map] of maps.entries()) {
      const button = this.#pointer("chip", at === 0 ? "whole query" : map.label, map);
      if (map.share !== null) {
        button.append(make("span", "number", `${map.share < 0 ? "" : "+"}${scoreText(map.share)}`));
        button.title = "What this term gives to the score";
      }
      button.addEventListener("click", () => {
        this.chosen = map;
        this.#look(map);
      });
      row.append(button);
    }
    return row;
  }
  /**
   * A sentence whose words are shaded by how far the score falls without them; pointing at one shows where it is seen.
   *
   * @param {Sentence} words
   * @param {HeatMap[]} maps of words
   */
  #sentence(words, maps) {
    const line = make("p", "weighed");
    for (const { text, falls, rank, part } of words) {
      const map = maps.find(({ label }) => label === text);
      const title = `Without “${text}” the score ${falls < 0 ? "rises" : "falls"} by ${Math.abs(falls).toFixed(3)}, to rank ${rank}`;
      const word = map ? this.#pointer("word", text, map) : make("span", "word", text);
      word.title = title;
      word.style.setProperty("--part", String(part));
      line.append(word, " ");
    }
    return line;
  }
  /**
   * @param {string} className
   * @param {string} text
   * @param {HeatMap} map
   */
  #pointer(className, text, map) {
    const button = textButton(className, text, "", () => this.#look(map));
    button.dataset.map = map.label;
    for (
      const kind of
      /** @type {const} */
      ["pointerenter", "focus"]
    ) {
      button.addEventListener(kind, () => this.#look(map));
    }
    for (
      const kind of
      /** @type {const} */
      ["pointerleave", "blur"]
    ) {
      button.addEventListener(kind, () => this.#look(this.chosen));
    }
    return button;
  }
  /**
   * @param {string} heading
   * @param {Suggestion[]} suggestions
   */
  #suggestions(heading, suggestions) {
    const row = make("div", "chips");
    row.append(make("span", "what", heading));
    for (const { word, rank, query } of suggestions) {
      const button = textButton("chip", word, `Search with “${word}” too`, () => this.#acts.terms(query));
      button.append(make("span", "number", `rank ${rank}`));
      row.append(button);
    }
    return row;
  }
  /** @param {{ text: string, score: number }[]} captions */
  #captions(captions) {
    const part = make("div");
    const list = make("ul", "captions");
    for (const { text, score } of captions) {
      const button = textButton("caption-row", "", "Search with this caption", () => this.#acts.search(text));
      button.append(make("span", "text", text), make("span", "number", scoreText(score)));
      const row = make("li");
      row.append(button);
      list.append(row);
    }
    part.append(make("h2", "", "Captions of other pictures near it"), list);
    return part;
  }
};
function heaviest(words) {
  const most = words.reduce((one, other) => other.falls > one.falls ? other : one);
  if (most.falls <= 0) return "Without any one of these words the score would not fall.";
  return `Shaded by how far the score falls without the word; farthest without “${most.text}”: by ${most.falls.toFixed(3)}, to rank ${most.rank}.`;
}
function amongAll(strip) {
  const { low, high, median, score } = strip;
  const svg = barsDrawing(STRIP_HEIGHT);
  svg.setAttribute("class", "among");
  const ends = `${scoreText(low)} to ${scoreText(high)}, median ${scoreText(median)}`;
  svg.setAttribute("aria-label", `Scores of all pictures, ${ends}; this picture's ${scoreText(score)}`);
  drawBars(svg, strip, 2, [
    lineAt("median", median, strip, 0, STRIP_HEIGHT),
    lineAt("own", score, strip, 0, STRIP_HEIGHT)
  ]);
  return svg;
}

// shared/detail/side.js
var QUERY_WORDS = {
  rank: "Rank",
  score: "Score for the query",
  best: "fits the query best",
  bestHelp: "Closest caption to the query. Search with it"
};
var Side = class {
  root = make("div", "side");
  scoreLine = make("div", "score-line");
  title = make("h2", "", "Captions");
  captions = make("ul", "captions");
  related = make("div", "related");
  facts = make("dl", "facts");
  download = make("a", "action", "Download");
  words = QUERY_WORDS;
  #acts;
  /** @param {Acts} acts */
  constructor(acts) {
    this.#acts = acts;
    this.why = new Why(acts);
    this.like = textButton("action primary", "More like this", "", acts.like);
    this.add = textButton("action", "Add to query", "Ask for this picture too, beside what is asked", acts.add);
    this.find = textButton("action", "Find its captions", "", acts.find);
    this.table = textButton("action", "Open in Captions", "", acts.table);
    this.download.setAttribute("role", "button");
    this.good = signed2(HEART, "Like", "More pictures like this one move up (l or +)", () => acts.judge("liked"));
    this.bad = signed2(
      CROSS,
      "Dislike",
      "It is left out, and pictures like it move down (d or −)",
      () => acts.judge("disliked")
    );
    const actions = make("div", "actions");
    actions.append(this.like, this.good, this.bad, this.add, this.find, this.table, this.download);
    this.drawVerdict(false, null);
    this.root.append(this.scoreLine, this.why.root, this.title, this.captions, actions, this.related, this.facts);
  }
  /**
   * @param {string} id
   * @param {Shown | undefined} shown
   * @param {Known | undefined} known
   * @param {Manner} manner
   */
  draw(id, shown, known, { words, scoreHelp, terms, finding, explaining }) {
    this.words = words ?? QUERY_WORDS;
    const help = this.words.scoreHelp || scoreHelp || known?.score_help || "Cosine similarity to the query";
    this.#drawScore(shown, known, help);
    const gave = shown?.gave ?? known?.gave;
    if (gave) this.scoreLine.append(partsList(gave, terms));
    this.why.draw(known, explaining);
    this.#drawCaptions(shown, known, Boolean(words));
    this.#drawRelated(known);
    this.facts.replaceChildren(...factsOf(id, known));
    this.add.hidden = !known?.addable;
    this.find.hidden = Boolean(known && (known.related || !known.captions_any));
    this.find.disabled = finding;
    this.table.hidden = !known?.captions_page;
    this.download.hidden = !known?.download;
    if (known?.download) {
      this.download.href = known.download;
      this.download.download = known.download_name;
    }
  }
  /** @param {boolean} open whether pictures can be judged @param {Verdict | null} verdict */
  drawVerdict(open, verdict) {
    this.good.hidden = this.bad.hidden = !open;
    this.good.setAttribute("aria-pressed", String(verdict === "liked"));
    this.bad.setAttribute("aria-pressed", String(verdict === "disliked"));
  }
  /**
   * @param {Shown | undefined} shown
   * @param {Known | undefined} known
   * @param {string} help
   */
  #drawScore(shown, known, help) {
    const score = known?.score !== void 0 ? known.score : shown?.score;
    this.scoreLine.replaceChildren();
    this.scoreLine.hidden = score === null || score === void 0;
    if (score === null || score === void 0) return;
    const rank = shown?.rank || known?.rank;
    if (rank) this.scoreLine.append(pair(this.words.rank, "rank", `${rank}`));
    this.scoreLine.append(pair(this.words.score, "score", scoreText(score)));
    const part = shown?.bar ?? known?.bar ?? null;
    if (part !== null) this.scoreLine.append(filledBar(part));
    this.scoreLine.title = help;
  }
  /**
   * @param {Shown | undefined} shown
   * @param {Known | undefined} known
   * @param {boolean} ownWords whether the page around has words of its own for what is set apart
   */
  #drawCaptions(shown, known, ownWords) {
    const captions = known ? known.captions : shown?.caption ? [shown.caption] : [];
    const scored = shown && shown.score !== null && shown.score !== void 0;
    const best = scored && (ownWords || known?.captions_any) && shown.caption;
    this.captions.replaceChildren();
    this.title.hidden = !captions.length && !known;
    if (known && !captions.length) this.captions.append(make("li", "none", "This picture has no captions."));
    for (const text of captions) this.captions.append(this.#row(text, { best: text === best && captions.length > 1 }));
  }
  /** @param {Known | undefined} known */
  #drawRelated(known) {
    this.related.replaceChildren();
    if (!known?.related) return;
    const list = make("ul", "captions");
    for (const { text, score, own } of known.related) list.append(this.#row(text, { score, own }));
    this.related.append(make("h2", "", "Captions closest to this picture"), list);
  }
  /**
   * A caption to search with.
   *
   * @param {string} text
   * @param {{ best?: boolean, score?: number, own?: boolean }} about
   */
  #row(text, { best = false, score, own = false }) {
    const title = best ? this.words.bestHelp : "Search with this caption";
    const button = textButton("caption-row", "", title, () => this.#acts.search(text));
    button.classList.toggle("best", best);
    button.classList.toggle("own", own);
    const sentence = make("span", "text", text);
    if (own) sentence.append(make("span", "tag", "its own"));
    button.append(sentence);
    if (best) button.append(make("span", "tag", this.words.best));
    if (score !== void 0) button.append(make("span", "number", scoreText(score)));
    const row = make("li");
    row.append(button);
    return row;
  }
};
function signed2(sign, text, title, act) {
  const button = textButton("action signed", "", title, act);
  button.append(lines(sign), text);
  return button;
}
function pair(what, name, text) {
  const both = make("span", "pair");
  both.append(make("span", "what", what), make("span", name, text));
  return both;
}

// shared/detail/stack.js
var Stack = class {
  root = make("div", "neighbours copies");
  #key = "";
  #open;
  /** @param {(id: string) => void} open */
  constructor(open) {
    this.#open = open;
  }
  /** @param {Known | undefined} known */
  draw(known) {
    const stack = known?.stack ?? [];
    const key = JSON.stringify([known?.id, stack]);
    if (key === this.#key) return;
    this.#key = key;
    this.root.replaceChildren();
    if (!known || !stack.length) return;
    const more = known.stack_more ? `, and ${whole(known.stack_more)} more` : "";
    const differ = stack[0].facts.length ? "" : ", no difference in size, day or folder";
    const strip = make("div", "strip");
    strip.setAttribute("role", "list");
    strip.append(...stack.map((one) => this.#copy(one, one.id === known.id)));
    this.root.append(make("h2", "", `${countOf(stack.length, "picture")} that count as one${more}${differ}`), strip);
  }
  /** @param {Stacked} one @param {boolean} current */
  #copy(one, current) {
    const copy = make("div", "copy");
    copy.setAttribute("role", "listitem");
    const button = thumb(one, this.#open);
    if (current) button.setAttribute("aria-current", "true");
    const facts = make("dl", "");
    for (const [name2, value] of one.facts) facts.append(make("dt", "", name2), make("dd", "", value));
    const name = make("p", "copy-name", one.caption);
    name.title = one.id;
    copy.append(button, name, ...one.facts.length ? [facts] : []);
    return copy;
  }
};

// shared/detail/heat.js
var COLOURS2 = [
  [31, 12, 72],
  [85, 15, 109],
  [136, 34, 106],
  [186, 54, 85],
  [227, 89, 51],
  [249, 140, 10],
  [249, 201, 50],
  [252, 255, 164]
];
var STRONGEST = 0.72;
var DRAWN_SIDE = 192;
function placesOf({ heat }) {
  return Float32Array.from(atob(heat), (sign) => sign.charCodeAt(0) / 255);
}
function smooth(places, rows, columns, down, across) {
  const wide = new Float32Array(rows * across);
  for (let row = 0; row < rows; row += 1) {
    const from = places.subarray(row * columns, (row + 1) * columns);
    for (let x = 0; x < across; x += 1) wide[row * across + x] = between((at) => from[at], columns, x, across);
  }
  const made = new Float32Array(down * across);
  for (let x = 0; x < across; x += 1) {
    for (let y = 0; y < down; y += 1) {
      const value = between((at) => wide[at * across + x], rows, y, down);
      made[y * across + x] = Math.min(1, Math.max(0, value));
    }
  }
  return made;
}
function between(known, count, step, steps) {
  const at = (step + 0.5) * count / steps - 0.5;
  const first = Math.floor(at);
  const t = at - first;
  const [a, b, c, d] = [-1, 0, 1, 2].map((by) => known(Math.min(count - 1, Math.max(0, first + by))));
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}
function colourOf(value) {
  const at = value * (COLOURS2.length - 1);
  const low = Math.min(COLOURS2.length - 2, Math.floor(at));
  const part = at - low;
  const hidden = STRONGEST * Math.sqrt(value) * Math.min(1, 4 * value);
  const mixed = COLOURS2[low].map((tone, which) => tone + part * (COLOURS2[low + 1][which] - tone));
  return [...mixed, 255 * hidden].map(Math.round);
}
function drawHeat(canvas, map) {
  const [rows, columns] = map.shape;
  const values = smooth(placesOf(map), rows, columns, DRAWN_SIDE, DRAWN_SIDE);
  const pixels = new ImageData(DRAWN_SIDE, DRAWN_SIDE);
  values.forEach((value, at) => {
    pixels.data.set(colourOf(value), 4 * at);
  });
  const square = document.createElement("canvas");
  square.width = square.height = DRAWN_SIDE;
  square.getContext("2d")?.putImageData(pixels, 0, 0);
  const context = canvas.getContext("2d");
  if (!context) return;
  const { width, height } = canvas;
  const [left, top, right, bottom] = map.seen;
  context.clearRect(0, 0, width, height);
  context.drawImage(square, left * width, top * height, (right - left) * width, (bottom - top) * height);
}

// shared/detail/stage.js
var LARGEST_ZOOM = 2;
var CANVAS_SIDE = 512;
var Stage = class {
  root = make("div", "stage");
  picture = make("img");
  heat = make("canvas");
  note = make("p", "note");
  #drawn = "";
  constructor() {
    this.heat.setAttribute("aria-hidden", "true");
    this.root.append(this.picture, this.heat, this.note);
  }
  /** Lay a heat map over the picture, or take it away. @param {HeatMap | null} map */
  showHeat(map) {
    if (map) drawHeat(this.heat, map);
    this.root.classList.toggle("heated", map !== null);
  }
  /**
   * @param {string} id
   * @param {Shown | undefined} shown
   * @param {Known | undefined} known
   */
  draw(id, shown, known) {
    const source = known?.large || shown?.src || "";
    const key = JSON.stringify([id, source]);
    if (key !== this.#drawn) {
      this.#drawn = key;
      this.#show(source, shown?.width || known?.width || 0, shown?.height || known?.height || 0);
    }
    this.picture.alt = shown?.caption || known?.captions[0] || id;
    this.note.textContent = known?.note || (!source && known ? "This picture's file cannot be shown" : "");
  }
  /**
   * @param {string} source
   * @param {number} width
   * @param {number} height
   */
  #show(source, width, height) {
    for (const one of [this.picture, this.heat]) {
      one.style.width = width ? `${width * LARGEST_ZOOM}px` : "";
      one.style.aspectRatio = width && height ? `${width} / ${height}` : "";
    }
    const step = CANVAS_SIDE / Math.max(width, height, 1);
    this.heat.width = Math.max(1, Math.round(width * step));
    this.heat.height = Math.max(1, Math.round(height * step));
    this.heat.hidden = !source || !width || !height;
    this.picture.hidden = !source;
    if (source) this.picture.src = source;
  }
};

// shared/detail/standing.js
var ROOM = "(min-width: 1000px)";
function hasRoom() {
  return matchMedia(ROOM).matches;
}
var Standing = class {
  /** Whether it is wanted large, over the page. */
  large = false;
  /** Told in the document as long as room is taken, so that whoever leaves does not take away what another took meanwhile. */
  #own = String(Math.random());
  #dialog;
  #body;
  /**
   * @param {HTMLDialogElement} dialog
   * @param {HTMLElement} body of it, which scrolls
   * @param {() => void} turned it stands otherwise now, for the window changed
   * @param {AbortSignal} signal
   */
  constructor(dialog, body, turned, signal) {
    this.#dialog = dialog;
    this.#body = body;
    matchMedia(ROOM).addEventListener("change", () => dialog.open && this.stand() && turned(), { signal });
  }
  get beside() {
    return this.#dialog.open && !this.#dialog.matches(":modal");
  }
  get hasFocus() {
    const focused = focusedBeside(this.#dialog);
    return focused !== null && this.#dialog.contains(focused);
  }
  /** Open it, or let it stand as it is to now; false where it does already. */
  stand() {
    const dialog = this.#dialog;
    const beside = hasRoom() && !this.large;
    this.#take(hasRoom());
    if (dialog.open && beside === this.beside) return false;
    if (dialog.open) dialog.close();
    dialog.classList.toggle("beside", beside);
    if (beside) dialog.open = true;
    else {
      dialog.showModal();
      dialog.focus();
    }
    return true;
  }
  /** Let keys go to what it shows. */
  focus() {
    if (this.beside) this.#body.focus({ preventScroll: true });
    else this.#dialog.focus();
  }
  close() {
    this.large = false;
    this.#take(false);
    if (this.#dialog.open) this.#dialog.close();
  }
  /** Take the room beside the page, or give it back. @param {boolean} wanted */
  #take(wanted) {
    const { dataset } = document.documentElement;
    if (wanted) dataset.inspector = this.#own;
    else if (dataset.inspector === this.#own) delete dataset.inspector;
  }
};

// shared/detail/dialog.js
var ASK_AFTER_MS = 180;
var ASK_AT_ONCE_MS = 30;
var Detail = class {
  /** @type {string | null} the picture that is shown */
  id = null;
  /** @type {Map<string, Known>} */
  known = /* @__PURE__ */ new Map();
  token = "";
  /** @type {string[]} what the terms of the query are called */
  terms = [];
  wantRelated = false;
  /** Whether reasons are wanted, of this picture and of those stepped to from it. */
  explaining = false;
  stage = new Stage();
  stop = new AbortController();
  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.side = new Side({
      search: (text) => this.ask("search", { text }),
      like: () => this.ask("like"),
      add: () => this.ask("add"),
      table: () => this.ask("captions"),
      find: () => this.findCaptions(),
      toggle: () => this.explain(!this.explaining),
      look: (map) => this.stage.showHeat(map),
      terms: (text) => this.ask("terms", { text }),
      judge: (verdict) => this.judge(verdict)
    });
    const open = (id) => this.open(id);
    this.stack = new Stack(open);
    this.neighbours = new Neighbours(open);
    const parts = [this.stage.root, this.side.root, this.stack.root, this.neighbours.root];
    this.frame = frame(parts, {
      step: (by) => this.step(by),
      close: () => this.close(),
      enlarge: () => this.enlarge(!this.standing.large)
    });
    this.dialog = this.frame.dialog;
    this.standing = new Standing(this.dialog, this.frame.body, () => this.stood(), this.stop.signal);
    this.dialog.addEventListener("close", () => this.closed());
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog && !this.standing.beside) this.stepBack();
    });
    this.stage.picture.addEventListener("click", () => this.standing.beside && this.enlarge(true));
    this.dialog.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("keydown", (event) => this.onPageKey(event), { signal: this.stop.signal });
    this.asking = new Settling(ASK_AFTER_MS, () => {
      this.host.say({ type: "open", id: this.id, seq: this.host.sequence.latest, ...this.wanted() });
    });
  }
  destroy() {
    this.stop.abort();
    this.asking.end();
    this.id = null;
    this.standing.close();
  }
  /**
   * Show a picture at once with what the page knows; the rest is asked for.
   *
   * @param {string} id
   * @param {{ ask?: boolean, focus?: boolean, step?: boolean }} [manner] `focus` moves the focus there; a `step` stays at what is read
   */
  open(id, { ask = true, focus = false, step = false } = {}) {
    const opening = !this.dialog.open;
    const within = this.standing.hasFocus;
    this.id = id;
    this.wantRelated = false;
    this.draw();
    if (opening) {
      this.host.keepInPlace?.(id);
      this.standing.stand();
      this.stood();
    } else this.host.showOpened?.(this.standing.beside ? id : null);
    if (!step) this.frame.body.scrollTop = 0;
    if (focus || within && !this.standing.hasFocus) this.standing.focus();
    if (!ask) {
      const known = this.known.get(id);
      if (this.explaining && known?.explains && !known.why) this.askWhy("heat");
      return;
    }
    this.host.sequence.next();
    this.asking.stir(this.known.has(id) ? ASK_AFTER_MS : ASK_AT_ONCE_MS);
  }
  /** Go along with the picture that somebody goes to on the page. @param {string} id */
  follow(id) {
    if (this.standing.beside && id !== this.id) this.open(id, { step: true });
  }
  /** It stands now, or otherwise than before. */
  stood() {
    this.frame.showLarger(hasRoom(), this.standing.large);
    this.host.showOpened?.(this.standing.beside ? this.id : null);
  }
  /** Show it over the page, as large as the window has room; or beside it again. @param {boolean} large */
  enlarge(large) {
    this.standing.large = large;
    this.standing.stand();
    this.stood();
    this.standing.focus();
  }
  close() {
    if (this.id !== null && this.standing.beside) this.host.keepInPlace?.(this.id);
    this.standing.close();
  }
  /** From the large picture to the one beside the page, from that one to none. */
  stepBack() {
    if (this.standing.large && hasRoom()) this.enlarge(false);
    else this.close();
  }
  closed() {
    if (this.dialog.open) return;
    this.asking.end();
    this.standing.close();
    this.host.showOpened?.(null);
    if (this.id === null) return;
    const id = this.id;
    this.id = null;
    this.explaining = false;
    this.host.say({ type: "close", seq: this.host.sequence.next() });
    this.host.setFocus(this.host.shownOf(id) ? id : this.host.focusId, true);
  }
  /**
   * Go on from this picture to something else.
   *
   * @param {string} type
   * @param {Record<string, unknown>} [more]
   */
  ask(type, more = {}) {
    this.asking.end();
    const id = this.id;
    if (this.standing.large && hasRoom()) this.enlarge(false);
    const stays = this.standing.beside;
    if (!stays) {
      this.id = null;
      this.standing.close();
    }
    this.host.say({ type, id, seq: this.host.sequence.next(), stays, ...more });
  }
  findCaptions() {
    this.asking.end();
    this.wantRelated = true;
    this.host.say({ type: "related", id: this.id, seq: this.host.sequence.next() });
    this.draw();
  }
  /** Ask why this picture was found, or put that away. @param {boolean} on */
  explain(on) {
    const known = this.id === null ? void 0 : this.known.get(this.id);
    if (this.id === null || on && !known?.explains) return;
    this.explaining = on;
    if (on && !known?.why?.told) this.askWhy("heat");
    this.draw();
  }
  /** First the heat, which is there at once; what else is told when that has come. @param {"heat" | "all"} explain */
  askWhy(explain) {
    this.asking.end();
    this.host.say({ type: "explain", id: this.id, seq: this.host.sequence.next(), explain });
  }
  /** What an opened picture is asked besides. */
  wanted() {
    return this.explaining ? { explain: "heat" } : {};
  }
  /** Keep what is told of a picture; what was told before of why it was found is still so. @param {Known} told */
  keep(told) {
    const before = this.known.get(told.id)?.why;
    const why = told.why?.told || !before?.told ? told.why ?? before : before;
    this.known.set(told.id, why ? { ...told, why } : told);
  }
  /** @param {Verdict} verdict */
  judge(verdict) {
    if (this.id !== null) this.host.verdicts?.turn(this.id, verdict);
    this.drawVerdict();
  }
  drawVerdict() {
    const { verdicts } = this.host;
    this.side.drawVerdict(Boolean(verdicts?.open), this.id === null ? null : verdicts?.of(this.id) ?? null);
  }
  /** What the server says; older answers than our last message are only kept, not followed. @param {DetailData} data */
  receive(data) {
    if (data.token !== this.token) {
      this.known.clear();
      this.token = data.token;
    }
    this.terms = data.terms ?? [];
    if (data.detail) this.keep(data.detail);
    if (!this.host.sequence.follow(data.seq)) {
      if (this.dialog.open) this.draw();
    } else if (data.open && data.open !== this.id) this.open(data.open, { ask: false });
    else if (!data.open && this.dialog.open) {
      this.id = null;
      this.standing.close();
    } else if (this.dialog.open) this.draw();
    const why = this.id === null ? void 0 : this.known.get(this.id)?.why;
    const heatAlone = data.detail?.id === this.id && data.seq === this.host.sequence.latest && why?.maps && !why.told;
    if (this.explaining && heatAlone && !why.pending && !why.problem) this.askWhy("all");
  }
  /** @param {number} by */
  step(by) {
    const { order } = this.host;
    const at = this.id === null ? -1 : order.indexOf(this.id);
    const to = order[at < 0 ? 0 : at + by];
    if (to !== void 0) this.open(to, { step: true });
  }
  /** Keys of the panel itself. @param {KeyboardEvent} event */
  onKey(event) {
    const { verdicts } = this.host;
    const verdict = verdicts?.open ? verdictOf(event) : null;
    if (verdict) this.judge(verdict);
    else if (withModifier(event) || !this.#press(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }
  /** Whether a key did something. @param {KeyboardEvent} event */
  #press(event) {
    const { target } = event;
    if (event.key === "Escape") this.stepBack();
    else if (event.key === "i" && !event.repeat) this.close();
    else if (event.key === "Enter" && (target === this.dialog || target === this.frame.body) && hasRoom()) {
      this.enlarge(!this.standing.large);
    } else return this.#pressAnywhere(event);
    return true;
  }
  /** Keys that the panel has wherever the focus is, as long as nobody else wants them. @param {KeyboardEvent} event */
  #pressAnywhere(event) {
    if (event.key === "e") this.explain(!this.explaining);
    else if (event.key === "ArrowRight") this.step(1);
    else if (event.key === "ArrowLeft") this.step(-1);
    else return false;
    return true;
  }
  /** Keys of the page, which is in use beside the panel. @param {KeyboardEvent} event */
  onPageKey(event) {
    if (event.defaultPrevented || isTaken(event) || withModifier(event)) return;
    if (event.key === "i" && !event.repeat) {
      if (this.dialog.open) this.close();
      else if (!this.host.openFocused()) return;
    } else if (!this.standing.beside) return;
    else if (event.key === "Escape") this.close();
    else if (event.key.startsWith("Arrow") && event.composedPath()[0] !== document.body) return;
    else if (!this.#pressAnywhere(event)) return;
    event.preventDefault();
  }
  draw() {
    const { id, host } = this;
    if (id === null) return;
    const shown = host.shownOf(id);
    const known = this.known.get(id);
    this.frame.show(id, host.order);
    this.stage.draw(id, shown, known);
    this.side.draw(id, shown, known, {
      words: host.detailWords,
      scoreHelp: host.scoreHelp,
      terms: this.terms,
      finding: this.wantRelated,
      explaining: this.explaining
    });
    this.drawVerdict();
    this.stack.draw(known);
    this.neighbours.draw(known, this.token);
  }
};

// shared/questions.js
var Questions = class {
  /** @type {Question | null} what was not sent yet */
  wanted = null;
  #asking = false;
  #ask;
  #rest;
  #lost;
  /**
   * @param {(question: Question) => void} ask sends one
   * @param {() => void} rest called with each answer, before the next question goes out
   * @param {number} answerMs an answer can be lost with its connection; after this the next question waits no longer
   */
  constructor(ask, rest, answerMs) {
    this.#ask = ask;
    this.#rest = rest;
    this.#lost = new Settling(answerMs, () => this.answered());
  }
  /** @param {Question} question */
  want(question) {
    this.wanted = question;
    if (!this.#asking) this.#send(question);
  }
  answered() {
    this.#lost.end();
    this.#asking = false;
    this.#rest();
    if (this.wanted !== null) this.#send(this.wanted);
  }
  end() {
    this.#lost.end();
  }
  /** @param {Question} question */
  #send(question) {
    this.wanted = null;
    this.#asking = true;
    this.#lost.stir();
    this.#ask(question);
  }
};

// shared/sequence.js
var Sequence = class {
  /** Number of the latest message, ours or one that the server has answered. */
  latest = 0;
  /** The number of a new message. */
  next() {
    this.latest += 1;
    return this.latest;
  }
  /**
   * Whether an answer with this number is to be followed: it is not older than our latest message.
   *
   * @param {number} answered
   */
  follow(answered) {
    if (answered < this.latest) return false;
    this.latest = answered;
    return true;
  }
};

// caption_table/filter_fields.js
var FEW_CHOICES = 6;
function filterField(column, set) {
  const field = make("fieldset");
  const legend = make("legend", "", column.label);
  legend.title = column.help;
  field.append(legend);
  const fill = column.kind === "number" ? fillRange : column.kind === "choice" ? fillChoice : fillText;
  return { field, show: fill(field, column, set) };
}
function filterText({ text, choices, low, high }) {
  if (text) return `contains ${text}`;
  if (choices?.length) {
    const few = choices.slice(0, 3).map((one) => one || "(empty)");
    return choices.length > 3 ? `${few.join(", ")} and ${choices.length - 3} more` : few.join(", ");
  }
  if (typeof low !== "number") return `up to ${high}`;
  return typeof high === "number" ? `${low} to ${high}` : `from ${low}`;
}
function fillRange(field, column, set) {
  if (column.low === null || column.high === null) {
    field.append(make("p", "quiet", "Not known"));
    return () => {
    };
  }
  const low = numberField(`${column.label}, at least`, column.low);
  const high = numberField(`${column.label}, at most`, column.high);
  for (const input of [low, high]) {
    input.addEventListener("change", () => {
      const range = { low: numberIn(low), high: numberIn(high) };
      set(range.low === null && range.high === null ? null : range);
    });
  }
  const line = make("div", "range-line");
  line.append(low, make("span", "quiet", "to"), high);
  field.append(line);
  return (filter) => {
    const focused = focusedBeside(field);
    if (focused !== low) low.value = typeof filter.low === "number" ? short(filter.low) : "";
    if (focused !== high) high.value = typeof filter.high === "number" ? short(filter.high) : "";
  };
}
function numberField(label, least) {
  const input = make("input");
  input.type = "number";
  input.step = "any";
  input.placeholder = short(least);
  input.setAttribute("aria-label", label);
  return input;
}
function numberIn(input) {
  return input.value.trim() === "" || !Number.isFinite(Number(input.value)) ? null : Number(input.value);
}
function short(number) {
  return String(Math.round(number * 1e4) / 1e4);
}
function fillChoice(field, column, set) {
  const list = make("div", "choices");
  const boxes = column.choices.map(([text, count]) => choiceBox(text, count));
  for (const { box } of boxes) {
    box.addEventListener("change", () => {
      const choices = boxes.filter((one) => one.box.checked).map((one) => one.text);
      set(choices.length ? { choices } : null);
    });
  }
  list.append(...boxes.map(({ label }) => label));
  field.append(list);
  let open = boxes.length <= FEW_CHOICES + 1;
  const show = () => {
    boxes.forEach(({ box, label }, place) => {
      label.hidden = !open && place >= FEW_CHOICES && !box.checked;
    });
    const more = boxes.filter(({ label }) => label.hidden).length;
    rest.textContent = open ? "Show fewer" : `and ${whole(more)} more`;
    rest.title = open ? "Show only those with the most captions" : `Show all ${whole(boxes.length)}`;
    rest.setAttribute("aria-expanded", String(open));
    rest.hidden = !open && !more;
  };
  const rest = textButton("text-button rest", "", "", () => {
    open = !open;
    show();
    if (open) boxes.find(({ label }, place) => place >= FEW_CHOICES && !label.hidden)?.box.focus();
  });
  if (!open) field.append(rest);
  return ({ choices = [] }) => {
    for (const { text, box } of boxes) box.checked = choices.includes(text);
    show();
  };
}
function choiceBox(text, count) {
  const label = make("label");
  const box = make("input");
  box.type = "checkbox";
  label.append(box, make("span", "name-of", text || "(empty)"), make("span", "times", whole(count)));
  return { text, box, label };
}
function fillText(field, column, set) {
  const input = make("input");
  input.type = "search";
  input.placeholder = "contains";
  input.setAttribute("aria-label", `${column.label} contains`);
  input.addEventListener("change", () => set(input.value.trim() ? { text: input.value.trim() } : null));
  field.append(input);
  return (filter) => {
    if (focusedBeside(field) !== input) input.value = filter.text || "";
  };
}

// caption_table/filters.js
var Filters = class {
  panel = make("div", "filters");
  chips = make("div", "chips");
  button = textButton("text-button", "Filters", "Filter on any column", () => this.toggle());
  /** @type {Map<string, (filter: Filter) => void>} what shows a column's filter in its field */
  fields = /* @__PURE__ */ new Map();
  /** @type {View["filters"]} */
  filters = {};
  #key = "";
  #table;
  /** @param {CaptionTable} table */
  constructor(table) {
    this.#table = table;
    this.button.setAttribute("aria-expanded", "false");
    this.panel.hidden = true;
    this.panel.setAttribute("role", "group");
    this.panel.setAttribute("aria-label", "Filters");
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.toggle();
      this.button.focus();
    });
  }
  toggle() {
    this.panel.hidden = !this.panel.hidden;
    this.button.setAttribute("aria-expanded", String(!this.panel.hidden));
    if (!this.panel.hidden) this.panel.querySelector("input")?.focus();
  }
  /**
   * @param {TableData} data
   * @param {View} view
   */
  draw(data, { filters }) {
    this.filters = filters;
    const columns = data.columns.filter((one) => one.key !== "order" && one.key !== "caption");
    const key = JSON.stringify(columns);
    if (key !== this.#key) {
      this.#key = key;
      const fields = columns.map((column) => filterField(column, (filter) => this.set(column.key, filter)));
      this.fields = new Map(fields.map(({ show }, place) => [columns[place].key, show]));
      this.panel.replaceChildren(...fields.map(({ field }) => field));
    }
    for (const column of columns) this.fields.get(column.key)?.(filters[column.key] || {});
    this.#drawChips(columns);
  }
  /**
   * @param {string} key
   * @param {Filter | null} filter
   */
  set(key, filter) {
    const filters = { ...this.filters };
    delete filters[key];
    if (filter) filters[key] = filter;
    this.#table.ask({ filters, page: 1 });
  }
  /** @param {Column[]} columns */
  #drawChips(columns) {
    const on = columns.filter((column) => this.filters[column.key]);
    this.chips.replaceChildren(...on.map((column) => this.#chip(column, this.filters[column.key])));
    this.chips.hidden = !on.length;
    this.button.textContent = on.length ? `Filters (${on.length})` : "Filters";
  }
  /**
   * @param {Column} column
   * @param {Filter} filter
   */
  #chip({ key, label }, filter) {
    const text = `${label} ${filterText(filter)}`;
    const chip = textButton("text-button filter-chip", text, "Take this filter off", () => this.set(key, null));
    chip.append(make("span", "cross", "×"));
    return chip;
  }
};

// caption_table/similarity_range.js
function isRange(filter) {
  return filter !== void 0 && (typeof filter.low === "number" || typeof filter.high === "number");
}
function rangeText({ low, high }) {
  if (typeof low !== "number") return `Up to ${scoreText(high ?? 0)}`;
  return typeof high === "number" ? `${scoreText(low)} to ${scoreText(high)}` : `From ${scoreText(low)}`;
}
function binsOf(range, { low, high, everything }) {
  const bin = (value) => (value - low) / (high - low || 1) * everything.length;
  const from = typeof range.low === "number" ? bin(range.low) : 0;
  return [from, typeof range.high === "number" ? bin(range.high) : everything.length];
}
function rangeOf(one, other, { low, high, everything }) {
  const first = Math.min(one, other);
  const last = Math.max(one, other) + 1;
  if (first <= 0 && last >= everything.length) return null;
  const edge = (bin) => low + (high - low) * bin / everything.length;
  return {
    low: first > 0 ? Math.floor(edge(first) * 1e4) / 1e4 : null,
    high: last < everything.length ? Math.ceil(edge(last) * 1e4) / 1e4 : null
  };
}

// caption_table/histogram.js
var HEIGHT = 72;
var TITLE_HELP = "Cosine similarity of each caption to its own picture. The worst, at the left, may be labelling errors.";
var SCALE_HELP = "Four times the captions make a bar twice as tall, so that the few at the ends can be seen beside the many in the middle.";
var Histogram = class {
  root = make("section", "chart");
  scale = make("p", "scale");
  plot = make("div", "plot");
  svg = document.createElementNS(SVG, "svg");
  cover = make("div", "cover");
  tip = make("div", "tip");
  axis = make("div", "axis");
  unknown = make("div", "unknown-fit");
  /** @type {Bins | null} */
  bins = null;
  /** @type {View["filters"]} */
  filters = {};
  /** @type {{ from: number, to: number, moved: boolean } | null} */
  drag = null;
  #table;
  /** @param {CaptionTable} table */
  constructor(table) {
    this.#table = table;
    const title = make("h2", "", "How well captions fit their pictures");
    title.title = TITLE_HELP;
    this.scale.title = SCALE_HELP;
    this.svg.setAttribute("preserveAspectRatio", "none");
    this.svg.setAttribute("role", "img");
    this.tip.hidden = true;
    this.plot.append(this.svg, this.cover, this.tip);
    this.root.append(title, this.scale, this.plot, this.axis, this.unknown);
    this.plot.addEventListener("pointerdown", (event) => this.down(event));
    this.plot.addEventListener("pointermove", (event) => this.move(event));
    this.plot.addEventListener("pointerup", () => this.up());
    this.plot.addEventListener("pointercancel", () => this.cancel());
    this.plot.addEventListener("pointerleave", () => {
      this.tip.hidden = true;
    });
  }
  /** The range that is kept, if one is. */
  get range() {
    return isRange(this.filters.similarity) ? this.filters.similarity : null;
  }
  /**
   * @param {TableData} data
   * @param {View} view
   */
  draw({ histogram, unknown }, { filters }) {
    this.bins = histogram;
    this.filters = filters;
    this.root.hidden = !histogram && !unknown;
    this.plot.hidden = this.axis.hidden = this.scale.hidden = !histogram;
    this.unknown.hidden = !unknown;
    this.unknown.replaceChildren();
    if (unknown) this.unknown.append(make("p", "", unknown.message));
    if (unknown?.fix) this.unknown.append(make("p", "fix", unknown.fix));
    if (!histogram) return;
    const { everything, low, high } = histogram;
    this.scale.textContent = `Square-root scale, tallest bar ${countOf(tallest(histogram), "caption")}`;
    this.svg.setAttribute("viewBox", `0 0 ${everything.length} ${HEIGHT}`);
    this.svg.setAttribute("aria-label", `Histogram of similarity, ${low.toFixed(3)} to ${high.toFixed(3)}`);
    const hint = this.range ? `${rangeText(this.range)}. Click to take it off` : "Drag across to keep a range";
    const ends = [make("span", "", scoreText(low)), make("span", "", scoreText(high))];
    this.axis.replaceChildren(ends[0], make("span", "hint", hint), ends[1]);
    this.drawRange(histogram);
  }
  /**
   * From which bin to which: what is being dragged, also when new data comes meanwhile, else what is kept.
   *
   * @param {Bins} bins
   */
  binsInRange(bins) {
    if (!this.drag?.moved) return this.range && binsOf(this.range, bins);
    const { from, to } = this.drag;
    return [Math.min(from, to), Math.max(from, to) + 1];
  }
  /**
   * The bars, in colour within the range and grey outside of it, and the frame around the range.
   *
   * @param {Bins} histogram
   */
  drawRange(histogram) {
    const range = this.binsInRange(histogram);
    const { everything, shown } = histogram;
    const [from, to] = range ?? [0, everything.length];
    const most = tallest(histogram);
    const bars = everything.flatMap((count, bin) => bar("all", bin, count / most));
    shown.forEach((count, bin) => {
      bars.push(...bar("outside", bin, count / most, 0, from - bin));
      bars.push(...bar("these", bin, count / most, from - bin, to - bin));
      bars.push(...bar("outside", bin, count / most, to - bin, 1));
    });
    this.svg.replaceChildren(...bars);
    this.cover.hidden = !range;
    if (!range) return;
    const part = (bin) => Math.min(1, Math.max(0, bin / everything.length)) * 100;
    this.cover.style.left = `${part(from)}%`;
    this.cover.style.width = `${Math.max(0.4, part(to) - part(from))}%`;
  }
  /**
   * @param {PointerEvent} event
   * @param {Bins} bins
   */
  binAt(event, { everything: { length } }) {
    const box = this.plot.getBoundingClientRect();
    return Math.min(length - 1, Math.max(0, Math.floor((event.clientX - box.left) / box.width * length)));
  }
  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0 || !this.bins) return;
    event.preventDefault();
    this.plot.setPointerCapture(event.pointerId);
    const bin = this.binAt(event, this.bins);
    this.drag = { from: bin, to: bin, moved: false };
  }
  /** @param {PointerEvent} event */
  move(event) {
    if (!this.bins) return;
    const bin = this.binAt(event, this.bins);
    this.showTip(bin, this.bins);
    if (!this.drag) return;
    this.drag.to = bin;
    this.drag.moved = true;
    this.drawRange(this.bins);
  }
  up() {
    if (!this.drag || !this.bins) return;
    const { from, to } = this.drag;
    this.drag = null;
    const { similarity: _, ...filters } = this.filters;
    const clickedOff = from === to && this.range;
    const range = clickedOff ? null : rangeOf(from, to, this.bins);
    this.#table.ask({ filters: range ? { ...filters, similarity: range } : filters, page: 1 });
  }
  cancel() {
    this.drag = null;
    if (this.bins) this.drawRange(this.bins);
  }
  /**
   * @param {number} bin
   * @param {Bins} bins
   */
  showTip(bin, { low, high, everything, shown }) {
    const width = (high - low) / everything.length;
    const all = everything[bin];
    const of = shown[bin] === all ? "" : `${whole(shown[bin])} of `;
    const range = `${scoreText(low + bin * width)} to ${scoreText(low + (bin + 1) * width)}`;
    this.tip.textContent = `${range}: ${of}${countOf(all, "caption")}`;
    this.tip.hidden = false;
    this.tip.style.left = `${Math.min(78, Math.max(22, (bin + 0.5) / everything.length * 100))}%`;
  }
};
function tallest({ everything }) {
  return Math.max(1, ...everything);
}
function bar(name, bin, share, left = 0, right = 1) {
  const [start, end] = [Math.max(0.06, left), Math.min(0.94, right)];
  if (!share || end <= start) return [];
  const height = Math.max(1.5, Math.sqrt(share) * HEIGHT);
  const one = document.createElementNS(SVG, "rect");
  const places = { x: bin + start, width: end - start, y: HEIGHT - height, height };
  one.setAttribute("class", name);
  for (const [attribute, value] of Object.entries(places)) one.setAttribute(attribute, String(value));
  return [one];
}

// shared/folding.js
var PIECES = /([\p{L}\p{N}\p{M}_]+)/u;
function caseless(letter) {
  if (letter === "ı") return letter;
  if (letter === "ẞ") return "ss";
  if (/\p{Script=Cherokee}/u.test(letter)) return letter.toUpperCase();
  return Array.from(letter.toUpperCase(), (one) => one.toLowerCase()).join("");
}
function fold(text) {
  return Array.from(text.normalize("NFKC"), caseless).join("").normalize("NFKC");
}
function bare(text) {
  return fold(text).normalize("NFKD").replace(/\p{M}/gu, "");
}
function piecesOf(text) {
  return text.split(PIECES);
}

// caption_table/leading_words.js
var KINDS = [
  ["frequent", "The words that most of these captions hold"],
  ["typical", "The words that set these captions apart from all the others"]
];
var LeadingWords = class {
  root = make("section", "words");
  /** @type {"frequent" | "typical"} */
  kind = "frequent";
  #table;
  /** @param {CaptionTable} table */
  constructor(table) {
    this.#table = table;
  }
  /** @param {TableData} data */
  draw(data) {
    const { words } = data;
    this.root.hidden = !words;
    this.root.replaceChildren();
    if (!words) return;
    const head = make("h2", "", "Words in these captions");
    const kinds = make("span", "kinds");
    const typical = words.typical.length > 0;
    const kind = typical ? this.kind : "frequent";
    for (const [name, help] of typical ? KINDS : []) {
      const button = textButton("text-button", name, help, () => {
        this.kind = name;
        this.draw(data);
      });
      button.setAttribute("aria-pressed", String(name === kind));
      kinds.append(button);
    }
    head.append(kinds);
    const list = make("div", "word-list");
    list.append(...words[kind].map((one) => this.#word(one, data)));
    this.root.append(head, list);
  }
  /**
   * @param {WordCount} count
   * @param {TableData} data
   */
  #word({ word, captions }, { marks }) {
    const on = marks.some((mark) => mark.how === "word" && mark.word === word);
    const title = on ? `Click: no longer only captions with ${word}` : `Click: only captions with ${word}. Alt and click: only those without`;
    const button = textButton("text-button word", word, title, ({ altKey }) => {
      this.#table.setWords(toggled(this.#table.field.words, word, altKey));
    });
    button.setAttribute("aria-pressed", String(on));
    button.append(make("span", "times", whole(captions)));
    return button;
  }
};
function toggled(typed, word, without) {
  const all = typed.trim().split(/\s+/).filter(Boolean);
  const rest = all.filter((one) => bare(one) !== word);
  if (rest.length === all.length) rest.push(without ? `-${word}` : word);
  return rest.join(" ");
}

// caption_table/pager.js
var Pager = class {
  root = make("nav", "pager");
  #table;
  /** @param {CaptionTable} table */
  constructor(table) {
    this.#table = table;
    this.root.setAttribute("aria-label", "Pages");
  }
  /**
   * @param {TableData} data
   * @param {View} view
   */
  draw({ page, pages, found, rows }, view) {
    this.root.replaceChildren();
    this.root.hidden = pages <= 1;
    if (pages <= 1) return;
    const first = (page - 1) * view.size + 1;
    const before = this.#step("‹ Previous", "Previous page (Page Up in the table)", page - 1);
    const after = this.#step("Next ›", "Next page (Page Down in the table)", page + 1);
    before.disabled = page <= 1;
    after.disabled = page >= pages;
    const range = `${whole(first)} to ${whole(first + rows.length - 1)} of ${whole(found)}`;
    const of = make("span", "of", `of ${whole(pages)}`);
    this.root.append(before, this.#number(page, pages), of, after, make("span", "range", range));
  }
  /**
   * @param {string} text
   * @param {string} title
   * @param {number} to
   */
  #step(text, title, to) {
    return textButton("text-button", text, title, () => this.#table.toPage(to));
  }
  /**
   * @param {number} page
   * @param {number} pages
   */
  #number(page, pages) {
    const number = make("input");
    number.type = "number";
    number.min = "1";
    number.max = String(pages);
    number.value = String(page);
    number.setAttribute("aria-label", "Page");
    number.addEventListener("change", () => this.#table.toPage(Math.round(Number(number.value)) || 1));
    return number;
  }
};

// shared/tray/dots.js
function drawDots(place, tags) {
  place.title = tags.join(", ");
  place.replaceChildren(...tags.map(dot));
}
function dot(tag) {
  const one = make("span", "dot");
  one.style.setProperty("--hue", String(hueOf2(tag)));
  return one;
}
function hueOf2(tag) {
  let sum = 7;
  for (const letter of tag) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 3607;
  return sum * 47 % 360;
}

// shared/marking.js
function markedPieces(text, isMeant) {
  return piecesOf(text).map((piece, place) => [piece, place % 2 === 1 && isMeant(bare(piece))]);
}
function markedLine(className, text, isMeant) {
  const line = make("span", className);
  if (isMeant === null) line.textContent = text;
  else for (const [piece, hit] of markedPieces(text, isMeant)) line.append(hit ? make("b", "", piece) : piece);
  return line;
}

// caption_table/row.js
var KeptImages = class {
  /** @type {Map<string, HTMLImageElement[]>} */
  #before = /* @__PURE__ */ new Map();
  /** @type {Map<string, HTMLImageElement[]>} */
  #now = /* @__PURE__ */ new Map();
  /** All rows are drawn anew: what they do not take is let go of. */
  turn() {
    this.#before = this.#now;
    this.#now = /* @__PURE__ */ new Map();
  }
  /** @param {string} src */
  take(src) {
    const image = this.#before.get(src)?.pop() ?? freshImage(src);
    this.#now.set(src, [...this.#now.get(src) ?? [], image]);
    return image;
  }
};
function freshImage(src) {
  const image = make("img");
  image.decoding = "async";
  image.draggable = false;
  image.addEventListener("error", () => image.replaceWith(make("span", "none", "no file")));
  image.src = src;
  return image;
}
function lineOf(row, columns, { picked, marks, counting, images }, acts) {
  const element = make("tr", "row");
  element.tabIndex = -1;
  element.dataset.at = String(row.at);
  element.setAttribute("aria-label", nameOf(row, false, []));
  const box = checkbox(row, picked, acts.pick);
  const pick = make("td", "pick");
  pick.append(box);
  const text = make("td", "text");
  text.title = row.caption;
  text.append(markedLine("sentence", row.caption, meant(marks)), make("span", "file", row.name || row.note));
  const dots = make("span", "dots");
  dots.setAttribute("aria-hidden", "true");
  const search = signButton("icon-button", LENS, "Search pictures with this caption", acts.search);
  search.tabIndex = -1;
  const go = make("td", "go");
  go.append(search);
  element.append(pick, shot(row, images, dots), text, ...columns.map((column) => valueCell(row, column, counting)), go);
  element.classList.toggle("chosen", picked);
  element.addEventListener("click", (event) => {
    const { target } = event;
    if (target instanceof Element && target.closest("button, .pick")) return;
    if (!String(getSelection())) acts.open(event);
  });
  return { element, row, box, dots };
}
function nameOf(row, selected, tags) {
  const tagged = tags.length ? `Tagged ${tags.join(", ")}. ` : "";
  return `${selected ? "Selected. " : ""}${row.caption}. ${tagged}Enter opens its picture`;
}
function waitingLine(columns) {
  const element = make("tr", "skeleton");
  const picture = make("td", "shot");
  const text = make("td", "text");
  picture.append(make("span", "frame"));
  text.append(make("span", "bone"));
  element.append(make("td"), picture, text, ...Array.from({ length: columns + 1 }, () => make("td")));
  return { element };
}
function meant(marks) {
  if (!marks.length) return null;
  return (bare2) => marks.some(({ word, how }) => {
    if (how === "word") return bare2 === word;
    return how === "beginning" ? bare2.startsWith(word) : bare2.includes(word);
  });
}
function checkbox(row, picked, pick) {
  const box = make("input");
  box.type = "checkbox";
  box.tabIndex = -1;
  box.checked = picked;
  box.setAttribute("aria-label", `Select the caption ${row.caption}`);
  box.addEventListener("change", () => pick(box.checked));
  return box;
}
function shot(row, images, dots) {
  const cell = make("td", "shot");
  const frame2 = make("span", "frame");
  frame2.style.aspectRatio = String(clampShape(row.width, row.height));
  if (row.src) {
    const image = images.take(row.src);
    image.alt = `Picture ${row.id}`;
    frame2.append(image);
  } else if (row.pending) frame2.classList.add("pending");
  else frame2.append(make("span", "none", row.id ? "no file" : "no picture"));
  if (row.note) frame2.title = row.note;
  frame2.append(dots);
  cell.append(frame2);
  return cell;
}
function valueCell(row, { key, label, kind }, counting) {
  const value = row.values[key];
  const cell = make("td", kind === "number" ? "num" : "other");
  cell.dataset.key = key;
  cell.dataset.label = label;
  if (value === null || value === void 0 || value === "") {
    cell.append(make("span", "value unknown", "–"));
    if (key === "rank" && counting) cell.title = "Being counted";
  } else if (key === "similarity" && typeof value === "number") {
    cell.append(make("span", "value", scoreText(value)), filledBar(row.bar));
  } else {
    const text = typeof value === "number" ? value.toLocaleString("en-US", { maximumFractionDigits: 4 }) : value;
    cell.append(make("span", "value", text));
  }
  return cell;
}

// caption_table/rows.js
var WAITING_ROWS = 8;
var Rows = class {
  table = make("table");
  header = make("tr");
  body = make("tbody");
  /** @type {Line[]} */
  lines = [];
  /** @type {string[]} pictures in the order of their rows */
  order = [];
  /** @type {Map<string, Row>} the row that stands for each picture */
  shown = /* @__PURE__ */ new Map();
  focusAt = 0;
  /** @type {number | null} the row that has the focus once the page asked for is there; -1 is the last */
  focusAfter = null;
  images = new KeptImages();
  /** @type {string | null} */
  #openedId = null;
  #captions;
  /** @param {CaptionTable} captions */
  constructor(captions) {
    this.#captions = captions;
    this.table.setAttribute("aria-label", "Captions");
    const top = make("thead");
    top.append(this.header);
    this.table.append(top, this.body);
    this.body.addEventListener("mousedown", (event) => {
      if (event.shiftKey && captions.selecting.of) event.preventDefault();
    });
    this.body.addEventListener("keydown", (event) => this.onKey(event));
    this.body.addEventListener("focusin", ({ target }) => {
      const row = target instanceof Element ? target.closest("tr") : null;
      if (row) this.markFocus(this.lines.findIndex((line) => line.element === row));
    });
  }
  get hasRows() {
    return this.lines.length > 0;
  }
  get focused() {
    return this.lines[this.focusAt]?.row;
  }
  get focusId() {
    return this.focused?.id ?? null;
  }
  /**
   * @param {TableData} data
   * @param {View} view
   */
  draw(data, view) {
    this.table.hidden = Boolean(data.empty);
    const columns = data.columns.filter((one) => data.shown.includes(one.key));
    this.#drawHeader(columns, view);
    const focused = focusedBeside(this.table);
    const hadFocus = this.lines.some((line) => line.element === focused);
    this.images.turn();
    this.lines = data.loading ? Array.from({ length: WAITING_ROWS }, () => waitingLine(columns.length)) : data.rows.map((row) => this.#line(row, columns, data));
    this.body.replaceChildren(...this.lines.map((line) => line.element));
    this.order = [...new Set(data.rows.flatMap((row) => row.id || []))];
    this.shown = /* @__PURE__ */ new Map();
    for (const row of data.rows) if (row.id && !this.shown.has(row.id)) this.shown.set(row.id, row);
    this.#refocus(hadFocus);
    this.markOpened(this.#openedId);
  }
  /** Show which rows are those of the picture that stands open beside the table; it is in sight by one of them. @param {string | null} id */
  markOpened(id) {
    const other = id !== this.#openedId;
    this.#openedId = id;
    for (const { element, row } of this.lines) {
      if (id !== null && row?.id === id) element.setAttribute("aria-current", "true");
      else element.removeAttribute("aria-current");
    }
    if (!other || id === null || this.focusId === id) return;
    this.lines.find(({ row }) => row?.id === id)?.element.scrollIntoView({ block: "nearest" });
  }
  /** A picture was opened from this one of its rows. @param {Row} row */
  opened(row) {
    if (row.id) this.shown.set(row.id, row);
  }
  markPicked() {
    for (const { element, row, box } of this.lines) {
      if (!row || !box) continue;
      box.checked = this.#captions.picked.has(row.at);
      element.classList.toggle("chosen", box.checked);
    }
  }
  /** Show of every row whether its picture is selected, and its tags. */
  markSelected() {
    const { marks } = this.#captions.selecting;
    const { ids } = marks;
    for (const { element, row, dots } of this.lines) {
      if (!row || !dots) continue;
      const selected = ids.has(row.id ?? "");
      const tags = marks.tagsOf(row.id ?? "");
      element.classList.toggle("selected", selected);
      element.setAttribute("aria-label", nameOf(row, selected, tags));
      drawDots(dots, tags);
    }
  }
  /** @param {number} at */
  markFocus(at) {
    if (at < 0) return;
    this.lines.forEach(({ element, row }, place) => {
      if (row) element.tabIndex = place === at ? 0 : -1;
    });
    this.focusAt = at;
  }
  /** @param {number} at */
  focusRow(at) {
    const line = this.lines[at];
    if (!line?.row) return;
    this.markFocus(at);
    line.element.focus({ preventScroll: true });
    line.element.scrollIntoView({ block: "nearest" });
  }
  /** Back to a row of a picture: to the one that was left, where it is one. @param {string} id */
  focusPicture(id) {
    const at = this.lines.findIndex((line) => line.row?.id === id);
    if (at >= 0) this.focusRow(this.focusId === id ? this.focusAt : at);
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    const { data } = this.#captions;
    if (withModifier(event) || !data) return;
    const onRow = event.target instanceof Element && event.target.matches("tr");
    const before = this.focusAt;
    if (this.#goByKey(event.key, data) || onRow && this.#actByKey(event.key, event.shiftKey)) event.preventDefault();
    if (this.focused && this.focusAt !== before) this.#captions.follow(this.focused);
  }
  /**
   * Whether a key led somewhere.
   *
   * @param {string} key
   * @param {TableData} data
   */
  #goByKey(key, { page, pages }) {
    const at = this.focusAt;
    const last = this.lines.length - 1;
    if (key === "ArrowDown" && at === last && page < pages) this.#captions.toPage(page + 1, 0);
    else if (key === "ArrowUp" && at === 0 && page > 1) this.#captions.toPage(page - 1, -1);
    else if (key === "ArrowDown") this.focusRow(Math.min(last, at + 1));
    else if (key === "ArrowUp") this.focusRow(Math.max(0, at - 1));
    else if (key === "Home") this.focusRow(0);
    else if (key === "End") this.focusRow(last);
    else if (key === "PageDown" && page < pages) this.#captions.toPage(page + 1, 0);
    else if (key === "PageUp" && page > 1) this.#captions.toPage(page - 1, 0);
    else return false;
    return true;
  }
  /** Whether a key did something with the row. @param {string} key @param {boolean} shift */
  #actByKey(key, shift) {
    const row = this.focused;
    if (!row) return false;
    if (key === "Enter") this.#captions.open(row, true);
    else if (this.#captions.selecting.press(key, shift, row)) return true;
    else if (key === " ") this.#captions.pick(row, !this.#captions.picked.has(row.at));
    else return false;
    return true;
  }
  /**
   * @param {Row} row
   * @param {Column[]} columns
   * @param {TableData} data
   */
  #line(row, columns, { marks, counting }) {
    const captions = this.#captions;
    const picked = captions.picked.has(row.at);
    const manner = { picked, marks, counting: Boolean(counting), images: this.images };
    return lineOf(row, columns, manner, {
      pick: (on) => captions.pick(row, on),
      search: () => captions.leave({ type: "search", text: row.caption }),
      open: (event) => {
        if (!captions.selecting.click(event, row)) captions.open(row, event.detail === 0);
      }
    });
  }
  /** @param {boolean} hadFocus */
  #refocus(hadFocus) {
    this.focusAt = Math.min(this.focusAt, Math.max(0, this.lines.length - 1));
    if (this.focusAfter !== null && !this.#captions.questions.wanted) {
      this.focusRow(this.focusAfter < 0 ? this.lines.length - 1 : this.focusAfter);
      this.focusAfter = null;
    } else if (hadFocus) this.focusRow(this.focusAt);
    else this.markFocus(this.focusAt);
  }
  /**
   * @param {Column[]} columns
   * @param {View} view
   */
  #drawHeader(columns, view) {
    const pick = make("th", "pick");
    const go = make("th", "go");
    pick.append(make("span", "unseen", "Select"));
    go.append(make("span", "unseen", "Search"));
    const caption = this.#headCell("caption", "Caption", "Sort by the sentence", "", view);
    const others = columns.map(
      ({ key, label, help, kind }) => this.#headCell(key, label, help, kind === "number" ? "num" : "other", view)
    );
    this.header.replaceChildren(pick, make("th", "shot", "Picture"), caption, ...others, go);
  }
  /**
   * @param {string} key
   * @param {string} label
   * @param {string} help
   * @param {string} kind
   * @param {View} view
   */
  #headCell(key, label, help, kind, { sort, descending }) {
    const cell = make("th", kind);
    const on = sort === key;
    cell.setAttribute("aria-sort", on ? descending ? "descending" : "ascending" : "none");
    const turn = () => this.#captions.sortBy(key, on && !this.#captions.view.descending);
    const button = textButton("text-button", label, `${help} Click to sort.`, turn);
    if (on) button.append(make("span", "arrow", descending ? "↓" : "↑"));
    cell.append(button);
    return cell;
  }
};

// shared/chosen.js
var KEY = /* @__PURE__ */ Symbol.for("t2i chosen pictures");
var MOST_CHOSEN = 1e3;
function kept() {
  const page = (
    /** @type {Record<symbol, Kept | undefined>} */
    /** @type {unknown} */
    globalThis
  );
  page[KEY] ??= { of: "", ids: [], told: null, target: new EventTarget() };
  return page[KEY];
}
function chosenOf(of) {
  const { of: known, ids } = kept();
  return new Set(of && of === known ? ids : []);
}
function choose(of, ids, told = null) {
  const all = kept();
  all.of = of;
  all.ids = [...new Set(ids)].slice(0, MOST_CHOSEN);
  all.told = told;
  all.target.dispatchEvent(new Event("change"));
}
function onChosen(follow, signal) {
  kept().target.addEventListener("change", follow, { signal });
}

// shared/tray/tray.js
var FILES = [
  ["CSV", ".csv", "A table for spreadsheets"],
  ["JSON", ".json", "For programs, with the request"],
  ["Parquet", ".parquet", "A table for data frames"],
  ["ZIP", ".zip", "The pictures themselves"],
  ["Contact sheet", ".html", "A page that opens without a network"]
];
var Tray = class {
  root = make("div", "tray");
  #count = make("span", "number");
  #form = make("form");
  #field = textField();
  #last = make("span", "last");
  #told = make("span", "told");
  #marks;
  #drawn = "";
  /** @type {Element | null} what had the focus before a key led here */
  #before = null;
  exportProblem = "";
  /** @param {Marks} marks */
  constructor(marks) {
    this.#marks = marks;
    this.root.hidden = true;
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Selected pictures");
    for (const one of [this.#count, this.#told]) one.setAttribute("role", "status");
    this.#field.placeholder = "Tag";
    this.#field.maxLength = 80;
    this.#field.enterKeyHint = "done";
    this.#field.setAttribute("aria-label", "Tag of the selected pictures");
    const give = textButton("plain", "Tag", "Give the tag; where all have it, take it", () => {
    });
    give.type = "submit";
    this.#form.append(this.#field, give);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      marks.tag(this.#field.value);
      this.#field.value = "";
      this.#goBack();
    });
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      this.#goBack();
    });
    const like = textButton("plain", "Like", "Rank what is like them first", () => marks.like());
    like.hidden = !marks.likes;
    const ask = textButton("plain", "Ask with these", "Search for what they have in common", () => marks.ask());
    this.undo = textButton("plain", "Undo", "Take the last tagging back (Ctrl-Z)", () => marks.undo());
    const clear = textButton("plain", "Clear", "Select nothing (Escape)", () => marks.clear());
    this.root.append(this.#count, this.#form, this.#last, like, ask, this.#export(), this.undo, clear, this.#told);
  }
  draw() {
    const { ids, data, wishes } = this.#marks;
    this.root.hidden = !ids.size;
    if (!data) return;
    const away = ids.size && this.#marks.elsewhere;
    const elsewhere = away ? `, ${away === ids.size ? "none" : ids.size - away} of them here` : "";
    say(this.#count, ids.size ? `${this.#marks.counted} selected${elsewhere}` : "");
    say(this.#told, this.exportProblem || data.problem || data.told);
    this.#form.hidden = data.refused;
    this.#last.hidden = data.refused;
    this.undo.hidden = data.refused;
    this.undo.disabled = !data.undo && !wishes.length;
    const key = JSON.stringify(data.last);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#last.replaceChildren(...data.last.map((tag, at) => this.#shortcut(tag, at + 1)));
  }
  /** Put the focus where a tag is typed. */
  goToTag() {
    this.#before = focusedBeside(this.root);
    this.#field.focus();
  }
  /** To the card or row that a key led here from, so that keys go on from there. */
  #goBack() {
    const before = this.#before;
    this.#before = null;
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    else if (focusedBeside(this.root) === this.#field) this.#field.blur();
  }
  /** The Export button, and behind it what the selection can become. */
  #export() {
    const all = make("span", "last");
    const files = make("span", "last");
    files.hidden = true;
    const open = textButton("plain", "Export", "Save the selected pictures as a file", () => {
      files.hidden = !files.hidden;
      open.setAttribute("aria-expanded", String(!files.hidden));
    });
    open.setAttribute("aria-expanded", "false");
    const buttons = FILES.map(
      ([text, ending, title]) => textButton("plain", text, title, () => this.#marks.exportAs(ending))
    );
    files.append(...buttons);
    all.append(open, files);
    return all;
  }
  /** @param {string} tag @param {number} number */
  #shortcut(tag, number) {
    const button = textButton("plain", "", `Tag them ${tag} (${number})`, () => this.#marks.tag(tag));
    button.append(make("kbd", "", number), tag);
    return button;
  }
};
function say(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

// shared/tray/marks.js
var Marks = class {
  /** @type {Tagging | null} */
  data = null;
  /** @type {Wish[]} that no answer has confirmed: of two messages close together the earlier may be lost */
  wishes = [];
  tray;
  #number = 0;
  /** Number of the file that is waited for; 0 where none is. */
  #awaited = 0;
  #shown;
  /** @param {Marked} shown @param {AbortSignal} signal */
  constructor(shown, signal) {
    this.#shown = shown;
    this.tray = new Tray(this);
    onChosen(() => this.draw(), signal);
  }
  /** What the server says. @param {Tagging | null} data */
  take(data) {
    const before = this.data?.of;
    this.data = data;
    if (!data || before !== void 0 && before !== data.of) this.wishes = [];
    this.wishes = this.wishes.filter((wish) => wish.number > (data?.done ?? 0));
    this.#number = Math.max(this.#number, data?.done ?? 0);
  }
  /** What is selected of this dataset, on all pages, in the order in which it was selected. */
  get ids() {
    return chosenOf(this.data?.of);
  }
  /** How many of the selected pictures are not shown here. */
  get elsewhere() {
    const here = new Set(this.#shown.order);
    return [...this.ids].filter((id) => !here.has(id)).length;
  }
  /** How many are selected, in words. */
  get counted() {
    const { noun } = this.#shown;
    return noun ? countOf(this.ids.size, noun) : whole(this.ids.size);
  }
  /** Whether pictures can be liked here. */
  get likes() {
    return this.#shown.like !== void 0;
  }
  /** A picture's tags, with those that the server does not know of yet. @param {string} id */
  tagsOf(id) {
    return tagsWith(this.data?.tags[id] ?? [], this.wishes, id);
  }
  /** Select these and no others. @param {Iterable<string>} ids */
  choose(ids) {
    if (this.data) choose(this.data.of, ids);
  }
  clear() {
    this.choose([]);
  }
  /** Search for what they have in common. */
  ask() {
    this.#shown.say("examples", { ids: [...this.ids] });
    this.clear();
  }
  like() {
    this.#shown.like?.(this.ids);
  }
  /** Give a tag to what is selected; where all of it has the tag, take it. @param {string} text */
  tag(text) {
    const tag = text.normalize("NFC").trim().replace(/\s+/g, " ");
    if (!tag || !this.ids.size || !this.data || this.data.refused) return;
    const ids = [...this.ids];
    const turn = this.elsewhere > 0;
    this.#wish({ ids, tag, turn, taken: !turn && ids.every((id) => this.tagsOf(id).includes(tag)) });
  }
  /** Ask for a file of what is selected. @param {string} ending */
  exportAs(ending) {
    this.#awaited = Date.now();
    const wish = { number: this.#awaited, of: this.data?.of ?? "", ids: [...this.ids], tag: "", ending };
    this.#shown.say("export", { export: wish });
  }
  /** Save the file that was asked for, once it is there. @param {Exported | null} exported */
  receive(exported) {
    this.tray.exportProblem = exported?.problem ?? "";
    if (!exported?.url || exported.number !== this.#awaited) return;
    this.#awaited = 0;
    const link = make("a");
    link.href = exported.url;
    link.download = exported.name;
    link.click();
  }
  undo() {
    if (this.data?.undo || this.wishes.length) this.#wish({ undo: true });
  }
  /** A message with all that was done, as long as the server may not know it. @param {Message} said */
  complete(said) {
    return this.wishes.length ? { ...said, tags: this.wishes } : said;
  }
  draw() {
    this.tray.draw();
    this.#shown.mark();
  }
  /** Follow a key of the page; false for one that is not ours. @param {KeyboardEvent} event */
  press(event) {
    if (!this.ids.size) return false;
    if (stepOf(event) === "undo" && this.data?.undo) this.undo();
    else if (withModifier(event) || event.repeat) return false;
    else if (event.key === "Escape") this.clear();
    else if (event.key === "t") this.goToTag();
    else if (/^[1-9]$/.test(event.key)) this.tag(this.data?.last[Number(event.key) - 1] ?? "");
    else return false;
    return true;
  }
  /** Put the focus where a tag is typed, where tags may be given. */
  goToTag() {
    if (!this.data?.refused) this.tray.goToTag();
  }
  /** @param {Omit<Wish, "number" | "of">} what */
  #wish(what) {
    this.#number += 1;
    this.wishes.push({ number: this.#number, of: this.data?.of ?? "", ...what });
    this.draw();
    this.#shown.say("tag");
  }
};
function tagsWith(tags, wishes, id) {
  const all = new Set(tags);
  for (const { ids, tag, taken } of wishes) {
    if (!tag || !ids?.includes(id)) continue;
    if (taken) all.delete(tag);
    else all.add(tag);
  }
  return [...all];
}

// caption_table/selecting.js
var Selecting = class {
  noun = "picture";
  // captions are counted beside them
  /** @type {number | null} the caption where a range begins */
  #anchor = null;
  #table;
  marks;
  /** @param {CaptionTable} table */
  constructor(table) {
    this.#table = table;
    const { signal } = table.stop;
    this.marks = new Marks(this, signal);
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
  }
  /** The dataset that is selected in; "" where pictures are not selected. */
  get of() {
    return this.#table.data?.selecting ?? "";
  }
  get order() {
    return this.#table.rows.order;
  }
  /** @param {string} type @param {Record<string, unknown>} [more] */
  say(type, more) {
    this.#table.leave({ type, ...more });
  }
  mark() {
    this.#table.rows.markSelected();
    this.#table.drawPicked();
  }
  /** What the server says. @param {TableData} data */
  take({ tagging, exported }) {
    this.marks.take(tagging);
    this.marks.receive(exported);
  }
  /** Whether a key was followed. @param {string} key @param {boolean} shift @param {Row} row */
  press(key, shift, row) {
    if (key.toLowerCase() !== "x" || !this.of || !row.id) return false;
    if (shift) this.extend(row);
    else this.turn(row);
    return true;
  }
  /** Whether a click selected something. @param {MouseEvent} event @param {Row} row */
  click({ shiftKey, ctrlKey, metaKey, altKey }, row) {
    if (!this.of || !row.id || altKey || !(shiftKey || ctrlKey || metaKey)) return false;
    if (shiftKey) this.extend(row);
    else this.turn(row);
    return true;
  }
  /** Select a row's picture, or no longer. @param {Row} row */
  turn(row) {
    const { ids } = this.marks;
    const id = row.id ?? "";
    if (!ids.delete(id)) ids.add(id);
    this.#anchor = row.at;
    this.marks.choose(ids);
  }
  /** Select the pictures of all rows from the one that was turned last to this one. @param {Row} row */
  extend(row) {
    const rows = this.#table.data?.rows ?? [];
    const [from, to] = [rows.findIndex(({ at }) => at === this.#anchor), rows.findIndex(({ at }) => at === row.at)];
    const start = from < 0 ? to : from;
    const between2 = rows.slice(Math.min(start, to), Math.max(start, to) + 1);
    this.#anchor ??= row.at;
    this.marks.choose([...this.marks.ids, ...between2.flatMap(({ id }) => id || [])]);
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.defaultPrevented || isTaken(event)) return;
    if (this.marks.press(event)) event.preventDefault();
  }
};

// caption_table/tools.js
var PAGE_SIZES = [25, 50, 100, 200];
var comfortable = false;
var Tools = class {
  #table;
  root = make("div", "tools");
  sort = make("select");
  size = make("select");
  #sortKey = "";
  rows = textButton("text-button", "Comfortable", "Larger pictures and whole captions", () => this.#turnRows());
  /** @param {CaptionTable} table */
  constructor(table) {
    this.sort.setAttribute("aria-label", "Sort by");
    this.sort.addEventListener("change", () => table.sortBy(this.sort.value, false));
    this.direction = textButton(
      "text-button",
      "",
      "Turn the order around",
      () => table.sortBy(table.view.sort, !table.view.descending)
    );
    this.size.setAttribute("aria-label", "Rows on a page");
    for (const size of PAGE_SIZES) this.size.append(new Option(`${size} rows`, String(size)));
    this.size.addEventListener("change", () => table.ask({ size: Number(this.size.value), page: 1 }));
    this.#table = table;
    this.root.append(this.sort, this.direction, this.size, this.rows);
    this.#showRows();
  }
  #turnRows() {
    comfortable = !comfortable;
    this.#showRows();
  }
  #showRows() {
    this.rows.setAttribute("aria-pressed", String(comfortable));
    this.#table.root.classList.toggle("compact", !comfortable);
  }
  /**
   * @param {TableData} data
   * @param {View} view
   */
  draw({ columns, pages, rows }, view) {
    this.root.hidden = !columns.length;
    const key = columns.map((one) => one.key).join("\n");
    if (key !== this.#sortKey) {
      this.#sortKey = key;
      this.sort.replaceChildren(...columns.map((one) => new Option(one.label, one.key)));
    }
    this.sort.value = view.sort;
    this.direction.textContent = directionOf(view, columns);
    this.size.value = String(view.size);
    this.size.hidden = !rows.length || pages <= 1 && view.size === PAGE_SIZES[0];
  }
};
function directionOf({ sort, descending }, columns) {
  if (sort === "order") return descending ? "last first" : "first first";
  const column = columns.find((one) => one.key === sort);
  if (!column || column.kind === "number") return descending ? "highest first" : "lowest first";
  return descending ? "Z to A" : "A to Z";
}

// caption_table/word_field.js
var WordField = class {
  root = make("div", "find");
  input = textField();
  key = slashSign("Press / to look for words");
  /** @param {CaptionTable} table */
  constructor(table) {
    const { input } = this;
    input.placeholder = 'Words in captions, as in: dog "red hat" -snow';
    input.setAttribute("aria-label", "Words in captions");
    this.clear = signButton("icon-button", CROSS, "Clear the words", () => {
      table.setWords("");
      input.focus();
    });
    this.root.append(lines(LENS), input, this.clear, this.key, make("div", "busy"));
    input.addEventListener("input", () => {
      this.draw();
      table.typed();
    });
    input.addEventListener("blur", () => table.settle());
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) table.settle();
      else if (event.key === "ArrowDown" && table.rows.hasRows) {
        event.preventDefault();
        table.rows.focusRow(0);
      } else if (event.key === "Escape") input.blur();
    });
  }
  get words() {
    return this.input.value;
  }
  set words(words) {
    this.input.value = words;
    this.draw();
  }
  draw() {
    this.clear.hidden = !this.words;
    this.key.hidden = Boolean(this.words) || !hasKeys();
  }
};

// caption_table/caption_table.js
var SETTLED_MS = 600;
var ANSWER_MS = 4e3;
var BUSY_MS = 300;
var MOST_TOGETHER = 20;
var NOTHING = { words: "", filters: {}, sort: "", descending: false, page: 1, size: 25 };
var CaptionTable = class {
  /** @type {(said: Message) => void} */
  send = () => {
  };
  /** @type {TableData | null} */
  data = null;
  view = NOTHING;
  /** @type {number | null} */
  version = null;
  /** Whether words are typed of which the link knows nothing yet. */
  unsettled = false;
  /** @type {Map<number, string>} captions that are chosen */
  picked = /* @__PURE__ */ new Map();
  /** @type {string | null} the dataset whose captions are picked; null takes over what the server says */
  picksOf = null;
  sequence = new Sequence();
  detailWords = {
    rank: "Found at rank",
    score: "Fit of this caption",
    scoreHelp: "Cosine similarity of the caption in the table to its picture, and the picture's rank when that caption is searched",
    best: "the row in the table",
    bestHelp: "The caption whose row you opened. Search with it"
  };
  root = make("div", "grid-root captions-root");
  status = make("div", "said-line");
  message = make("div", "empty");
  bar = make("div", "picked");
  about = make("div", "about");
  // the captions that are picked
  stop = new AbortController();
  settling = new Settling(SETTLED_MS, () => this.settle());
  busy = new Settling(BUSY_MS, () => this.root.classList.add("is-busy"));
  /** @type {Questions<{ view: View, settled: boolean }>} */
  questions = new Questions(
    (question) => this.put(question),
    () => this.rest(),
    ANSWER_MS
  );
  detail = new Detail(this);
  field = new WordField(this);
  filters = new Filters(this);
  tools = new Tools(this);
  histogram = new Histogram(this);
  words = new LeadingWords(this);
  rows = new Rows(this);
  pager = new Pager(this);
  selecting = new Selecting(this);
  /** @param {Parent} parent */
  constructor(parent) {
    this.status.setAttribute("role", "status");
    const head = make("div", "head-line");
    head.append(this.status, this.tools.root);
    this.tools.root.prepend(this.filters.button);
    this.overview = make("div", "overview");
    this.overview.append(this.histogram.root, this.words.root);
    this.root.append(this.field.root, head, this.filters.chips, this.filters.panel, this.overview, this.message);
    this.root.append(this.rows.table, this.pager.root, this.bar, this.detail.dialog);
    this.bar.append(this.about, this.selecting.marks.tray.root);
    parent.append(this.root);
    slashGoesTo(this.field.input, this.stop.signal, () => this.field.root.scrollIntoView({ block: "nearest" }));
  }
  destroy() {
    this.stop.abort();
    this.detail.destroy();
    this.root.remove();
    for (const wait of [this.settling, this.questions, this.busy]) wait.end();
  }
  // What is asked for.
  /** Of two messages close together only the later may arrive, so each says what is shown and open. @param {Message} said */
  say(said) {
    const picked = [...this.picked.keys()];
    const all = { view: this.view, settled: !this.unsettled, open: this.detail.id, picked, ...said };
    this.send(this.selecting.marks.complete(all));
  }
  /**
   * @param {Partial<View>} change
   * @param {{ settled?: boolean }} [manner]
   */
  ask(change, { settled = true } = {}) {
    this.view = { ...this.view, ...change };
    this.questions.want({ view: this.view, settled });
  }
  /** @param {{ view: View, settled: boolean }} question */
  put({ view, settled }) {
    this.busy.stir();
    this.say({ type: "view", seq: this.sequence.next(), settled, view });
  }
  /** An answer has come, or is waited for no longer. */
  rest() {
    this.busy.end();
    this.root.classList.remove("is-busy");
  }
  typed() {
    this.unsettled = true;
    this.ask({ words: this.field.words, page: 1 }, { settled: false });
    this.settling.stir();
  }
  /** The person stopped typing: the link may hold these words now. */
  settle() {
    this.settling.end();
    if (!this.unsettled) return;
    this.unsettled = false;
    this.ask({ words: this.field.words });
  }
  /** @param {string} words */
  setWords(words) {
    this.settling.end();
    this.unsettled = false;
    this.field.words = words;
    this.ask({ words, page: 1 });
  }
  /**
   * @param {string} sort
   * @param {boolean} descending
   */
  sortBy(sort, descending) {
    this.ask({ sort, descending, page: 1 });
  }
  /**
   * @param {number} page
   * @param {number | null} [focus] the row that has the focus then; -1 is the last
   */
  toPage(page, focus = null) {
    this.rows.focusAfter = focus;
    this.ask({ page: Math.min(Math.max(1, page), this.data?.pages ?? 1) });
  }
  /** To another page; what is unsent is of no use any more. @param {Message} said */
  leave(said) {
    this.say({ seq: this.sequence.next(), ...said });
  }
  // What is shown.
  /** @param {TableData} data */
  update(data) {
    if (!this.sequence.follow(data.seq)) {
      this.detail.receive(data);
      return;
    }
    this.data = data;
    this.takeOver(data);
    this.selecting.take(data);
    this.root.classList.toggle("loading", Boolean(data.loading));
    this.drawStatus(data);
    this.tools.draw(data, this.view);
    this.filters.draw(data, this.view);
    this.overview.hidden = Boolean(data.loading) || !data.histogram && !data.unknown && !data.words;
    this.histogram.draw(data, this.view);
    this.words.draw(data);
    this.drawEmpty(data.empty);
    this.rows.draw(data, this.view);
    this.pager.draw(data, this.view);
    this.selecting.marks.draw();
    this.detail.receive(data);
    this.questions.answered();
    this.root.dataset.words = data.view.words;
  }
  /** What was set elsewhere counts; else what a person typed or picked here. @param {TableData} data */
  takeOver({ version, picks, view }) {
    const elsewhere = version !== this.version;
    this.version = version;
    if (elsewhere) this.picksOf = null;
    if (picks && picks.of !== this.picksOf) {
      this.picksOf = picks.of;
      this.picked = new Map(picks.captions);
    }
    if (elsewhere || !this.questions.wanted) this.view = view;
    if (elsewhere || !this.unsettled) this.field.words = this.view.words;
    if (elsewhere) this.questions.wanted = null;
    this.field.draw();
  }
  /** @param {TableData} data */
  drawStatus({ summary, notes, counting }) {
    this.status.replaceChildren();
    if (summary) this.status.append(make("span", "sum", summary));
    for (const note of notes || []) this.status.append(make("span", "remark", note));
    if (!counting) return;
    const share = `${Math.round(100 * counting)} %`;
    this.status.append(make("span", "remark", `ranks are being counted, ${share}`));
  }
  /** @param {Empty | null} empty */
  drawEmpty(empty) {
    this.message.hidden = !empty;
    this.message.replaceChildren();
    if (!empty) return;
    this.message.append(make("p", "title", empty.title), make("p", "", empty.text));
    for (const { label, words } of empty.acts) {
      const act = () => words === void 0 ? this.ask({ filters: {}, words: "", page: 1 }) : this.setWords(words);
      this.message.append(textButton("text-button", label, "", act));
    }
  }
  // Choosing rows, and the open picture.
  /**
   * @param {Row} row
   * @param {boolean} on
   */
  pick(row, on) {
    if (on && this.picked.size < MOST_TOGETHER) this.picked.set(row.at, row.caption);
    else this.picked.delete(row.at);
    this.rows.markPicked();
    this.drawPicked();
    this.ask({});
  }
  drawPicked() {
    const count = this.picked.size;
    this.bar.hidden = !count && !this.selecting.marks.ids.size;
    this.about.hidden = !count;
    if (!count) return;
    const texts = [...this.picked.values()];
    const said = `${countOf(count, "caption")} selected${count === MOST_TOGETHER ? ", the most" : ""}`;
    const one = count === 1;
    const how = one ? "Finds the pictures closest to it." : "Finds the pictures closest to what they have in common: the mean of their embeddings.";
    const search = () => this.leave({ type: "together", texts });
    const go = textButton("text-button primary", one ? "Search with it" : "Search with all", "", search);
    const none = textButton("text-button", "Clear", "Select none", () => {
      this.picked.clear();
      this.rows.markPicked();
      this.drawPicked();
      this.ask({});
    });
    this.about.replaceChildren(make("span", "count", said), make("span", "how", how), go, none);
  }
  /** @param {Row} row @param {boolean} focus whether the keys go there, too */
  open(row, focus) {
    if (!row.id) return;
    this.rows.opened(row);
    this.detail.open(row.id, { focus });
  }
  openFocused() {
    const row = this.rows.focused;
    if (!row?.id) return false;
    this.open(row, true);
    return true;
  }
  /** Where a picture stands open beside the table, let it be that of the row that somebody goes to. @param {Row} row */
  follow(row) {
    if (!row.id || !this.detail.standing.beside) return;
    this.rows.opened(row);
    this.detail.follow(row.id);
  }
  /** @param {string | null} id */
  showOpened(id) {
    this.rows.markOpened(id);
  }
  get order() {
    return this.rows.order;
  }
  get focusId() {
    return this.rows.focusId;
  }
  /** @param {string} id */
  shownOf(id) {
    return this.rows.shown.get(id);
  }
  /**
   * @param {string | null} id
   * @param {boolean} move
   */
  setFocus(id, move) {
    if (move && id !== null) this.rows.focusPicture(id);
  }
};

// caption_table/index.js
var index_default = mounting((parent) => new CaptionTable(parent));
export {
  index_default as default
};
