// What colours, outlines, rings and shapes stand for, as long as they are on the map.

import { make } from "../shared/drawing.js";
import { HUES } from "./colours.js";

/** @import { EmbeddingMap } from "./embedding_map.js" */
/** @import { Colour, Ink, MapData } from "./data.d.ts" */

export class Legend {
  root = make("div", "legend");
  #key = "";
  #map;

  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
  }

  /** @param {MapData} data */
  draw({ colour, hits, place, texts }) {
    const ink = this.#map.ink();
    const shown = { hits: hits.length > 0, query: Boolean(place?.marker), ring: Boolean(this.#map.selector.rows) };
    const key = JSON.stringify([this.#map.colours?.key, ink.key, Boolean(texts), shown]);
    if (key === this.#key) return;
    this.#key = key;
    this.root.replaceChildren(...colourSigns(colour, ink));
    if (texts) this.root.append(dot(ink.point, "pictures"), dot(ink.caption, "captions", "dot diamond"));
    if (shown.query) this.root.append(item(make("span", "query"), "query"));
    if (shown.hits) this.root.append(item(make("span", "hit"), "hits, the closest largest"));
    if (shown.ring) {
      const ring = make("span", "ring");
      ring.style.borderColor = ink.ring;
      this.root.append(item(ring, "selected, the rest faded"));
    }
    this.root.hidden = !this.root.childElementCount;
  }
}

/**
 * @param {Colour} colour
 * @param {Ink} ink
 */
function colourSigns(colour, ink) {
  if (colour.kind === "one") return [];
  const title = make("span", "title", colour.title);
  if (colour.kind === "groups") {
    return [title, ...colour.names.map((name, at) => dot(at < HUES.length ? HUES[at] : ink.grey, name))];
  }
  const bar = make("span", "ramp");
  bar.style.background = `linear-gradient(90deg, ${ink.scale.join(", ")})`;
  const scale = make("span", "item");
  scale.append(make("span", "end", colour.low), bar, make("span", "end", colour.high));
  return [title, scale];
}

/**
 * @param {string} colour
 * @param {string} name
 * @param {string} [shape]
 */
function dot(colour, name, shape = "dot") {
  const sign = make("span", shape);
  sign.style.background = colour;
  return item(sign, name);
}

/**
 * @param {HTMLElement} sign
 * @param {string} name
 */
function item(sign, name) {
  const one = make("span", "item");
  one.append(sign, make("span", "", name));
  return one;
}
