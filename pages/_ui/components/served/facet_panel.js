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

// shared/drawing.js
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

// shared/keys.js
function withModifier(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}
function focusedBeside(element) {
  const root = element.getRootNode();
  return root instanceof Document || root instanceof ShadowRoot ? root.activeElement : null;
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

// facet_panel/field.js
function fieldOf(title) {
  const field = make("fieldset");
  field.append(make("legend", "", title));
  return field;
}

// facet_panel/arranging.js
var MOST_VARIED = 0.5;
var Arranging = class {
  root = make("div", "arranging");
  stacks = fieldOf("Copies");
  stackList = make("div", "stackings");
  variety = fieldOf("Variety");
  slider = make("input");
  said = make("span", "said");
  orders = fieldOf("Listed by");
  order = make("select");
  largest = make("input");
  turned = make("label", "turned");
  #choose;
  /** @param {(change: Partial<Chosen>) => void} choose */
  constructor(choose) {
    this.#choose = choose;
    this.stacks.append(this.stackList);
    this.slider.type = "range";
    [this.slider.min, this.slider.max, this.slider.step] = ["0", String(MOST_VARIED), "0.05"];
    this.slider.setAttribute("aria-label", "Variety: pictures that are like those before come later");
    this.slider.title = "Pictures that are like those before come later, at the price of some score";
    this.slider.addEventListener("input", () => this.#say(Number(this.slider.value)));
    this.slider.addEventListener("change", () => choose({ diversity: Number(this.slider.value) }));
    const line = make("div", "range-line");
    line.append(this.slider, this.said);
    this.variety.append(line);
    this.order.setAttribute("aria-label", "Listed by");
    this.order.addEventListener("change", () => this.#tellOrder());
    this.largest.type = "checkbox";
    this.largest.addEventListener("change", () => this.#tellOrder());
    this.turned.append(this.largest, "largest first");
    this.orders.append(this.order, this.turned);
    this.root.append(this.stacks, this.variety, this.orders);
  }
  /**
   * @param {Chosen} chosen
   * @param {Choice[]} stackings
   * @param {Choice[]} orders
   */
  draw({ stacking, diversity, order }, stackings, orders) {
    this.root.hidden = !orders.length;
    this.stacks.hidden = stackings.length < 2;
    this.#drawStackings(stackings, stacking);
    const focused = focusedBeside(this.root);
    if (focused !== this.slider) this.slider.value = String(diversity);
    this.#say(focused === this.slider ? Number(this.slider.value) : diversity);
    const known = [...this.order.options].map((one) => one.value).join("\n");
    if (known !== orders.map((one) => one.value).join("\n")) {
      this.order.replaceChildren(
        ...orders.map(({ value, label }) => {
          const option = make("option", "", label);
          option.value = value;
          return option;
        })
      );
    }
    this.order.value = order.replace(/^-/, "");
    this.turned.hidden = order === "score";
    this.largest.checked = order.startsWith("-");
  }
  /** @param {Choice[]} stackings @param {string} stacking */
  #drawStackings(stackings, stacking) {
    if (this.stackList.childElementCount !== stackings.length) {
      this.stackList.replaceChildren(
        ...stackings.map(({ value, label }) => {
          const row = make("label");
          const radio = make("input");
          [radio.type, radio.name, radio.value] = ["radio", "stacking", value];
          radio.addEventListener("change", () => this.#choose({ stacking: value }));
          row.append(radio, label);
          return row;
        })
      );
    }
    for (const radio of this.stackList.querySelectorAll("input")) radio.checked = radio.value === stacking;
  }
  /** @param {number} diversity */
  #say(diversity) {
    this.said.textContent = diversity ? diversity.toFixed(2) : "off";
    this.slider.setAttribute("aria-valuetext", this.said.textContent);
  }
  #tellOrder() {
    const field = this.order.value;
    this.#choose({ order: `${field !== "score" && this.largest.checked ? "-" : ""}${field}` });
  }
};

// facet_panel/contrary.js
function contrary(field, title, turn) {
  let on = false;
  const button = textButton("not", "not", "Pictures that have none of these", () => turn(!on));
  button.setAttribute("aria-label", `not: ${title}`);
  button.hidden = true;
  field.firstElementChild?.after(button);
  return (condition) => {
    on = Boolean(condition?.negated);
    button.hidden = !condition;
    button.setAttribute("aria-pressed", String(on));
  };
}

// facet_panel/ends.js
function dayText(day) {
  const text = String(Math.round(day)).padStart(8, "0");
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
}
function dayOf(day) {
  return Math.floor(day / 1e4) * 372 + Math.floor(day / 100) % 100 * 31 + day % 100;
}
function endOf(text, day) {
  const digits = day ? text.replaceAll("-", "") : text.trim();
  return digits === "" || !Number.isFinite(Number(digits)) ? null : Number(digits);
}
function shareOf(value, low, high) {
  return Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
}

// facet_panel/range.js
var HEIGHT = 28;
function rangePart(facet, set) {
  const field = fieldOf(facet.title);
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const [low, high] = [endField(facet, "at least"), endField(facet, "at most")];
  for (const input of [low, high]) {
    input.addEventListener("change", () => {
      const [at_least, at_most] = [endOf(low.value, facet.day), endOf(high.value, facet.day)];
      const ends = { ...at_least === null ? {} : { at_least }, ...at_most === null ? {} : { at_most } };
      set(at_least === null && at_most === null ? null : { field: facet.field, ...ends });
    });
  }
  const line = make("div", "range-line");
  line.append(low, make("span", "to", "to"), high);
  field.append(svg, line);
  const show = (now, condition) => {
    const range = (
      /** @type {RangeFacet} */
      now
    );
    drawBars(svg, range, condition);
    const focused = focusedBeside(field);
    const text = (end) => end === void 0 ? "" : facet.day ? dayText(end) : String(end);
    if (focused !== low) low.value = text(condition?.at_least);
    if (focused !== high) high.value = text(condition?.at_most);
  };
  return { field, show };
}
function endField({ title, day, low, high, whole: whole2 }, which) {
  const input = make("input");
  const end = which === "at least" ? low : high;
  input.type = day ? "date" : "number";
  if (day) [input.min, input.max] = [dayText(low), dayText(high)];
  else input.step = whole2 ? "1" : "any";
  input.placeholder = String(Math.round(end * 1e3) / 1e3);
  if (day) input.title = `${which} ${dayText(end)}`;
  input.setAttribute("aria-label", `${title}, ${which}`);
  return input;
}
function drawBars(svg, { low, high, day, gallery, hits }, condition) {
  svg.setAttribute("viewBox", `0 0 ${gallery.length} ${HEIGHT}`);
  const place = (end) => gallery.length * (day ? shareOf(dayOf(end), dayOf(low), dayOf(high)) : shareOf(end, low, high));
  const from = condition?.at_least === void 0 ? 0 : place(condition.at_least);
  const to = condition?.at_most === void 0 ? gallery.length : place(condition.at_most);
  const bars = [];
  for (
    const [name, counts] of
    /** @type {const} */
    [
      ["all", gallery],
      ["these", hits]
    ]
  ) {
    const most = Math.max(1, ...counts);
    for (const [at, count] of counts.entries()) {
      const within = at + 1 > from && at < to;
      if (count) bars.push(bar(within === !condition?.negated || !condition ? name : `${name} out`, at, count / most));
    }
  }
  svg.replaceChildren(...bars);
}
function bar(name, at, share) {
  const height = Math.max(1.5, Math.sqrt(share) * HEIGHT * (name.startsWith("these") ? 0.6 : 1));
  const one = document.createElementNS(SVG, "rect");
  one.setAttribute("class", name);
  const places = { x: at + 0.08, width: 0.84, y: HEIGHT - height, height };
  for (const [attribute, value] of Object.entries(places)) one.setAttribute(attribute, String(value));
  return one;
}

// facet_panel/values.js
var FEW = 6;
function valuesPart(facet, set) {
  const field = fieldOf(facet.title);
  const list = make("div", "values");
  const rows = /* @__PURE__ */ new Map();
  let open = false;
  const rest = textButton("rest", "", "", () => {
    open = !open;
    fold();
    const first = [...rows.values()].find(({ label }, place) => open && place >= FEW && !label.hidden);
    first?.box.focus();
  });
  const tell = () => {
    const values = [...rows].filter(([, { box }]) => box.checked).map(([value]) => value);
    set(values.length ? { field: facet.field, values } : null);
  };
  const fold = () => {
    const all = [...rows.values()];
    const foldable = all.length > FEW + 1;
    all.forEach(({ label, box }, place) => {
      label.hidden = foldable && !open && place >= FEW && !box.checked;
    });
    const more = all.filter(({ label }) => label.hidden).length;
    rest.textContent = open ? "Show fewer" : `and ${whole(more)} more`;
    rest.setAttribute("aria-expanded", String(open));
    rest.hidden = !foldable || !open && !more;
  };
  const other = otherValue(facet, (value) => {
    add({ value, gallery: 0, hits: 0 }).box.checked = true;
    tell();
  });
  const add = (value) => {
    const row = rows.get(value.value) ?? valueRow(value.value, tell);
    if (!rows.has(value.value)) list.append(row.label);
    rows.set(value.value, row);
    return row;
  };
  field.append(list, rest, other);
  const show = (now, condition, shown) => {
    const { values, more } = (
      /** @type {ValuesFacet} */
      now
    );
    const most = Math.max(1, ...values.map(({ gallery }) => gallery));
    for (const value of values) add(value).count(value, shown, most);
    for (const value of condition?.values ?? []) if (!rows.has(value)) add({ value, gallery: 0, hits: 0 });
    for (const [value, { box }] of rows) box.checked = condition?.values?.includes(value) ?? false;
    other.hidden = !more;
    fold();
  };
  return { field, show };
}
function valueRow(value, tell) {
  const label = make("label");
  const box = make("input");
  const name = make("span", "name-of", value || "(empty)");
  const hits = make("span", "hits");
  const times = make("span", "times");
  box.type = "checkbox";
  name.title = value;
  box.addEventListener("change", tell);
  for (const one of [hits, times]) one.setAttribute("aria-hidden", "true");
  label.append(box, name, hits, times);
  const count = ({ gallery, hits: found }, shown, most) => {
    hits.textContent = shown === null ? "" : whole(found);
    hits.classList.toggle("some", found > 0);
    times.textContent = whole(gallery);
    label.style.setProperty("--share", `${100 * gallery / most}%`);
    const of = shown === null ? "" : `${whole(found)} of those shown, `;
    label.title = `${of}${whole(gallery)} in the gallery`;
    box.setAttribute("aria-label", `${value || "(empty)"}, ${label.title}`);
  };
  return { label, box, count };
}
function otherValue({ title }, take) {
  const input = textField();
  input.placeholder = "another value";
  input.setAttribute("aria-label", `${title}, another value`);
  input.addEventListener("change", () => {
    const value = input.value.trim();
    input.value = "";
    if (value) take(value);
  });
  return input;
}

// facet_panel/words.js
function wordsPart(set) {
  const field = fieldOf("Words in captions");
  const input = textField();
  input.type = "search";
  input.placeholder = 'dog "red hat" -snow';
  input.setAttribute("aria-label", "Words in captions");
  input.addEventListener("change", () => {
    const said = input.value.trim();
    set(said ? { field: "words", values: [said] } : null);
  });
  field.append(input, make("span", "unseen", "As on the Captions page"));
  const show = (condition) => {
    if (focusedBeside(field) !== input) input.value = condition?.values?.[0] ?? "";
  };
  return { field, show };
}

// facet_panel/facet_panel.js
var focusedAt = 0;
var FacetPanel = class {
  /** @type {(said: Message) => void} */
  send = () => {
  };
  /** @type {Chosen} */
  chosen = { where: [], stacking: "none", diversity: 0, order: "score" };
  root = make("section", "grid-root facet-root");
  legend = make("p", "legend");
  list = make("div", "facets");
  hints = make("div", "hints");
  /** @type {Map<string, Part & { not: ReturnType<typeof contrary> }>} */
  parts = /* @__PURE__ */ new Map();
  words = wordsPart((condition) => this.set("words", condition));
  sequence = new Sequence();
  arranging = new Arranging((change) => this.choose(change));
  /** @param {Parent} parent */
  constructor(parent) {
    this.root.setAttribute("aria-label", "Filters");
    this.root.tabIndex = -1;
    this.clear = textButton("text-button", "Clear", "Take out everything that is chosen here", () => {
      this.choose({ where: [], stacking: "none", diversity: 0, order: "score" });
      this.root.focus();
    });
    const head = make("div", "head");
    const close = signButton("close", CROSS, "Close the filters (Esc)", () => this.close());
    head.append(make("h2", "", "Filters"), this.clear, close);
    this.root.append(head, this.legend, this.words.field, this.list, this.arranging.root, this.hints);
    this.root.addEventListener("keydown", (event) => this.onKey(event));
    parent.append(this.root);
  }
  destroy() {
    this.root.remove();
  }
  /** @param {PanelData} data */
  update(data) {
    const { where, stacking, diversity, order } = data;
    if (this.sequence.follow(data.seq)) this.chosen = { where, stacking, diversity, order };
    this.root.classList.toggle("counting", data.counting);
    this.legend.textContent = legendOf(data);
    if (!data.counting) this.drawParts(data);
    this.drawHints(data);
    this.drawChosen(data);
    if (data.opened > focusedAt) this.root.focus({ preventScroll: true });
    focusedAt = Math.max(focusedAt, data.opened);
  }
  /** @param {PanelData} data */
  drawParts({ facets, words }) {
    this.words.field.hidden = !words;
    const before = [...this.parts.keys()].join("\n");
    const kinds = facets.map(({ kind, field }) => `${kind} ${field}`);
    for (const [at, facet] of facets.entries()) {
      if (this.parts.has(kinds[at])) continue;
      const set = (condition) => this.set(facet.field, condition);
      const part = facet.kind === "range" ? rangePart(facet, set) : valuesPart(facet, set);
      const not = contrary(part.field, facet.title, (negated) => this.turn(facet.field, negated));
      this.parts.set(kinds[at], { ...part, not });
    }
    for (const kind of [...this.parts.keys()]) if (!kinds.includes(kind)) this.parts.delete(kind);
    if (before !== kinds.join("\n")) {
      this.list.replaceChildren(...kinds.map((kind) => (
        /** @type {Part} */
        this.parts.get(kind).field
      )));
    }
  }
  /** @param {PanelData} data */
  drawChosen({ facets, shown, stackings, orders }) {
    for (const facet of facets) {
      const part = this.parts.get(`${facet.kind} ${facet.field}`);
      const condition = this.conditionOn(facet.field);
      part?.show(facet, condition, shown);
      part?.not(condition);
    }
    this.words.show(this.conditionOn("words"));
    this.arranging.draw(this.chosen, stackings, orders);
    const { where, stacking, diversity, order } = this.chosen;
    this.clear.hidden = !where.length && stacking === "none" && !diversity && order === "score";
  }
  /** @param {PanelData} data */
  drawHints({ hints }) {
    const said = hints.map(({ text, command }) => {
      const hint = make("p", "hint", text);
      if (command) hint.append(make("code", "", command));
      return hint;
    });
    this.hints.replaceChildren(...said);
  }
  /** The condition that a facet's part shows: the first on it. @param {string} field */
  conditionOn(field) {
    return this.chosen.where.find((one) => one.field === field);
  }
  /**
   * @param {string} field
   * @param {Condition | null} condition
   */
  set(field, condition) {
    const before = this.conditionOn(field);
    const made = condition && before?.negated ? { ...condition, negated: true } : condition;
    const { where } = this.chosen;
    if (!before) return made && this.choose({ where: [...where, made] });
    this.choose({ where: where.flatMap((one) => one === before ? made ?? [] : one) });
  }
  /**
   * @param {string} field
   * @param {boolean} negated
   */
  turn(field, negated) {
    const before = this.conditionOn(field);
    const where = this.chosen.where.map((one) => one === before ? { ...one, negated } : one);
    this.choose({ where });
  }
  /** @param {Partial<Chosen>} change */
  choose(change) {
    this.chosen = { ...this.chosen, ...change };
    this.send({ type: "choose", ...this.chosen, seq: this.sequence.next() });
  }
  close() {
    this.send({ type: "close", seq: this.sequence.next() });
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    const closes = event.key === "Escape" || event.key === "f" && !isTyping(event.target);
    if (!closes || withModifier(event)) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }
};
function isTyping(target) {
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "range"].includes(target.type);
  return target instanceof HTMLSelectElement;
}
function legendOf({ counting, facets, shown, pictures }) {
  if (counting) return "Counting the pictures";
  if (!facets.length) return "";
  const all = countOf(pictures, "picture");
  return shown === null ? `Numbers count ${all}` : `Numbers: of the ${shown} shown, of ${all}`;
}

// facet_panel/index.js
var index_default = mounting((parent) => new FacetPanel(parent));
export {
  index_default as default
};
