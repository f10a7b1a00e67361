// The map: Plotly draws the cloud, an overlay of our own draws the query, the hits and the selection above it.
// The cloud is drawn once; a query moves only the overlay, so that neither the points nor the zoom are touched.
// Text that comes from data is only ever set as textContent. points.js, select.js and card.js are appended to this file.

const LOWEST = 380;
const BELOW = 92;
const PADDING = 0.05;
const LABELS_FADE_AT = 3;
const CLOSEST = 0.2; // share of the whole map that is shown of a small group
const LABEL_SHIFTS = [0, -26, 26];
const MOVING_MS = 500;
const REACH = 12;
const CLICK_WITHIN = 4; // pixels the mouse may move between press and release
const VIEW_AFTER_MS = 160;

const views = new Map(); // where a map was left, for coming back to the page

export default mounting((parent) => new EmbeddingMap(parent), (map, { data, setTriggerValue }) => {
  map.send = (event) => setTriggerValue("event", event);
  map.update(data);
});

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function hasWebGL() {
  try {
    const context = document.createElement("canvas").getContext("webgl");
    if (!context) return false;
    const lose = context.getExtension("WEBGL_lose_context");
    if (lose) lose.loseContext(); // a page may hold only a few
    return true;
  } catch {
    return false;
  }
}

let plotly = null;
function loadPlotly(address) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  if (!plotly) {
    plotly = new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = new URL(address, document.baseURI).href;
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => {
        plotly = null;
        reject(new Error("Plotly's script could not be loaded"));
      };
      document.head.append(script);
    });
  }
  return plotly;
}

class EmbeddingMap {
  constructor(parent) {
    this.root = make("div", "t2i-map");
    this.root.dataset.state = "loading";
    this.root.embeddingMap = this; // for tests and the curious
    this.plot = make("div", "plot");
    this.overlay = make("canvas", "overlay");
    // Drawings without names of their own; the whole has one, and the names of clusters are buttons.
    for (const one of [this.plot, this.overlay]) one.setAttribute("aria-hidden", "true");
    this.labels = make("div", "labels");
    this.note = make("p", "note");
    this.note.hidden = true;
    this.foot = make("div", "foot");
    this.groups = make("div", "groups");
    this.groups.hidden = true;
    this.legend = make("div", "legend");
    this.foot.append(this.groups, this.legend);
    this.hits = new Map(); // what is shown of each row that is a hit
    this.card = new Card(this);
    this.selector = new Selector(this);
    this.root.append(this.plot, this.overlay, this.labels, this.selector.canvas, this.selector.tools, this.foot, this.note, this.card.element, this.card.pinned);
    parent.append(this.root);
    this.points = null;
    this.view = null;
    this.version = null;
    this.data = null;
    this.gl = hasWebGL();
    this.stop = new AbortController();
    const { signal } = this.stop;
    this.root.addEventListener("wheel", () => this.moving(), { signal, capture: true, passive: true });
    this.root.addEventListener("pointermove", (event) => event.buttons && this.moving(), { signal, capture: true });
    this.root.addEventListener("pointerup", () => this.moving(), { signal, capture: true });
    this.root.addEventListener("pointerdown", (event) => this.press(event), { signal, capture: true });
    window.addEventListener("pointerup", (event) => this.release(event), { signal, capture: true });
    this.root.addEventListener("dblclick", () => this.selector.mode === "move" && this.fit(), { signal });
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.card.unpin(), { signal });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(() => this.recolour(), 200), { signal });
    this.theme = new MutationObserver(() => requestAnimationFrame(() => this.recolour()));
    this.theme.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
    this.theme.observe(document.head, { childList: true });
    this.resizer = new ResizeObserver(() => this.resized());
    this.resizer.observe(parent);
    window.addEventListener("resize", () => this.resized(), { signal });
    this.size();
  }

  destroy() {
    this.stop.abort();
    this.theme.disconnect();
    this.resizer.disconnect();
    clearTimeout(this.viewTimer);
    this.card.destroy();
    if (this.view) views.set(this.version, { ...this.view });
    if (window.Plotly && this.drawn) window.Plotly.purge(this.plot);
    this.root.remove();
    this.gone = true;
  }

  // --- data ---------------------------------------------------------------------------------------------------------

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
      this.load().catch((error) => this.fail(error));
      return;
    }
    if (!this.points) return; // still loading: it draws what is newest when it is there
    this.follow().catch((error) => this.fail(error));
  }

  fail(error) {
    this.note.hidden = false;
    this.note.textContent = `The map could not be drawn: ${error.message}. Load the page again.`;
    this.root.dataset.state = "failed";
  }

  async load() {
    const version = this.version;
    const asked = performance.now();
    const [, points] = await Promise.all([loadPlotly(this.data.plotly), loadPoints(this.data), nextFrame()]);
    if (this.gone || version !== this.version) return;
    this.points = points;
    this.shownView = this.data.view ? JSON.stringify(this.data.view) : "";
    this.view = views.get(version) || null;
    await this.takeColours();
    await this.drawCloud();
    this.takeMarkers();
    this.root.dataset.state = "ready";
    this.root.dataset.readyMs = String(Math.round(performance.now() - asked));
  }

  /** New data for the cloud that is there. */
  async follow() {
    const shown = this.data.view ? JSON.stringify(this.data.view) : "";
    if (shown !== this.shownView) {
      this.shownView = shown;
      this.points = await loadPoints(this.data);
      this.colours = null;
      await this.takeColours();
      this.drawCloud();
    } else if (await this.takeColours()) this.recolour();
    else if (this.hitsAreDrawn() && this.hitsKey !== this.keyOfHits()) this.drawCloud();
    this.takeMarkers();
  }

  async takeColours() {
    const colour = this.data.colour;
    const key = JSON.stringify(colour);
    if (this.colours && this.colours.key === key) return false;
    this.colours = await loadColours(colour, key);
    return true;
  }

  takeMarkers() {
    this.selector.take(this.data.selected);
    this.hits = new Map(this.data.hits.map((hit) => [hit.row, hit]));
    this.card.receive(this.data);
    this.drawGroups();
    this.drawLegend();
    this.drawLabels();
    this.fade();
    this.draw();
    this.root.dataset.query = this.data.asked || "";
  }

  // --- drawing the cloud --------------------------------------------------------------------------------------------

  size() {
    const top = this.root.getBoundingClientRect().top + window.scrollY;
    const narrow = window.innerWidth < 640;
    const height = narrow ? Math.round(window.innerHeight * 0.58) : Math.max(LOWEST, window.innerHeight - top - BELOW);
    this.root.style.height = `${height}px`;
    this.width = Math.max(50, this.root.clientWidth);
    this.height = height;
    const ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.overlay, this.selector.canvas]) {
      canvas.width = Math.round(this.width * ratio);
      canvas.height = Math.round(this.height * ratio);
    }
  }

  resized() {
    const before = [this.width, this.height];
    this.size();
    if (before[0] === this.width && before[1] === this.height) {
      this.draw();
      return;
    }
    if (!this.drawn || !this.view) return;
    const scale = (this.view.x1 - this.view.x0) / before[0];
    const middle = [(this.view.x0 + this.view.x1) / 2, (this.view.y0 + this.view.y1) / 2];
    this.show({
      x0: middle[0] - (scale * this.width) / 2, x1: middle[0] + (scale * this.width) / 2,
      y0: middle[1] - (scale * this.height) / 2, y1: middle[1] + (scale * this.height) / 2,
    }, true);
  }

  /** Everything in view, one unit as long across as up. */
  whole() {
    const [left, right, bottom, top] = this.data.bounds;
    const scale = (1 + 2 * PADDING) * Math.max((right - left) / this.width, (top - bottom) / this.height);
    const x = (left + right) / 2;
    const y = (bottom + top) / 2;
    return { x0: x - (scale * this.width) / 2, x1: x + (scale * this.width) / 2, y0: y - (scale * this.height) / 2, y1: y + (scale * this.height) / 2 };
  }

  fit() {
    this.show(this.whole());
  }

  /** Look at a box, with some room around it; a small one is not blown up beyond what is near it. */
  lookAt([left, right, bottom, top]) {
    const whole = this.whole();
    const closest = (whole.x1 - whole.x0) * CLOSEST;
    const across = Math.max(closest, 1.5 * (right - left), (1.5 * (top - bottom) * this.width) / this.height);
    const half = [across / 2, (across * this.height) / this.width / 2];
    const [x, y] = [(left + right) / 2, (bottom + top) / 2];
    this.show({ x0: x - half[0], x1: x + half[0], y0: y - half[1], y1: y + half[1] });
  }

  zoom(factor) {
    const { x0, x1, y0, y1 } = this.view;
    const x = (x0 + x1) / 2;
    const y = (y0 + y1) / 2;
    const half = [((x1 - x0) / 2) * factor, ((y1 - y0) / 2) * factor];
    this.show({ x0: x - half[0], x1: x + half[0], y0: y - half[1], y1: y + half[1] });
  }

  show(view, resize = false) {
    this.view = view;
    const change = { "xaxis.range": [view.x0, view.x1], "yaxis.range": [view.y0, view.y1] };
    if (resize) Object.assign(change, { width: this.width, height: this.height });
    if (this.drawn) window.Plotly.relayout(this.plot, change);
    this.draw();
    this.askView();
  }

  async drawCloud() {
    if (!this.view) this.view = this.whole();
    this.look = `${this.ink().key} ${this.colours.key}`;
    const layout = {
      width: this.width, height: this.height, margin: { l: 0, r: 0, t: 0, b: 0 },
      xaxis: { visible: false, range: [this.view.x0, this.view.x1] },
      yaxis: { visible: false, range: [this.view.y0, this.view.y1] },
      dragmode: "pan", hovermode: "closest", hoverdistance: 14, showlegend: false,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", images: [],
    };
    const density = this.densityImage();
    if (density) layout.images = [density];
    const traces = this.traces();
    const config = { scrollZoom: true, displayModeBar: false, doubleClick: false, showTips: false, responsive: false };
    if (this.drawn) await window.Plotly.react(this.plot, traces, layout, config);
    else {
      this.drawn = true;
      await window.Plotly.newPlot(this.plot, traces, layout, config);
      const measuring = document.getElementById("js-plotly-tester"); // in the page's body, far outside of what is seen
      if (measuring) measuring.setAttribute("aria-hidden", "true");
      this.plot.on("plotly_hover", (event) => this.hovered(event));
      this.plot.on("plotly_unhover", () => this.card.leave());
      this.plot.on("plotly_relayout", () => this.moving());
      this.plot.on("plotly_relayouting", () => this.moving());
    }
    if (!this.gl || this.points.density) {
      this.note.hidden = false;
      this.note.textContent = this.gl
        ? `In view: ${countOf(this.points.count, "picture")}, drawn as density on a logarithmic scale. Zoom in to see each as a point.`
        : "This browser has no WebGL, so the map shows how densely pictures lie, on a logarithmic scale, and the hits. Hovering and clicking work on the hits.";
    } else this.note.hidden = true;
    this.root.dataset.drawn = this.gl && !this.points.density ? "points" : "density";
  }

  /** Whether Plotly draws only the hits: without WebGL, and where there are too many points. */
  hitsAreDrawn() {
    return !this.gl || Boolean(this.points.density);
  }

  keyOfHits() {
    return this.data.hits.map((hit) => hit.row).join(" ");
  }

  traces() {
    this.hitsKey = this.keyOfHits();
    const { x, y, texts } = this.points;
    const shared = { mode: "markers", hoverinfo: "none" };
    const traces = [];
    if (!this.hitsAreDrawn()) traces.push({ ...shared, type: "scattergl", x, y, marker: this.marker() });
    else {
      // Without WebGL every point would be an element of its own; only the hits are.
      const hits = this.data.hits;
      traces.push({ ...shared, type: "scatter", x: hits.map((hit) => hit.x), y: hits.map((hit) => hit.y), customdata: hits.map((hit) => hit.row), marker: { size: 14, color: "rgba(0,0,0,0)" } });
    }
    if (texts && this.gl) traces.push({ ...shared, type: "scattergl", x: texts.x, y: texts.y, marker: { size: this.pointSize() * 0.8, symbol: "diamond", color: this.ink().caption, opacity: 0.75 } });
    return traces;
  }

  marker() {
    const ink = this.ink();
    const marker = { size: this.pointSize(), opacity: this.points.x.length > 5000 ? 0.7 : 0.85, line: { width: 0 } };
    if (this.colours.kind === "one") return { ...marker, color: ink.point };
    const color = new Float32Array(this.points.x.length);
    for (let i = 0; i < color.length; i += 1) color[i] = this.colours.values[this.rowOf(i)];
    return { ...marker, color, cmin: 0, cmax: 255, showscale: false, colorscale: plotlyScale(this.colours, ink) };
  }

  rowOf(index) {
    return this.points.rows ? this.points.rows[index] : index;
  }

  pointSize() {
    const count = this.points.x.length;
    return count <= 400 ? 9 : count <= 3000 ? 6 : count <= 50000 ? 4 : 2.5;
  }

  densityImage() {
    let grid = this.points.density;
    let bounds = this.data.bounds;
    let side = this.points.side;
    if (grid) bounds = this.data.view.range;
    else if (!this.gl) {
      side = 256;
      grid = gridOf(this.points, bounds, side);
    } else return null;
    const [left, right, bottom, top] = bounds;
    return { source: densityPicture(grid, side, this.ink().rgb), xref: "x", yref: "y", x: left, y: top, sizex: right - left, sizey: top - bottom, sizing: "stretch", layer: "below" };
  }

  recolour() {
    if (!this.drawn || !this.points || this.gone) return;
    if (this.look === `${this.ink().key} ${this.colours.key}`) return;
    this.drawLegend();
    this.drawCloud().then(() => this.fade());
    this.draw();
  }

  /** Colours of the theme that is on. */
  ink() {
    const style = getComputedStyle(this.root);
    const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
    const told = [read("--st-text-color", "#1d1f21"), read("--st-background-color", "#fcfcfb"), read("--st-primary-color", "#2f6f8f")];
    const key = told.join(" ");
    if (this.inks && this.inks.key === key) return this.inks;
    const [text, back] = told.map(rgbOf);
    const mix = (share) => `rgb(${text.map((one, i) => Math.round(one * share + back[i] * (1 - share))).join(",")})`;
    const theme = back[0] + back[1] + back[2] > 384 ? "light" : "dark";
    this.inks = {
      key, rgb: text, text: `rgb(${text.join(",")})`, back: `rgb(${back.join(",")})`, ring: RING[theme], scale: SCALES[theme],
      point: mix(0.5), grey: mix(0.28), caption: mix(0.78),
    };
    return this.inks;
  }

  /** The rest steps back where something stands out; a style, so that nothing is drawn again. */
  fade() {
    const holder = this.plot.querySelector(".gl-container");
    if (!holder) return;
    const strong = this.selector.rows ? 0.25 : this.data.hits.length && this.colours.kind === "one" ? 0.5 : 1;
    holder.style.opacity = String(strong);
  }

  // --- moving -------------------------------------------------------------------------------------------------------

  /** Plotly moves the cloud by itself for a moment; the overlay follows each frame until it rests. */
  moving() {
    this.until = performance.now() + MOVING_MS;
    if (!this.following) {
      this.following = true;
      requestAnimationFrame(() => this.followPlot());
    }
  }

  followPlot() {
    if (this.gone || !this.drawn || !this.plot._fullLayout) {
      this.following = false;
      return;
    }
    const [x0, x1] = this.plot._fullLayout.xaxis.range;
    const [y0, y1] = this.plot._fullLayout.yaxis.range;
    const view = this.view;
    if (view && (view.x0 !== x0 || view.x1 !== x1 || view.y0 !== y0 || view.y1 !== y1)) {
      this.view = { x0, x1, y0, y1 };
      this.draw();
      this.askView();
      this.until = Math.max(this.until, performance.now() + 120);
    }
    if (performance.now() < this.until) requestAnimationFrame(() => this.followPlot());
    else this.following = false;
  }

  /** Of very many points the server says what is in view. */
  askView() {
    if (!this.data.view) return;
    clearTimeout(this.viewTimer);
    this.viewTimer = setTimeout(() => {
      const { x0, x1, y0, y1 } = this.view;
      this.send({ type: "view", range: [x0, x1, y0, y1] });
    }, VIEW_AFTER_MS);
  }

  toPixels(x, y) {
    const { x0, x1, y0, y1 } = this.view;
    return [((x - x0) / (x1 - x0)) * this.width, ((y1 - y) / (y1 - y0)) * this.height];
  }

  toMap(left, top) {
    const { x0, x1, y0, y1 } = this.view;
    return [x0 + (left / this.width) * (x1 - x0), y1 - (top / this.height) * (y1 - y0)];
  }

  // --- pointing -----------------------------------------------------------------------------------------------------

  pointed(event) {
    const point = event.points && event.points[0];
    if (!point) return null;
    const texts = point.curveNumber === 1;
    const row = texts ? this.points.texts.owners[point.pointIndex] : point.customdata !== undefined ? point.customdata : this.rowOf(point.pointIndex);
    return { row, x: point.x, y: point.y, text: texts ? point.pointIndex : null };
  }

  hovered(event) {
    const at = this.pointed(event);
    if (at) this.card.show(at);
  }

  /** A click is told from a drag here: Plotly forgets which point the mouse is on when it draws in between. */
  press(event) {
    const starts = event.button === 0 && this.selector.mode === "move" && this.plot.contains(event.target);
    this.pressed = starts ? { x: event.clientX, y: event.clientY, at: this.card.at } : null;
  }

  release(event) {
    const from = this.pressed;
    this.pressed = null;
    if (!from || Math.hypot(event.clientX - from.x, event.clientY - from.y) > CLICK_WITHIN) return;
    const at = from.at || (this.gl && this.points && !this.points.density ? this.nearest(event) : null);
    if (at) this.card.pin(at);
  }

  /** The picture whose point is nearest to the mouse, within reach; null when there is none. */
  nearest(event) {
    const box = this.root.getBoundingClientRect();
    const [left, top] = [event.clientX - box.left, event.clientY - box.top];
    const { x, y } = this.points;
    let [best, index] = [REACH ** 2, -1];
    for (let i = 0; i < x.length; i += 1) {
      const [a, b] = this.toPixels(x[i], y[i]);
      const far = (a - left) ** 2 + (b - top) ** 2;
      if (far < best) [best, index] = [far, i];
    }
    return index < 0 ? null : { row: this.rowOf(index), x: x[index], y: y[index], text: null };
  }

  /** Rows near a point, nearest first: their pictures are asked for together. */
  near(row, count) {
    const { x, y } = this.points;
    const at = this.points.rows ? this.points.rows.indexOf(row) : row;
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
    return [row, ...best.map(([, i]) => this.rowOf(i)).filter((one) => one !== row)];
  }

  // --- drawing above the cloud --------------------------------------------------------------------------------------

  draw() {
    if (!this.view || !this.points || !this.data) return;
    const ratio = window.devicePixelRatio || 1;
    const brush = this.overlay.getContext("2d");
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    brush.clearRect(0, 0, this.width, this.height);
    const ink = this.ink();
    if (this.points.texts) this.drawCaptionLines(brush, ink);
    this.selector.drawChosen(brush, ink);
    this.drawQuery(brush, ink);
    this.placeLabels();
    this.card.place(brush, ink);
  }

  /** The query among its hits: its spread, lines to those that it stands among, the hits, and itself above them. */
  drawQuery(brush, ink) {
    const marker = this.data.place && this.data.place.marker;
    if (marker) this.drawSpread(brush, ink, marker);
    const chosen = this.selector.rows && new Set(this.selector.rows);
    for (const hit of [...this.data.hits].reverse()) {
      const [left, top] = this.toPixels(hit.x, hit.y);
      const radius = this.hitRadius(hit);
      brush.globalAlpha = !chosen || chosen.has(hit.row) ? 1 : 0.4;
      brush.fillStyle = hueOf(this.colours, hit.row, ink);
      brush.beginPath();
      brush.arc(left, top, radius - 1.5, 0, 7);
      brush.fill();
      for (const [at, width, colour] of [[radius + 0.4, 1.2, ink.back], [radius - 1, 2, ink.text]]) {
        brush.beginPath();
        brush.arc(left, top, at, 0, 7);
        brush.lineWidth = width;
        brush.strokeStyle = colour;
        brush.stroke();
      }
    }
    brush.globalAlpha = 1;
    if (marker) this.drawMarker(brush, ink, marker);
  }

  /** The closer the hit, the larger; never smaller than the points around it. */
  hitRadius(hit) {
    return Math.max(this.pointSize() / 2 + 2, 5, 9.5 - 0.19 * (hit.rank - 1));
  }

  drawSpread(brush, ink, marker) {
    const [left, top] = this.toPixels(marker.x, marker.y);
    const scale = this.width / (this.view.x1 - this.view.x0);
    brush.globalAlpha = 0.07;
    brush.fillStyle = ink.text;
    brush.beginPath();
    brush.arc(left, top, Math.max(14, marker.ring * scale), 0, 7);
    brush.fill();
    brush.globalAlpha = 0.4;
    brush.strokeStyle = ink.text;
    brush.lineWidth = 1;
    brush.beginPath();
    for (const row of marker.rows) {
      const hit = this.hits.get(row);
      if (!hit) continue;
      brush.moveTo(left, top);
      brush.lineTo(...this.toPixels(hit.x, hit.y));
    }
    brush.stroke();
    brush.globalAlpha = 1;
  }

  drawMarker(brush, ink, marker) {
    const [left, top] = this.toPixels(marker.x, marker.y);
    brush.beginPath();
    brush.arc(left, top, 13.5, 0, 7);
    brush.fillStyle = ink.back;
    brush.fill();
    brush.beginPath();
    brush.arc(left, top, 11, 0, 7);
    brush.lineWidth = 2.2;
    brush.strokeStyle = ink.text;
    brush.stroke();
    brush.beginPath();
    brush.arc(left, top, 3.5, 0, 7);
    brush.fillStyle = ink.text;
    brush.fill();
  }

  drawCaptionLines(brush, ink) {
    const { texts, x, y } = this.points;
    brush.strokeStyle = ink.text;
    brush.lineWidth = 0.7;
    const line = (position) => {
      const row = texts.owners[position];
      brush.moveTo(...this.toPixels(texts.x[position], texts.y[position]));
      brush.lineTo(...this.toPixels(x[row], y[row]));
    };
    if (this.data.texts.lines) {
      brush.globalAlpha = 0.1;
      brush.beginPath();
      for (let position = 0; position < texts.owners.length; position += 1) line(position);
      brush.stroke();
    }
    const at = this.card.at || this.card.pinnedAt;
    if (at) {
      brush.globalAlpha = 0.9;
      brush.lineWidth = 1.4;
      brush.beginPath();
      for (let position = 0; position < texts.owners.length; position += 1) {
        if (at.text !== null ? position === at.text : texts.owners[position] === at.row) line(position);
      }
      brush.stroke();
    }
    brush.globalAlpha = 1;
  }

  // --- names of clusters and the legend -----------------------------------------------------------------------------

  drawLabels() {
    const key = JSON.stringify(this.data.clusters);
    if (key === this.labelsKey) return;
    this.labelsKey = key;
    this.labels.replaceChildren();
    for (const cluster of this.data.clusters) {
      const button = make("button", "name", cluster.name);
      button.type = "button";
      button.title = `Select this cluster: ${countOf(cluster.count, "picture")}`;
      button.cluster = cluster;
      button.addEventListener("click", () => this.send({ type: "cluster", label: cluster.label }));
      // A name stands for its cluster: the pictures it covers are no longer pointed at.
      button.addEventListener("pointerenter", () => this.card.leave());
      this.labels.append(button);
    }
  }

  /** Names where their clusters are, or a little beside; where there is no room only the larger cluster's is shown. */
  placeLabels() {
    const zoomed = (this.whole().x1 - this.whole().x0) / (this.view.x1 - this.view.x0);
    this.labels.style.opacity = String(zoomed <= LABELS_FADE_AT ? 1 : Math.max(0.25, 1 - (zoomed - LABELS_FADE_AT) / 6));
    // A name gives way to the query's marker, and to what stands over the map.
    const taken = [];
    const marker = this.data.place && this.data.place.marker;
    if (marker) {
      const [left, top] = this.toPixels(marker.x, marker.y);
      taken.push([left - 15, top - 15, left + 15, top + 15]);
    }
    for (const over of [this.selector.tools, this.foot, this.note]) {
      if (!over.hidden) taken.push([over.offsetLeft, over.offsetTop, over.offsetLeft + over.offsetWidth, over.offsetTop + over.offsetHeight]);
    }
    for (const button of this.labels.children) {
      const [left, top] = this.toPixels(button.cluster.x, button.cluster.y);
      if (!button.size) button.size = [button.offsetWidth || button.textContent.length * 7 + 12, button.offsetHeight || 20];
      const [width, height] = button.size;
      const free = LABEL_SHIFTS.map((shift) => top + shift).find((middle) => {
        const box = [left - width / 2 - 3, middle - height / 2 - 2, left + width / 2 + 3, middle + height / 2 + 2];
        const outside = box[0] < 0 || box[1] < 0 || box[2] > this.width || box[3] > this.height;
        if (outside || taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) return false;
        taken.push(box);
        return true;
      });
      button.hidden = free === undefined;
      if (!button.hidden) button.style.transform = `translate(${Math.round(left - width / 2)}px, ${Math.round(free - height / 2)}px)`;
    }
  }

  /** How the best hits lie where they do not all lie together; a click on a number looks at those and selects them. */
  drawGroups() {
    const place = this.data.place;
    const key = JSON.stringify(place && [place.of, place.groups, place.alone]);
    if (key === this.groupsKey) return;
    this.groupsKey = key;
    const groups = place ? place.groups : [];
    const alone = place && place.alone;
    this.groups.hidden = groups.length + (alone ? alone.count : 0) < 2;
    this.groups.replaceChildren();
    if (this.groups.hidden) return;
    const button = (group, at, title) => {
      const one = make("button", "group", String(group.count));
      one.type = "button";
      one.title = title;
      one.setAttribute("aria-label", title);
      one.addEventListener("click", () => {
        this.lookAt(group.box);
        this.send({ type: "group", place: at });
      });
      return one;
    };
    const pictures = (count) => (count === 1 ? "picture" : `${count} pictures`);
    const each = groups.map((group, at) => button(group, at, `Look at this group and select its ${pictures(group.count)}`));
    const single = alone && button(alone, groups.length, `Look at the ${pictures(alone.count)} by themselves and select them`);
    if (!groups.length) this.groups.append("The best hits on the map all lie apart: ", single);
    else if (groups.length === 1) this.groups.append(`Of the ${place.of} best hits on the map `, each[0], " lie together, ", single, " alone");
    else {
      this.groups.append(`The ${place.of} best hits on the map lie in ${groups.length} groups: `);
      each.forEach((one, at) => this.groups.append(at ? " / " : "", one));
      if (single) this.groups.append(", and ", single, " alone");
    }
  }

  /** What colours, outlines, rings and shapes stand for, as long as they are on the map. */
  drawLegend() {
    const { colour, hits, place, texts } = this.data;
    const ink = this.ink();
    const shown = [Boolean(hits.length), Boolean(place && place.marker), Boolean(this.selector.rows)];
    const key = JSON.stringify([this.colours && this.colours.key, ink.key, Boolean(texts), shown]);
    if (key === this.legendKey) return;
    this.legendKey = key;
    this.legend.replaceChildren();
    if (colour.kind !== "one") {
      this.legend.append(make("span", "title", colour.title));
      if (colour.kind === "scale") {
        const bar = make("span", "ramp");
        bar.style.background = `linear-gradient(90deg, ${ink.scale.join(", ")})`;
        const scale = make("span", "item");
        scale.append(make("span", "end", colour.low), bar, make("span", "end", colour.high));
        this.legend.append(scale);
      } else colour.names.forEach((name, at) => this.legend.append(this.sign("dot", at < HUES.length ? HUES[at] : ink.grey, name)));
    }
    if (texts) this.legend.append(this.sign("dot", ink.point, "pictures"), this.sign("dot diamond", ink.caption, "captions"));
    if (shown[1]) this.legend.append(this.sign("query", "", "query"));
    if (shown[0]) this.legend.append(this.sign("hit", "", "hits, the closest largest"));
    if (shown[2]) this.legend.append(this.sign("ring", "", "selected, the rest faded"));
    this.legend.hidden = !this.legend.childElementCount;
  }

  /** One entry of the legend. */
  sign(shape, colour, name) {
    const item = make("span", "item");
    const dot = make("span", shape);
    if (colour) dot.style.background = colour;
    if (shape === "ring") dot.style.borderColor = this.ink().ring;
    item.append(dot, make("span", "", name));
    return item;
  }
}
