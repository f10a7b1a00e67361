// The cloud as Plotly has drawn it: once, and again only when points, colours or theme are others.

import { plotly } from "../shared/plotly.js";
import { CONFIG, drawnAs, hitsAreDrawn, layoutOf, tracesOf } from "./cloud.js";

/** @import { EmbeddingMap } from "./embedding_map.js" */

export class DrawnCloud {
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
    // In the page's body, far outside of what is seen.
    document.getElementById("js-plotly-tester")?.setAttribute("aria-hidden", "true");
    plot.on?.("plotly_hover", (event) => pointing.hovered(event));
    plot.on?.("plotly_unhover", () => pointing.left());
    plot.on?.("plotly_relayout", () => viewport.moving());
    plot.on?.("plotly_relayouting", () => viewport.moving());
  }

  #keyOfHits() {
    return (this.#map.data?.hits ?? []).map((hit) => hit.row).join(" ");
  }
}

/** What says that the cloud would look the same. @param {import("./cloud.js").Cloud} cloud */
function lookOf({ ink, colours, alone }) {
  return `${ink.key} ${colours.key} ${[...alone].join(" ")}`;
}
