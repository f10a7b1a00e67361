// The picture itself, as large as there is room and its pixels can bear.

import { make } from "../drawing.js";

/** @import { Known, Shown } from "./data.d.ts" */

const LARGEST_ZOOM = 2;

export class Stage {
  root = make("div", "stage");
  picture = make("img");
  note = make("p", "note");
  #drawn = "";

  constructor() {
    this.root.append(this.picture, this.note);
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
    this.picture.style.width = width ? `${width * LARGEST_ZOOM}px` : "";
    this.picture.style.aspectRatio = width && height ? `${width} / ${height}` : "";
    this.picture.hidden = !source;
    if (source) this.picture.src = source;
  }
}
