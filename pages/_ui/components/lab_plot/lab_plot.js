// One plot: drawn once Plotly's script is there, and again when data, theme or width are others.

import { make } from "../shared/drawing.js";
import { loadPlotly, plotly } from "../shared/plotly.js";
import { rgbOf, themeOf } from "../shared/theme.js";
import { figureOf, meantBy } from "./figures.js";

/** @import { Message, Mounted, Parent, Plot, PlotEvent } from "../shared/types.d.ts" */
/** @import { Ink, LegendItem, PlotData } from "./data.d.ts" */

const CONFIG = { displayModeBar: false, responsive: false, doubleClick: false };
const NARROW = 560;
// Both stand out 3 : 1 from either theme's page.
const COLOURS = { light: { one: "#2f6f8f", two: "#b4570f" }, dark: { one: "#7fb8d4", two: "#f0a35e" } };

/** @implements {Mounted<PlotData>} */
export class LabPlot {
  /** @type {(said: Message) => void} */
  send = () => {};
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
      () => this.#fail(),
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
}

/** @param {Element} element @returns {Ink} */
function inkOf(element) {
  const [text, back] = themeOf(element).map(rgbOf);
  const mix = (/** @type {number} */ share) =>
    `rgb(${text.map((one, at) => Math.round(one * share + back[at] * (1 - share))).join(",")})`;
  const theme = back[0] + back[1] + back[2] > 384 ? "light" : "dark";
  const family = getComputedStyle(element).fontFamily;
  return { text: mix(1), back: mix(0), quiet: mix(0.68), hair: mix(0.16), family, ...COLOURS[theme] };
}

/** @param {LegendItem} item */
function itemOf({ text, colour, dashed }) {
  const element = make("span", "item");
  const line = make("span", dashed ? "line dashed" : "line");
  line.style.borderTopColor = colour;
  element.append(line, make("span", "", text));
  return element;
}
