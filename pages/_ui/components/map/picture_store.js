// Small pictures by row: their addresses asked for where they are wanted, a few loaded at a time, the last used kept.

import { Questions } from "../shared/questions.js";
import { Sequence } from "../shared/sequence.js";

/** @import { MapData } from "./data.d.ts" */

const MOST_KEPT = 800;
const MOST_ASKED = 64;
const MOST_LOADING = 6;
const MOST_TRIES = 8; // a thumbnail that is still being made is asked for again
const ANSWER_MS = 4000;
const SHARPNESS = 2; // pixels kept for each that a picture may take at one pixel a point

export class PictureStore {
  /** @type {Map<number, ImageBitmap | null>} null while it comes, and where there is none; the one used last is last */
  #kept = new Map();
  /** @type {Map<number, number>} how often each was asked for in vain */
  #tries = new Map();
  /** @type {[number, string][]} */
  #queue = [];
  #loading = 0;
  #gone = false;
  #sequence = new Sequence();
  /** @type {Questions<number[]>} */
  #questions;
  #side;
  #arrived;

  /**
   * @param {(question: { seq: number, rows: number[] }) => void} ask
   * @param {() => void} arrived called when a picture is there
   * @param {number} side the largest that is drawn
   */
  constructor(ask, arrived, side) {
    this.#side = side * SHARPNESS;
    this.#arrived = arrived;
    this.#questions = new Questions((rows) => ask({ seq: this.#sequence.next(), rows }), arrived, ANSWER_MS);
  }

  /** @param {number} row */
  get(row) {
    const picture = this.#kept.get(row);
    if (!picture) return null;
    this.#kept.delete(row);
    this.#kept.set(row, picture);
    return picture;
  }

  /** See that these come; those that are first in the list come first. @param {number[]} rows */
  want(rows) {
    const missing = rows.filter((row) => !this.#kept.has(row) && (this.#tries.get(row) ?? 0) < MOST_TRIES);
    if (missing.length) this.#questions.want(missing.slice(0, MOST_ASKED));
    else this.#questions.wanted = null;
  }

  /** The server's answer: an address a row, empty where there is no picture. @param {MapData["thumbnails"]} told */
  receive(told) {
    if (!told.seq || !this.#sequence.follow(told.seq)) return;
    for (const row of told.rows) this.#tries.set(row, (this.#tries.get(row) ?? 0) + 1);
    for (const [row, address] of Object.entries(told.addresses)) {
      if (this.#kept.has(Number(row))) continue;
      this.#kept.set(Number(row), null);
      if (address) this.#queue.push([Number(row), address]);
    }
    this.#load();
    this.#questions.answered();
  }

  forget() {
    for (const picture of this.#kept.values()) picture?.close();
    this.#kept.clear();
    this.#tries.clear();
    this.#queue = [];
  }

  end() {
    this.#gone = true;
    this.#questions.end();
    this.forget();
  }

  #load() {
    while (this.#loading < MOST_LOADING && this.#queue.length) {
      const [row, address] = /** @type {[number, string]} */ (this.#queue.shift());
      this.#loading += 1;
      fetched(address, this.#side)
        .then((picture) => this.#keep(row, picture))
        .catch(() => {}) // a picture that cannot be shown stays a point
        .finally(() => {
          this.#loading -= 1;
          this.#load();
        });
    }
  }

  /** @param {number} row @param {ImageBitmap} picture */
  #keep(row, picture) {
    if (this.#gone || !this.#kept.has(row)) {
      picture.close();
      return;
    }
    this.#kept.delete(row);
    this.#kept.set(row, picture);
    for (const [oldest, old] of this.#kept) {
      if (this.#kept.size <= MOST_KEPT) break;
      old?.close();
      this.#kept.delete(oldest);
      this.#tries.delete(oldest);
    }
    this.#arrived();
  }
}

/** A picture made as small as it is drawn. @param {string} address @param {number} side */
async function fetched(address, side) {
  const image = new Image();
  image.src = new URL(address, document.baseURI).href;
  await image.decode();
  const scale = Math.min(1, side / Math.max(image.naturalWidth, image.naturalHeight));
  return createImageBitmap(image, {
    resizeWidth: Math.max(1, Math.round(image.naturalWidth * scale)),
    resizeHeight: Math.max(1, Math.round(image.naturalHeight * scale)),
    resizeQuality: "medium",
  });
}
