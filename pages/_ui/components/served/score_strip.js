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
    this.outbox.put = (told2) => setTriggerValue(this.name, told2);
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
  return (told2) => {
    const call = { ...told2 };
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

// shared/drawing.js
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
function scoreText(score) {
  return (score < 0 ? "−" : "") + Math.abs(score).toFixed(3);
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

// shared/keys.js
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

// shared/counting.js
function countOf(number, noun) {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
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

// score_strip/places.js
var STEPS = 200;
var ROUNDED = 1e-6;
var FINEST = 1e-3;
function scoreAt(place, { low, high }) {
  return low + Math.min(1, Math.max(0, place)) * (high - low);
}
function stepOf({ low, high }) {
  return Math.max(FINEST, (high - low) / STEPS);
}
function cutBelowBest(score, { best, histogram }) {
  if (score <= histogram.low + FINEST / 2) return "";
  return `best-${Math.max(FINEST, best - score).toFixed(3)}`;
}
function pictureCount(score, { hits, histogram }) {
  const shown = hits.filter((one) => one >= score - ROUNDED).length;
  if (shown < hits.length) return shown;
  const { low, high, counts, pictures, of } = histogram;
  const width = (high - low) / counts.length || 1;
  const above = counts.reduce((sum, count, bin) => {
    const part = (low + (bin + 1) * width - score) / width;
    return sum + count * Math.min(1, Math.max(0, part));
  }, 0);
  return Math.max(shown, Math.round(above * of / Math.max(1, pictures)));
}

// score_strip/band.js
var HEIGHT = 56;
var TICK = 9;
var FAR = 10;
var Band = class {
  root = make("div", "band");
  svg = barsDrawing(HEIGHT);
  below = make("div", "below");
  handle = make("div", "handle");
  label = make("span", "at");
  /** @type {StripData | null} */
  data = null;
  /** The cutoff that is shown: dragged, or the server's; null for none. @type {number | null} */
  score = null;
  dragging = false;
  #moved;
  #left;
  /**
   * @param {(score: number) => void} moved while it is being moved
   * @param {() => void} left when the pointer lets go
   */
  constructor(moved, left) {
    this.#moved = moved;
    this.#left = left;
    this.handle.tabIndex = 0;
    this.handle.setAttribute("role", "slider");
    this.handle.setAttribute("aria-label", "Cutoff: pictures with lower scores are left out");
    this.handle.append(this.label);
    this.root.append(this.svg, this.below, this.handle);
    this.root.addEventListener("pointerdown", (event) => this.down(event));
    this.root.addEventListener("pointermove", (event) => this.drag(event));
    this.root.addEventListener("pointerup", () => this.up());
    this.root.addEventListener("pointercancel", () => this.up());
    this.handle.addEventListener("keydown", (event) => this.onKey(event));
  }
  /**
   * @param {StripData} data
   * @param {number | null} score where the handle stands
   */
  draw(data, score) {
    this.data = data;
    const { histogram, median, hits } = data;
    this.svg.setAttribute("aria-label", told(data));
    drawBars(this.svg, histogram, TICK + 3, [
      lineAt("median", median, histogram, TICK + 2, HEIGHT),
      ...hits.map((hit) => lineAt("tick", hit, histogram, 0, TICK))
    ]);
    this.place(score);
  }
  /** Let the handle stand at a score. @param {number | null} score */
  place(score) {
    if (!this.data) return;
    const { histogram, best } = this.data;
    this.score = score;
    const share = score === null ? 0 : placeOf(score, histogram);
    this.handle.style.left = this.below.style.width = `${(100 * share).toFixed(2)}%`;
    this.handle.classList.toggle("none", score === null);
    this.handle.classList.toggle("late", share > 0.7);
    const belong = score === null ? "" : `${countOf(pictureCount(score, this.data), "picture")} from ${scoreText(score)}`;
    this.label.textContent = belong;
    this.handle.setAttribute("aria-valuemin", histogram.low.toFixed(3));
    this.handle.setAttribute("aria-valuemax", best.toFixed(3));
    this.handle.setAttribute("aria-valuenow", (score ?? histogram.low).toFixed(3));
    this.handle.setAttribute("aria-valuetext", belong || "No cutoff");
  }
  /** Move the cutoff by steps. @param {number} steps */
  step(steps) {
    if (!this.data) return;
    const { histogram, best } = this.data;
    const from = this.score ?? Math.min(...this.data.hits, best);
    this.move(Math.min(best, Math.max(histogram.low, from + steps * stepOf(histogram))));
  }
  /** @param {number} score */
  move(score) {
    this.place(score);
    this.#moved(score);
  }
  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0 || !this.data) return;
    event.preventDefault();
    this.root.setPointerCapture(event.pointerId);
    this.handle.focus({ preventScroll: true });
    this.dragging = true;
    this.drag(event);
  }
  /** @param {PointerEvent} event */
  drag(event) {
    if (!this.dragging || !this.data) return;
    const box = this.root.getBoundingClientRect();
    const score = scoreAt((event.clientX - box.left) / box.width, this.data.histogram);
    this.move(Math.min(score, this.data.best));
  }
  up() {
    if (!this.dragging) return;
    this.dragging = false;
    this.#left();
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -FAR, PageUp: FAR }[event.key];
    if (!this.data || steps === void 0 && event.key !== "Home" && event.key !== "End") return;
    event.preventDefault();
    if (steps !== void 0) this.step(steps);
    else this.move(event.key === "Home" ? this.data.histogram.low : this.data.best);
  }
};
function told({ histogram: { low, high }, median: middle, hits }) {
  const ends = `${scoreText(low)} to ${scoreText(high)}`;
  return `Scores of all pictures, ${ends}, median ${scoreText(middle)}; ${countOf(hits.length, "picture")} shown`;
}

// score_strip/score_strip.js
var OPEN_KEY = "t2i score strip";
var RESTED_AFTER_MS = 350;
var DOWN = ["M6 9l6 6 6-6"];
var LEVELS = { weak: 1, some: 2, strong: 3, "": 0 };
var ScoreStrip = class {
  /** @type {(said: Message) => void} */
  send = () => {
  };
  /** @type {StripData | null} */
  data = null;
  root = make("section", "grid-root strip-root");
  line = make("button", "line");
  level = make("span", "level");
  sentence = make("span", "sentence");
  more = make("div", "more");
  ways = make("div", "ways");
  about = make("p", "about");
  band = new Band(
    () => this.moved(),
    () => this.tell()
  );
  sequence = new Sequence();
  stop = new AbortController();
  settling = new Settling(RESTED_AFTER_MS, () => this.tell());
  /** Whether the handle was moved and the server does not know yet. */
  untold = false;
  /** @param {Parent} parent */
  constructor(parent) {
    this.root.setAttribute("aria-label", "Scores");
    this.line.type = "button";
    this.line.append(this.level, this.sentence, lines(DOWN));
    this.line.addEventListener("click", () => this.open(this.more.hidden === true));
    this.more.append(this.band.root, this.ways, this.about);
    this.root.append(this.line, this.more);
    this.open(wasOpen(), false);
    document.addEventListener("keydown", (event) => this.onKey(event), { signal: this.stop.signal });
    parent.append(this.root);
  }
  destroy() {
    this.stop.abort();
    this.root.remove();
    this.settling.end();
  }
  /** @param {StripData} data */
  update(data) {
    const followed = this.sequence.follow(data.seq);
    this.data = data;
    this.level.dataset.filled = String(LEVELS[data.evidence]);
    this.level.hidden = !data.evidence;
    if (this.sentence.textContent !== data.sentence) this.sentence.textContent = data.sentence;
    this.about.textContent = data.about;
    this.about.hidden = !data.about;
    const kept = this.untold || this.band.dragging || !followed;
    this.band.draw(data, kept ? this.band.score : data.cut);
    this.drawWays(data);
  }
  /** @param {StripData} data */
  drawWays({ ways }) {
    const focused = [...this.ways.children].indexOf(
      /** @type {Element} */
      this.focused()
    );
    this.ways.replaceChildren(
      ...ways.map(({ cut, label, help, chosen }) => {
        const button = textButton("way", label, help, () => this.choose(cut));
        button.setAttribute("aria-pressed", String(chosen));
        return button;
      })
    );
    const again = this.ways.children[focused];
    if (again instanceof HTMLElement) again.focus({ preventScroll: true });
  }
  focused() {
    const root = this.root.getRootNode();
    return root instanceof ShadowRoot || root instanceof Document ? root.activeElement : null;
  }
  /**
   * @param {boolean} wanted
   * @param {boolean} [remember]
   */
  open(wanted, remember = true) {
    this.more.hidden = !wanted;
    this.line.setAttribute("aria-expanded", String(wanted));
    this.root.classList.toggle("open", wanted);
    if (remember) rememberOpen(wanted);
  }
  moved() {
    this.untold = true;
    if (!this.band.dragging) this.settling.stir();
  }
  /** Tell where the handle was left. */
  tell() {
    this.settling.end();
    if (!this.untold || !this.data) return;
    this.untold = false;
    const { score } = this.band;
    this.choose(score === null ? "" : cutBelowBest(score, this.data));
  }
  /** @param {string} cut */
  choose(cut) {
    this.untold = false;
    this.settling.end();
    this.send({ type: "cut", cut, seq: this.sequence.next() });
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key !== "[" && event.key !== "]" || withModifier(event) || isTaken(event)) return;
    event.preventDefault();
    if (this.more.hidden) this.open(true);
    this.band.step(event.key === "]" ? 1 : -1);
  }
};
function wasOpen() {
  try {
    return localStorage.getItem(OPEN_KEY) === "open";
  } catch {
    return false;
  }
}
function rememberOpen(open) {
  try {
    localStorage.setItem(OPEN_KEY, open ? "open" : "closed");
  } catch {
  }
}

// score_strip/index.js
var index_default = mounting((parent) => new ScoreStrip(parent));
export {
  index_default as default
};
