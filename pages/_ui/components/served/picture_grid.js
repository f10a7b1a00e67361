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
function focusedBeside(element2) {
  const root = element2.getRootNode();
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
var HEART = [
  "M12 20C6 15.5 3.5 12.5 3.5 9.2A4.2 4.2 0 0 1 12 7.6a4.2 4.2 0 0 1 8.5 1.6c0 3.3-2.5 6.3-8.5 10.8Z"
];
var CROSS = ["M6 6l12 12", "M18 6 6 18"];
function make(tag, className, text) {
  const element2 = document.createElement(tag);
  if (className) element2.className = className;
  if (text !== void 0) element2.textContent = String(text);
  return element2;
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
  const bar = make("span", "bar");
  const fill = make("span", "fill");
  fill.style.width = `${Math.round(part * 100)}%`;
  bar.append(fill);
  return bar;
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
function drawParts(fill, gave) {
  const whole2 = gave.reduce((sum, one) => sum + Math.abs(one), 0);
  const parts = gave.map((one, place) => {
    const part = make("span", `part ${hueOf(place)}`);
    part.classList.toggle("against", one < 0);
    part.style.flexGrow = String(whole2 ? Math.abs(one) / whole2 : 0);
    return part;
  });
  fill.replaceChildren(...parts);
}
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
function partsText(gave, terms) {
  const told = gave.map((one, place) => `${terms[place] ?? ""} ${signed(one)}`);
  return `What each term gave, beside an average picture here:
${told.join("\n")}`;
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
  const short = address.replace(/^https:\/\//, "");
  try {
    return decodeURIComponent(short);
  } catch {
    return short;
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

// shared/counting.js
function countOf(number, noun) {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}
function whole(number) {
  return Math.round(number).toLocaleString("en-US");
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

// shared/into_results.js
var NAME = "t2i-into-results";
function onWayIntoResults(take, signal) {
  const come = (event) => {
    if (!event.defaultPrevented && take()) event.preventDefault();
  };
  document.addEventListener(NAME, come, { signal });
}

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

// picture_grid/card.js
var SKELETON_SHAPES = [1.5, 0.75, 1.33, 1.33, 1.78, 1, 0.7, 1.5, 1.4];
var CANNOT_BE_SHOWN = "This picture's file cannot be shown";
function skeletons(count) {
  return Array.from({ length: count }, (_, i) => ({
    id: `skeleton-${i}`,
    shape: SKELETON_SHAPES[i % SKELETON_SHAPES.length]
  }));
}
var EmptyCard = class {
  element = element("");
  picture = void 0;
  button = void 0;
  /** @param {Skeleton} skeleton */
  constructor({ id, shape: shape2 }) {
    this.element.dataset.id = id;
    this.shape = shape2;
    this.frame = make("div", "picture");
    this.element.append(this.frame);
  }
};
var Card = class {
  shape = 1;
  /** @type {Picture | undefined} */
  picture;
  button = make("button", "picture");
  image = make("img");
  note = make("span", "note");
  name = make("span", "name");
  meta = make("div", "meta");
  rank = make("span", "rank");
  score = make("span", "score");
  bar = make("span", "bar");
  fill = make("span", "fill");
  move = make("span", "move");
  caption = make("p", "caption");
  verdicts = make("div", "verdicts");
  dots = make("span", "dots");
  behind = make("span", "behind");
  manner = "";
  selected = false;
  /** @type {string[]} */
  tags = [];
  #scoreSaid = "";
  #src = "";
  /**
   * @param {string} id
   * @param {(verdict: Verdict) => void} judge
   */
  constructor(id, judge) {
    this.element = element(id);
    this.frame = this.button;
    this.button.type = "button";
    this.button.tabIndex = -1;
    this.image.decoding = "async";
    this.image.draggable = false;
    this.image.addEventListener("load", () => this.element.classList.add("seen"));
    this.image.addEventListener("error", () => {
      this.element.classList.add("missing");
      this.note.textContent = CANNOT_BE_SHOWN;
    });
    this.button.append(this.image, this.note, this.name, this.dots, this.behind);
    this.bar.append(this.fill);
    this.meta.append(this.rank, this.score, this.bar, this.move);
    this.image.alt = "";
    for (const one of [this.meta, this.caption, this.dots, this.behind]) one.setAttribute("aria-hidden", "true");
    this.like = verdictButton(HEART, "Like", "l or +", () => judge("liked"));
    this.dislike = verdictButton(CROSS, "Dislike", "d or −", () => judge("disliked"));
    this.verdicts.append(this.like, this.dislike);
    this.element.append(this.button, this.verdicts, this.meta, this.caption);
  }
  /** @param {Verdict | null} verdict @param {boolean} open whether pictures can be judged */
  mark(verdict, open) {
    this.verdicts.hidden = !open;
    this.element.classList.toggle("liked", verdict === "liked");
    this.element.classList.toggle("disliked", verdict === "disliked");
    this.like.setAttribute("aria-pressed", String(verdict === "liked"));
    this.dislike.setAttribute("aria-pressed", String(verdict === "disliked"));
  }
  /** Show whether the card is selected, and which tags its picture has. @param {boolean} selected @param {string[]} tags */
  markTags(selected, tags) {
    this.selected = selected;
    this.element.classList.toggle("selected", selected);
    const before = this.tags.join("\n");
    this.tags = tags;
    if (before !== tags.join("\n")) {
      drawDots(this.dots, tags);
    }
    this.#name();
  }
  /** Show whether its picture stands open beside the page. @param {boolean} opened */
  markOpened(opened) {
    this.element.classList.toggle("opened", opened);
    if (opened) this.button.setAttribute("aria-current", "true");
    else this.button.removeAttribute("aria-current");
  }
  #name() {
    const tagged = this.tags.length ? `Tagged ${this.tags.join(", ")}. ` : "";
    this.button.setAttribute("aria-label", `${this.selected ? "Selected. " : ""}${this.#scoreSaid}. ${tagged}Open`);
  }
  get isScored() {
    return !this.meta.hidden;
  }
  /**
   * Show a picture's data; true where its file is to be loaded once the card is near the window.
   *
   * @param {Picture} picture
   * @param {{ captions: boolean, scoreHelp: string, terms: string[] }} manner in which it is shown
   */
  fillWith(picture, manner) {
    const { captions, scoreHelp, terms } = manner;
    this.picture = picture;
    this.manner = JSON.stringify(manner);
    this.shape = clampShape(picture.width, picture.height);
    this.element.classList.toggle("missing", !picture.src);
    this.element.classList.toggle("faded", picture.faded === true);
    this.note.textContent = picture.src ? "" : picture.note || CANNOT_BE_SHOWN;
    this.name.textContent = picture.id;
    this.button.title = picture.id;
    this.#showStack(picture.behind ?? 0);
    this.#showScore(picture, scoreHelp);
    this.#showTerms(picture.gave ?? [], terms);
    this.caption.title = picture.caption || "";
    this.caption.textContent = picture.caption || "";
    this.caption.hidden = !captions || !picture.caption;
    return this.#takeSource(picture.src);
  }
  /** Load the picture now. */
  load() {
    const { src } = this.image.dataset;
    if (!src) return;
    this.image.src = src;
    delete this.image.dataset.src;
  }
  /**
   * @param {Picture} picture
   * @param {string} help
   */
  #showScore({ id, rank, score, bar, caption, move, behind }, help) {
    const spoken = `${caption || id}${behind ? `, and ${countOf(behind, "picture")} stacked behind it` : ""}`;
    const scored = score !== null && score !== void 0;
    const where = scored ? `Rank ${rank}${moveInWords(move)}, score ${scoreText(score)}: ` : "";
    this.#scoreSaid = `${where}${spoken}`;
    this.#name();
    this.meta.hidden = !scored;
    if (!scored) return;
    this.rank.textContent = String(rank);
    this.move.textContent = moveSign(move);
    this.move.hidden = !move;
    this.score.textContent = scoreText(score);
    this.meta.title = help;
    this.bar.hidden = typeof bar !== "number";
    this.fill.style.width = `${Math.round((bar || 0) * 100)}%`;
  }
  /** @param {number} behind how many copies stand behind the picture */
  #showStack(behind) {
    this.element.classList.toggle("stacked", behind > 0);
    this.behind.hidden = !behind;
    this.behind.textContent = behind ? `+${whole(behind)}` : "";
    this.behind.title = behind ? `${countOf(behind, "picture")} stacked behind this one: open it to see them` : "";
  }
  /** @param {number[]} gave @param {string[]} terms */
  #showTerms(gave, terms) {
    this.bar.classList.toggle("of-terms", gave.length > 0);
    this.bar.title = gave.length ? partsText(gave, terms) : "";
    drawParts(this.fill, gave);
  }
  /** @param {string} [src] */
  #takeSource(src) {
    if (!src || src === this.#src) return false;
    this.#src = src;
    this.element.classList.remove("seen");
    this.image.removeAttribute("src");
    this.image.dataset.src = src;
    return true;
  }
};
function moveSign(move) {
  if (!move) return "";
  if (typeof move !== "number") return move;
  return `${move > 0 ? "▲" : "▼"}${Math.abs(move).toLocaleString("en-US")}`;
}
function moveInWords(move) {
  if (!move) return "";
  return typeof move === "number" ? `, ${move > 0 ? "up" : "down"} ${Math.abs(move)}` : `, ${move}`;
}
function verdictButton(sign, label, keys, act) {
  const button = signButton("verdict", sign, label, act);
  button.title = `${label} (${keys})`;
  button.tabIndex = -1;
  return button;
}
function element(id) {
  const card = make("div", "card");
  card.dataset.id = id;
  card.setAttribute("role", "listitem");
  return card;
}

// picture_grid/further.js
var AHEAD = 500;
var ANSWER_MS = 8e3;
var GOING_ON = ["wheel", "touchmove", "keyup"];
var KEYS = /* @__PURE__ */ new Set(["ArrowDown", "PageDown", "End"]);
var Further = class {
  root = make("div", "further");
  /** @type {Picture[]} all that came so far */
  pictures = [];
  #line = make("span", "line");
  #said = make("span", "unseen");
  /** @type {FurtherData | null} */
  #data = null;
  #of = "";
  #asked = 0;
  #stop = new AbortController();
  #grid;
  /** @param {PictureGrid} grid */
  constructor(grid) {
    this.#grid = grid;
    this.root.hidden = true;
    this.#said.setAttribute("role", "status");
    this.button = textButton("plain", "Show more", "", () => this.ask());
    this.root.append(this.#line, this.button, this.#said);
    const { signal } = this.#stop;
    for (const type of GOING_ON) {
      document.addEventListener(type, (event) => this.#goOn(event), { signal, passive: true });
    }
  }
  end() {
    this.#stop.abort();
  }
  /** What the server says, below these pictures. @param {FurtherData | null} data @param {Picture[]} shown */
  take(data, shown) {
    this.#data = data;
    if (!data || data.of !== this.#of) {
      this.pictures = [];
      this.#asked = 0;
    }
    this.#of = data?.of ?? "";
    if (data?.problem) this.#asked = 0;
    const before = this.pictures.length;
    if (data && data.start === before && data.pictures.length) {
      this.#asked = 0;
      this.pictures = joined(shown, this.pictures, data.pictures);
    }
    this.#draw(this.pictures.length - before);
  }
  /** Where a line stands before a picture, and what it says. @param {number} shown how many pictures come before all of these */
  rules(shown) {
    const { end = "", below = "" } = this.#data ?? {};
    return rulesFor(shown, this.pictures, end, below);
  }
  /** Ask for the next page, unless it is on its way. */
  ask() {
    const now = performance.now();
    if (!this.#data?.more || this.#asked && now - this.#asked < ANSWER_MS) return;
    this.#asked = now;
    this.#draw(0);
    this.#grid.verdicts.say("further", { of: this.#of, start: this.pictures.length });
  }
  /** Ask for it where somebody who goes on comes near the end. */
  near() {
    if (!this.#data?.more || this.#data.problem) return;
    if (!this.#data.by_scrolling && !this.pictures.length) return;
    if (this.root.getBoundingClientRect().top < innerHeight + AHEAD) this.ask();
  }
  /** @param {Event} event */
  #goOn(event) {
    const { dialog, standing } = this.#grid.detail;
    if (dialog.open && (!standing.beside || event.composedPath().includes(dialog))) return;
    if (event instanceof WheelEvent && event.deltaY <= 0) return;
    if (event instanceof KeyboardEvent && (isTaken(event) || !KEYS.has(event.key))) return;
    this.near();
  }
  /** @param {number} came */
  #draw(came) {
    const { more = false, line = "", problem = "" } = this.#data ?? {};
    const any = this.pictures.length > 0;
    this.root.hidden = !more;
    this.#line.textContent = problem || (any ? "" : line);
    this.button.textContent = this.#asked ? "Coming" : "Show more";
    this.button.setAttribute("aria-busy", String(this.#asked > 0));
    if (came > 0) this.#said.textContent = `${came} more pictures, to rank ${this.pictures.at(-1)?.rank}`;
    else if (!any) this.#said.textContent = "";
  }
};
function joined(shown, before, page) {
  const known = new Set([...shown, ...before].map((one) => one.id));
  return [...before, ...page.filter((one) => !known.has(one.id))];
}
function rulesFor(shown, pictures, end, below) {
  if (!pictures.length) return [];
  const faded = pictures.findIndex((one) => one.faded);
  const rules = faded === 0 ? [] : [{ at: shown, text: end }];
  return faded < 0 ? rules : [...rules, { at: shown + faded, text: below }];
}

// picture_grid/kept_place.js
var LONGEST_MS2 = 500;
var KeptPlace = class {
  /** @type {{ card: Card | EmptyCard, top: number, at: number } | null} */
  #kept = null;
  /** Note where a card is; nothing where it is out of sight. @param {Card | EmptyCard | undefined} card */
  note(card) {
    const box = card?.element.getBoundingClientRect();
    const seen = box && box.bottom > 0 && box.top < innerHeight;
    this.#kept = card && seen ? { card, top: box.top, at: performance.now() } : null;
  }
  /** Scroll it back there. */
  putBack() {
    const kept2 = this.#kept;
    this.#kept = null;
    if (!kept2?.card.element.isConnected || performance.now() - kept2.at > LONGEST_MS2) return;
    const moved = kept2.card.element.getBoundingClientRect().top - kept2.top;
    const scroller = scrollerOf(kept2.card.element);
    if (scroller) scroller.scrollTop += moved;
    kept2.card.element.scrollIntoView({ block: "nearest" });
  }
};
function scrollerOf(element2) {
  let node = element2.parentNode;
  while (node) {
    if (node instanceof Element && /auto|scroll/.test(getComputedStyle(node).overflowY)) {
      if (node.scrollHeight > node.clientHeight) return node;
    }
    node = node instanceof ShadowRoot ? node.host : node.parentNode;
  }
  return null;
}

// picture_grid/layout.js
var GAP = 10;
var RULE_HEIGHT = 30;
var NARROW = 560;
var ROW_HEIGHT = { S: 130, M: 210, L: 330 };
function boxesFor(shapes, width, size, extra) {
  if (width >= NARROW) return justified(shapes, width, ROW_HEIGHT[size], extra);
  return size === "L" ? oneColumn(shapes, width, extra) : twoColumns(shapes, width, extra);
}
function boxesBetween(shapes, rules, width, size, extra) {
  const boxes = [];
  const lines2 = [];
  let bottom = 0;
  [0, ...rules].forEach((from, index, starts) => {
    if (index) {
      lines2.push(bottom);
      bottom += RULE_HEIGHT;
    }
    const top = bottom;
    for (const box of boxesFor(shapes.slice(from, starts[index + 1]), width, size, extra)) {
      boxes.push({ ...box, top: box.top + top });
      bottom = Math.max(bottom, top + box.top + box.height + extra);
    }
  });
  return { boxes, lines: lines2, bottom };
}
function rowsFor(shapes, width, wished) {
  const rows = [];
  let count = 0;
  let sum = 0;
  const close = (height) => {
    rows.push({ count, height });
    count = 0;
    sum = 0;
  };
  for (const shape2 of shapes) {
    const before = count ? (width - GAP * (count - 1)) / sum : Number.POSITIVE_INFINITY;
    const after = (width - GAP * count) / (sum + shape2);
    if (count && after < wished && Math.abs(before - wished) < Math.abs(after - wished)) close(before);
    count += 1;
    sum += shape2;
    const height = (width - GAP * (count - 1)) / sum;
    if (height <= wished) close(height);
  }
  if (count) close(Math.min(wished, (width - GAP * (count - 1)) / sum));
  return rows;
}
function justified(shapes, width, wished, extra) {
  const boxes = [];
  let top = 0;
  for (const { count, height } of rowsFor(shapes, width, wished)) {
    let left = 0;
    for (const shape2 of shapes.slice(boxes.length, boxes.length + count)) {
      boxes.push({ left, top, width: shape2 * height, height });
      left += shape2 * height + GAP;
    }
    top += height + extra;
  }
  return boxes;
}
function twoColumns(shapes, width, extra) {
  const columnWidth = (width - GAP) / 2;
  const ends = [0, 0];
  return shapes.map((shape2) => {
    const column = ends[0] <= ends[1] ? 0 : 1;
    const height = columnWidth / shape2;
    const box = { left: column * (columnWidth + GAP), top: ends[column], width: columnWidth, height };
    ends[column] += height + extra;
    return box;
  });
}
function oneColumn(shapes, width, extra) {
  let top = 0;
  return shapes.map((shape2) => {
    const box = { left: 0, top, width, height: width / shape2 };
    top += box.height + extra;
    return box;
  });
}
function vertically(boxes, at, direction) {
  const from = boxes[at];
  if (!from) return at;
  const middle = from.left + from.width / 2;
  let best = at;
  let bestCost = Number.POSITIVE_INFINITY;
  boxes.forEach((box, index) => {
    const distance = direction * (box.top - from.top);
    if (distance <= 1) return;
    const cost = distance * 4 + Math.abs(box.left + box.width / 2 - middle);
    if (cost < bestCost) {
      bestCost = cost;
      best = index;
    }
  });
  return best;
}

// picture_grid/pair_line.js
var EDGE = 6;
function shapeOf(from, to, room) {
  if (!areApart(from, to)) return null;
  const rightwards = to.left >= from.right;
  const start = (
    /** @type {Place} */
    [rightwards ? from.right : from.left, middleOf(from)]
  );
  const below = to.top > room.height - EDGE;
  const away = below || to.bottom < EDGE;
  const bend = ((rightwards ? to.left : to.right) - start[0]) / 2;
  const [x0, y0] = start.map(round);
  if (away) {
    const [x12, y12] = [round((to.left + to.right) / 2), below ? room.height - EDGE : EDGE];
    const path2 = `M ${x0} ${y0} C ${round(start[0] + bend)} ${y0} ${x12} ${round((y0 + y12) / 2)} ${x12} ${y12}`;
    return { path: path2, ends: [start], away: { x: x12, y: y12, below } };
  }
  const end = (
    /** @type {Place} */
    [rightwards ? to.left : to.right, middleOf(to)]
  );
  const [x1, y1] = end.map(round);
  const path = `M ${x0} ${y0} C ${round(start[0] + bend)} ${y0} ${round(end[0] - bend)} ${y1} ${x1} ${y1}`;
  return { path, ends: [start, end], away: null };
}
function areApart(one, other) {
  return one.right <= other.left || other.right <= one.left;
}
function middleOf({ top, bottom }) {
  return (top + bottom) / 2;
}
function round(value) {
  return Math.round(value * 10) / 10;
}

// picture_grid/pairing.js
var NAME2 = "t2i-paired";
var Pairing = class {
  #grid;
  #told = "";
  /** The two cards that belong together: that which is pointed at, and its like here. @type {[HTMLElement, HTMLElement] | null} */
  #pair = null;
  #frame = 0;
  #drawing = document.createElementNS(SVG, "svg");
  #stop = new AbortController();
  #moving = new AbortController();
  /** @param {PictureGrid} grid */
  constructor(grid) {
    this.#grid = grid;
    const { signal } = this.#stop;
    this.#drawing.setAttribute("class", "pair-line");
    this.#drawing.setAttribute("aria-hidden", "true");
    for (const kind of ["pointerover", "focusin"]) {
      grid.area.addEventListener(kind, ({ target }) => this.#say(cardOf(target)), { signal });
    }
    grid.area.addEventListener("pointerleave", () => this.#say(null), { signal });
    grid.area.addEventListener("focusout", () => this.#say(null), { signal });
    const hear = (event) => this.#hear(
      /** @type {CustomEvent<Told>} */
      event.detail
    );
    document.addEventListener(NAME2, hear, { signal });
  }
  end() {
    this.#say(null);
    this.#show(null);
    this.#stop.abort();
  }
  /** Cards may be others now, or elsewhere. */
  refresh() {
    if (this.#told && !(this.#grid.data.paired && this.#grid.cards.has(this.#told))) this.#say(null);
    if (this.#pair) this.#later();
  }
  /** @param {HTMLElement | null} card pointed at here */
  #say(card) {
    const id = this.#grid.data.paired && card?.dataset.id || "";
    if (id === this.#told) return;
    this.#told = id;
    const detail = id && card ? { id, card, by: this } : { id: null, by: this };
    document.dispatchEvent(new CustomEvent(NAME2, { detail }));
  }
  /** @param {Told} told what is pointed at in the other list */
  #hear(told) {
    if (told.by === this) return;
    const own = told.id !== null && this.#grid.data.paired ? this.#grid.cards.get(told.id) : null;
    this.#show(told.id !== null && own ? [told.card, own.element] : null);
  }
  /** @param {[HTMLElement, HTMLElement] | null} pair */
  #show(pair2) {
    this.#pair?.[1].classList.remove("pointed");
    this.#pair = pair2;
    this.#moving.abort();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (!pair2) return this.#drawing.remove();
    pair2[1].classList.add("pointed");
    this.#moving = new AbortController();
    const { signal } = this.#moving;
    const passive = { signal, passive: true, capture: true };
    document.addEventListener("scroll", () => this.#later(), passive);
    window.addEventListener("resize", () => this.#later(), { signal });
    this.#draw();
  }
  #later() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }
  #draw() {
    if (!this.#pair) return;
    const [from, to] = this.#pair;
    if (!from.isConnected || !to.isConnected) return this.#show(null);
    const beside = areApart(listOf(from), listOf(to));
    const shape2 = beside && shapeOf(rectOf(from), rectOf(to), { width: window.innerWidth, height: window.innerHeight });
    if (!shape2) return this.#drawing.remove();
    const line = document.createElementNS(SVG, "path");
    const halo = document.createElementNS(SVG, "path");
    halo.setAttribute("class", "halo");
    for (const path of [halo, line]) path.setAttribute("d", shape2.path);
    const ends = shape2.ends.map(([x, y]) => {
      const end = document.createElementNS(SVG, "circle");
      end.setAttribute("cx", x.toFixed(1));
      end.setAttribute("cy", y.toFixed(1));
      end.setAttribute("r", "4");
      return end;
    });
    this.#drawing.replaceChildren(halo, line, ...ends, ...shape2.away ? [this.#sign(shape2.away)] : []);
    if (!this.#drawing.isConnected) this.#grid.root.append(this.#drawing);
  }
  /** At which rank the picture stands here, where its card is out of sight. @param {NonNullable<NonNullable<ReturnType<typeof shapeOf>>["away"]>} away */
  #sign({ x, y, below }) {
    const rank = this.#grid.cards.get(this.#pair?.[1].dataset.id ?? "")?.picture?.rank;
    const sign = document.createElementNS(SVG, "text");
    sign.setAttribute("x", (x + 22).toFixed(1));
    sign.setAttribute("y", (y + (below ? -4 : 14)).toFixed(1));
    sign.textContent = `${below ? "↓" : "↑"} ${rank ?? ""}`.trim();
    return sign;
  }
};
function rectOf(card) {
  return (card.querySelector(".picture") ?? card).getBoundingClientRect();
}
function listOf(card) {
  return (card.parentElement ?? card).getBoundingClientRect();
}
function cardOf(target) {
  const card = target instanceof Element ? target.closest(".card") : null;
  return card instanceof HTMLElement ? card : null;
}

// shared/pointed.js
var NAME3 = "t2i-pointed";
function point(row, by) {
  document.dispatchEvent(new CustomEvent(NAME3, { detail: { row, by } }));
}
function onPointed(own, follow, signal) {
  const hear = (event) => {
    const { row, by } = (
      /** @type {CustomEvent<Pointed>} */
      event.detail
    );
    if (by !== own) follow(row);
  };
  document.addEventListener(NAME3, hear, { signal });
}

// picture_grid/pointed.js
var Pointed = class {
  /** @type {number | null} */
  #row = null;
  #stop = new AbortController();
  #grid;
  /** @param {PictureGrid} grid */
  constructor(grid) {
    this.#grid = grid;
    const { signal } = this.#stop;
    for (const kind of ["pointerover", "focusin"]) {
      grid.area.addEventListener(kind, ({ target }) => this.#say(this.#rowOf(target)), { signal });
    }
    for (const kind of ["pointerleave", "focusout"]) {
      grid.area.addEventListener(kind, () => this.#say(null), { signal });
    }
    onPointed(this, (row) => this.#mark(row), signal);
  }
  end() {
    this.#say(null);
    this.#stop.abort();
  }
  /** Rows are those of one gallery: two lists that are compared, perhaps of two, go by names (`pairing.js`). @param {number | null} row */
  #say(row) {
    if (row === this.#row || this.#grid.data.paired) return;
    this.#row = row;
    point(row, this);
  }
  /** @param {number | null} row pointed at elsewhere */
  #mark(row) {
    if (this.#grid.data.paired) return;
    for (const card of this.#grid.cards.values()) {
      card.element.classList.toggle("pointed", row !== null && card.picture?.row === row);
    }
  }
  /** @param {EventTarget | null} target */
  #rowOf(target) {
    const card = target instanceof Element ? target.closest(".card") : null;
    const id = card instanceof HTMLElement ? card.dataset.id : void 0;
    return this.#grid.cards.get(id ?? "")?.picture?.row ?? null;
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

// picture_grid/selection.js
var Selection = class {
  /** @type {string | null} where a range begins */
  #anchor = null;
  #stop = new AbortController();
  #grid;
  marks = new Marks(this, this.#stop.signal);
  /** @param {PictureGrid} grid */
  constructor(grid) {
    this.#grid = grid;
    const { signal } = this.#stop;
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    onChosen(() => {
      if (!this.marks.ids.size) this.#anchor = null;
    }, signal);
    grid.area.addEventListener("mousedown", (event) => {
      if (event.shiftKey && this.marks.data) event.preventDefault();
    });
  }
  end() {
    this.#stop.abort();
  }
  get order() {
    return this.#grid.order;
  }
  /** @param {string} type @param {Record<string, unknown>} [more] */
  say(type, more) {
    this.#grid.verdicts.say(type, more);
  }
  mark() {
    this.#grid.markAll();
  }
  /** @param {Iterable<string>} ids */
  like(ids) {
    this.#grid.verdicts.likeAll(ids);
  }
  /**
   * Follow a click on a card; false where it selects nothing.
   *
   * @param {MouseEvent} event
   * @param {string} id
   */
  click(event, id) {
    if (!this.marks.data || event.altKey || !(event.shiftKey || event.ctrlKey || event.metaKey)) return false;
    if (event.shiftKey) this.extend(id);
    else this.turn(id);
    return true;
  }
  /** Select a card, or no longer. @param {string} id */
  turn(id) {
    const { ids } = this.marks;
    if (!ids.delete(id)) ids.add(id);
    this.marks.choose(ids);
    this.#anchor = id;
  }
  /** Select all from the card that was turned last to this one. @param {string} id */
  extend(id) {
    const { ids } = this.marks;
    for (const one of between2(this.order, this.#anchor, id)) ids.add(one);
    this.#anchor ??= id;
    this.marks.choose(ids);
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (!this.marks.data || event.defaultPrevented || isTaken(event)) return;
    if (this.marks.press(event) || this.#press(event)) event.preventDefault();
  }
  /** @param {KeyboardEvent} event */
  #press(event) {
    const { meant } = this.#grid.verdicts;
    if (meant === null || withModifier(event) || event.repeat) return false;
    if (event.key === "t") {
      this.turn(meant);
      this.marks.goToTag();
      return true;
    }
    if (event.key.toLowerCase() !== "x") return false;
    if (event.shiftKey) this.extend(meant);
    else this.turn(meant);
    return true;
  }
};
function between2(order, from, to) {
  const [start, end] = [order.indexOf(from ?? to), order.indexOf(to)];
  if (start < 0) return [to];
  return order.slice(Math.min(start, end), Math.max(start, end) + 1);
}

// picture_grid/status.js
var Status = class {
  line = make("div", "status");
  summary = make("span", "summary");
  times = make("span", "times");
  constructor() {
    this.summary.setAttribute("role", "status");
    this.times.title = "Time spent on the query by the model, on scoring all pictures, and on drawing the cards";
  }
  /**
   * @param {GridData} data
   * @param {number} drawMs how long drawing the cards took here
   */
  draw({ summary = "", timings }, drawMs) {
    if (this.summary.textContent !== summary) this.summary.textContent = summary;
    this.line.classList.toggle("nothing", !summary);
    this.line.replaceChildren(this.summary);
    if (!summary || !timings) return;
    const parts = timings.encode_ms > 0 ? [`encode ${milliseconds(timings.encode_ms)}`] : [];
    parts.push(`search ${milliseconds(timings.search_ms)}`, `render ${milliseconds(timings.pictures_ms + drawMs)}`);
    this.times.textContent = parts.join(" · ");
    this.line.append(this.times);
  }
};
function milliseconds(value) {
  return `${value < 0.95 ? value.toFixed(1) : Math.round(value)} ms`;
}

// picture_grid/strip.js
var SHOWN = 12;
function isWorthShowing(data) {
  return Boolean(data && (data.liked.length || data.disliked.length || data.seen || data.told));
}
var Strip = class {
  root = make("div", "judged");
  told = make("span", "unseen");
  #liked = make("span", "stack");
  #disliked = make("span", "stack");
  #aim = make("span", "aim");
  #seen = make("span", "seen");
  #said = make("span", "said");
  // what `told` reads out, for the eyes
  #verdicts;
  #drawn = "";
  /** @param {Verdicts} verdicts */
  constructor(verdicts) {
    this.#verdicts = verdicts;
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Likes and dislikes");
    this.told.setAttribute("role", "status");
    const say2 = (type) => () => verdicts.say(type);
    this.undo = signButton("step", "↶", "Take the last step back (Ctrl-Z)", say2("undo"));
    this.redo = signButton("step", "↷", "Do it again (Ctrl-Shift-Z)", say2("redo"));
    this.clear = textButton("plain", "Clear", "Nothing liked, disliked or seen", say2("unjudge"));
    this.next = textButton(
      "plain next",
      "Show what I have not seen",
      "The next screen (Space on a card)",
      () => verdicts.goOn()
    );
    this.again = textButton("plain", "Show all again", "", say2("seen"));
    this.all = this.#choice("all", "All of a kind", "Likes and dislikes move what is like them up and down");
    this.one = this.#choice("one", "One picture", "Likes count for less, and dislikes are only left out");
    this.#aim.append(this.all, this.one);
    this.#aim.setAttribute("role", "group");
    this.#aim.setAttribute("aria-label", "What you look for");
    const steps = make("span", "steps");
    steps.append(this.undo, this.redo, this.clear);
    this.root.append(this.#liked, this.#disliked, this.#aim, steps, this.next, this.#seen, this.again, this.#said);
    this.#said.setAttribute("aria-hidden", "true");
  }
  /** @param {Judging | null} data */
  draw(data) {
    this.root.hidden = !isWorthShowing(data);
    if (!data) return;
    if (this.told.textContent !== data.told) this.told.textContent = data.told;
    const key = JSON.stringify(data);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#stack(this.#liked, data.liked, "liked");
    this.#stack(this.#disliked, data.disliked, "disliked");
    const judged = data.liked.length + data.disliked.length > 0;
    this.#aim.hidden = !judged;
    this.all.setAttribute("aria-pressed", String(data.aim === "all"));
    this.one.setAttribute("aria-pressed", String(data.aim === "one"));
    this.undo.disabled = !data.undo;
    this.redo.disabled = !data.redo;
    this.clear.hidden = !judged && !data.seen;
    this.next.disabled = !data.more;
    this.#seen.textContent = data.seen ? `${countOf(data.seen, "picture")} seen` : "";
    this.again.hidden = !data.seen;
    this.#said.textContent = data.told;
  }
  /**
   * @param {HTMLElement} stack
   * @param {Judged[]} pictures
   * @param {Verdict} verdict
   */
  #stack(stack, pictures, verdict) {
    stack.hidden = !pictures.length;
    const sign = make("span", `sign ${verdict}`);
    sign.append(lines(verdict === "liked" ? HEART : CROSS));
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", `${pictures.length} ${verdict}`);
    const newest = pictures.slice(-SHOWN).map((one) => this.#thumb(one, verdict));
    stack.replaceChildren(sign, make("span", "count", pictures.length), ...newest);
  }
  /**
   * @param {Judged} picture
   * @param {Verdict} verdict
   */
  #thumb({ id, src }, verdict) {
    const label = `${id} is ${verdict}. Take it back`;
    const button = textButton("judged-picture", src ? "" : id, label, () => this.#verdicts.turn(id, verdict));
    button.setAttribute("aria-label", label);
    if (!src) return button;
    const image = make("img");
    image.alt = "";
    image.src = src;
    button.append(image);
    return button;
  }
  /**
   * @param {Judging["aim"]} aim
   * @param {string} text
   * @param {string} title
   */
  #choice(aim, text, title) {
    return textButton("choice", text, title, () => this.#verdicts.say("aim", { aim }));
  }
};

// picture_grid/verdicts.js
var Verdicts = class {
  /** @type {Judging | null} */
  data = null;
  /** @type {Map<string, Verdict>} in the order in which they were given */
  given = /* @__PURE__ */ new Map();
  /** @type {string | null} the picture that the mouse is on */
  hovered = null;
  /** Whether the mouse was used last, and not the keys that move the focus. */
  #pointing = false;
  #stop = new AbortController();
  /** Whether a verdict was told that no answer has confirmed: of two messages close together the earlier may be lost. */
  #unconfirmed = false;
  #grid;
  /** @param {PictureGrid} grid */
  constructor(grid) {
    this.#grid = grid;
    const { signal } = this.#stop;
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    grid.area.addEventListener("keyup", (event) => {
      if (this.data && event.key === " " && event.target instanceof Element && event.target.closest(".card")) {
        event.preventDefault();
      }
    });
    grid.area.addEventListener("pointermove", ({ target, movementX, movementY }) => {
      if (movementX || movementY) this.#pointing = true;
      this.hovered = target instanceof Element ? idOf(target) : null;
    });
    grid.area.addEventListener("pointerleave", () => {
      this.hovered = null;
    });
  }
  end() {
    this.#stop.abort();
  }
  get open() {
    return this.data !== null;
  }
  /** What the server says; an answer to an older message than our last one says nothing of what was judged since. @param {Judging | null} data @param {boolean} current */
  take(data, current) {
    this.data = data;
    if (!current && data) return;
    this.#unconfirmed = false;
    this.given.clear();
    for (const { id } of data?.liked ?? []) this.given.set(id, "liked");
    for (const { id } of data?.disliked ?? []) this.given.set(id, "disliked");
  }
  /** @param {string} id */
  of(id) {
    return this.given.get(id) ?? null;
  }
  /**
   * @param {string} id
   * @param {Verdict} verdict
   */
  turn(id, verdict) {
    if (!this.open) return;
    const taken = this.of(id) === verdict;
    this.given.delete(id);
    if (!taken) this.given.set(id, verdict);
    this.#unconfirmed = true;
    this.#grid.mark(id);
    this.say("judge");
  }
  /**
   * @param {string} type
   * @param {Record<string, unknown>} [more]
   */
  say(type, more = {}) {
    const { detail, sequence } = this.#grid;
    detail.asking.end();
    this.#grid.say({ type, seq: sequence.next(), open: detail.id, ...more });
    if (type !== "judge") this.#unconfirmed = false;
  }
  /** A message with all that is judged, as long as the server may not know it. @param {Message} said */
  complete(said) {
    return this.#unconfirmed ? { ...said, liked: this.#all("liked"), disliked: this.#all("disliked") } : said;
  }
  /** The next screen: what is shown was seen. */
  goOn() {
    if (this.data?.more) this.say("unseen", { ids: this.#grid.order });
  }
  get focused() {
    return idOf(focusedBeside(this.#grid.area));
  }
  /** The picture that the mouse or the focus was put on last; where keys go to the one that is open, that one. */
  get meant() {
    const { id, standing } = this.#grid.detail;
    if (id !== null && standing.beside && standing.hasFocus) return id;
    return this.#pointing ? this.hovered ?? this.focused : this.focused ?? this.hovered;
  }
  /** Like several pictures at once. @param {Iterable<string>} ids */
  likeAll(ids) {
    if (!this.open) return;
    for (const id of ids) {
      this.given.delete(id);
      this.given.set(id, "liked");
      this.#grid.mark(id);
    }
    this.#unconfirmed = true;
    this.say("judge");
  }
  /** Keys of the page, for the picture that the mouse or the focus was put on last. @param {KeyboardEvent} event */
  onKey(event) {
    if (/^(Arrow|Tab|Home|End)/.test(event.key)) this.#pointing = false;
    if (!this.data || event.defaultPrevented || isTaken(event)) return;
    const step = stepOf(event);
    const verdict = verdictOf(event);
    const focused = this.focused;
    const meant = this.meant;
    if (step && this.data[step]) this.say(step);
    else if (verdict && meant !== null) this.turn(meant, verdict);
    else if (event.key === " " && focused && !withModifier(event)) {
      if (!event.repeat) this.goOn();
    } else return;
    event.preventDefault();
  }
  /** @param {Verdict} verdict */
  #all(verdict) {
    return [...this.given].filter(([, one]) => one === verdict).map(([id]) => id);
  }
};
function idOf(element2) {
  const card = element2?.closest(".card");
  return card instanceof HTMLElement ? card.dataset.id ?? null : null;
}

// picture_grid/picture_grid.js
var META_HEIGHT = 24;
var CAPTION_HEIGHT = 38;
var LOAD_WITHIN = "900px";
var GLIDE = { duration: 260, easing: "ease-out" };
var PictureGrid = class {
  /** @type {(said: Message) => void} */
  send = () => {
  };
  /** @type {GridData} */
  data = { pictures: [], size: "M", captions: true, open: null, detail: null, seq: 0, token: "" };
  root = make("div", "grid-root");
  area = make("div", "area");
  status = new Status();
  detail = new Detail(this);
  // before the selection: Escape closes what is open first
  selection = new Selection(this);
  // before the verdicts: Ctrl-Z is its own while pictures are selected
  verdicts = new Verdicts(this);
  strip = new Strip(this.verdicts);
  further = new Further(this);
  /** @type {HTMLElement[]} lines between the cards */
  rules = [];
  pointed = new Pointed(this);
  pairing = new Pairing(this);
  /** @type {Map<string, Card | EmptyCard>} */
  cards = /* @__PURE__ */ new Map();
  /** @type {string[]} */
  order = [];
  /** @type {Box[]} */
  boxes = [];
  /** @type {string | null} */
  focusId = null;
  visited = false;
  // whether somebody was on that card
  scoreHelp = "";
  width = 0;
  sequence = new Sequence();
  stop = new AbortController();
  /** @type {string | null} the picture that stands open beside the page */
  openedId = null;
  place = new KeptPlace();
  resizer = new ResizeObserver(() => this.resized());
  loader = new IntersectionObserver((entries) => this.loadSeen(entries), { rootMargin: LOAD_WITHIN });
  /** @param {Parent} parent */
  constructor(parent) {
    this.area.setAttribute("role", "list");
    this.root.append(
      this.strip.root,
      this.status.line,
      this.strip.told,
      this.area,
      this.further.root,
      this.selection.marks.tray.root,
      this.detail.dialog
    );
    parent.append(this.root);
    this.resizer.observe(this.root);
    this.area.addEventListener("keydown", (event) => this.onKey(event));
    onWayIntoResults(() => this.takeFocus(), this.stop.signal);
    this.area.addEventListener("focusin", ({ target }) => {
      const card = target instanceof Element ? target.closest(".card") : null;
      if (!(card instanceof HTMLElement && card.dataset.id)) return;
      this.visited = true;
      this.setFocus(card.dataset.id, false);
    });
  }
  destroy() {
    this.stop.abort();
    this.resizer.disconnect();
    this.loader.disconnect();
    this.selection.end();
    this.further.end();
    this.verdicts.end();
    this.pointed.end();
    this.pairing.end();
    this.detail.destroy();
    this.root.remove();
  }
  /** @param {Message} said */
  say(said) {
    this.send(this.selection.marks.complete(this.verdicts.complete(said)));
  }
  /** @param {string} id */
  shownOf(id) {
    return this.cards.get(id)?.picture;
  }
  /** @param {GridData} data */
  update(data) {
    const started = performance.now();
    const [toldBefore, told] = [this.data, data].map((one) => one.judging?.told ?? "");
    this.data = data;
    this.scoreHelp = data.score_help || "";
    this.root.classList.toggle("loading", Boolean(data.loading));
    this.area.setAttribute("aria-label", data.label || "Pictures");
    this.area.setAttribute("aria-busy", String(Boolean(data.loading)));
    this.verdicts.take(data.judging ?? null, data.seq >= this.sequence.latest);
    this.selection.marks.take(data.tagging ?? null);
    this.selection.marks.receive(data.exported ?? null);
    this.further.take(data.further ?? null, data.pictures);
    this.takeOrder();
    this.selection.marks.draw();
    this.strip.draw(data.judging ?? null);
    this.layout(told !== "" && told !== toldBefore);
    this.pairing.refresh();
    this.status.draw(data, performance.now() - started);
    this.detail.receive(data);
  }
  /** The cards in their new order, and the focus where it was: on its card, or where that one stood. */
  takeOrder() {
    const focused = this.cards.get(this.focusId ?? "")?.element.contains(focusedBeside(this.area)) ?? false;
    const at = this.order.indexOf(this.focusId ?? "");
    this.takeCards();
    this.visited &&= this.cards.has(this.focusId ?? "");
    if (!this.visited)
      this.setFocus((focused ? this.order[Math.min(at, this.order.length - 1)] : this.order[0]) || null, false);
    if (focused) this.cards.get(this.focusId ?? "")?.button?.focus({ preventScroll: true });
  }
  /** The cards that are wanted, in their order; those that are there already stay. */
  takeCards() {
    const { loading, pictures } = this.data;
    const wanted = loading ? skeletons(loading) : [...pictures, ...this.further.pictures];
    const ids = new Set(wanted.map((one) => one.id));
    for (const [id, card] of this.cards) {
      if (ids.has(id)) continue;
      this.loader.unobserve(card.element);
      card.element.remove();
      this.cards.delete(id);
    }
    let previous = null;
    for (const one of wanted) {
      const { element: element2 } = "shape" in one ? this.emptyCard(one) : this.card(one);
      const expected = previous ? previous.nextSibling : this.area.firstChild;
      if (element2 !== expected) this.area.insertBefore(element2, expected);
      previous = element2;
    }
    this.order = wanted.map((one) => one.id);
  }
  /** @param {import("./data.d.ts").Skeleton} skeleton */
  emptyCard(skeleton) {
    const card = this.cards.get(skeleton.id) ?? new EmptyCard(skeleton);
    this.cards.set(skeleton.id, card);
    return card;
  }
  /** @param {import("./data.d.ts").Picture} picture */
  card(picture) {
    let card = this.cards.get(picture.id);
    if (!(card instanceof Card)) {
      card?.element.remove();
      card = new Card(picture.id, (verdict) => this.verdicts.turn(picture.id, verdict));
      card.element.addEventListener("click", (event) => {
        const { target } = event;
        if (target instanceof Element && target.closest(".verdicts")) return;
        if (!this.selection.click(event, picture.id)) this.open(picture.id, event.detail === 0);
      });
      this.cards.set(picture.id, card);
    }
    const { captions, terms = [] } = this.data;
    const manner = { captions, scoreHelp: this.scoreHelp, terms };
    const drawn = card.picture === picture && card.manner === JSON.stringify(manner);
    if (!drawn && card.fillWith(picture, manner)) this.loader.observe(card.element);
    card.mark(this.verdicts.of(picture.id), this.verdicts.open);
    card.markOpened(picture.id === this.openedId);
    return card;
  }
  /** Open a picture, here or where the server says. @param {string} id @param {boolean} focus whether the keys go there, too */
  open(id, focus) {
    if (this.data.elsewhere) this.say({ type: "open", id, seq: this.sequence.next() });
    else this.detail.open(id, { focus });
  }
  openFocused() {
    const id = this.verdicts.meant ?? this.focusId;
    if (this.data.elsewhere || id === null || !this.shownOf(id)) return false;
    this.open(id, true);
    return true;
  }
  /** @param {string | null} id */
  showOpened(id) {
    const [before, now] = [this.cards.get(this.openedId ?? ""), this.cards.get(id ?? "")];
    this.openedId = id;
    if (before instanceof Card) before.markOpened(false);
    if (!(now instanceof Card)) return;
    now.markOpened(true);
    this.setFocus(id, false);
    now.element.scrollIntoView({ block: "nearest" });
  }
  /** @param {string} id */
  keepInPlace(id) {
    this.place.note(this.cards.get(id));
  }
  /** Show what a picture was judged, wherever it is. @param {string} id */
  mark(id) {
    const card = this.cards.get(id);
    if (card instanceof Card) card.mark(this.verdicts.of(id), this.verdicts.open);
    this.detail.drawVerdict();
  }
  /** Show of every card whether it is selected, and its tags. */
  markAll() {
    const { marks } = this.selection;
    const { ids } = marks;
    for (const [id, card] of this.cards) {
      if (card instanceof Card) card.markTags(ids.has(id), marks.tagsOf(id));
    }
  }
  /** @param {IntersectionObserverEntry[]} entries */
  loadSeen(entries) {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      const card = target instanceof HTMLElement && this.cards.get(target.dataset.id ?? "");
      if (card instanceof Card) card.load();
      this.loader.unobserve(target);
    }
  }
  resized() {
    const width = this.root.clientWidth;
    if (!width || width === this.width) return;
    this.layout();
    this.place.putBack();
  }
  /** @param {boolean} [glide] whether cards are seen to move */
  layout(glide = false) {
    const width = this.root.clientWidth;
    this.width = width;
    if (!width) return;
    const cards = this.order.flatMap((id) => this.cards.get(id) ?? []);
    const extra = this.heightBelow(cards);
    const shapes = cards.map((card) => card.shape);
    const gliding = glide && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    const rules = this.further.rules(this.data.pictures.length);
    const starts = rules.map((one) => one.at);
    const { boxes, lines: lines2, bottom } = boxesBetween(shapes, starts, width, this.data.size || "M", extra);
    this.boxes = boxes;
    this.drawRules(rules.map(({ text }, index) => ({ text, top: lines2[index] })));
    cards.forEach((card, index) => {
      const box = this.boxes[index];
      const before = card.element.style.transform;
      const there = `translate(${box.left.toFixed(1)}px, ${box.top.toFixed(1)}px)`;
      card.element.style.transform = there;
      if (gliding && before && before !== there) card.element.animate({ transform: [before, there] }, GLIDE);
      card.element.style.width = `${box.width.toFixed(1)}px`;
      card.frame.style.height = `${box.height.toFixed(1)}px`;
      card.element.classList.toggle("slim", box.width < 120);
    });
    this.area.style.height = `${Math.ceil(bottom)}px`;
  }
  /** @param {{ text: string, top: number }[]} wanted */
  drawRules(wanted) {
    for (const rule of this.rules) rule.remove();
    this.rules = wanted.map(({ text, top }) => {
      const rule = make("div", "rule", text);
      rule.style.top = `${top.toFixed(1)}px`;
      rule.setAttribute("aria-hidden", "true");
      return rule;
    });
    this.area.append(...this.rules);
  }
  /** What a card takes below its picture, which is the same for all. @param {(Card | EmptyCard)[]} cards */
  heightBelow(cards) {
    const { loading, captions } = this.data;
    const scored = loading ? this.data.scored : cards.some((card) => card instanceof Card && card.isScored);
    const withCaptions = captions && (loading || cards.some((card) => card.picture?.caption));
    const gap = scored || withCaptions ? GAP : GAP - 4;
    return (scored ? META_HEIGHT : 4) + (withCaptions ? CAPTION_HEIGHT : 0) + gap;
  }
  /**
   * @param {string | null} id
   * @param {boolean} move whether the focus goes there, or only would
   */
  setFocus(id, move) {
    const old = this.cards.get(this.focusId ?? "");
    if (old?.button) old.button.tabIndex = -1;
    this.focusId = id;
    const card = this.cards.get(id ?? "");
    if (!card?.button) return;
    card.button.tabIndex = 0;
    if (!move) return;
    card.button.focus({ preventScroll: true });
    card.element.scrollIntoView({ block: "nearest" });
  }
  /** From elsewhere on the page, to the first card. Whether there is one. */
  takeFocus() {
    const [first = ""] = this.order;
    if (!this.cards.get(first)?.button) return false;
    this.setFocus(first, true);
    return true;
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (withModifier(event) || this.focusId === null) return;
    const at = this.order.indexOf(this.focusId);
    const to = this.target(event.key, at);
    if (to === null) return;
    event.preventDefault();
    if (to >= 0 && to < this.order.length) {
      this.setFocus(this.order[to], true);
      this.detail.follow(this.order[to]);
    }
    if (to + 1 >= this.order.length) this.further.near();
  }
  /**
   * Where a key leads from one card; null for a key that leads nowhere.
   *
   * @param {string} key
   * @param {number} at
   */
  target(key, at) {
    if (key === "ArrowRight") return at + 1;
    if (key === "ArrowLeft") return at - 1;
    if (key === "Home") return 0;
    if (key === "End") return this.order.length - 1;
    if (key === "ArrowDown") return vertically(this.boxes, at, 1);
    return key === "ArrowUp" ? vertically(this.boxes, at, -1) : null;
  }
};

// picture_grid/index.js
var index_default = mounting((parent) => new PictureGrid(parent));
export {
  index_default as default
};
