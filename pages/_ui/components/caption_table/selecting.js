// Rows select their pictures, into the selection that cards and the map have as well.

import { choose, chosenOf, onChosen } from "../shared/chosen.js";
import { countOf } from "../shared/counting.js";
import { make, textButton } from "../shared/drawing.js";

/** @import { CaptionTable } from "./caption_table.js" */
/** @import { Row } from "./data.d.ts" */

export class Selecting {
  /** @type {number | null} the caption where a range begins */
  #anchor = null;
  #table;

  /** @param {CaptionTable} table */
  constructor(table) {
    this.#table = table;
    onChosen(() => this.draw(), table.stop.signal);
  }

  /** The dataset that is selected in; "" where pictures are not selected. */
  get of() {
    return this.#table.data?.selecting ?? "";
  }

  get ids() {
    return chosenOf(this.of);
  }

  /** Whether a key was followed. @param {string} key @param {boolean} shift @param {Row} row */
  press(key, shift, row) {
    if (key.toLowerCase() !== "x" || !this.of || !row.id) return false;
    if (shift) this.extend(row);
    else this.turn(row);
    return true;
  }

  /** Whether a click selected something. @param {MouseEvent} event @param {Row} row */
  click({ shiftKey, ctrlKey, metaKey, altKey }, row) {
    if (!this.of || !row.id || altKey || !(shiftKey || ctrlKey || metaKey)) return false;
    if (shiftKey) this.extend(row);
    else this.turn(row);
    return true;
  }

  /** Select a row's picture, or no longer. @param {Row} row */
  turn(row) {
    const { ids } = this;
    const id = row.id ?? "";
    if (!ids.delete(id)) ids.add(id);
    this.#anchor = row.at;
    choose(this.of, ids); // which draws
  }

  /** Select the pictures of all rows from the one that was turned last to this one. @param {Row} row */
  extend(row) {
    const rows = this.#table.data?.rows ?? [];
    const [from, to] = [rows.findIndex(({ at }) => at === this.#anchor), rows.findIndex(({ at }) => at === row.at)];
    const start = from < 0 ? to : from;
    const between = rows.slice(Math.min(start, to), Math.max(start, to) + 1);
    this.#anchor ??= row.at;
    choose(this.of, [...this.ids, ...between.flatMap(({ id }) => id || [])]);
  }

  draw() {
    this.#table.rows.markSelected(this.ids);
    this.#table.drawPicked();
  }

  /** What the bar says of it. */
  parts() {
    const { size } = this.ids;
    if (!size) return [];
    const clear = textButton("text-button", "Select none", "Select no pictures", () => choose(this.of, []));
    return [
      make("span", "count", `${countOf(size, "picture")} selected`),
      make("span", "how", "Search and Map have them, too: tag, export and ask there."),
      clear,
    ];
  }
}
