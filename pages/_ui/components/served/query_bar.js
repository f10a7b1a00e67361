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

// shared/drawing.js
var LENS = ["M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Z", "M15.4 15.4 20 20"];
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

// shared/into_results.js
var NAME = "t2i-into-results";
function goIntoResults() {
  return !document.dispatchEvent(new CustomEvent(NAME, { cancelable: true }));
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

// query_bar/dropping.js
function listenForPictures(field, signal, take) {
  field.file.addEventListener("change", () => {
    const file = field.file.files?.[0];
    if (file) take(file);
    field.file.value = "";
  });
  const mark = (event, inside) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    field.root.classList.toggle("dropping", inside);
  };
  document.addEventListener("paste", (event) => onPaste(event, field.input, take), { signal });
  document.addEventListener("dragover", (event) => mark(event, true), {
    signal
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || mark(event, false), { signal });
  document.addEventListener(
    "drop",
    (event) => {
      field.root.classList.remove("dropping");
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      take(file);
    },
    { signal }
  );
}
function onPaste(event, input, take) {
  const target = event.composedPath()[0];
  const elsewhere = target instanceof HTMLElement && target !== input && /^(INPUT|TEXTAREA)$/.test(target.tagName);
  const file = Array.from(event.clipboardData?.files ?? []).find((one) => one.type.startsWith("image/"));
  if (elsewhere || !file) return;
  event.preventDefault();
  take(file);
}

// query_bar/rewrite_line.js
var RewriteLine = class {
  root = make("p", "rewrite");
  #said = make("span", "said");
  #text = "";
  /** @param {(text: string) => void} ask */
  constructor(ask) {
    this.button = textButton("text-button", "", "", () => ask(this.#text));
    this.root.setAttribute("role", "status");
    this.root.append(this.#said, " ", this.button);
    this.root.hidden = true;
  }
  /** @param {Rewrite | null | undefined} rewrite */
  draw(rewrite) {
    this.root.hidden = !rewrite;
    if (!rewrite) return;
    this.#text = rewrite.text;
    this.#said.textContent = rewrite.said;
    this.button.textContent = `Ask: ${rewrite.label}`;
  }
};

// shared/term_colours.js
var COLOURS = 6;
function hueOf(place) {
  return `hue-${place % COLOURS}`;
}

// query_bar/weights.js
var MOST2 = 2;
var STEP = 0.25;
var KEYS = /* @__PURE__ */ new Map([
  ["ArrowRight", STEP],
  ["ArrowUp", STEP],
  ["ArrowLeft", -STEP],
  ["ArrowDown", -STEP],
  ["PageUp", 1],
  ["PageDown", -1],
  ["Home", -2 * MOST2],
  ["End", 2 * MOST2]
]);
function clamped(weight) {
  return Math.min(MOST2, Math.max(-MOST2, Math.round(weight * 100) / 100)) + 0;
}
function pushed(weight, key) {
  const by = KEYS.get(key);
  return by === void 0 ? null : clamped(weight + by);
}
function dragged(weight, across) {
  return clamped(weight + Math.round(across / 14) * STEP);
}
function typedWeight(text) {
  const plain = text.trim().replace(/^[\u2212\u2013]/, "-").replace(",", ".").replace(/^[×x*]/, "");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? clamped(Number(plain)) : null;
}
function beginsWeight(key) {
  return /^[\d.,+\-\u2212]$/.test(key);
}
function weightText(weight) {
  if (weight === 0) return "off";
  return weight < 0 ? `−${-weight}` : `×${weight}`;
}
function spokenWeight(weight) {
  if (weight === 0) return "muted";
  return weight < 0 ? `less of it, weight minus ${-weight}` : `weight ${weight}`;
}

// query_bar/term_chip.js
var DRAG_FROM_PX = 4;
var HELP = "Arrows, a drag sideways or typed digits weigh it; Enter or a click mutes it; Backspace removes it";
var TermChip = class {
  element = make("span", "term");
  /** What has the focus: a slider for those who listen. */
  grip = make("span", "grip");
  picture = make("img");
  label = make("span", "label");
  weight = make("span", "weight");
  typed = make("input", "typed-weight");
  #drag = { from: 0, weight: 0, on: false, moved: false };
  #acts;
  /**
   * @param {Term} term
   * @param {Acts} acts
   */
  constructor(term, acts) {
    this.term = term;
    this.#acts = acts;
    this.picture.alt = "";
    this.picture.draggable = false;
    this.grip.tabIndex = 0;
    this.grip.setAttribute("role", "slider");
    this.grip.setAttribute("aria-valuemin", String(-MOST2));
    this.grip.setAttribute("aria-valuemax", String(MOST2));
    this.typed.hidden = true;
    this.typed.autocomplete = "off";
    this.typed.inputMode = "decimal";
    this.remove = signButton("icon", CROSS, "", () => acts.remove(this));
    this.grip.append(make("span", "swatch"), this.picture, this.label, this.weight);
    this.element.append(this.grip, this.typed, this.remove);
    this.#listen();
  }
  #listen() {
    const { grip, typed } = this;
    grip.addEventListener("keydown", (event) => this.#onKey(event));
    grip.addEventListener("pointerdown", (event) => this.#begin(event));
    grip.addEventListener("pointermove", (event) => this.#move(event));
    grip.addEventListener("pointerup", () => this.#end());
    grip.addEventListener("pointercancel", () => this.#end());
    grip.addEventListener("click", () => {
      if (this.#drag.moved) this.#drag.moved = false;
      else this.mute();
    });
    typed.addEventListener("keydown", (event) => this.#onTypedKey(event));
    typed.addEventListener("blur", () => this.#endTyping(true));
  }
  /** What the server is told of it. */
  get record() {
    return { ...this.term.record, weight: this.term.weight };
  }
  /**
   * @param {Term} term
   * @param {number} place in the query
   */
  draw(term, place) {
    this.term = term;
    const { label, title, picture, src, weight } = term;
    this.element.className = `term ${hueOf(place)}`;
    this.label.textContent = label;
    this.grip.title = `${title}: ${spokenWeight(weight)}. ${HELP}`;
    this.picture.hidden = !src;
    if (src && this.picture.src !== src) this.picture.src = src;
    this.grip.setAttribute("aria-label", picture ? `Picture ${title}` : title);
    this.remove.title = `Remove ${label}`;
    this.remove.setAttribute("aria-label", this.remove.title);
    this.typed.setAttribute("aria-label", `Weight of ${label}, minus 2 to 2`);
    this.#drawWeight();
  }
  #drawWeight() {
    const { weight } = this.term;
    this.weight.textContent = weightText(weight);
    this.element.classList.toggle("muted", weight === 0);
    this.element.classList.toggle("minus", weight < 0);
    this.grip.setAttribute("aria-valuenow", String(weight));
    this.grip.setAttribute("aria-valuetext", spokenWeight(weight));
  }
  mute() {
    const { weight, before } = this.term;
    if (weight === 0) this.#weigh(before ?? 1);
    else {
      this.#weigh(0);
      this.term.before = weight;
    }
  }
  /** @param {number} weight */
  #weigh(weight) {
    if (weight === this.term.weight) return;
    this.term = { ...this.term, weight, before: null };
    this.#drawWeight();
    this.#acts.weighed();
  }
  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (withModifier(event)) return;
    const weight = pushed(this.term.weight, event.key);
    if (weight !== null) this.#weigh(weight);
    else if (event.key === "Enter" || event.key === " ") this.mute();
    else if (event.key === "Backspace" || event.key === "Delete") this.#acts.remove(this);
    else if (event.key === "Escape") this.#acts.leave();
    else if (beginsWeight(event.key)) this.#beginTyping(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  /** @param {PointerEvent} event */
  #begin(event) {
    if (event.button !== 0) return;
    this.#drag = { from: event.clientX, weight: this.term.weight, on: true, moved: false };
    this.grip.setPointerCapture(event.pointerId);
  }
  /** @param {PointerEvent} event */
  #move(event) {
    const drag = this.#drag;
    if (!drag.on) return;
    const across = event.clientX - drag.from;
    if (Math.abs(across) >= DRAG_FROM_PX) drag.moved = true;
    if (drag.moved) this.#weigh(dragged(drag.weight, across));
  }
  #end() {
    this.#drag.on = false;
  }
  /** @param {string} first */
  #beginTyping(first) {
    this.typed.value = first;
    this.#showTyping(true);
    this.typed.focus();
  }
  /** @param {KeyboardEvent} event */
  #onTypedKey(event) {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.#endTyping(event.key === "Enter");
    this.grip.focus();
  }
  /** @param {boolean} taken */
  #endTyping(taken) {
    if (this.typed.hidden) return;
    const weight = typedWeight(this.typed.value);
    this.#showTyping(false);
    if (taken && weight !== null) this.#weigh(weight);
  }
  /** @param {boolean} on */
  #showTyping(on) {
    this.typed.hidden = !on;
    this.weight.hidden = on;
  }
};

// query_bar/steering.js
var WEIGHED_AFTER_MS = 160;
var Steering = class {
  root = make("span", "terms");
  /** @type {TermChip[]} */
  chips = [];
  settling = new Settling(WEIGHED_AFTER_MS, () => this.#tell("weighed"));
  #say;
  #leave;
  /**
   * @param {(said: Message) => void} say
   * @param {() => void} leave puts the focus into the field
   */
  constructor(say, leave) {
    this.#say = say;
    this.#leave = leave;
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Terms of the query");
    this.root.hidden = true;
  }
  /** Whether terms are chips at the moment. */
  get on() {
    return !this.root.hidden;
  }
  /** Take over terms that were set elsewhere, or no chips at all. @param {Term[]} terms @param {boolean} shown */
  adopt(terms, shown) {
    this.settling.end();
    const focused = this.on && this.root.contains(focusedBeside(this.root));
    this.#fill(shown ? terms : []);
    this.root.hidden = !shown;
    if (focused && !this.root.contains(focusedBeside(this.root))) this.#leave();
  }
  /** Pictures and names may come later; what was weighed here meanwhile stays. @param {Term[]} terms */
  refresh(terms) {
    if (!this.on || terms.length !== this.chips.length) return;
    this.chips.forEach((chip, place) => {
      if (keyOf(chip.term) !== keyOf(terms[place])) return;
      const { weight, before } = chip.term;
      chip.draw({ ...terms[place], weight, before }, place);
    });
  }
  /** @param {string} text @param {boolean} plain whether it is a sentence whatever it holds */
  add(text, plain) {
    if (text.trim()) this.#tell("add", { text, plain });
  }
  /** Put the focus on the last chip. */
  goToLast() {
    this.chips.at(-1)?.grip.focus();
  }
  /** Chips of the same terms stay the same elements, which keep the focus. @param {Term[]} terms */
  #fill(terms) {
    const left = [...this.chips];
    const acts = { weighed: () => this.settling.stir(), remove: this.#remove, leave: this.#leave };
    this.chips = terms.map((term, place) => {
      const at = left.findIndex((chip2) => keyOf(chip2.term) === keyOf(term));
      const chip = at < 0 ? new TermChip(term, acts) : left.splice(at, 1)[0];
      chip.draw(term, place);
      return chip;
    });
    for (const chip of left) chip.element.remove();
    this.chips.forEach((chip, place) => {
      if (this.root.children[place] !== chip.element) {
        this.root.insertBefore(chip.element, this.root.children[place] ?? null);
      }
    });
  }
  /** Its removal is shown at once; the server says what is left. */
  #remove = (gone) => {
    const place = this.chips.indexOf(gone);
    gone.element.remove();
    this.chips = this.chips.filter((chip) => chip !== gone);
    const next = this.chips[Math.min(place, this.chips.length - 1)];
    if (next) next.grip.focus();
    else this.#leave();
    this.#tell("removed");
  };
  /** @param {string} type @param {Record<string, unknown>} [more] */
  #tell(type, more = {}) {
    this.settling.end();
    const before = this.chips.map((chip) => chip.term.before ?? null);
    this.#say({ type, terms: this.chips.map((chip) => chip.record), before, ...more });
  }
};
function keyOf(term) {
  return JSON.stringify(term.record);
}

// query_bar/field.js
var PLUS = ["M12 5v14", "M5 12h14"];
var PICTURE = ["M4 5h16v14H4Z", "M4 16l4.5-4.5 4 4 2.5-2.5 5 5", "M15.5 8.7h.01"];
var Field = class {
  root = make("div", "bar-root");
  /** The frame that holds all of one line. */
  line = make("div", "field");
  chip = make("span", "chip-image");
  chipPicture = make("img");
  chipLabel = make("span", "label");
  input = textField();
  key = slashSign("Press / to type a query");
  file = make("input");
  message = make("p", "message");
  examples = make("div", "examples");
  /** @param {Acts} acts `clear` takes the whole query away, `plus` adds a term */
  constructor({ clear, plus, say, search }) {
    this.steering = new Steering(say, () => this.input.focus());
    this.rewrite = new RewriteLine(search);
    this.plus = signButton("icon plus", PLUS, "Add a term to the query", plus);
    this.chipPicture.alt = "";
    this.chip.append(this.chipPicture, this.chipLabel, signButton("icon", CROSS, "Remove this from the query", clear));
    this.clearButton = signButton("icon", CROSS, "Clear the query", clear);
    this.message.setAttribute("role", "alert");
    for (const [name, value] of Object.entries(COMBOBOX)) this.input.setAttribute(name, value);
    const upload = this.#upload();
    this.line.append(lines(LENS), this.chip, this.steering.root, this.input);
    this.line.append(this.plus, this.clearButton, this.key, upload, this.file, make("div", "busy"));
    this.root.append(this.line, this.message, this.rewrite.root, this.examples);
  }
  /** @param {Parent} parent */
  appendTo(parent) {
    parent.append(this.root);
  }
  /** The picture among what is asked for. @param {{ label: string, src: string } | null} image */
  showImage(image) {
    this.chip.hidden = !image;
    if (!image) return;
    this.chipPicture.hidden = !image.src;
    if (image.src) this.chipPicture.src = image.src;
    this.chipLabel.textContent = image.label;
    this.chip.title = image.label;
  }
  /** @param {string} text */
  say(text) {
    this.message.textContent = text;
    this.message.hidden = !text;
  }
  /** Below what the list of suggestions begins: a message is never covered. */
  bottom() {
    return (this.message.hidden ? this.line : this.message).getBoundingClientRect().bottom;
  }
  #upload() {
    this.file.type = "file";
    this.file.accept = "image/*";
    this.file.hidden = true;
    this.file.setAttribute("aria-label", "Choose a picture to search with");
    const label = "Search with a picture: choose, paste or drop one";
    const upload = signButton("icon upload", PICTURE, label, () => this.file.click());
    upload.append(make("span", "word", "Picture"));
    return upload;
  }
};
var COMBOBOX = {
  role: "combobox",
  "aria-label": "What the pictures should show",
  "aria-autocomplete": "list",
  "aria-expanded": "false",
  "aria-controls": "suggestions"
};

// shared/folding.js
var WORD = /[\p{L}\p{N}_]+/gu;
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
function wordsOf(text) {
  return bare(text).match(WORD) ?? [];
}
function piecesOf(text) {
  return text.split(PIECES);
}

// query_bar/options.js
var CLOCK = ["M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Z", "M12 8v4.5l3 1.5"];
function optionsFor(text, suggestions, recent) {
  if (!text) {
    const asked = recent.map((one) => ({ text: one.label, recent: one }));
    return asked.length ? [...asked, { text: "Forget these queries", forget: true }] : [];
  }
  const { text: of, items } = suggestions || { text: "", items: [] };
  const near = of && fold(text).startsWith(fold(of));
  if (!near && of !== text) return [];
  return items.filter((one) => one !== text).map((one) => ({ text: one }));
}
function stepped(active, step, count) {
  const to = active < 0 && step < 0 ? count - 1 : (active + step + count + 1) % (count + 1);
  return to === count ? -1 : to;
}
function typedWords(typed) {
  const words = wordsOf(typed);
  const last = words.at(-1);
  return last === void 0 ? null : (word) => words.includes(word) || word.startsWith(last);
}
function optionSign(option) {
  if (!option.recent?.thumb) return lines(option.forget ? CROSS : option.recent ? CLOCK : LENS);
  const image = make("img");
  image.alt = "";
  image.src = option.recent.thumb;
  return image;
}

// query_bar/picture_file.js
var SEND_AS_IT_IS_BYTES = 6 * 1024 * 1024;
var LARGEST_FILE_BYTES = 60 * 1024 * 1024;
var SMALLER_SIDE = 1280;
var PictureRefused = class extends Error {
};
async function contentOf(file) {
  if (file.size > LARGEST_FILE_BYTES) {
    const size = (file.size / 1048576).toFixed(0);
    throw new PictureRefused(`A picture may have at most 60 MB, got ${size} MB: ${file.name}. Make it smaller.`);
  }
  if (file.size <= SEND_AS_IT_IS_BYTES) return base64Of(file);
  const small = await smaller(file);
  if (small) return base64Of(small);
  const rule = "A picture must be one this browser can open when it is over 6 MB";
  throw new PictureRefused(`${rule}, got ${file.name}. Save it as a JPEG.`);
}
async function base64Of(content) {
  const url = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => resolve("");
    reader.readAsDataURL(content);
  });
  const comma = url.indexOf(",");
  return comma < 0 ? "" : url.slice(comma + 1);
}
async function smaller(file) {
  try {
    const bitmap = await createImageBitmap(file, {
      imageOrientation: "from-image"
    });
    const scale = Math.min(1, SMALLER_SIDE / Math.min(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const context = canvas.getContext("2d");
    if (!context) return null;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
  } catch {
    return null;
  }
}

// query_bar/recent_entry.js
var LONGEST = 2e3;
var MOST_PARTS = 20;
var THUMB_SIDE = 64;
var THUMB = /^data:image\/(jpeg|png|webp);base64,[A-Za-z0-9+/=]{1,20000}$/;
function checked(one) {
  if (!one || typeof one !== "object" || !isText(one.key)) return null;
  const entry = {
    key: one.key,
    kind: one.kind,
    label: isText(one.label) ? one.label : "",
    thumb: ""
  };
  if (isThumb(one.thumb)) entry.thumb = one.thumb;
  if (one.kind === "text" && isText(one.text)) return { ...entry, text: one.text, label: one.text };
  if (one.kind === "terms" && isText(one.text)) return { ...entry, text: one.text, label: entry.label || one.text };
  if (one.kind === "like" && isText(one.id)) return { ...entry, id: one.id, label: entry.label || one.id };
  const parts = one.kind === "alike" ? one.ids : one.kind === "together" ? one.texts : null;
  if (!Array.isArray(parts) || !parts.length || parts.length > MOST_PARTS || !parts.every(isText)) return null;
  return {
    ...entry,
    [one.kind === "alike" ? "ids" : "texts"]: parts,
    label: entry.label || parts[0]
  };
}
function thumbOf(image) {
  const scale = Math.min(1, THUMB_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const thumb = canvas.toDataURL("image/jpeg", 0.8);
  return isThumb(thumb) ? thumb : "";
}
function isThumb(value) {
  return typeof value === "string" && THUMB.test(value);
}
function isText(value) {
  return typeof value === "string" && value.length > 0 && value.length <= LONGEST;
}

// query_bar/recent_queries.js
var PREFIX = "t2i recent ";
var MOST3 = 10;
var MOST_DATASETS = 20;
var refused = /* @__PURE__ */ new Map();
var RecentQueries = class {
  of = "";
  last = "";
  /** @type {Asked | null} */
  asked = null;
  /**
   * Take over which dataset is open and what was asked of it, if anything that can be asked again.
   *
   * @param {string} of
   * @param {Asked | null} asked
   */
  take(of, asked) {
    this.of = of || "";
    this.asked = asked || null;
    const now = asked ? `${this.of} ${asked.key}` : "";
    if (asked && now !== this.last) this.keep(asked);
    this.last = now;
  }
  /** @param {Asked} asked */
  keep(asked) {
    const list = this.list();
    const known = list.find((one) => one.key === asked.key);
    const entry = checked({ ...asked, thumb: known ? known.thumb : "" });
    if (entry) this.write([entry, ...list.filter((one) => one.key !== asked.key)].slice(0, MOST3));
  }
  /**
   * The picture that is the query was drawn: a small copy of it goes with its entry, for addresses do not last.
   *
   * @param {HTMLImageElement} image
   */
  picture(image) {
    const { asked } = this;
    if (!asked || !["like", "alike"].includes(asked.kind) || image.hidden || !image.naturalWidth) return;
    const list = this.list();
    const entry = list.find((one) => one.key === asked.key);
    if (!entry || entry.thumb) return;
    entry.thumb = thumbOf(image);
    if (entry.thumb) this.write(list);
  }
  /** @returns {Recent[]} */
  list() {
    const name = PREFIX + this.of;
    const unkept = refused.get(name);
    if (unkept) return unkept;
    try {
      const kept = JSON.parse(localStorage.getItem(name) || "{}");
      const list = Array.isArray(kept.list) ? kept.list : [];
      return list.flatMap((one) => checked(one) ?? []).slice(0, MOST3);
    } catch {
      return [];
    }
  }
  /** @param {Recent[]} list */
  write(list) {
    const name = PREFIX + this.of;
    try {
      localStorage.setItem(name, JSON.stringify({ at: Date.now(), list }));
      refused.delete(name);
      forgetOldest();
    } catch {
      refused.set(name, list);
    }
  }
  forget() {
    const name = PREFIX + this.of;
    refused.delete(name);
    try {
      localStorage.removeItem(name);
    } catch {
    }
  }
};
function forgetOldest() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  if (names.length <= MOST_DATASETS) return;
  const ages = new Map(names.map((name) => [name, ageOf(name)]));
  names.sort((one, other) => (ages.get(one) ?? 0) - (ages.get(other) ?? 0));
  for (const name of names.slice(0, names.length - MOST_DATASETS)) localStorage.removeItem(name);
}
function ageOf(name) {
  try {
    return Number(JSON.parse(localStorage.getItem(name) ?? "").at) || 0;
  } catch {
    return 0;
  }
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

// query_bar/suggestion_list.js
var SuggestionList = class {
  list = make("ul", "list");
  /** @type {Option[]} */
  options = [];
  active = -1;
  #field;
  #choose;
  /**
   * @param {Field} field
   * @param {(option: Option) => void} choose does what a line stands for
   */
  constructor(field, choose) {
    this.#field = field;
    this.#choose = choose;
    this.list.id = "suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    if (this.list.popover !== void 0) this.list.popover = "manual";
    field.root.append(this.list);
  }
  get isOpen() {
    return this.options.length > 0 && !this.list.hidden;
  }
  /** The line that the arrows picked out, if they did. */
  get chosen() {
    return this.active >= 0 ? this.options[this.active] ?? null : null;
  }
  /** @param {Option[]} options */
  show(options) {
    const chosen = this.chosen?.text;
    this.options = options;
    this.active = chosen === void 0 ? -1 : options.findIndex((option) => option.text === chosen);
    if (!options.length) {
      this.hide();
      return;
    }
    const isTyped = typedWords(this.#field.input.value);
    this.list.replaceChildren(...options.map((option, index) => this.#line(option, index, isTyped)));
    this.list.hidden = false;
    if (this.list.showPopover && !this.list.matches(":popover-open")) this.list.showPopover();
    this.#field.input.setAttribute("aria-expanded", "true");
    this.place();
    this.#mark();
  }
  hide() {
    this.active = -1;
    this.#field.input.setAttribute("aria-expanded", "false");
    this.#field.input.removeAttribute("aria-activedescendant");
    if (this.list.hidePopover && this.list.matches(":popover-open")) this.list.hidePopover();
    this.list.hidden = true;
  }
  /** @param {1 | -1} by */
  step(by) {
    this.active = stepped(this.active, by, this.options.length);
    this.#mark();
  }
  /** Below the field, wherever the page was scrolled to. */
  place() {
    if (!this.isOpen) return;
    const box = this.#field.line.getBoundingClientRect();
    this.list.style.left = `${box.left}px`;
    this.list.style.top = `${this.#field.bottom() + 4}px`;
    this.list.style.width = `${box.width}px`;
  }
  /**
   * @param {Option} option
   * @param {number} index
   * @param {((word: string) => boolean) | null} isTyped
   */
  #line(option, index, isTyped) {
    const row = make("li");
    row.id = `option-${index}`;
    row.setAttribute("role", "option");
    row.append(optionSign(option), markedLine("text", option.text, isTyped));
    row.classList.toggle("forget", Boolean(option.forget));
    row.addEventListener("pointerdown", (event) => event.preventDefault());
    row.addEventListener("click", () => this.#choose(option));
    return row;
  }
  #mark() {
    Array.from(this.list.children).forEach((row, index) => {
      row.setAttribute("aria-selected", String(index === this.active));
    });
    if (this.active >= 0) this.#field.input.setAttribute("aria-activedescendant", `option-${this.active}`);
    else this.#field.input.removeAttribute("aria-activedescendant");
  }
};

// query_bar/query_bar.js
var TYPED_AFTER_MS = 140;
var SETTLED_AFTER_MS = 1400;
var BUSY_AFTER_MS = 300;
var QueryBar = class {
  /** @type {(said: Message) => void} */
  send = () => {
  };
  /** @type {Partial<BarData>} */
  data = {};
  /** @type {number | null | undefined} */
  version;
  recent = new RecentQueries();
  field = new Field({
    clear: () => this.clear(),
    plus: () => this.addTerm(),
    say: (said) => this.tell(said),
    search: (text) => this.search(text)
  });
  list = new SuggestionList(this.field, (option) => this.choose(option));
  /** Tells this bar from one that takes its place. */
  number = String(Math.random());
  stop = new AbortController();
  /** What the server was told last, and what it was told to keep. */
  sentText = "";
  settledText = "";
  typedText = "";
  /** @type {string | null} the text the list was put away for, until there is another one */
  closedFor = null;
  typing = new Settling(TYPED_AFTER_MS, () => this.tellTyped());
  settling = new Settling(SETTLED_AFTER_MS, () => this.settle());
  busy = new Settling(BUSY_AFTER_MS, () => this.field.root.classList.add("is-busy"));
  examplesKey = "";
  get steering() {
    return this.field.steering;
  }
  /** @param {Parent} parent */
  constructor(parent) {
    this.listen();
    this.field.appendTo(parent);
  }
  listen() {
    const { input, chipPicture, line } = this.field;
    const { signal } = this.stop;
    const look = () => {
      if (!input.value.trim()) this.closedFor = null;
      this.drawList();
    };
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("focus", look);
    input.addEventListener("click", look);
    input.addEventListener("blur", () => {
      this.list.hide();
      this.settle();
    });
    chipPicture.addEventListener("load", () => this.recent.picture(chipPicture));
    listenForPictures(this.field, signal, (file) => this.takePicture(file));
    slashGoesTo(input, signal, () => {
      window.scrollTo({ top: 0 });
      line.scrollIntoView({ block: "nearest" });
    });
    window.addEventListener("scroll", () => this.list.place(), {
      signal,
      capture: true,
      passive: true
    });
    window.addEventListener("resize", () => this.list.place(), { signal });
  }
  destroy() {
    this.stop.abort();
    this.field.root.remove();
    for (const wait of [this.typing, this.settling, this.busy, this.field.steering.settling]) wait.end();
    const page = document.documentElement.dataset;
    if (page.queryBar === this.number) delete page.queryBar;
  }
  /** @param {BarData} data */
  update(data) {
    const { field } = this;
    const held = focusedBeside(field.root);
    const within = field.root.contains(held);
    this.data = data;
    document.documentElement.dataset.queryBar = this.number;
    this.busy.end();
    field.root.classList.remove("is-busy");
    if (data.version !== this.version) {
      this.version = data.version;
      this.put(data.text || "");
      field.steering.adopt(data.terms ?? [], Boolean(data.chips));
    } else field.steering.refresh(data.terms ?? []);
    const { on } = field.steering;
    this.recent.take(data.dataset, data.asked);
    field.showImage(on ? null : data.image);
    field.input.placeholder = on ? "add words" : data.image ? "or type a sentence" : data.placeholder || "";
    field.say(data.message || "");
    field.rewrite.draw(data.rewrite);
    this.drawButtons();
    this.drawExamples();
    if (within && !held?.getClientRects().length && hasKeys()) field.input.focus();
    if (focusedBeside(field.root) === field.input) this.drawList();
  }
  /** @param {Message} said */
  tell(said) {
    this.busy.stir();
    this.send(said);
  }
  /** Let a text stand in the field that the server knows or is told now. @param {string} text */
  put(text) {
    this.field.input.value = text;
    this.sentText = text;
    this.settledText = text;
  }
  /** The same, and nothing of what was typed is to be told any more. @param {string} text */
  replace(text) {
    this.typing.end();
    this.settling.end();
    this.put(text);
  }
  typed() {
    this.list.active = -1;
    this.drawButtons();
    this.drawList();
    this.typedText = this.field.input.value;
    this.typing.stir();
    this.settling.stir();
  }
  tellTyped() {
    const text = this.typedText;
    if (text === this.sentText) return;
    this.sentText = text;
    if (this.steering.on) this.tell({ type: "suggest", text, adding: true });
    else this.tell({ type: this.data.live ? "typed" : "suggest", text });
  }
  /** The person stopped typing: the link and the history may now hold this query. */
  settle() {
    this.settling.end();
    const text = this.field.input.value;
    if (this.steering.on || !text.trim() || text === this.settledText) return;
    this.typing.end();
    this.sentText = text;
    this.settledText = text;
    this.tell({ type: "settled", text });
  }
  /** @param {string} text @param {boolean} [plain] whether it is a sentence whatever it holds */
  search(text, plain = false) {
    this.replace(text);
    this.list.hide();
    this.closedFor = text;
    this.drawButtons();
    this.tell({ type: "search", text, plain });
  }
  /** What is typed becomes a term beside those there are; without chips, what is asked becomes one. */
  addTerm() {
    const text = this.field.input.value;
    this.list.hide();
    this.field.input.focus();
    if (this.steering.on) this.add(text, false);
    else {
      this.replace("");
      this.tell({ type: "chips", text });
    }
  }
  /** @param {string} text @param {boolean} plain */
  add(text, plain) {
    this.typing.end();
    this.list.hide();
    this.closedFor = text;
    this.steering.add(text, plain);
  }
  /** Do what a line of the list stands for. @param {Option} option */
  choose(option) {
    if (option.forget) {
      this.recent.forget();
      this.drawList();
    } else if (option.recent && option.recent.kind !== "text") this.again(option.recent);
    else if (this.steering.on) this.add(option.text, true);
    else this.search(option.recent?.text ?? option.text, true);
  }
  /** Ask once more for what was asked with pictures, or with several sentences. @param {Asked} asked */
  again({ kind, id, ids, texts, text }) {
    this.replace("");
    this.closedFor = "";
    this.list.hide();
    this.tell({ type: "again", kind, id, ids, texts, text });
  }
  clear() {
    this.replace("");
    this.closedFor = null;
    this.tell({ type: "clear" });
    this.field.input.focus();
  }
  /** @param {File} file */
  async takePicture(file) {
    this.field.message.hidden = true;
    let content = "";
    try {
      content = await contentOf(file);
    } catch (error) {
      if (!(error instanceof PictureRefused)) throw error;
      this.field.say(error.message);
      return;
    }
    this.replace("");
    this.list.hide();
    this.tell({
      type: this.steering.on ? "add_picture" : "picture",
      name: file.name || "pasted picture",
      content
    });
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    const { input } = this.field;
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (this.list.chosen) this.choose(this.list.chosen);
      else if (this.steering.on) this.add(input.value, false);
      else this.search(input.value);
    } else if (event.key === "Backspace" && this.steering.on && !input.value) {
      event.preventDefault();
      this.steering.goToLast();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const down = event.key === "ArrowDown";
      if (!this.list.isOpen && down && goIntoResults()) event.preventDefault();
      else if (this.list.options.length) {
        event.preventDefault();
        this.list.step(down ? 1 : -1);
      }
    } else if (event.key === "Escape") {
      if (this.list.isOpen) {
        event.stopPropagation();
        this.closedFor = input.value;
        this.list.hide();
      } else if (this.steering.on && this.data.image === null && !input.value) this.tell({ type: "field" });
      else input.blur();
    }
  }
  drawList() {
    const text = this.field.input.value.trim();
    if (this.closedFor !== null && text === this.closedFor.trim()) {
      this.list.show([]);
      return;
    }
    this.closedFor = null;
    const recent = this.steering.on ? [] : this.recent.list();
    this.list.show(optionsFor(text, this.data.suggestions, recent));
  }
  drawButtons() {
    const typed = Boolean(this.field.input.value);
    const { on } = this.steering;
    this.field.clearButton.hidden = !typed && !on;
    this.field.plus.hidden = !typed && !on && !this.data.image;
    this.field.key.hidden = typed || on || Boolean(this.data.image) || !hasKeys();
  }
  drawExamples() {
    const { examples = [], intro, waiting } = this.data;
    const key = JSON.stringify([examples, intro, waiting]);
    if (key === this.examplesKey) return;
    this.examplesKey = key;
    const line = this.field.examples;
    line.replaceChildren();
    line.hidden = !examples.length && !waiting;
    if (line.hidden) return;
    if (intro) line.append(make("span", "intro", intro));
    for (const text of examples) line.append(textButton("chip", text, "", () => this.search(text, true)));
  }
};

// query_bar/index.js
var index_default = mounting((parent) => new QueryBar(parent));
export {
  index_default as default
};
