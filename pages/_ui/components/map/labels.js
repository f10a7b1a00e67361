// Names of clusters, where their clusters are or a little beside.

import { countOf } from "../shared/counting.js";
import { make, textButton } from "../shared/drawing.js";

/** @import { EmbeddingMap } from "./embedding_map.js" */
/** @import { Cluster } from "./data.d.ts" */

/** @typedef {[number, number, number, number]} Box left, top, right, bottom */

const FADE_AT = 3; // times the whole map
const SHIFTS = [0, -26, 26];

export class Labels {
  root = make("div", "labels");
  /** @type {{ button: HTMLButtonElement, cluster: Cluster, size?: [number, number] }[]} */
  names = [];
  #key = "";
  #map;

  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
  }

  /** @param {Cluster[]} clusters */
  draw(clusters) {
    const key = JSON.stringify(clusters);
    if (key === this.#key) return;
    this.#key = key;
    this.names = clusters.map((cluster) => ({ cluster, button: this.#button(cluster) }));
    this.root.replaceChildren(...this.names.map(({ button }) => button));
  }

  /** Where there is no room for all, only the larger clusters' are shown. */
  place() {
    const map = this.#map;
    const zoom = map.viewport.zoomFactor;
    this.root.style.opacity = String(zoom <= FADE_AT ? 1 : Math.max(0.25, 1 - (zoom - FADE_AT) / 6));
    const taken = this.#taken();
    for (const name of this.names) {
      const { button, cluster } = name;
      const [left, top] = map.toPixels(cluster.x, cluster.y);
      name.size ??= [button.offsetWidth || cluster.name.length * 7 + 12, button.offsetHeight || 20];
      const [width, height] = name.size;
      const middle = freeMiddle(left, top, name.size, taken, map);
      button.hidden = middle === undefined;
      if (middle === undefined) continue;
      button.style.transform = `translate(${Math.round(left - width / 2)}px, ${Math.round(middle - height / 2)}px)`;
    }
  }

  /** A name gives way to the query's marker, and to what stands over the map. */
  #taken() {
    /** @type {Box[]} */
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
  #button({ name, count, label }) {
    const map = this.#map;
    const title = `Select this cluster: ${countOf(count, "picture")}`;
    const button = textButton("name", name, title, () => map.send({ type: "cluster", label }));
    // A name stands for its cluster: the pictures it covers are no longer pointed at.
    button.addEventListener("pointerenter", () => map.card.leave());
    return button;
  }
}

/**
 * How high a name can stand without meeting another; what it takes there is taken then.
 *
 * @param {number} left
 * @param {number} top
 * @param {[number, number]} size
 * @param {Box[]} taken
 * @param {{ width: number, height: number }} room
 */
export function freeMiddle(left, top, [width, height], taken, room) {
  return SHIFTS.map((shift) => top + shift).find((middle) => {
    /** @type {Box} */
    const box = [left - width / 2 - 3, middle - height / 2 - 2, left + width / 2 + 3, middle + height / 2 + 2];
    const outside = box[0] < 0 || box[1] < 0 || box[2] > room.width || box[3] > room.height;
    if (outside || taken.some((other) => meet(box, other))) return false;
    taken.push(box);
    return true;
  });
}

/**
 * @param {Box} one
 * @param {Box} other
 */
function meet(one, other) {
  return one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];
}
