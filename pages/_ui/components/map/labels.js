// Names of clusters, where their clusters are or a little beside.

import { countOf } from "../shared/counting.js";
import { make, textButton } from "../shared/drawing.js";
import { focusedBeside } from "../shared/keys.js";
import { HINT } from "./naming.js";

/** @import { EmbeddingMap } from "./embedding_map.js" */
/** @import { Cluster } from "./data.d.ts" */

/** @typedef {[number, number, number, number]} Box left, top, right, bottom */

const FADE_AT = 3; // times the whole map
const SHIFTS = [0, -26, 26];
const EDGE = 4;
const LONG = 24; // letters of a name that may be cut off
const PENCIL = 26; // what is beside a name that can be renamed

export class Labels {
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
    if (naming.typing) return; // what is typed would be lost; it is drawn then
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
      const middle = freeMiddle(centre, top, name.size, taken, map);
      holder.hidden = middle === undefined;
      if (middle === undefined) continue;
      holder.classList.toggle("at-edge", centre + width / 2 + PENCIL > map.width);
      move(holder, centre - width / 2, middle - height / 2);
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
  #named(cluster) {
    const map = this.#map;
    const { name, count, label } = cluster;
    const holder = make("span", "named");
    const hint = map.naming.offered ? `; ${HINT}` : "";
    const whole = name.length > LONG ? `${name}. ` : "";
    const title = `${whole}Select this cluster: ${countOf(count, "picture")}${hint}`;
    const button = textButton("name", name, title, () => map.send({ type: "cluster", label }));
    // A name stands for its cluster: the pictures it covers are no longer pointed at.
    button.addEventListener("pointerenter", () => map.card.leave());
    holder.append(button);
    map.naming.offer(holder, button, cluster, this);
    return { holder, button, cluster };
  }
}

/** @param {HTMLElement} holder @param {number} left @param {number} top */
function move(holder, left, top) {
  holder.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
}

/** Where something begins so that all of it is in a room. @param {number} at @param {number} size @param {number} room */
function within(at, size, room) {
  return Math.max(EDGE, Math.min(at, room - size - EDGE));
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
