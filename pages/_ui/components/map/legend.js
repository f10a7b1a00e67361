// What colours, outlines, rings and shapes stand for, as long as they are on the map. A group of a colour can be shown alone.

import { make } from "../shared/drawing.js";
import { focusedBeside } from "../shared/keys.js";
import { HUES } from "./colours.js";
import { HINT } from "./naming.js";

/** @import { EmbeddingMap } from "./embedding_map.js" */
/** @import { Cluster, Colour, Ink, MapData } from "./data.d.ts" */
/** @import { Named, Naming } from "./naming.js" */

const ALONE = "Show these alone; again shows all, Shift adds others to them";

export class Legend {
  root = make("div", "legend");
  /** Groups that are shown alone, by their value; empty where all are shown. @type {Set<number>} */
  alone = new Set();
  #key = "";
  #colours = "";
  #map;

  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
  }

  /** @param {MapData} data */
  draw({ colour, clusters, hits, place, texts, second, asked }) {
    const { naming } = this.#map;
    if (naming.typing) return;
    const ink = this.#map.ink();
    const shown = { hits: hits.length > 0, query: Boolean(place?.marker), ring: Boolean(this.#map.selector.rows) };
    const compared = second && [asked, second.asked];
    const separable = this.#map.gl && !this.#map.points?.density;
    const own = colour.kind === "groups" && colour.clusters ? clustersOf(colour, clusters, naming) : [];
    const key = JSON.stringify([
      this.#map.colours?.key,
      ink.key,
      Boolean(texts),
      shown,
      separable,
      compared,
      own,
      naming.offered,
    ]);
    if (key === this.#key) return;
    this.#key = key;
    const focused = this.#focused();
    this.root.replaceChildren(...this.#colourSigns(colour, own, ink, separable));
    if (focused) this.focus(focused);
    if (texts) this.root.append(dot(ink.point, "pictures"), dot(ink.caption, "captions", "dot diamond"));
    if (shown.query) this.root.append(item(make("span", "query"), "query"));
    if (shown.hits) this.root.append(item(make("span", "hit"), second ? `A: ${asked}` : "hits, the closest largest"));
    if (second) {
      const sign = make("span", "second");
      sign.style.borderColor = ink.second;
      this.root.append(item(sign, `B: ${second.asked}`));
    }
    if (shown.ring) {
      const ring = make("span", "ring");
      ring.style.borderColor = ink.ring;
      this.root.append(item(ring, "selected, the rest faded"));
    }
    this.root.hidden = !this.root.childElementCount;
    this.#press();
  }

  /** Whether a row's group is among those that are shown alone; of other colours every one is. @param {number} row */
  shows(row) {
    const { colours } = this.#map;
    return !this.alone.size || colours?.kind !== "groups" || this.alone.has(colours.values[row]);
  }

  /** Groups of other colours are others. @param {string} key of the colours */
  forget(key) {
    if (key !== this.#colours) this.alone.clear();
    this.#colours = key;
  }

  /**
   * Show a group alone, or with those that are shown already; all where it was alone.
   *
   * @param {number} label
   * @param {boolean} more
   */
  choose(label, more) {
    const { alone } = this;
    const was = alone.has(label);
    const only = was && alone.size === 1;
    if (!more) alone.clear();
    if (was && (more || only)) alone.delete(label);
    else alone.add(label);
    this.#press();
    this.#map.drawnCloud.recolour();
    this.#map.draw();
  }

  /** @param {number | string} label */
  focus(label) {
    const button = this.root.querySelector(`[data-label="${label}"]`);
    if (button instanceof HTMLElement) button.focus();
  }

  /** The label of the group that has the focus. */
  #focused() {
    const focused = focusedBeside(this.root);
    return focused instanceof HTMLElement && this.root.contains(focused) ? focused.dataset.label : undefined;
  }

  #press() {
    for (const button of this.root.querySelectorAll("button.group-sign")) {
      if (!(button instanceof HTMLElement)) continue;
      button.setAttribute("aria-pressed", String(this.alone.has(Number(button.dataset.label))));
    }
  }

  /**
   * @param {Colour} colour
   * @param {Named[]} own the groups that are clusters
   * @param {Ink} ink
   * @param {boolean} separable
   */
  #colourSigns(colour, own, ink, separable) {
    if (colour.kind === "one") return [];
    const title = make("span", "title", colour.title);
    if (colour.kind === "groups") {
      const signs = colour.names.map((name, at) => {
        const cluster = own.find(({ label }) => label === colour.labels[at]);
        const sign = dot(HUES[colour.labels[at]] ?? ink.grey, cluster?.name ?? name);
        return separable ? this.#button(sign, colour.labels[at], cluster) : sign;
      });
      return [title, ...signs];
    }
    const bar = make("span", "ramp");
    bar.style.background = `linear-gradient(90deg, ${ink.scale.join(", ")})`;
    const scale = make("span", "item");
    scale.append(make("span", "end", colour.low), bar, make("span", "end", colour.high));
    return [title, scale];
  }

  /** @param {HTMLElement} sign @param {number} label @param {Named} [cluster] that can be renamed */
  #button(sign, label, cluster) {
    const button = make("button", "item group-sign");
    button.type = "button";
    button.title = ALONE;
    button.dataset.label = String(label);
    button.append(...sign.childNodes);
    button.addEventListener("click", (event) => this.choose(label, event.shiftKey));
    if (!cluster || !this.#map.naming.offered) return button;
    button.title = `${ALONE}; ${HINT}`;
    const holder = make("span", "named");
    holder.append(button);
    this.#map.naming.offer(holder, button, cluster, this);
    return holder;
  }
}

/**
 * The clusters among the groups of a colour: the first ones, for the rest has no hue.
 *
 * @param {Extract<Colour, { kind: "groups" }>} colour
 * @param {Cluster[]} clusters
 * @param {Naming} naming
 * @returns {Named[]}
 */
function clustersOf({ names, labels }, clusters, naming) {
  return labels
    .map((label, at) => ({ label, name: names[at], made: clusters.find((one) => one.label === label)?.made }))
    .filter(({ label }) => label < HUES.length)
    .map((one) => ({ ...one, name: naming.nameOf(one) }));
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
