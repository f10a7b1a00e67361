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
function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== void 0) element.textContent = String(text);
  return element;
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

// lab_plot/figures.js
var K_TICKS = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200];
var FONT_SIZE = 13;
var [LONGEST, LONGEST_NARROW, LONGEST_LINE] = [28, 14, 20];
function figureOf(data, ink, narrow) {
  const base = {
    height: data.height,
    margin: { l: 52, r: 12, t: 10, b: 46 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: ink.quiet, size: FONT_SIZE, family: ink.family },
    showlegend: false,
    dragmode: false,
    hoverlabel: { bgcolor: ink.back, bordercolor: ink.hair, font: { color: ink.text, size: FONT_SIZE } }
  };
  if (data.kind === "curve") return curveOf(data, ink, base);
  return data.kind === "bars" ? barsOf(data, ink, base, narrow) : scoresOf(data, ink, base);
}
function shares(ink) {
  return { range: [-0.02, 1.04], tickformat: ".0%", gridcolor: ink.hair, zeroline: false, fixedrange: true };
}
function curveOf(data, ink, base) {
  const ks = data.hits.map((_, place) => place + 1);
  const most = ks.length;
  const band = data.low.every((end) => end !== null) ? [
    {
      x: [...ks, ...ks.toReversed()],
      y: [...data.high, ...data.low.toReversed()],
      fill: "toself",
      fillcolor: faded(ink.one, 0.2),
      line: { width: 0 },
      hoverinfo: "skip",
      mode: "lines"
    }
  ] : [];
  const ends = data.hits.map((_, at) => [data.low[at] ?? data.hits[at], data.high[at] ?? data.hits[at]]);
  const traces = [
    ...band,
    {
      x: ks,
      y: data.precision,
      mode: "lines",
      line: { color: ink.two, width: 2, dash: "dash" },
      hovertemplate: "%{y:.1%} of what is shown is right<extra></extra>"
    },
    {
      x: ks,
      y: data.hits,
      customdata: ends,
      mode: most > 1 ? "lines" : "markers",
      line: { color: ink.one, width: 3 },
      marker: { color: ink.one, size: 9 },
      hovertemplate: "%{y:.1%} answered (%{customdata[0]:.1%} to %{customdata[1]:.1%})<extra></extra>"
    },
    chosenOf(data, ink)
  ];
  const tickvals = K_TICKS.filter((k) => k <= most);
  const layout = {
    ...base,
    hovermode: "x unified",
    hoverdistance: -1,
    xaxis: {
      type: "log",
      range: [-0.03, Math.max(0.1, Math.log10(most)) + 0.03],
      tickvals,
      ticktext: tickvals.map(String),
      title: { text: "k, pictures shown", standoff: 8, font: { size: FONT_SIZE } },
      unifiedhovertitle: { text: "k = %{x}" },
      gridcolor: ink.hair,
      fixedrange: true,
      zeroline: false
    },
    yaxis: shares(ink)
  };
  const legend = [
    { text: "queries answered among the first k, with 95 % interval", colour: ink.one, dashed: false },
    { text: "how much of what is shown is right", colour: ink.two, dashed: true }
  ];
  return { traces, layout, legend };
}
function chosenOf(data, ink) {
  const k = Math.min(Math.max(1, data.chosen), data.hits.length);
  return {
    x: [k, k],
    y: [0, data.hits[k - 1]],
    mode: "lines+markers+text",
    text: ["", `k = ${k}`],
    textposition: data.hits[k - 1] > 0.8 ? "bottom right" : "top left",
    textfont: { color: ink.text, size: FONT_SIZE + 1 },
    line: { color: ink.text, width: 1.5, dash: "dot" },
    marker: { color: ink.text, size: [0, 10] },
    hoverinfo: "skip"
  };
}
function barsOf(data, ink, base, narrow) {
  const above = data.values.map((value, at) => (data.high[at] ?? value) - value);
  const below = data.values.map((value, at) => value - (data.low[at] ?? value));
  const trace = {
    type: "bar",
    orientation: "h",
    y: data.names.map((_, place) => place),
    x: data.values,
    marker: { color: faded(ink.one, 0.6) },
    error_x: { type: "data", array: above, arrayminus: below, color: ink.text, thickness: 1.4, width: 4 },
    customdata: data.names.map(plainText),
    hovertemplate: "%{customdata}: %{x:.1%}<extra></extra>"
  };
  const stacked = narrow && data.lines !== void 0;
  const layout = {
    ...base,
    margin: { l: stacked ? 128 : narrow ? 110 : 210, r: 12, t: 6, b: 30 },
    bargap: 0.35,
    hovermode: "y",
    hoverdistance: -1,
    xaxis: shares(ink),
    yaxis: {
      autorange: "reversed",
      tickvals: data.names.map((_, place) => place),
      ticktext: stacked ? data.lines?.map((lines) => lines.map((line) => cutText(line, LONGEST_LINE)).join("<br>")) : data.names.map((name) => cutText(name, narrow ? LONGEST_NARROW : LONGEST)),
      fixedrange: true,
      tickfont: { color: ink.text, size: stacked ? FONT_SIZE - 2 : FONT_SIZE }
    }
  };
  return { traces: [trace], layout, legend: [] };
}
function scoresOf(data, ink, base) {
  const middles = data.right.map((_, at) => (data.edges[at] + data.edges[at + 1]) / 2);
  const outline = (counts, colour, dash) => ({
    x: middles,
    y: counts,
    mode: "lines",
    line: { color: colour, width: 2, shape: "hvh", dash },
    fill: "tozeroy",
    fillcolor: faded(colour, 0.2),
    hoverinfo: "none"
  });
  const layout = {
    ...base,
    hovermode: "x",
    hoverdistance: -1,
    xaxis: {
      title: { text: "cosine of caption and picture", standoff: 8, font: { size: FONT_SIZE } },
      gridcolor: ink.hair,
      zeroline: false,
      fixedrange: true
    },
    yaxis: { visible: false, fixedrange: true, rangemode: "tozero" }
  };
  const legend = [
    { text: "captions with their own picture", colour: ink.one, dashed: false },
    { text: "captions with another picture", colour: ink.two, dashed: true }
  ];
  return { traces: [outline(data.wrong, ink.two, "dash"), outline(data.right, ink.one, "solid")], layout, legend };
}
function meantBy(data, point) {
  if (data.kind === "curve") return { type: "k", k: Math.round(point.x) };
  if (data.kind === "bars") {
    const name = data.names[Math.round(point.y)];
    return name === void 0 ? null : { type: "part", name };
  }
  const at = data.edges.findLastIndex((edge) => edge <= point.x);
  return at < 0 || at + 1 >= data.edges.length ? null : { type: "scores", low: data.edges[at], high: data.edges[at + 1] };
}
function cutText(name, longest) {
  return plainText(name.length > longest ? `${name.slice(0, longest - 1)}…` : name);
}
function plainText(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
function faded(colour, share) {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `rgba(${red},${green},${blue},${share})`;
}

// lab_plot/lab_plot.js
var CONFIG = { displayModeBar: false, responsive: false, doubleClick: false };
var NARROW = 560;
var COLOURS = { light: { one: "#2f6f8f", two: "#b4570f" }, dark: { one: "#7fb8d4", two: "#f0a35e" } };
var LabPlot = class {
  /** @type {(said: Message) => void} */
  send = () => {
  };
  /** @type {PlotData | null} */
  data = null;
  root = make("div", "t2i-lab-plot");
  /** @type {Plot} */
  drawing = make("div", "drawing");
  legend = make("div", "legend");
  note = make("p", "note", "The plot is loading");
  gone = false;
  /** @type {Promise<unknown>} */
  #drawn = Promise.resolve();
  #listening = false;
  #theme = "";
  #width = 0;
  #themes = new MutationObserver(() => this.#look());
  #sizes = new ResizeObserver(() => this.#look());
  /** @param {Parent} parent */
  constructor(parent) {
    this.drawing.setAttribute("role", "img");
    this.root.append(this.note, this.drawing, this.legend);
    parent.append(this.root);
    this.#themes.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
    this.#themes.observe(document.head, { childList: true });
    this.#sizes.observe(this.root);
  }
  /** @param {PlotData} data */
  update(data) {
    this.data = data;
    this.drawing.style.minHeight = `${data.height}px`;
    this.drawing.setAttribute("aria-label", data.label);
    this.drawing.classList.add("picks");
    loadPlotly(data.plotly).then(
      () => this.draw(),
      () => this.#fail()
    );
  }
  /** Draw once what is being drawn is there: Plotly cannot draw one element twice at a time, nor clear it meanwhile. */
  draw() {
    this.#drawn = this.#drawn.then(() => this.#drawNow()).catch(() => this.#fail());
  }
  async #drawNow() {
    const library = plotly();
    if (this.gone || !this.data || !library || !this.root.isConnected) return;
    this.#theme = themeOf(this.root).join(" ");
    this.#width = this.root.clientWidth;
    const { traces, layout, legend } = figureOf(this.data, inkOf(this.root), this.#width < NARROW);
    this.note.hidden = true;
    this.legend.replaceChildren(...legend.map(itemOf));
    await library.react(this.drawing, traces, { ...layout, width: this.#width }, CONFIG);
    if (this.gone) return;
    if (!this.#listening) this.drawing.on?.("plotly_click", (event) => this.#picked(event));
    this.#listening = true;
    this.root.dataset.state = "drawn";
  }
  destroy() {
    this.gone = true;
    this.#themes.disconnect();
    this.#sizes.disconnect();
    this.root.remove();
    this.#drawn.then(() => plotly()?.purge(this.drawing));
  }
  #fail() {
    this.note.textContent = "The plot could not be drawn; its numbers stand below.";
    this.note.hidden = this.gone;
  }
  /** Draw again where theme or width are others than what is drawn. */
  #look() {
    if (!this.data || this.gone || !this.root.clientWidth) return;
    if (this.#theme !== themeOf(this.root).join(" ") || this.#width !== this.root.clientWidth) this.draw();
  }
  /** @param {PlotEvent} event */
  #picked(event) {
    const point = event.points?.at(-1);
    const said = this.data && point && meantBy(this.data, point);
    if (said) this.send(said);
  }
};
function inkOf(element) {
  const [text, back] = themeOf(element).map(rgbOf);
  const mix = (share) => `rgb(${text.map((one, at) => Math.round(one * share + back[at] * (1 - share))).join(",")})`;
  const theme = back[0] + back[1] + back[2] > 384 ? "light" : "dark";
  const family = getComputedStyle(element).fontFamily;
  return { text: mix(1), back: mix(0), quiet: mix(0.68), hair: mix(0.16), family, ...COLOURS[theme] };
}
function itemOf({ text, colour, dashed }) {
  const element = make("span", "item");
  const line = make("span", dashed ? "line dashed" : "line");
  line.style.borderTopColor = colour;
  element.append(line, make("span", "", text));
  return element;
}

// lab_plot/index.js
var index_default = mounting((parent) => new LabPlot(parent));
export {
  index_default as default
};
