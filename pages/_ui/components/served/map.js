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

// shared/plotly.js
var loading = null;
function plotly() {
  return (
    /** @type {{ Plotly?: Plotly }} */
    /** @type {unknown} */
    window.Plotly
  );
}
function loadPlotly(address) {
  const there = plotly();
  if (there) return Promise.resolve(there);
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const fail = () => {
      loading = null;
      reject(new Error("Plotly's script could not be loaded"));
    };
    script.src = new URL(address, document.baseURI).href;
    script.onload = () => {
      const come = plotly();
      if (come) resolve(come);
      else fail();
    };
    script.onerror = fail;
    document.head.append(script);
  });
  return loading;
}
function hasWebGL() {
  try {
    const context = document.createElement("canvas").getContext("webgl");
    if (!context) return false;
    context.getExtension("WEBGL_lose_context")?.loseContext();
    return true;
  } catch {
    return false;
  }
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

// map/card_face.js
var CARD_WIDTH = 248;
var TALLEST = 220;
function faceOf(card, caption) {
  const frame = make("div", "frame");
  if (!card) return [frame];
  if (card.src) {
    const image = make("img");
    image.alt = card.caption || card.id;
    image.src = card.src;
    const shape = card.width && card.height ? card.width / card.height : 1.33;
    frame.style.height = `${Math.round(Math.min(TALLEST, CARD_WIDTH / shape))}px`;
    frame.append(image);
  } else frame.append(make("p", "missing", card.note || "This picture's file cannot be shown"));
  const face = [frame, factsOf(card)];
  if (caption) face.push(make("p", "caption", caption));
  return [...face, make("p", "file", card.id)];
}
function factsOf({ rank, score, trust }) {
  const facts = make("div", "facts");
  if (rank) facts.append(make("b", "", `Rank ${rank}`));
  if (score !== null) {
    const said = make("span", "score", `score ${scoreText(score)}`);
    said.title = "Cosine similarity to the query";
    facts.append(said);
  }
  const kept2 = make("span", "trust", `${Math.round(trust * 100)} % trust`);
  kept2.title = "Share of its closest pictures that are close on the map too";
  facts.append(kept2);
  return facts;
}

// shared/theme.js
function themeOf(element) {
  const style = getComputedStyle(element);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  return [
    read("--st-text-color", "#1d1f21"),
    read("--st-background-color", "#fcfcfb"),
    read("--st-primary-color", "#2f6f8f")
  ];
}
function rgbOf(colour) {
  const brush = brushOf(document.createElement("canvas"));
  brush.fillStyle = colour;
  brush.fillRect(0, 0, 1, 1);
  return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
}
function brushOf(canvas) {
  return (
    /** @type {CanvasRenderingContext2D} */
    canvas.getContext("2d")
  );
}

// map/colours.js
var NO_VALUE = 255;
var SCALES = {
  light: ["#440154", "#462372", "#404184", "#365c8c", "#2b758e", "#228d8c", "#25a484"],
  dark: ["#2e6e8e", "#24898d", "#25a285", "#40ba73", "#75cf53", "#b9de2e", "#fde725"]
};
var HUES = [
  "#2b85e8",
  "#cd7c10",
  "#10a010",
  "#6a4fdf",
  "#10a0b2",
  "#cd1910",
  "#8e9719",
  "#8e5885",
  "#85734f",
  "#d62bbb"
];
var SECOND = { light: "#b4530a", dark: "#f5a54a" };
var RING = { light: "#d1195f", dark: "#ff7aa8" };
function plotlyScale(colours, ink) {
  if (colours.kind === "scale") {
    const last = 254 / 255;
    const part = last / (ink.scale.length - 1);
    return [
      ...ink.scale.map((hue, place) => (
        /** @type {[number, string]} */
        [place * part, hue]
      )),
      [last, ink.grey],
      [1, ink.grey]
    ];
  }
  const stops = [];
  HUES.forEach((hue, place) => {
    stops.push([place / 255, hue], [(place + 0.99) / 255, hue]);
  });
  return [...stops, [HUES.length / 255, ink.grey], [1, ink.grey]];
}
function hueOf(colours, row, ink) {
  if (!colours || colours.kind === "one") return ink.point;
  const value = colours.values[row];
  if (colours.kind === "groups") return HUES[value] || ink.grey;
  if (value === NO_VALUE) return ink.grey;
  ink.steps ??= stepsOf(ink.scale);
  return ink.steps[value];
}
function stepsOf(scale) {
  const stops = scale.map((hue) => [1, 3, 5].map((at) => Number.parseInt(hue.slice(at, at + 2), 16)));
  return Array.from({ length: 255 }, (_, value) => {
    const place = value / 254 * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(place));
    const mixed = stops[low].map((one, i) => Math.round(one + (stops[low + 1][i] - one) * (place - low)));
    return `rgb(${mixed.join(",")})`;
  });
}
function inkOf(theme) {
  const [text, back] = theme.map(rgbOf);
  const mix = (share) => `rgb(${text.map((one, i) => Math.round(one * share + back[i] * (1 - share))).join(",")})`;
  const kind = back[0] + back[1] + back[2] > 384 ? "light" : "dark";
  return {
    key: theme.join(" "),
    rgb: text,
    text: `rgb(${text.join(",")})`,
    back: `rgb(${back.join(",")})`,
    ring: RING[kind],
    second: SECOND[kind],
    scale: SCALES[kind],
    point: mix(0.5),
    grey: mix(0.28),
    caption: mix(0.78)
  };
}

// map/overlay.js
function cleared(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const brush = brushOf(canvas);
  brush.setTransform(ratio, 0, 0, ratio, 0, 0);
  brush.clearRect(0, 0, width, height);
  return brush;
}
function circle(brush, left, top, radius) {
  brush.beginPath();
  brush.arc(left, top, radius, 0, 7);
}
function drawHits(map, brush, ink) {
  const chosen = map.selector.rows && new Set(map.selector.rows);
  for (const hit of [...map.data?.hits ?? []].reverse()) {
    if (map.thumbnails.drawn.has(hit.row)) continue;
    brush.globalAlpha = !chosen || chosen.has(hit.row) ? 1 : 0.4;
    drawHit(map, brush, ink, hit);
  }
  brush.globalAlpha = 1;
}
function drawHit(map, brush, ink, hit) {
  const [left, top] = map.toPixels(hit.x, hit.y);
  const radius = map.hitRadius(hit);
  brush.fillStyle = hueOf(map.colours, hit.row, ink);
  circle(brush, left, top, radius - 1.5);
  brush.fill();
  for (const { at, width, colour } of [
    { at: radius + 0.4, width: 1.2, colour: ink.back },
    { at: radius - 1, width: 2, colour: ink.text }
  ]) {
    circle(brush, left, top, at);
    brush.lineWidth = width;
    brush.strokeStyle = colour;
    brush.stroke();
  }
}
function drawSecond(map, brush, ink) {
  const second = map.data?.second;
  if (!second) return;
  for (const hit of [...second.hits].reverse()) {
    const [left2, top2] = map.toPixels(hit.x, hit.y);
    diamond(brush, left2, top2, map.hitRadius(hit) + 3);
    stroke(brush, [
      { width: 4.4, colour: ink.back },
      { width: 2, colour: ink.second }
    ]);
  }
  if (!second.marker) return;
  const [left, top] = map.toPixels(second.marker.x, second.marker.y);
  diamond(brush, left, top, 15);
  brush.fillStyle = ink.back;
  brush.fill();
  stroke(brush, [{ width: 2.2, colour: ink.second }]);
  diamond(brush, left, top, 5);
  brush.fillStyle = ink.second;
  brush.fill();
}
function diamond(brush, left, top, radius) {
  brush.beginPath();
  brush.moveTo(left, top - radius);
  brush.lineTo(left + radius, top);
  brush.lineTo(left, top + radius);
  brush.lineTo(left - radius, top);
  brush.closePath();
}
function stroke(brush, strokes) {
  for (const { width, colour } of strokes) {
    brush.lineWidth = width;
    brush.strokeStyle = colour;
    brush.stroke();
  }
}
function drawSpread(map, brush, ink) {
  const marker = map.data?.place?.marker;
  if (!marker) return;
  const [left, top] = map.toPixels(marker.x, marker.y);
  brush.globalAlpha = 0.07;
  brush.fillStyle = ink.text;
  circle(brush, left, top, Math.max(14, marker.ring * map.viewport.scale));
  brush.fill();
  brush.globalAlpha = 0.4;
  brush.strokeStyle = ink.text;
  brush.lineWidth = 1;
  brush.beginPath();
  for (const row of marker.rows) {
    const hit = map.hits.get(row);
    if (!hit) continue;
    brush.moveTo(left, top);
    brush.lineTo(...map.toPixels(hit.x, hit.y));
  }
  brush.stroke();
  brush.globalAlpha = 1;
}
function drawMarker(map, brush, ink) {
  const marker = map.data?.place?.marker;
  if (!marker) return;
  const [left, top] = map.toPixels(marker.x, marker.y);
  circle(brush, left, top, 13.5);
  brush.fillStyle = ink.back;
  brush.fill();
  circle(brush, left, top, 11);
  brush.lineWidth = 2.2;
  brush.strokeStyle = ink.text;
  brush.stroke();
  circle(brush, left, top, 3.5);
  brush.fillStyle = ink.text;
  brush.fill();
}
function drawCaptionLines(map, brush, ink) {
  const { points } = map;
  if (!points?.texts) return;
  const { x, y, texts } = points;
  const draw = (isMeant) => {
    brush.beginPath();
    texts.owners.forEach((row, position) => {
      if (!isMeant(position, row)) return;
      brush.moveTo(...map.toPixels(texts.x[position], texts.y[position]));
      brush.lineTo(...map.toPixels(x[row], y[row]));
    });
    brush.stroke();
  };
  brush.strokeStyle = ink.text;
  if (map.data?.texts?.lines) {
    brush.lineWidth = 0.7;
    brush.globalAlpha = 0.1;
    draw(() => true);
  }
  const at = map.card.at || map.card.pinnedAt;
  if (at) {
    brush.globalAlpha = 0.9;
    brush.lineWidth = 1.4;
    draw((position, row) => at.text !== null ? position === at.text : row === at.row);
  }
  brush.globalAlpha = 1;
}

// map/points.js
var STEPS = 65535;
var NONE = { rows: null, texts: null, density: null, side: 0 };
async function bytes(address) {
  const answer = await fetch(new URL(address ?? "", document.baseURI));
  if (!answer.ok) throw new Error(`its points could not be fetched (${answer.status})`);
  return answer.arrayBuffer();
}
function places(buffer, [left, right, bottom, top]) {
  const steps = new Uint16Array(buffer);
  const count = steps.length / 2;
  const x = new Float32Array(count);
  const y = new Float32Array(count);
  const across = (right - left) / STEPS;
  const up = (top - bottom) / STEPS;
  for (let i = 0; i < count; i += 1) {
    x[i] = left + steps[i] * across;
    y[i] = bottom + steps[count + i] * up;
  }
  return { x, y };
}
async function loadPoints(data) {
  if (data.view) return loadPart(data.view);
  const wanted = [bytes(data.points)];
  if (data.texts) wanted.push(bytes(data.texts.points), bytes(data.texts.owners));
  const [buffer, captions, owners] = await Promise.all(wanted);
  const texts = captions ? { ...places(captions, data.bounds), owners: new Uint32Array(owners) } : null;
  return { ...NONE, ...places(buffer, data.bounds), count: data.count, texts };
}
async function loadPart(view) {
  const { count, side = 0 } = view;
  if (view.density) {
    const density = new Uint8Array(await bytes(view.density));
    return { ...NONE, x: new Float32Array(0), y: new Float32Array(0), density, side, count };
  }
  const [buffer, rows] = await Promise.all([bytes(view.points), bytes(view.rows)]);
  return { ...NONE, ...places(buffer, view.range), rows: new Uint32Array(rows), count };
}
async function loadColours(colour, key) {
  if (colour.kind === "one") return { kind: "one", key };
  return { kind: colour.kind, key, values: new Uint8Array(await bytes(colour.values)) };
}
function near({ x, y, rows }, row, count) {
  const at = rows ? rows.indexOf(row) : row;
  if (at < 0) return [row];
  const best = [];
  for (let i = 0; i < x.length; i += 1) {
    const far = (x[i] - x[at]) ** 2 + (y[i] - y[at]) ** 2;
    if (best.length < count || far < best[best.length - 1][0]) {
      let place = best.length;
      while (place > 0 && best[place - 1][0] > far) place -= 1;
      best.splice(place, 0, [far, i]);
      if (best.length > count) best.pop();
    }
  }
  return [row, ...best.map(([, i]) => rows ? rows[i] : i).filter((one) => one !== row)];
}

// map/card.js
var NEAR = 8;
var ASK_AGAIN_MS = 2500;
var ASIDE = 16;
var EDGE = 4;
var Card = class {
  /** @type {Map<number, PointCard>} what is known of each row */
  known = /* @__PURE__ */ new Map();
  /** @type {Map<number, string>} and of each caption that is a point itself */
  texts = /* @__PURE__ */ new Map();
  sequence = new Sequence();
  /** @type {Spot | null} */
  at = null;
  /** @type {Spot | null} */
  pinnedAt = null;
  element = make("div", "point hover");
  pinned = make("div", "point pinned");
  query = "";
  /** When the question that is under way was asked; 0 when none is. */
  waiting = 0;
  shownKey = "";
  pinnedKey = "";
  // Of two messages close together only the later may arrive: a card that is still empty then asks once more.
  again = new Settling(ASK_AGAIN_MS + 50, () => this.askForAll());
  #map;
  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
    this.element.hidden = true;
    this.pinned.hidden = true;
    this.pinned.setAttribute("role", "dialog");
  }
  destroy() {
    this.again.end();
  }
  forget() {
    this.known.clear();
    this.texts.clear();
    this.leave();
    this.unpin();
  }
  /** @param {Spot} at */
  show(at) {
    this.at = at;
    this.#map.pointed.tell(at.row);
    this.draw();
    this.ask(at);
  }
  leave() {
    if (!this.at && this.element.hidden) return;
    this.at = null;
    this.#map.pointed.tell(null);
    this.element.hidden = true;
    this.#map.draw();
  }
  /** @param {Spot} at */
  pin(at) {
    this.pinnedAt = at;
    this.leave();
    this.ask(at);
    this.drawPinned(at);
    this.#map.draw();
  }
  unpin() {
    if (!this.pinnedAt) return;
    this.pinnedAt = null;
    this.pinned.hidden = true;
    this.#map.draw();
  }
  askForAll() {
    for (const at of [this.at, this.pinnedAt]) if (at) this.ask(at);
  }
  /** @param {Spot} at */
  ask(at) {
    if (this.known.has(at.row) && (at.text === null || this.texts.has(at.text))) return;
    if (this.waiting && performance.now() - this.waiting < ASK_AGAIN_MS) return;
    const { points } = this.#map;
    if (!points) return;
    this.waiting = performance.now();
    this.again.stir();
    const rows = near(points, at.row, NEAR).filter((row) => row === at.row || !this.known.has(row));
    this.#map.send({ type: "look", seq: this.sequence.next(), rows, caption: at.text });
  }
  /** @param {MapData} data */
  receive({ query, looked, texts }) {
    if (query !== this.query) {
      this.query = query;
      this.known.clear();
      this.texts.clear();
    }
    if (looked.query === query) {
      for (const [row, card] of Object.entries(looked.cards)) this.known.set(Number(row), card);
    }
    if (texts?.looked) this.texts.set(texts.looked.position, texts.looked.text);
    if (this.sequence.follow(looked.seq)) this.waiting = 0;
    this.askForAll();
    if (this.at) this.draw();
    if (this.pinnedAt) this.drawPinned(this.pinnedAt);
  }
  draw() {
    if (!this.at) return;
    const key = this.#keyOf(this.at);
    if (key !== this.shownKey) this.#fill(this.element, this.at);
    this.shownKey = key;
    this.element.hidden = false;
    this.#map.draw();
  }
  /** @param {Spot} at */
  drawPinned(at) {
    const key = this.#keyOf(at);
    if (key === this.pinnedKey && !this.pinned.hidden) return;
    this.pinnedKey = key;
    this.#fill(this.pinned, at);
    const { row } = at;
    const actions = make("div", "actions");
    actions.append(
      textButton("action", "Open", "", () => this.#map.send({ type: "open", row })),
      textButton("action", "More like this", "", () => this.#map.send({ type: "like", row })),
      textButton("action", "Unpin", "", () => this.unpin())
    );
    const card = this.known.get(row);
    if (this.query && card) actions.append(this.#verdict("Like", row, card), this.#verdict("Dislike", row, card));
    this.pinned.append(actions);
    this.pinned.setAttribute("aria-label", card ? `Pinned picture ${card.id}` : "Pinned picture");
    this.pinned.hidden = false;
  }
  /**
   * @param {"Like" | "Dislike"} text
   * @param {number} row
   * @param {PointCard} card
   */
  #verdict(text, row, card) {
    const verdict = text === "Like" ? "liked" : "disliked";
    const button = textButton("action", text, "", () => this.#map.send({ type: "judge", row, verdict }));
    button.setAttribute("aria-pressed", String(card.verdict === verdict));
    return button;
  }
  /**
   * Beside their points, inside the map; a ring shows which point it is.
   *
   * @param {CanvasRenderingContext2D} brush
   * @param {Ink} ink
   */
  place(brush, ink) {
    if (this.at && !this.element.hidden) this.#placeOne(this.element, this.at, brush, ink);
    if (this.pinnedAt && !this.pinned.hidden) this.#placeOne(this.pinned, this.pinnedAt, brush, ink);
  }
  /**
   * @param {HTMLElement} element
   * @param {Spot} at
   * @param {CanvasRenderingContext2D} brush
   * @param {Ink} ink
   */
  #placeOne(element, at, brush, ink) {
    const map = this.#map;
    const [left, top] = map.toPixels(at.x, at.y);
    const hit = at.text === null && map.hits.get(at.row);
    circle(brush, left, top, (hit ? map.hitRadius(hit) : map.pointSize() / 2) + 7);
    brush.setLineDash([4, 3]);
    brush.lineWidth = 1.6;
    brush.strokeStyle = ink.text;
    brush.stroke();
    brush.setLineDash([]);
    const x = beside(left, element.offsetWidth, map.width);
    const y = beside(top, element.offsetHeight, map.height);
    element.style.transform = `translate(${x}px, ${y}px)`;
  }
  /** Everything a card shows; while it stays the same, its picture and buttons do too. @param {Spot} at */
  #keyOf(at) {
    return JSON.stringify([at, this.known.get(at.row), at.text === null ? "" : this.texts.get(at.text)]);
  }
  /**
   * @param {HTMLElement} element
   * @param {Spot} at
   */
  #fill(element, at) {
    const card = this.known.get(at.row);
    element.classList.toggle("waiting", !card);
    element.replaceChildren(...faceOf(card, at.text === null ? card?.caption : this.texts.get(at.text)));
  }
};
function beside(point2, size, room) {
  const at = point2 + ASIDE + size > room ? point2 - ASIDE - size : point2 + ASIDE;
  return Math.round(Math.max(EDGE, Math.min(room - size - EDGE, at)));
}

// shared/counting.js
function countOf(number, noun) {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}

// map/density.js
function gridOf(points, [left, right, bottom, top], side) {
  const counts = new Uint32Array(side * side);
  let most = 0;
  for (let i = 0; i < points.x.length; i += 1) {
    const column = Math.min(side - 1, Math.floor((points.x[i] - left) / (right - left) * side));
    const line = Math.min(side - 1, Math.floor((top - points.y[i]) / (top - bottom) * side));
    if (column < 0 || line < 0) continue;
    counts[line * side + column] += 1;
    most = Math.max(most, counts[line * side + column]);
  }
  const grid = new Uint8Array(side * side);
  const scale = 255 / Math.log1p(most || 1);
  for (let i = 0; i < grid.length; i += 1) grid[i] = Math.round(Math.log1p(counts[i]) * scale);
  return grid;
}
function densityPicture(grid, side, rgb) {
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const brush = brushOf(canvas);
  const image = brush.createImageData(side, side);
  for (let i = 0; i < grid.length; i += 1) {
    image.data.set(rgb, i * 4);
    image.data[i * 4 + 3] = grid[i] ? 50 + grid[i] * 0.6 : 0;
  }
  brush.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

// map/cloud.js
var DENSITY_SIDE = 256;
var MANY = 5e3;
var STEPPED_BACK = 0.06;
var CONFIG = {
  scrollZoom: true,
  displayModeBar: false,
  doubleClick: false,
  showTips: false,
  responsive: false
};
function hitsAreDrawn({ points, gl }) {
  return !gl || Boolean(points.density);
}
function pointSize(count) {
  if (count <= 400) return 9;
  if (count <= 3e3) return 6;
  return count <= 5e4 ? 4 : 2.5;
}
function layoutOf(cloud, view, size) {
  const density = densityImage(cloud);
  return {
    ...size,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    xaxis: { visible: false, range: [view.x0, view.x1] },
    yaxis: { visible: false, range: [view.y0, view.y1] },
    dragmode: "pan",
    hovermode: "closest",
    hoverdistance: 14,
    showlegend: false,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    images: density ? [density] : []
  };
}
function tracesOf(cloud) {
  const { data, points, ink, gl } = cloud;
  const shared = { mode: "markers", hoverinfo: "none" };
  const traces = hitsAreDrawn(cloud) ? [{ ...shared, ...unseenHits(data.hits) }] : [{ ...shared, type: "scattergl", x: points.x, y: points.y, marker: markerOf(cloud) }];
  if (!points.texts || !gl) return traces;
  const { x, y } = points.texts;
  const size = pointSize(points.x.length) * 0.8;
  const marker = { size, symbol: "diamond", color: ink.caption, opacity: 0.75 };
  return [...traces, { ...shared, type: "scattergl", x, y, marker }];
}
function drawnAs({ points, gl }) {
  if (!gl) {
    return "This browser has no WebGL, so the map shows how densely pictures lie, on a logarithmic scale, and the hits. Hovering and clicking work on the hits.";
  }
  if (!points.density) return "";
  const count = countOf(points.count, "picture");
  return `In view: ${count}, drawn as density on a logarithmic scale. Zoom in to see each as a point.`;
}
function unseenHits(hits) {
  return {
    type: "scatter",
    x: hits.map((hit) => hit.x),
    y: hits.map((hit) => hit.y),
    customdata: hits.map((hit) => hit.row),
    marker: { size: 14, color: "rgba(0,0,0,0)" }
  };
}
function markerOf({ points, colours, ink, alone }) {
  const count = points.x.length;
  const marker = { size: pointSize(count), opacity: count > MANY ? 0.7 : 0.85, line: { width: 0 } };
  if (colours.kind === "one") return { ...marker, color: ink.point };
  const { values } = colours;
  const color = Float32Array.from({ length: count }, (_, i) => values[points.rows ? points.rows[i] : i]);
  const opacity = alone.size ? Float32Array.from(color, (label) => alone.has(label) ? marker.opacity : STEPPED_BACK) : marker.opacity;
  return { ...marker, opacity, color, cmin: 0, cmax: 255, showscale: false, colorscale: plotlyScale(colours, ink) };
}
function densityImage({ data, points, ink, gl }) {
  if (gl && !points.density) return null;
  const bounds = points.density && data.view ? data.view.range : data.bounds;
  const side = points.density ? points.side : DENSITY_SIDE;
  const grid = points.density ?? gridOf(points, bounds, side);
  const [left, right, bottom, top] = bounds;
  return {
    source: densityPicture(grid, side, ink.rgb),
    xref: "x",
    yref: "y",
    x: left,
    y: top,
    sizex: right - left,
    sizey: top - bottom,
    sizing: "stretch",
    layer: "below"
  };
}

// map/drawn_cloud.js
var DrawnCloud = class {
  /** Whether Plotly has begun to draw. */
  isDrawn = false;
  /** What it was drawn of. */
  #look = "";
  #hits = "";
  #map;
  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
  }
  async draw() {
    const map = this.#map;
    const { cloud, viewport } = map;
    if (!cloud) return;
    viewport.view ??= viewport.whole();
    this.#look = lookOf(cloud);
    this.#hits = this.#keyOfHits();
    const layout = layoutOf(cloud, viewport.view, { width: viewport.width, height: viewport.height });
    const traces = tracesOf(cloud);
    if (this.isDrawn) await plotly()?.react(map.plot, traces, layout, CONFIG);
    else await this.#drawFirst(traces, layout);
    const said = drawnAs(cloud);
    map.note.hidden = !said;
    if (said) map.note.textContent = said;
    map.root.dataset.drawn = hitsAreDrawn(cloud) ? "density" : "points";
  }
  /** Draw again where Plotly drew the hits themselves, and those are others now. */
  drawHits() {
    const { cloud } = this.#map;
    if (cloud && hitsAreDrawn(cloud) && this.#hits !== this.#keyOfHits()) this.draw();
  }
  recolour() {
    const { cloud, gone } = this.#map;
    if (!this.isDrawn || !cloud || gone || this.#look === lookOf(cloud)) return;
    this.#map.legend.draw(cloud.data);
    this.draw().then(() => this.fade());
    this.#map.draw();
  }
  /** The rest steps back where something stands out; a style, so that nothing is drawn again. */
  fade() {
    const { plot, data, colours, selector } = this.#map;
    const holder = plot.querySelector(".gl-container");
    if (!(holder instanceof HTMLElement)) return;
    const asked = data?.hits.length && colours?.kind === "one";
    holder.style.opacity = String(selector.rows ? 0.25 : asked ? 0.5 : 1);
  }
  end() {
    if (this.isDrawn) plotly()?.purge(this.#map.plot);
  }
  /**
   * @param {object[]} traces
   * @param {object} layout
   */
  async #drawFirst(traces, layout) {
    const { plot, pointing, viewport } = this.#map;
    this.isDrawn = true;
    await plotly()?.newPlot(plot, traces, layout, CONFIG);
    document.getElementById("js-plotly-tester")?.setAttribute("aria-hidden", "true");
    plot.on?.("plotly_hover", (event) => pointing.hovered(event));
    plot.on?.("plotly_unhover", () => pointing.left());
    plot.on?.("plotly_relayout", () => viewport.moving());
    plot.on?.("plotly_relayouting", () => viewport.moving());
  }
  #keyOfHits() {
    return (this.#map.data?.hits ?? []).map((hit) => hit.row).join(" ");
  }
};
function lookOf({ ink, colours, alone }) {
  return `${ink.key} ${colours.key} ${[...alone].join(" ")}`;
}

// map/groups.js
var Groups = class {
  root = make("div", "groups");
  #key = "";
  #map;
  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
    this.root.hidden = true;
  }
  /** @param {QueryPlace | null} place */
  draw(place) {
    const key = JSON.stringify(place && [place.of, place.groups, place.alone]);
    if (key === this.#key) return;
    this.#key = key;
    this.root.replaceChildren();
    this.root.hidden = !place || place.groups.length + (place.alone?.count ?? 0) < 2;
    if (place && !this.root.hidden) this.root.append(...this.#sentence(place));
  }
  /**
   * @param {QueryPlace} place
   * @returns {(Node | string)[]}
   */
  #sentence({ of, groups, alone }) {
    const each = groups.map(
      (group, at) => this.#button(group, at, `Look at this group and select its ${pictures(group.count)}`)
    );
    const apart = alone && `Look at the ${pictures(alone.count)} by themselves and select them`;
    const single = alone && apart ? [this.#button(alone, groups.length, apart)] : [];
    if (!groups.length) return ["The best hits on the map all lie apart: ", ...single];
    if (groups.length === 1) {
      return [`Of the ${of} best hits on the map `, each[0], " lie together, ", ...single, " alone"];
    }
    const numbers = each.flatMap((one, at) => at ? [" / ", one] : [one]);
    const rest = single.length ? [", and ", ...single, " alone"] : [];
    return [`The ${of} best hits on the map lie in ${groups.length} groups: `, ...numbers, ...rest];
  }
  /**
   * @param {Group} group
   * @param {number} place
   * @param {string} title
   */
  #button(group, place, title) {
    const button = textButton("group", String(group.count), title, () => {
      this.#map.lookAt(group.box);
      this.#map.send({ type: "group", place });
    });
    button.setAttribute("aria-label", title);
    return button;
  }
};
function pictures(count) {
  return count === 1 ? "picture" : `${count} pictures`;
}

// shared/keys.js
function focusedBeside(element) {
  const root = element.getRootNode();
  return root instanceof Document || root instanceof ShadowRoot ? root.activeElement : null;
}

// map/naming.js
var LONGEST_NAME = 60;
var HINT = "double click or F2 to rename";
var PENCIL = ["M4 20l1-4L16.5 4.5l3 3L8 19l-4 1Z", "M14.5 6.5l3 3"];
var Naming = class {
  /** What was done last, with the way back. */
  line = make("div", "renamed");
  /** Whether a name is being typed. */
  typing = false;
  #sequence = new Sequence();
  /** What was sent and is not answered yet; it is shown meanwhile. @type {{ seq: number, label: number, name: string } | null} */
  #pending = null;
  #asked = 0;
  #told = 0;
  #map;
  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
    this.line.setAttribute("role", "status");
  }
  /** The map is gone: what is being typed is not meant yet. */
  end() {
    this.typing = false;
  }
  /** Whether this visitor may rename clusters. */
  get offered() {
    return Boolean(this.#map.data?.naming);
  }
  /** @param {MapData} data */
  receive({ naming }) {
    if (naming && !this.#sequence.follow(naming.seq)) return;
    this.#pending = null;
    if (!naming || naming.seq !== this.#asked || this.#told === naming.seq) return;
    this.#told = naming.seq;
    this.#say(naming);
  }
  /** What a cluster is called, by what was typed as far as the server did not answer. @param {Named} cluster */
  nameOf({ label, name }) {
    return this.#pending?.label === label ? this.#pending.name : name;
  }
  /**
   * Let a cluster be renamed where its name stands.
   *
   * @param {HTMLElement} holder of the name, and of the field in its place
   * @param {HTMLButtonElement} button with the name on it
   * @param {Named} cluster
   * @param {Owner} owner
   */
  offer(holder, button, cluster, owner) {
    if (!this.offered) return;
    const edit = () => this.#edit(holder, button, cluster, owner);
    button.setAttribute("aria-keyshortcuts", "F2");
    button.addEventListener("dblclick", (event) => {
      event.stopPropagation();
      edit();
    });
    button.addEventListener("keydown", (event) => {
      if (event.key !== "F2") return;
      event.preventDefault();
      edit();
    });
    const pencil = signButton("pencil", PENCIL, `Rename ${cluster.name}`, edit);
    pencil.addEventListener("dblclick", (event) => event.stopPropagation());
    holder.append(pencil);
  }
  /**
   * @param {HTMLElement} holder
   * @param {HTMLButtonElement} button
   * @param {Named} cluster
   * @param {Owner} owner
   */
  #edit(holder, button, cluster, owner) {
    if (this.typing) return;
    this.typing = true;
    this.#map.card.leave();
    const field = this.#field(cluster);
    const stop = new AbortController();
    const end = (typed, back = true) => {
      stop.abort();
      if (!this.typing) return;
      this.typing = false;
      field.remove();
      button.hidden = false;
      holder.classList.remove("renaming");
      if (typed !== null && typed.trim() !== cluster.name) this.#rename(cluster, typed.trim());
      this.#map.showNames();
      if (back) owner.focus(cluster.label);
    };
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing || event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      end(event.key === "Enter" ? field.value : null);
    });
    field.addEventListener("blur", () => end(field.value.trim() || null, false));
    const outside = (event) => !event.composedPath().includes(field) && field.blur();
    document.addEventListener("pointerdown", outside, { capture: true, signal: stop.signal });
    for (const kind of ["dblclick", "pointerdown", "click"]) {
      field.addEventListener(kind, (event) => event.stopPropagation());
    }
    button.hidden = true;
    holder.classList.add("renaming");
    holder.append(field);
    this.#map.showNames();
    field.focus();
    field.select();
  }
  /** @param {Named} cluster */
  #field({ name, made }) {
    const field = textField();
    field.className = "rename";
    field.value = name;
    field.maxLength = LONGEST_NAME;
    field.enterKeyHint = "done";
    field.placeholder = made ?? "";
    field.title = "Enter keeps the name, Escape leaves it as it was; without any text the one that was made comes back";
    field.setAttribute("aria-label", `Name of the cluster ${name}`);
    return field;
  }
  /** @param {Named} cluster @param {string} typed */
  #rename({ label, name, made }, typed) {
    this.#ask({ label, was: name, name: typed });
    this.#pending = { seq: this.#asked, label, name: typed || (made ?? name) };
  }
  /** @param {Record<string, unknown>} wish */
  #ask(wish) {
    this.#asked = this.#sequence.next();
    this.line.replaceChildren();
    this.#map.send({ type: "rename", seq: this.#asked, ...wish });
  }
  /** @param {NonNullable<MapData["naming"]>} naming */
  #say({ told, problem, undo }) {
    this.line.classList.toggle("problem", Boolean(problem));
    if (!told && !problem) return this.line.replaceChildren();
    const close = signButton("close", CROSS, "Close this line", () => this.line.replaceChildren());
    const back = textButton(
      "undo",
      "Undo",
      "Give the cluster the name back that it had",
      () => this.#ask({ undo: true })
    );
    this.line.replaceChildren(make("span", "", problem || told), ...undo && told ? [back] : [], close);
  }
};

// map/labels.js
var FADE_AT = 3;
var SHIFTS = [0, -26, 26];
var EDGE2 = 4;
var LONG = 24;
var PENCIL2 = 26;
var Labels = class {
  root = make("div", "labels");
  /** @type {{ holder: HTMLElement, button: HTMLButtonElement, cluster: Cluster, size?: [number, number] }[]} */
  names = [];
  #key = "";
  #map;
  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
  }
  /** @param {Cluster[]} clusters */
  draw(clusters) {
    const { naming } = this.#map;
    if (naming.typing) return;
    const shown = clusters.map((cluster) => ({ ...cluster, name: naming.nameOf(cluster) }));
    const key = JSON.stringify([shown, naming.offered]);
    if (key === this.#key) return;
    this.#key = key;
    const focused = this.names.find(({ button }) => button === focusedBeside(this.root));
    this.names = shown.map((cluster) => this.#named(cluster));
    this.root.replaceChildren(...this.names.map(({ holder }) => holder));
    if (focused) this.focus(focused.cluster.label);
  }
  /** @param {number} label */
  focus(label) {
    this.names.find(({ cluster }) => cluster.label === label)?.button.focus();
  }
  /** Where there is no room for all, only the larger clusters' are shown. */
  place() {
    const map = this.#map;
    const zoom = map.viewport.zoomFactor;
    this.root.style.opacity = String(zoom <= FADE_AT ? 1 : Math.max(0.25, 1 - (zoom - FADE_AT) / 6));
    const taken = this.#taken();
    for (const name of this.names) {
      const { holder, button, cluster } = name;
      const [left, top] = map.toPixels(cluster.x, cluster.y);
      if (holder.classList.contains("renaming")) {
        const [x, y] = [holder.offsetWidth, holder.offsetHeight];
        move(holder, within(left - x / 2, x, map.width), within(top - y / 2, y, map.height));
        continue;
      }
      name.size ??= [button.offsetWidth || cluster.name.length * 7 + 12, button.offsetHeight || 20];
      const [width, height] = name.size;
      const inView = left >= 0 && left <= map.width;
      const centre = inView ? within(left - width / 2, width, map.width) + width / 2 : left;
      const middle2 = freeMiddle(centre, top, name.size, taken, map);
      holder.hidden = middle2 === void 0;
      if (middle2 === void 0) continue;
      holder.classList.toggle("at-edge", centre + width / 2 + PENCIL2 > map.width);
      move(holder, centre - width / 2, middle2 - height / 2);
    }
  }
  /** A name gives way to the query's marker, and to what stands over the map. */
  #taken() {
    const taken = [];
    const map = this.#map;
    const marker = map.data?.place?.marker;
    if (marker) {
      const [left, top] = map.toPixels(marker.x, marker.y);
      taken.push([left - 15, top - 15, left + 15, top + 15]);
    }
    for (const over of [map.selector.tools, map.foot, map.note]) {
      if (over.hidden) continue;
      const { offsetLeft, offsetTop, offsetWidth, offsetHeight } = over;
      taken.push([offsetLeft, offsetTop, offsetLeft + offsetWidth, offsetTop + offsetHeight]);
    }
    return taken;
  }
  /** @param {Cluster} cluster */
  #named(cluster) {
    const map = this.#map;
    const { name, count, label } = cluster;
    const holder = make("span", "named");
    const hint = map.naming.offered ? `; ${HINT}` : "";
    const whole = name.length > LONG ? `${name}. ` : "";
    const title = `${whole}Select this cluster: ${countOf(count, "picture")}${hint}`;
    const button = textButton("name", name, title, () => map.send({ type: "cluster", label }));
    button.addEventListener("pointerenter", () => map.card.leave());
    holder.append(button);
    map.naming.offer(holder, button, cluster, this);
    return { holder, button, cluster };
  }
};
function move(holder, left, top) {
  holder.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}
function within(at, size, room) {
  return Math.max(EDGE2, Math.min(at, room - size - EDGE2));
}
function freeMiddle(left, top, [width, height], taken, room) {
  return SHIFTS.map((shift) => top + shift).find((middle2) => {
    const box = [left - width / 2 - 3, middle2 - height / 2 - 2, left + width / 2 + 3, middle2 + height / 2 + 2];
    const outside = box[0] < 0 || box[1] < 0 || box[2] > room.width || box[3] > room.height;
    if (outside || taken.some((other) => meet(box, other))) return false;
    taken.push(box);
    return true;
  });
}
function meet(one, other) {
  return one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];
}

// map/legend.js
var ALONE = "Show these alone; again shows all, Shift adds others to them";
var Legend = class {
  root = make("div", "legend");
  /** Groups that are shown alone, by their value; empty where all are shown. @type {Set<number>} */
  alone = /* @__PURE__ */ new Set();
  #key = "";
  #colours = "";
  #map;
  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
  }
  /** @param {MapData} data */
  draw({ colour, clusters, hits, place, texts, second, asked }) {
    const { naming } = this.#map;
    if (naming.typing) return;
    const ink = this.#map.ink();
    const shown = { hits: hits.length > 0, query: Boolean(place?.marker), ring: Boolean(this.#map.selector.rows) };
    const compared = second && [asked, second.asked];
    const separable = this.#map.gl && !this.#map.points?.density;
    const own = colour.kind === "groups" && colour.clusters ? clustersOf(colour, clusters, naming) : [];
    const key = JSON.stringify([
      this.#map.colours?.key,
      ink.key,
      Boolean(texts),
      shown,
      separable,
      compared,
      own,
      naming.offered
    ]);
    if (key === this.#key) return;
    this.#key = key;
    const focused = this.#focused();
    this.root.replaceChildren(...this.#colourSigns(colour, own, ink, separable));
    if (focused) this.focus(focused);
    if (texts) this.root.append(dot(ink.point, "pictures"), dot(ink.caption, "captions", "dot diamond"));
    if (shown.query) this.root.append(item(make("span", "query"), "query"));
    if (shown.hits) this.root.append(item(make("span", "hit"), second ? `A: ${asked}` : "hits, the closest largest"));
    if (second) {
      const sign = make("span", "second");
      sign.style.borderColor = ink.second;
      this.root.append(item(sign, `B: ${second.asked}`));
    }
    if (shown.ring) {
      const ring = make("span", "ring");
      ring.style.borderColor = ink.ring;
      this.root.append(item(ring, "selected, the rest faded"));
    }
    this.root.hidden = !this.root.childElementCount;
    this.#press();
  }
  /** Whether a row's group is among those that are shown alone; of other colours every one is. @param {number} row */
  shows(row) {
    const { colours } = this.#map;
    return !this.alone.size || colours?.kind !== "groups" || this.alone.has(colours.values[row]);
  }
  /** Groups of other colours are others. @param {string} key of the colours */
  forget(key) {
    if (key !== this.#colours) this.alone.clear();
    this.#colours = key;
  }
  /**
   * Show a group alone, or with those that are shown already; all where it was alone.
   *
   * @param {number} label
   * @param {boolean} more
   */
  choose(label, more) {
    const { alone } = this;
    const was = alone.has(label);
    const only = was && alone.size === 1;
    if (!more) alone.clear();
    if (was && (more || only)) alone.delete(label);
    else alone.add(label);
    this.#press();
    this.#map.drawnCloud.recolour();
    this.#map.draw();
  }
  /** @param {number | string} label */
  focus(label) {
    const button = this.root.querySelector(`[data-label="${label}"]`);
    if (button instanceof HTMLElement) button.focus();
  }
  /** The label of the group that has the focus. */
  #focused() {
    const focused = focusedBeside(this.root);
    return focused instanceof HTMLElement && this.root.contains(focused) ? focused.dataset.label : void 0;
  }
  #press() {
    for (const button of this.root.querySelectorAll("button.group-sign")) {
      if (!(button instanceof HTMLElement)) continue;
      button.setAttribute("aria-pressed", String(this.alone.has(Number(button.dataset.label))));
    }
  }
  /**
   * @param {Colour} colour
   * @param {Named[]} own the groups that are clusters
   * @param {Ink} ink
   * @param {boolean} separable
   */
  #colourSigns(colour, own, ink, separable) {
    if (colour.kind === "one") return [];
    const title = make("span", "title", colour.title);
    if (colour.kind === "groups") {
      const signs = colour.names.map((name, at) => {
        const cluster = own.find(({ label }) => label === colour.labels[at]);
        const sign = dot(HUES[colour.labels[at]] ?? ink.grey, cluster?.name ?? name);
        return separable ? this.#button(sign, colour.labels[at], cluster) : sign;
      });
      return [title, ...signs];
    }
    const bar = make("span", "ramp");
    bar.style.background = `linear-gradient(90deg, ${ink.scale.join(", ")})`;
    const scale = make("span", "item");
    scale.append(make("span", "end", colour.low), bar, make("span", "end", colour.high));
    return [title, scale];
  }
  /** @param {HTMLElement} sign @param {number} label @param {Named} [cluster] that can be renamed */
  #button(sign, label, cluster) {
    const button = make("button", "item group-sign");
    button.type = "button";
    button.title = ALONE;
    button.dataset.label = String(label);
    button.append(...sign.childNodes);
    button.addEventListener("click", (event) => this.choose(label, event.shiftKey));
    if (!cluster || !this.#map.naming.offered) return button;
    button.title = `${ALONE}; ${HINT}`;
    const holder = make("span", "named");
    holder.append(button);
    this.#map.naming.offer(holder, button, cluster, this);
    return holder;
  }
};
function clustersOf({ names, labels }, clusters, naming) {
  return labels.map((label, at) => ({ label, name: names[at], made: clusters.find((one) => one.label === label)?.made })).filter(({ label }) => label < HUES.length).map((one) => ({ ...one, name: naming.nameOf(one) }));
}
function dot(colour, name, shape = "dot") {
  const sign = make("span", shape);
  sign.style.background = colour;
  return item(sign, name);
}
function item(sign, name) {
  const one = make("span", "item");
  one.append(sign, make("span", "", name));
  return one;
}

// shared/pointed.js
var NAME = "t2i-pointed";
function point(row, by) {
  document.dispatchEvent(new CustomEvent(NAME, { detail: { row, by } }));
}
function onPointed(own, follow, signal) {
  const hear = (event) => {
    const { row, by } = (
      /** @type {CustomEvent<Pointed>} */
      event.detail
    );
    if (by !== own) follow(row);
  };
  document.addEventListener(NAME, hear, { signal });
}

// map/pointed_mark.js
var EDGE3 = 10;
var PointedMark = class {
  element = make("div", "pointed-mark");
  /** @type {number | null} */
  row = null;
  /** @type {number | null} what is pointed at on the map itself */
  #told = null;
  #map;
  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
    this.element.hidden = true;
    this.element.setAttribute("aria-hidden", "true");
    onPointed(this, (row) => this.show(row), map.stop.signal);
  }
  /** A picture is pointed at on the map; null when none is any more. @param {number | null} row */
  tell(row) {
    if (row === this.#told) return;
    this.#told = row;
    point(row, this);
  }
  /** @param {number | null} row */
  show(row) {
    this.row = row;
    this.place();
  }
  /** Around the picture's point; at the edge that is nearest to it where it is not in view. */
  place() {
    const at = this.row === null ? null : this.#placeOf(this.row);
    this.element.hidden = !at;
    if (!at) return;
    const { width, height } = this.#map;
    const [left, top] = this.#map.toPixels(at.x, at.y);
    const [x, y] = [inside(left, width), inside(top, height)];
    this.element.classList.toggle("away", x !== left || y !== top);
    this.element.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
  }
  /** @param {number} row */
  #placeOf(row) {
    const { hits, points } = this.#map;
    const hit = hits.get(row);
    if (hit || !points) return hit;
    const at = points.rows ? points.rows.indexOf(row) : row;
    return at >= 0 && at < points.x.length ? { x: points.x[at], y: points.y[at] } : void 0;
  }
};
function inside(at, room) {
  return Math.max(EDGE3, Math.min(room - EDGE3, at));
}

// map/pointing.js
var REACH = 12;
var CLICK_WITHIN = 4;
var Pointing = class {
  /** @type {{ x: number, y: number, at: Spot | null } | null} */
  pressed = null;
  #onPicture = false;
  #map;
  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
  }
  /** @param {AbortSignal} signal */
  listen(signal) {
    const capture = { signal, capture: true };
    this.#map.root.addEventListener("pointerdown", (event) => this.press(event), capture);
    window.addEventListener("pointerup", (event) => this.release(event), capture);
    this.#map.root.addEventListener("pointermove", (event) => this.moved(event), { signal });
  }
  /** The point that Plotly says the mouse is on. @param {PlotEvent} event */
  hovered(event) {
    const at = this.#spotOf(event);
    if (at && !this.#onPicture) this.#map.card.show(at);
  }
  /** Plotly says that the mouse is on no point; it knows nothing of the pictures above them. */
  left() {
    if (!this.#onPicture) this.#map.card.leave();
  }
  /** A picture in place of a point is pointed at anywhere on it. @param {PointerEvent} event */
  moved(event) {
    const { thumbnails, card, plot, root } = this.#map;
    if (!thumbnails.drawn.size && !this.#onPicture) return;
    const box = root.getBoundingClientRect();
    const above = event.target instanceof Node && plot.contains(event.target) && !event.buttons;
    const at = above ? thumbnails.at(event.clientX - box.left, event.clientY - box.top) : null;
    const was = this.#onPicture;
    this.#onPicture = at !== null;
    if (at && card.at?.row !== at.row) card.show(at);
    else if (was && !at) card.leave();
  }
  /** A click is told from a drag here: Plotly forgets which point the mouse is on when it draws in between. @param {PointerEvent} event */
  press(event) {
    const map = this.#map;
    const onPlot = event.target instanceof Node && map.plot.contains(event.target);
    const starts = event.button === 0 && map.selector.mode === "move" && onPlot;
    this.pressed = starts ? { x: event.clientX, y: event.clientY, at: map.card.at } : null;
  }
  /** @param {PointerEvent} event */
  release(event) {
    const from = this.pressed;
    this.pressed = null;
    if (!from || Math.hypot(event.clientX - from.x, event.clientY - from.y) > CLICK_WITHIN) return;
    const at = from.at ?? this.nearest(event);
    if (at) this.#map.card.pin(at);
  }
  /**
   * The picture whose point is nearest to the mouse, within reach; null when there is none.
   *
   * @param {PointerEvent} event
   * @returns {Spot | null}
   */
  nearest(event) {
    const { points, root, gl } = this.#map;
    if (!gl || !points || points.density) return null;
    const box = root.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    const { x, y } = points;
    let [best, index] = [REACH ** 2, -1];
    for (let i = 0; i < x.length; i += 1) {
      const [a, b] = this.#map.toPixels(x[i], y[i]);
      const far = (a - left) ** 2 + (b - top) ** 2;
      if (far < best) [best, index] = [far, i];
    }
    return index < 0 ? null : { row: this.#map.rowOf(index), x: x[index], y: y[index], text: null };
  }
  /**
   * @param {PlotEvent} event
   * @returns {Spot | null}
   */
  #spotOf(event) {
    const point2 = event.points?.[0];
    if (!point2) return null;
    const { x, y, pointIndex, customdata } = point2;
    const owners = this.#map.points?.texts?.owners;
    if (point2.curveNumber === 1 && owners) return { row: owners[pointIndex], x, y, text: pointIndex };
    return { row: customdata ?? this.#map.rowOf(pointIndex), x, y, text: null };
  }
};

// map/packing.js
function pack(rows, count) {
  if (rows.length * 32 < count) {
    return { as: "rows", content: base64(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength)) };
  }
  const bits = new Uint8Array(Math.ceil(count / 8));
  for (const row of rows) bits[row >> 3] |= 1 << (row & 7);
  return { as: "bits", content: base64(bits) };
}
function unpack({ as, content }) {
  const bytes2 = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
  if (as === "rows") return new Uint32Array(bytes2.buffer);
  const rows = [];
  for (let at = 0; at < bytes2.length; at += 1) {
    for (let bit = 0; bytes2[at] >> bit; bit += 1) if (bytes2[at] >> bit & 1) rows.push(at * 8 + bit);
  }
  return Uint32Array.from(rows);
}
function base64(bytes2) {
  let text = "";
  for (let start = 0; start < bytes2.length; start += 8192) {
    text += String.fromCharCode(...bytes2.subarray(start, start + 8192));
  }
  return btoa(text);
}
function placesOf(rows, chosen) {
  const places2 = [];
  for (let i = 0, j = 0; i < rows.length && j < chosen.length; ) {
    if (rows[i] === chosen[j]) places2.push(i);
    if (rows[i] <= chosen[j]) i += 1;
    else j += 1;
  }
  return places2;
}

// map/polygon.js
function inside2({ x, y }, polygon) {
  const across = polygon.map(([a]) => a);
  const up = polygon.map(([, b]) => b);
  const [left, right, bottom, top] = [Math.min(...across), Math.max(...across), Math.min(...up), Math.max(...up)];
  const found = [];
  for (let i = 0; i < x.length; i += 1) {
    const outside = x[i] < left || x[i] > right || y[i] < bottom || y[i] > top;
    if (!outside && isWithin(x[i], y[i], polygon)) found.push(i);
  }
  return Uint32Array.from(found);
}
function isWithin(a, b, polygon) {
  const count = polygon.length;
  let within2 = false;
  for (let j = 0, k = count - 1; j < count; k = j, j += 1) {
    const [x0, y0] = polygon[j];
    const [x1, y1] = polygon[k];
    if (y0 > b !== y1 > b && a < (x1 - x0) * (b - y0) / (y1 - y0) + x0) within2 = !within2;
  }
  return within2;
}

// map/selector.js
var FEWEST_PIXELS = 3;
var MOST_RINGS = 400;
var MOST_ROUND = 3e3;
var MARGIN = 15;
var MORE = "Shift adds them to the selection, Alt takes them out of it";
var MODES = [
  ["move", "Move", "Drag to move, scroll to zoom, click a point to pin its picture"],
  ["lasso", "Lasso", `Draw around points to select their pictures; ${MORE}`],
  ["box", "Box", `Drag a box around points to select their pictures; ${MORE}`]
];
var Selector = class {
  canvas = make("canvas", "draw");
  tools = make("div", "tools");
  /** @type {Map<Mode, HTMLButtonElement>} */
  buttons = /* @__PURE__ */ new Map();
  /** @type {Mode} */
  mode = "move";
  /** @type {Uint32Array | null} */
  rows = null;
  /** @type {number | null} which selection of the server's this is */
  number = null;
  /** @type {Corner[] | null} what is being drawn */
  path = null;
  /** @type {[number, number][]} what was drawn last, in the map's coordinates */
  polygon = [];
  #map;
  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
    this.canvas.setAttribute("aria-hidden", "true");
    for (const [mode, label, title] of MODES)
      this.buttons.set(
        mode,
        this.#tool(label, title, () => this.choose(mode))
      );
    this.#tool("−", "Zoom out", () => map.zoom(1.6));
    this.#tool("+", "Zoom in", () => map.zoom(1 / 1.6));
    this.#tool("Whole map", "Show the whole map (double click)", () => map.fit());
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.go(event));
    this.canvas.addEventListener("pointerup", (event) => this.end(event));
    this.canvas.addEventListener("pointercancel", () => this.cancel());
    this.choose("move");
  }
  /** @param {Mode} mode */
  choose(mode) {
    this.mode = mode;
    for (const [name, button] of this.buttons) button.setAttribute("aria-pressed", String(name === mode));
    this.canvas.classList.toggle("on", mode !== "move");
  }
  /** @param {PointerEvent} event */
  begin(event) {
    if (event.button !== 0 || !this.#map.view) return;
    this.path = [this.#cornerOf(event)];
    this.canvas.setPointerCapture(event.pointerId);
  }
  /** @param {PointerEvent} event */
  go(event) {
    if (!this.path) return;
    const corner = this.#cornerOf(event);
    const last = this.path[this.path.length - 1];
    if (this.mode === "box") this.path[1] = corner;
    else if (Math.hypot(corner[0] - last[0], corner[1] - last[1]) >= FEWEST_PIXELS) this.path.push(corner);
    this.drawPath(this.path);
  }
  /** @param {PointerEvent} event */
  end(event) {
    if (!this.path) return;
    if (this.mode === "box") this.path[1] = this.#cornerOf(event);
    const corners = this.mode === "box" ? cornersOfBox(this.path) : this.path;
    this.cancel();
    if (corners.length >= 3) this.select(corners, howOf(event));
  }
  /**
   * @param {Corner[]} corners
   * @param {How} [how]
   */
  select(corners, how = "set") {
    const { data, points } = this.#map;
    if (!data || !points) return;
    this.polygon = corners.map(([left, top]) => this.#map.toMap(left, top));
    if (data.view) {
      this.#map.send({ type: "polygon", corners: this.polygon, how });
      return;
    }
    this.rows = combined(this.rows ?? new Uint32Array(0), inside2(points, this.polygon), how);
    this.#map.send({ type: "select", ...pack(this.rows, data.count) });
    this.#map.showSelection();
    if (how === "set") this.choose("move");
  }
  cancel() {
    this.path = null;
    const brush = brushOf(this.canvas);
    brush.setTransform(1, 0, 0, 1, 0, 0);
    brush.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
  /** @param {Corner[]} path */
  drawPath(path) {
    const brush = cleared(this.canvas, this.#map.width, this.#map.height);
    const { ring } = this.#map.ink();
    brush.beginPath();
    if (this.mode === "box" && path.length === 2) {
      const [[a, b], [c, d]] = path;
      brush.rect(Math.min(a, c), Math.min(b, d), Math.abs(a - c), Math.abs(b - d));
    } else {
      for (const [left, top] of path) brush.lineTo(left, top);
      brush.closePath();
    }
    brush.fillStyle = ring;
    brush.globalAlpha = 0.12;
    brush.fill();
    brush.globalAlpha = 1;
    brush.strokeStyle = ring;
    brush.lineWidth = 1.5;
    brush.setLineDash([5, 4]);
    brush.stroke();
    brush.setLineDash([]);
  }
  /** What the server holds selected. @param {Selected | null} selected */
  take(selected) {
    if (selected && selected.number === this.number) return;
    this.number = selected ? selected.number : null;
    this.rows = selected ? unpack(selected) : null;
  }
  /**
   * The chosen points again in their own colours, above the cloud that steps back, each with a ring around it.
   *
   * @param {CanvasRenderingContext2D} brush
   * @param {Ink} ink
   */
  drawChosen(brush, ink) {
    const map = this.#map;
    if (!this.rows || !map.points || map.points.density) return;
    const size = map.pointSize() + 1;
    const seen = this.#chosenInView(this.rows).filter(({ row }) => !map.thumbnails.drawn.has(row));
    const many = seen.length > MOST_ROUND;
    const gap = many ? 1.2 : seen.length > MOST_RINGS ? 1.5 : 3;
    const disc = many ? square : circle;
    brush.lineWidth = many ? 1 : 2;
    brush.strokeStyle = ink.ring;
    for (const { left, top, row } of seen) {
      const hit = map.hits.get(row);
      disc(brush, left, top, (hit ? map.hitRadius(hit) + 1 : size / 2) + gap);
      brush.stroke();
    }
    for (const { left, top, row } of seen) {
      brush.fillStyle = hueOf(map.colours, row, ink);
      disc(brush, left, top, size / 2);
      brush.fill();
    }
  }
  /** @param {Uint32Array} chosen */
  #chosenInView(chosen) {
    const { points, width, height } = this.#map;
    const seen = [];
    for (const index of points?.rows ? placesOf(points.rows, chosen) : chosen) {
      const [left, top] = this.#map.toPixels(points?.x[index] ?? 0, points?.y[index] ?? 0);
      const inView = left > -MARGIN && top > -MARGIN && left < width + MARGIN && top < height + MARGIN;
      if (inView) seen.push({ left, top, row: this.#map.rowOf(index) });
    }
    return seen;
  }
  /**
   * @param {string} label
   * @param {string} title
   * @param {() => void} act
   */
  #tool(label, title, act) {
    const button = textButton("tool", label, title, act);
    if (label.length < 2) button.setAttribute("aria-label", title);
    this.tools.append(button);
    return button;
  }
  /**
   * @param {PointerEvent} event
   * @returns {Corner}
   */
  #cornerOf(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }
};
function howOf({ shiftKey, altKey }) {
  if (shiftKey) return "add";
  return altKey ? "drop" : "set";
}
function combined(before, drawn, how) {
  if (how === "set") return drawn;
  const rows = new Set(before);
  for (const row of drawn) how === "add" ? rows.add(row) : rows.delete(row);
  return Uint32Array.from(rows).sort();
}
function cornersOfBox([[a, b], [c, d]]) {
  const thin = Math.abs(a - c) < FEWEST_PIXELS || Math.abs(b - d) < FEWEST_PIXELS;
  if (thin) return [];
  return [
    [a, b],
    [c, b],
    [c, d],
    [a, d]
  ];
}
function square(brush, left, top, radius) {
  brush.beginPath();
  brush.rect(left - radius, top - radius, 2 * radius, 2 * radius);
}

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
function toldOf(of) {
  const { of: known, told } = kept();
  return known === of ? told : void 0;
}
function onChosen(follow, signal) {
  kept().target.addEventListener("change", follow, { signal });
}

// map/sharing.js
var REST_MS = 150;
var NONE2 = 0;
var ON_ITS_WAY = -1;
var Sharing = class {
  #sequence = new Sequence();
  #stop = new AbortController();
  #telling = new Settling(REST_MS, () => this.#tell());
  #map;
  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
    onChosen(() => this.#isNews() && this.#telling.stir(), this.#stop.signal);
  }
  end() {
    this.#stop.abort();
    this.#telling.end();
  }
  /** What the server says, unless it does not know yet of what was selected since. @param {MapData} data */
  receive({ chosen, selected }) {
    if (!chosen || !this.#sequence.follow(chosen.seq)) return;
    const number = selected ? selected.number : NONE2;
    if (this.#isNews()) this.#telling.stir();
    else if (toldOf(chosen.of) !== number) choose(chosen.of, chosen.ids, number);
  }
  /** Whether something was selected elsewhere that the server was not told of. */
  #isNews() {
    const { chosen } = this.#map.data ?? {};
    return Boolean(chosen) && toldOf(chosen?.of ?? "") === null;
  }
  #tell() {
    const of = this.#map.data?.chosen?.of;
    if (of === void 0 || !this.#isNews()) return;
    const ids = [...chosenOf(of)];
    choose(of, ids, ON_ITS_WAY);
    this.#map.send({ type: "chosen", seq: this.#sequence.next(), ids });
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

// map/picture_store.js
var MOST_KEPT = 800;
var MOST_ASKED = 64;
var MOST_LOADING = 6;
var MOST_TRIES = 8;
var ANSWER_MS = 4e3;
var SHARPNESS = 2;
var PictureStore = class {
  /** @type {Map<number, ImageBitmap | null>} null while it comes, and where there is none; the one used last is last */
  #kept = /* @__PURE__ */ new Map();
  /** @type {Map<number, number>} how often each was asked for in vain */
  #tries = /* @__PURE__ */ new Map();
  /** @type {[number, string][]} */
  #queue = [];
  #loading = 0;
  #gone = false;
  #sequence = new Sequence();
  /** @type {Questions<number[]>} */
  #questions;
  #side;
  #arrived;
  /**
   * @param {(question: { seq: number, rows: number[] }) => void} ask
   * @param {() => void} arrived called when a picture is there
   * @param {number} side the largest that is drawn
   */
  constructor(ask, arrived, side) {
    this.#side = side * SHARPNESS;
    this.#arrived = arrived;
    this.#questions = new Questions((rows) => ask({ seq: this.#sequence.next(), rows }), arrived, ANSWER_MS);
  }
  /** @param {number} row */
  get(row) {
    const picture = this.#kept.get(row);
    if (!picture) return null;
    this.#kept.delete(row);
    this.#kept.set(row, picture);
    return picture;
  }
  /** See that these come; those that are first in the list come first. @param {number[]} rows */
  want(rows) {
    const missing = rows.filter((row) => !this.#kept.has(row) && (this.#tries.get(row) ?? 0) < MOST_TRIES);
    if (missing.length) this.#questions.want(missing.slice(0, MOST_ASKED));
    else this.#questions.wanted = null;
  }
  /** The server's answer: an address a row, empty where there is no picture. @param {MapData["thumbnails"]} told */
  receive(told) {
    if (!told.seq || !this.#sequence.follow(told.seq)) return;
    for (const row of told.rows) this.#tries.set(row, (this.#tries.get(row) ?? 0) + 1);
    for (const [row, address] of Object.entries(told.addresses)) {
      if (this.#kept.has(Number(row))) continue;
      this.#kept.set(Number(row), null);
      if (address) this.#queue.push([Number(row), address]);
    }
    this.#load();
    this.#questions.answered();
  }
  forget() {
    for (const picture of this.#kept.values()) picture?.close();
    this.#kept.clear();
    this.#tries.clear();
    this.#queue = [];
  }
  end() {
    this.#gone = true;
    this.#questions.end();
    this.forget();
  }
  #load() {
    while (this.#loading < MOST_LOADING && this.#queue.length) {
      const [row, address] = (
        /** @type {[number, string]} */
        this.#queue.shift()
      );
      this.#loading += 1;
      fetched(address, this.#side).then((picture) => this.#keep(row, picture)).catch(() => {
      }).finally(() => {
        this.#loading -= 1;
        this.#load();
      });
    }
  }
  /** @param {number} row @param {ImageBitmap} picture */
  #keep(row, picture) {
    if (this.#gone || !this.#kept.has(row)) {
      picture.close();
      return;
    }
    this.#kept.delete(row);
    this.#kept.set(row, picture);
    for (const [oldest, old] of this.#kept) {
      if (this.#kept.size <= MOST_KEPT) break;
      old?.close();
      this.#kept.delete(oldest);
      this.#tries.delete(oldest);
    }
    this.#arrived();
  }
};
async function fetched(address, side) {
  const image = new Image();
  image.src = new URL(address, document.baseURI).href;
  await image.decode();
  const scale = Math.min(1, side / Math.max(image.naturalWidth, image.naturalHeight));
  return createImageBitmap(image, {
    resizeWidth: Math.max(1, Math.round(image.naturalWidth * scale)),
    resizeHeight: Math.max(1, Math.round(image.naturalHeight * scale)),
    resizeQuality: "medium"
  });
}

// map/room.js
var SIDES = [96, 80, 64, 48, 40, 32];
var LARGEST = SIDES[0];
var LEAST = SIDES[SIDES.length - 1];
function roomFor(middles) {
  const { left, top } = middles;
  const near2 = new Cells(middles);
  const sides = /* @__PURE__ */ new Map();
  for (let i = 0; i < left.length; i += 1) {
    if (!near2.around(i).some((j) => sides.has(j) && meet2(i, j, LEAST))) sides.set(i, LEAST);
  }
  for (const i of sides.keys()) {
    const others = near2.around(i).filter((j) => j !== i && (sides.has(j) || !meet2(i, j, LEAST / 2)));
    const reach = (j, side) => (side + (sides.get(j) ?? 0)) / 2;
    sides.set(i, SIDES.find((side) => !others.some((j) => meet2(i, j, reach(j, side)))) ?? LEAST);
  }
  return sides;
  function meet2(i, j, reach) {
    return Math.abs(left[i] - left[j]) < reach && Math.abs(top[i] - top[j]) < reach;
  }
}
var Cells = class {
  /** @type {Map<string, number[]>} */
  #cells = /* @__PURE__ */ new Map();
  #middles;
  /** @param {Middles} middles */
  constructor(middles) {
    this.#middles = middles;
    for (let i = 0; i < middles.left.length; i += 1) {
      const key = this.#cellOf(i).join(" ");
      const there = this.#cells.get(key);
      if (there) there.push(i);
      else this.#cells.set(key, [i]);
    }
  }
  /** All that are no farther than the largest side, and some more. @param {number} i */
  around(i) {
    const [column, line] = this.#cellOf(i);
    const found = [];
    for (let a = column - 1; a <= column + 1; a += 1) {
      for (let b = line - 1; b <= line + 1; b += 1) found.push(...this.#cells.get(`${a} ${b}`) ?? []);
    }
    return found;
  }
  /** @param {number} i */
  #cellOf(i) {
    return [Math.floor(this.#middles.left[i] / LARGEST), Math.floor(this.#middles.top[i] / LARGEST)];
  }
};

// map/thumbnails.js
var FROM_ZOOM = 1.3;
var SLACK = 1.25;
var AROUND = 1;
var REST_MS2 = 160;
var EDGE4 = 1.5;
var FRAMES = 6;
var STEPPED_BACK2 = 0.25;
var on = true;
var Thumbnails = class {
  button = textButton(
    "thumbnails",
    "Pictures",
    "Show pictures where there is room for each, or points",
    () => this.turn()
  );
  /** What is drawn now: rows in view whose picture is there. @type {Map<number, Drawn>} */
  drawn = /* @__PURE__ */ new Map();
  /** @type {Place[]} */
  #places = [];
  /** @type {{ x0: number, x1: number, y0: number, y1: number, key: string } | null} what the places are of */
  #region = null;
  /** @type {Points | null} */
  #points = null;
  #frame = 0;
  #map;
  #asking = new Settling(REST_MS2, () => this.#ask());
  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
    this.button.hidden = true;
    this.store = new PictureStore(
      (question) => map.send({ type: "thumbnails", ...question }),
      () => this.#arrived(),
      LARGEST
    );
  }
  end() {
    this.#asking.end();
    cancelAnimationFrame(this.#frame);
    this.store.end();
  }
  forget() {
    this.#region = null;
    this.store.forget();
  }
  /** Points in place of pictures, or pictures again. */
  turn() {
    on = !on;
    this.#map.draw();
  }
  /** The picture that stands at a place of the window. @param {number} left @param {number} top @returns {Spot | null} */
  at(left, top) {
    for (const one of this.drawn.values()) {
      const within2 = Math.abs(one.left - left) <= one.width / 2 && Math.abs(one.top - top) <= one.height / 2;
      if (within2) return this.#spotOf(one.row);
    }
    return null;
  }
  /** @param {CanvasRenderingContext2D} brush @param {Ink} ink */
  draw(brush, ink) {
    this.drawn.clear();
    const fit = this.#fit();
    this.button.hidden = !fit;
    this.button.setAttribute("aria-pressed", String(on));
    if (fit && on) {
      const { rows } = this.#map.selector;
      const chosen = rows && new Set(rows);
      for (const place of this.#inView()) this.#drawOne(brush, ink, place, chosen);
      this.#asking.stir();
    }
    this.#map.root.dataset.thumbnails = String(this.drawn.size);
  }
  /** Whether there is room; what has it is known then. */
  #fit() {
    const { points, view, viewport, width, height } = this.#map;
    if (!points || !view || points.density || viewport.zoomFactor < FROM_ZOOM) {
      this.#region = null;
      return false;
    }
    const most = width * height / LEAST ** 2;
    const count = countWithin(points, view);
    if (count > most * (this.#region ? SLACK : 1)) {
      this.#region = null;
      return false;
    }
    const key = `${viewport.scale} ${[...this.#map.hits.keys()].join(" ")}`;
    const known = this.#region;
    const inside3 = known && known.x0 <= view.x0 && known.x1 >= view.x1 && known.y0 <= view.y0 && known.y1 >= view.y1;
    if (known && inside3 && known.key === key && this.#points === points) return true;
    const [across, up] = [AROUND * (view.x1 - view.x0), AROUND * (view.y1 - view.y0)];
    const region = { x0: view.x0 - across, x1: view.x1 + across, y0: view.y0 - up, y1: view.y1 + up };
    this.#region = { ...region, key };
    this.#points = points;
    this.#place(points, region);
    return true;
  }
  /** @param {Points} points @param {{ x0: number, x1: number, y0: number, y1: number }} region */
  #place(points, region) {
    const { hits, viewport } = this.#map;
    const found = [];
    for (let i = 0; i < points.x.length; i += 1) {
      const [x, y] = [points.x[i], points.y[i]];
      if (x >= region.x0 && x <= region.x1 && y >= region.y0 && y <= region.y1) {
        found.push({ row: this.#map.rowOf(i), x, y, side: LEAST });
      }
    }
    const rank = ({ row }) => hits.get(row)?.rank ?? Number.POSITIVE_INFINITY;
    if (hits.size) found.sort((one, other) => rank(one) < rank(other) ? -1 : Number(rank(one) > rank(other)));
    const room = roomFor({
      left: found.map(({ x }) => x * viewport.scale),
      top: found.map(({ y }) => y * viewport.scale)
    });
    this.#places = [...room].map(([at, side]) => ({ ...found[at], side }));
  }
  #inView() {
    const { viewport, width, height } = this.#map;
    return this.#places.filter(({ x, y, side }) => {
      const edge = side / 2;
      const [left, top] = viewport.toPixels(x, y);
      return left > -edge && top > -edge && left < width + edge && top < height + edge;
    });
  }
  /** @param {CanvasRenderingContext2D} brush @param {Ink} ink @param {Place} place @param {Set<number> | null} chosen */
  #drawOne(brush, ink, { row, x, y, side }, chosen) {
    const picture = this.store.get(row);
    if (!picture) return;
    const map = this.#map;
    const [left, top] = map.toPixels(x, y);
    const scale = (side - FRAMES) / Math.max(picture.width, picture.height);
    const [width, height] = [picture.width * scale, picture.height * scale];
    this.drawn.set(row, { row, left, top, width, height });
    const frame = (out, colour, line) => {
      brush.lineWidth = line;
      brush.strokeStyle = colour;
      brush.strokeRect(left - width / 2 - out, top - height / 2 - out, width + 2 * out, height + 2 * out);
    };
    brush.globalAlpha = chosen && !chosen.has(row) || !map.legend.shows(row) ? STEPPED_BACK2 : 1;
    brush.drawImage(picture, left - width / 2, top - height / 2, width, height);
    if (map.colours && map.colours.kind !== "one") frame(EDGE4 / 2, hueOf(map.colours, row, ink), 2 * EDGE4);
    else frame(0, ink.back, 1);
    if (map.hits.has(row)) {
      frame(2 * EDGE4 + 1, ink.back, 4);
      frame(2 * EDGE4, ink.text, 2);
    }
    if (chosen?.has(row)) frame(2 * EDGE4 + 2.5, ink.ring, 2.5);
    brush.globalAlpha = 1;
  }
  #ask() {
    if (this.#region && on) this.store.want(this.#inView().map(({ row }) => row));
  }
  #arrived() {
    if (this.#frame) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#map.draw();
    });
  }
  /** @param {number} row @returns {Spot | null} */
  #spotOf(row) {
    const place = this.#places.find((one) => one.row === row);
    return place ? { row, x: place.x, y: place.y, text: null } : null;
  }
};
function countWithin({ x, y }, { x0, x1, y0, y1 }) {
  let count = 0;
  for (let i = 0; i < x.length; i += 1) if (x[i] >= x0 && x[i] <= x1 && y[i] >= y0 && y[i] <= y1) count += 1;
  return count;
}

// map/view.js
var PADDING = 0.05;
var TOOLS = 48;
var LINES = 72;
var CLOSEST = 0.2;
function around(x, y, across, up) {
  return { x0: x - across, x1: x + across, y0: y - up, y1: y + up };
}
function middle({ x0, x1, y0, y1 }) {
  return { x: (x0 + x1) / 2, y: (y0 + y1) / 2 };
}
function wholeOf([left, right, bottom, top], width, height) {
  const share = Math.min(1, height / 2 / (TOOLS + LINES));
  const free = height - share * (TOOLS + LINES);
  const scale = (1 + 2 * PADDING) * Math.max((right - left) / width, (top - bottom) / free);
  const y = (bottom + top) / 2 - scale * share * (LINES - TOOLS) / 2;
  return around((left + right) / 2, y, scale * width / 2, scale * height / 2);
}
function closeTo([left, right, bottom, top], whole, width, height) {
  const closest = (whole.x1 - whole.x0) * CLOSEST;
  const across = Math.max(closest, 1.5 * (right - left), 1.5 * (top - bottom) * width / height);
  return around((left + right) / 2, (bottom + top) / 2, across / 2, across * height / width / 2);
}
function zoomed(view, factor) {
  const { x, y } = middle(view);
  return around(x, y, (view.x1 - view.x0) / 2 * factor, (view.y1 - view.y0) / 2 * factor);
}
function alike(one, other) {
  const little = (other.x1 - other.x0) / 1e3;
  const edges = (
    /** @type {const} */
    ["x0", "x1", "y0", "y1"]
  );
  return edges.every((edge) => Math.abs(one[edge] - other[edge]) < little);
}
function resized(view, widthBefore, width, height) {
  const scale = (view.x1 - view.x0) / widthBefore;
  const { x, y } = middle(view);
  return around(x, y, scale * width / 2, scale * height / 2);
}

// map/viewport.js
var LOWEST = 380;
var BELOW = 92;
var NARROW = 640;
var MOVING_MS = 500;
var MOVED_MS = 120;
var VIEW_AFTER_MS = 160;
var Viewport = class {
  width = 50;
  height = LOWEST;
  /** @type {View | null} */
  view = null;
  #until = 0;
  // the overlay follows Plotly till then
  #following = false;
  #telling = new Settling(VIEW_AFTER_MS, () => this.#tell());
  #map;
  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
  }
  end() {
    this.#telling.end();
  }
  /** Take the room there is: to the lower end of the window. @param {HTMLCanvasElement[]} canvases of the same size */
  size(canvases) {
    const { root } = this.#map;
    if (!root.clientWidth) return;
    this.height = this.#room();
    root.style.height = `${this.height}px`;
    this.width = Math.max(50, root.clientWidth);
    const ratio = window.devicePixelRatio || 1;
    for (const canvas of canvases) {
      canvas.width = Math.round(this.width * ratio);
      canvas.height = Math.round(this.height * ratio);
    }
  }
  #room() {
    const { innerWidth, innerHeight, scrollY } = window;
    const top = this.#map.root.getBoundingClientRect().top + scrollY;
    return innerWidth < NARROW ? Math.round(innerHeight * 0.58) : Math.max(LOWEST, innerHeight - top - BELOW);
  }
  /** Take what became free above; for what came there the page scrolls, and the map stays as it is. @param {HTMLCanvasElement[]} canvases */
  grown(canvases) {
    if (this.#map.root.clientWidth && this.#room() > this.height) this.resized(canvases);
  }
  /** @param {HTMLCanvasElement[]} canvases */
  resized(canvases) {
    const [width, height] = [this.width, this.height];
    this.size(canvases);
    if (width === this.width && height === this.height) this.#map.draw();
    else if (this.#map.isDrawn && this.view) {
      const before = wholeOf(this.#map.data?.bounds ?? [0, 1, 0, 1], width, height);
      this.show(alike(this.view, before) ? this.whole() : resized(this.view, width, this.width, this.height), true);
    }
  }
  /** Show what was left, as large as it was; everything where nothing was. @param {{ view: View, width: number }} [left] */
  comeBack(left) {
    this.view = left ? resized(left.view, left.width, this.width, this.height) : null;
  }
  whole() {
    return wholeOf(this.#map.data?.bounds ?? [0, 1, 0, 1], this.width, this.height);
  }
  /** @param {Bounds} box */
  lookAt(box) {
    this.show(closeTo(box, this.whole(), this.width, this.height));
  }
  /** @param {number} factor */
  zoom(factor) {
    if (this.view) this.show(zoomed(this.view, factor));
  }
  /**
   * @param {View} view
   * @param {boolean} [resize]
   */
  show(view, resize = false) {
    this.view = view;
    const change = { "xaxis.range": [view.x0, view.x1], "yaxis.range": [view.y0, view.y1] };
    const size = resize ? { width: this.width, height: this.height } : {};
    if (this.#map.isDrawn) plotly()?.relayout(this.#map.plot, { ...change, ...size });
    this.#map.draw();
    this.#ask();
  }
  /** Something moves: the overlay follows each frame until it rests. */
  moving() {
    this.#until = performance.now() + MOVING_MS;
    if (this.#following) return;
    this.#following = true;
    requestAnimationFrame(() => this.#follow());
  }
  /** Pixels a unit of the map takes. */
  get scale() {
    return this.view ? this.width / (this.view.x1 - this.view.x0) : 1;
  }
  /** How many times larger than the whole map. */
  get zoomFactor() {
    const whole = this.whole();
    return this.view ? (whole.x1 - whole.x0) / (this.view.x1 - this.view.x0) : 1;
  }
  /**
   * @param {number} x
   * @param {number} y
   * @returns {[number, number]}
   */
  toPixels(x, y) {
    const { x0, x1, y0, y1 } = this.view ?? this.whole();
    return [(x - x0) / (x1 - x0) * this.width, (y1 - y) / (y1 - y0) * this.height];
  }
  /**
   * @param {number} left
   * @param {number} top
   * @returns {[number, number]}
   */
  toMap(left, top) {
    const { x0, x1, y0, y1 } = this.view ?? this.whole();
    return [x0 + left / this.width * (x1 - x0), y1 - top / this.height * (y1 - y0)];
  }
  #follow() {
    const drawn = this.#map.plot._fullLayout;
    if (this.#map.gone || !this.#map.isDrawn || !drawn) {
      this.#following = false;
      return;
    }
    const [x0, x1] = drawn.xaxis.range;
    const [y0, y1] = drawn.yaxis.range;
    const { view } = this;
    if (view && (view.x0 !== x0 || view.x1 !== x1 || view.y0 !== y0 || view.y1 !== y1)) {
      this.view = { x0, x1, y0, y1 };
      this.#map.draw();
      this.#ask();
      this.#until = Math.max(this.#until, performance.now() + MOVED_MS);
    }
    if (performance.now() < this.#until) requestAnimationFrame(() => this.#follow());
    else this.#following = false;
  }
  /** Of very many points the server says what is in view. */
  #ask() {
    if (this.#map.data?.view) this.#telling.stir();
  }
  #tell() {
    if (!this.view) return;
    const { x0, x1, y0, y1 } = this.view;
    this.#map.send({ type: "view", range: [x0, x1, y0, y1] });
  }
};

// map/embedding_map.js
var RECOLOUR_AFTER_MS = 200;
var views = /* @__PURE__ */ new Map();
var EmbeddingMap = class {
  /** @type {(said: Message) => void} */
  send = () => {
  };
  /** @type {MapData | null} */
  data = null;
  version = "";
  /** @type {Points | null} */
  points = null;
  /** @type {Colours | null} */
  colours = null;
  /** @type {Map<number, Hit>} what is shown of each row that is a hit */
  hits = /* @__PURE__ */ new Map();
  root = make("div", "t2i-map");
  /** @type {Plot} */
  plot = make("div", "plot");
  overlay = make("canvas", "overlay");
  note = make("p", "note");
  foot = make("div", "foot");
  gl = hasWebGL();
  gone = false;
  /** The part in view that the points here are of. */
  shownView = "";
  /** @type {Ink | null} */
  inks = null;
  stop = new AbortController();
  viewport = new Viewport(this);
  drawnCloud = new DrawnCloud(this);
  card = new Card(this);
  selector = new Selector(this);
  naming = new Naming(this);
  labels = new Labels(this);
  groups = new Groups(this);
  legend = new Legend(this);
  pointing = new Pointing(this);
  pointed = new PointedMark(this);
  thumbnails = new Thumbnails(this);
  sharing = new Sharing(this);
  theme = new MutationObserver(() => requestAnimationFrame(() => this.drawnCloud.recolour()));
  resizer = new ResizeObserver(() => this.viewport.resized(this.canvases));
  above = new ResizeObserver(() => this.viewport.grown(this.canvases));
  /** @param {Parent} parent */
  constructor(parent) {
    this.root.dataset.state = "loading";
    Object.assign(this.root, { embeddingMap: this });
    for (const one of [this.plot, this.overlay]) one.setAttribute("aria-hidden", "true");
    this.note.hidden = true;
    this.foot.append(this.naming.line, this.thumbnails.button, this.groups.root, this.legend.root);
    const above = [this.labels.root, this.selector.canvas, this.selector.tools, this.foot, this.note];
    this.root.append(this.plot, this.overlay, this.pointed.element, ...above, this.card.element, this.card.pinned);
    parent.append(this.root);
    this.listen();
    this.theme.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
    this.theme.observe(document.head, { childList: true });
    const host = parent instanceof ShadowRoot ? parent.host : parent;
    this.resizer.observe(host);
    const page = host.closest('[data-testid="stMainBlockContainer"]');
    if (page) this.above.observe(page);
    this.viewport.size(this.canvases);
  }
  listen() {
    const { viewport } = this;
    const { signal } = this.stop;
    const capture = { signal, capture: true };
    this.root.addEventListener("wheel", () => viewport.moving(), { ...capture, passive: true });
    this.root.addEventListener("pointermove", (event) => event.buttons && viewport.moving(), capture);
    this.root.addEventListener("pointerup", () => viewport.moving(), capture);
    this.pointing.listen(signal);
    this.root.addEventListener("dblclick", () => this.selector.mode === "move" && this.fit(), { signal });
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", () => setTimeout(() => this.drawnCloud.recolour(), RECOLOUR_AFTER_MS), { signal });
    window.addEventListener("resize", () => viewport.resized(this.canvases), { signal });
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key !== "Escape" || event.defaultPrevented || !this.card.pinnedAt) return;
    this.card.unpin();
    event.preventDefault();
  }
  destroy() {
    this.pointed.tell(null);
    this.stop.abort();
    this.theme.disconnect();
    this.resizer.disconnect();
    this.above.disconnect();
    this.viewport.end();
    this.card.destroy();
    this.naming.end();
    this.thumbnails.end();
    this.sharing.end();
    if (this.view) views.set(this.version, { view: { ...this.view }, width: this.width });
    this.drawnCloud.end();
    this.root.remove();
    this.gone = true;
  }
  // What the server says.
  /** @param {MapData} data */
  update(data) {
    this.data = data;
    this.root.setAttribute("aria-label", data.label);
    this.root.setAttribute("role", "group");
    if (data.version !== this.version) {
      this.version = data.version;
      this.root.dataset.state = "loading";
      this.points = null;
      this.colours = null;
      this.card.forget();
      this.thumbnails.forget();
      this.load(data).catch((error) => this.fail(error));
      return;
    }
    if (!this.points) return;
    this.follow(data).catch((error) => this.fail(error));
  }
  /** @param {Error} error */
  fail(error) {
    this.note.hidden = false;
    this.note.textContent = `The map could not be drawn: ${error.message}. Load the page again.`;
    this.root.dataset.state = "failed";
  }
  /** @param {MapData} data */
  async load(data) {
    const asked = performance.now();
    const [, points] = await Promise.all([loadPlotly(data.plotly), loadPoints(data), nextFrame()]);
    if (this.gone || data.version !== this.version) return;
    this.points = points;
    this.shownView = this.keyOfView();
    this.viewport.comeBack(views.get(data.version));
    await this.takeColours();
    await this.drawnCloud.draw();
    this.takeMarkers();
    this.root.dataset.state = "ready";
    this.root.dataset.readyMs = String(Math.round(performance.now() - asked));
  }
  /** New data for the cloud that is there. @param {MapData} data */
  async follow(data) {
    const shown = this.keyOfView();
    if (shown !== this.shownView) {
      this.shownView = shown;
      this.points = await loadPoints(data);
      this.colours = null;
      await this.takeColours();
      this.drawnCloud.draw();
    } else if (await this.takeColours()) this.drawnCloud.recolour();
    else this.drawnCloud.drawHits();
    this.takeMarkers();
  }
  /** Whether other colours came than were there. */
  async takeColours() {
    if (!this.data) return false;
    const { colour } = this.data;
    const key = JSON.stringify(colour);
    if (this.colours?.key === key) return false;
    this.colours = await loadColours(colour, key);
    this.legend.forget(colour.kind === "groups" ? colour.title + colour.values : key);
    return true;
  }
  takeMarkers() {
    const { data } = this;
    if (!data) return;
    this.selector.take(data.selected);
    this.sharing.receive(data);
    this.hits = new Map(data.hits.map((hit) => [hit.row, hit]));
    this.card.receive(data);
    this.thumbnails.store.receive(data.thumbnails);
    this.groups.draw(data.place);
    this.naming.receive(data);
    this.labels.draw(data.clusters);
    this.showSelection();
    this.root.dataset.query = data.asked || "";
  }
  /** A name of a cluster is typed, or was. */
  showNames() {
    if (!this.data) return;
    this.labels.draw(this.data.clusters);
    this.legend.draw(this.data);
    this.draw();
  }
  /** What is chosen has changed: the rest steps back. */
  showSelection() {
    if (this.data) this.legend.draw(this.data);
    this.drawnCloud.fade();
    this.draw();
  }
  keyOfView() {
    return this.data?.view ? JSON.stringify(this.data.view) : "";
  }
  // Drawing the cloud.
  /** What the cloud is drawn of, once all of it is there. */
  get cloud() {
    const { data, points, colours, gl } = this;
    const { alone } = this.legend;
    return data && points && colours ? { data, points, colours, gl, alone, ink: this.ink() } : null;
  }
  /** @param {number} index of a point */
  rowOf(index) {
    return this.points?.rows ? this.points.rows[index] : index;
  }
  pointSize() {
    return pointSize(this.points?.x.length ?? 0);
  }
  /** The closer the hit, the larger; never smaller than the points around it. @param {Hit} hit */
  hitRadius(hit) {
    return Math.max(this.pointSize() / 2 + 2, 5, 9.5 - 0.19 * (hit.rank - 1));
  }
  /** Colours of the theme that is on. */
  ink() {
    const theme = themeOf(this.root);
    if (this.inks?.key !== theme.join(" ")) this.inks = null;
    this.inks ??= inkOf(theme);
    return this.inks;
  }
  // What the parts of the map ask of its window.
  get canvases() {
    return [this.overlay, this.selector.canvas];
  }
  get isDrawn() {
    return this.drawnCloud.isDrawn;
  }
  get view() {
    return this.viewport.view;
  }
  get width() {
    return this.viewport.width;
  }
  get height() {
    return this.viewport.height;
  }
  /** Everything in view. */
  whole() {
    return this.viewport.whole();
  }
  fit() {
    this.viewport.show(this.whole());
  }
  /** @param {number} factor */
  zoom(factor) {
    this.viewport.zoom(factor);
  }
  /** @param {Bounds} box */
  lookAt(box) {
    this.viewport.lookAt(box);
  }
  /**
   * @param {number} x
   * @param {number} y
   */
  toPixels(x, y) {
    return this.viewport.toPixels(x, y);
  }
  /**
   * @param {number} left
   * @param {number} top
   */
  toMap(left, top) {
    return this.viewport.toMap(left, top);
  }
  /** Draw above the cloud. */
  draw() {
    if (!this.view || !this.points || !this.data) return;
    const brush = cleared(this.overlay, this.width, this.height);
    const ink = this.ink();
    drawCaptionLines(this, brush, ink);
    drawSpread(this, brush, ink);
    this.thumbnails.draw(brush, ink);
    this.selector.drawChosen(brush, ink);
    drawHits(this, brush, ink);
    drawSecond(this, brush, ink);
    drawMarker(this, brush, ink);
    this.labels.place();
    this.pointed.place();
    this.card.place(brush, ink);
  }
};
function nextFrame() {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

// map/index.js
var index_default = mounting((parent) => new EmbeddingMap(parent));
export {
  index_default as default
};
