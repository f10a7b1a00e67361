// The map: what is on it, which part is in view, and how it follows what the server says.

import { make } from "../shared/drawing.js";
import { hasWebGL, loadPlotly } from "../shared/plotly.js";
import { Card } from "./card.js";
import { pointSize } from "./cloud.js";
import { inkOf, themeOf } from "./colours.js";
import { DrawnCloud } from "./drawn_cloud.js";
import { Groups } from "./groups.js";
import { Labels } from "./labels.js";
import { Legend } from "./legend.js";
import { Naming } from "./naming.js";
import { cleared, drawCaptionLines, drawHits, drawMarker, drawSecond, drawSpread } from "./overlay.js";
import { PointedMark } from "./pointed_mark.js";
import { Pointing } from "./pointing.js";
import { loadColours, loadPoints } from "./points.js";
import { Selector } from "./selector.js";
import { Sharing } from "./sharing.js";
import { Thumbnails } from "./thumbnails.js";
import { Viewport } from "./viewport.js";

/** @import { Message, Mounted, Parent, Plot } from "../shared/types.d.ts" */
/** @import { Bounds, Colours, Hit, Ink, MapData, Points, View } from "./data.d.ts" */

const RECOLOUR_AFTER_MS = 200;

/** @type {Map<string, { view: View, width: number }>} */
const views = new Map(); // where a map was left, for coming back to the page

/** @implements {Mounted<MapData>} */
export class EmbeddingMap {
  /** @type {(said: Message) => void} */
  send = () => {};
  /** @type {MapData | null} */
  data = null;
  version = "";
  /** @type {Points | null} */
  points = null;
  /** @type {Colours | null} */
  colours = null;
  /** @type {Map<number, Hit>} what is shown of each row that is a hit */
  hits = new Map();
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
    Object.assign(this.root, { embeddingMap: this }); // for tests and the curious
    // Drawings without names of their own; the whole has one, and the names of clusters are buttons.
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
    event.preventDefault(); // one step back: what is selected stays so
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
    if (!this.points) return; // still loading: it draws what is newest when it is there
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
    this.legend.forget(colour.kind === "groups" ? colour.title + colour.values : key); // by another name a group is the same
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
}

function nextFrame() {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
