// The picture itself, as large as there is room and its pixels can bear.

import { make } from "../drawing.js";
import { drawHeat } from "./heat.js";

/** @import { HeatMap, Known, Shown } from "./data.d.ts" */

const LARGEST_ZOOM = 2;
const CANVAS_SIDE = 512; // pixels of the longer side; heat is smooth

export class Stage {
  root = make("div", "stage");
  picture = make("img");
  heat = make("canvas");
  note = make("p", "note");
  #drawn = "";

  constructor() {
    this.heat.setAttribute("aria-hidden", "true"); // what it shows is said in words beside the picture
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
    // Small pictures are enlarged, but never beyond what their pixels can bear.
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
}
