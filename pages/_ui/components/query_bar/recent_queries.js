// Recent queries of this browser, one list a dataset, kept in localStorage. They are never sent anywhere but as a query.

import { checked, thumbOf } from "./recent_entry.js";

/** @import { Asked, Recent } from "./data.d.ts" */

const PREFIX = "t2i recent ";
const MOST = 10;
const MOST_DATASETS = 20;
/** @type {Map<string, Recent[]>} */
const refused = new Map(); // lists of a browser that keeps nothing: there as long as the page is

export class RecentQueries {
  of = "";
  last = "";
  /** @type {Asked | null} */
  asked = null;

  /**
   * Take over which dataset is open and what was asked of it, if anything that can be asked again.
   *
   * @param {string} of
   * @param {Asked | null} asked
   */
  take(of, asked) {
    this.of = of || "";
    this.asked = asked || null;
    const now = asked ? `${this.of} ${asked.key}` : "";
    if (asked && now !== this.last) this.keep(asked);
    this.last = now;
  }

  /** @param {Asked} asked */
  keep(asked) {
    const list = this.list();
    const known = list.find((one) => one.key === asked.key);
    const entry = checked({ ...asked, thumb: known ? known.thumb : "" });
    if (entry) this.write([entry, ...list.filter((one) => one.key !== asked.key)].slice(0, MOST));
  }

  /**
   * The picture that is the query was drawn: a small copy of it goes with its entry, for addresses do not last.
   *
   * @param {HTMLImageElement} image
   */
  picture(image) {
    const { asked } = this;
    // A picture asked for before may arrive late, when the query is made of words again.
    if (!asked || !["like", "alike"].includes(asked.kind) || image.hidden || !image.naturalWidth) return;
    const list = this.list();
    const entry = list.find((one) => one.key === asked.key);
    if (!entry || entry.thumb) return;
    entry.thumb = thumbOf(image);
    if (entry.thumb) this.write(list);
  }

  /** @returns {Recent[]} */
  list() {
    const name = PREFIX + this.of;
    const unkept = refused.get(name);
    if (unkept) return unkept;
    try {
      const kept = JSON.parse(localStorage.getItem(name) || "{}");
      const list = Array.isArray(kept.list) ? kept.list : [];
      return list.flatMap((/** @type {unknown} */ one) => checked(one) ?? []).slice(0, MOST);
    } catch {
      return [];
    }
  }

  /** @param {Recent[]} list */
  write(list) {
    const name = PREFIX + this.of;
    try {
      localStorage.setItem(name, JSON.stringify({ at: Date.now(), list }));
      refused.delete(name);
      forgetOldest();
    } catch {
      refused.set(name, list); // no room, or storage is switched off
    }
  }

  forget() {
    const name = PREFIX + this.of;
    refused.delete(name);
    try {
      localStorage.removeItem(name);
    } catch {
      // Where nothing may be kept there is nothing to remove.
    }
  }
}

/** Datasets come and go; their lists must not fill the browser's room. */
function forgetOldest() {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  if (names.length <= MOST_DATASETS) return;
  const ages = new Map(names.map((name) => [name, ageOf(name)]));
  names.sort((one, other) => (ages.get(one) ?? 0) - (ages.get(other) ?? 0));
  for (const name of names.slice(0, names.length - MOST_DATASETS)) localStorage.removeItem(name);
}

/** @param {string} name */
function ageOf(name) {
  try {
    return Number(JSON.parse(localStorage.getItem(name) ?? "").at) || 0;
  } catch {
    return 0;
  }
}
