// Rows select their pictures, into the selection that cards and the map have as well; the tray says what can be done with them.

import { isTaken } from "../shared/keys.js";
import { Marks } from "../shared/tray/marks.js";

/** @import { Marked } from "../shared/tray/data.d.ts" */
/** @import { CaptionTable } from "./caption_table.js" */
/** @import { Row, TableData } from "./data.d.ts" */

/** @implements {Marked} */
export class Selecting {
  noun = "picture"; // captions are counted beside them
  /** @type {number | null} the caption where a range begins */
  #anchor = null;
  #table;
  marks;

  /** @param {CaptionTable} table */
  constructor(table) {
    this.#table = table;
    const { signal } = table.stop;
    this.marks = new Marks(this, signal);
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
  }

  /** The dataset that is selected in; "" where pictures are not selected. */
  get of() {
    return this.#table.data?.selecting ?? "";
  }

  get order() {
    return this.#table.rows.order;
  }

  /** @param {string} type @param {Record<string, unknown>} [more] */
  say(type, more) {
    this.#table.leave({ type, ...more });
  }

  mark() {
    this.#table.rows.markSelected();
    this.#table.drawPicked();
  }

  /** What the server says. @param {TableData} data */
  take({ tagging, exported }) {
    this.marks.take(tagging);
    this.marks.receive(exported);
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
    const { ids } = this.marks;
    const id = row.id ?? "";
    if (!ids.delete(id)) ids.add(id);
    this.#anchor = row.at;
    this.marks.choose(ids);
  }

  /** Select the pictures of all rows from the one that was turned last to this one. @param {Row} row */
  extend(row) {
    const rows = this.#table.data?.rows ?? [];
    const [from, to] = [rows.findIndex(({ at }) => at === this.#anchor), rows.findIndex(({ at }) => at === row.at)];
    const start = from < 0 ? to : from;
    const between = rows.slice(Math.min(start, to), Math.max(start, to) + 1);
    this.#anchor ??= row.at;
    this.marks.choose([...this.marks.ids, ...between.flatMap(({ id }) => id || [])]);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.defaultPrevented || isTaken(event)) return;
    if (this.marks.press(event)) event.preventDefault();
  }
}
