// The rows of the table and its head; one row has the focus, and keys go from row to row and from page to page.

import { make, textButton } from "../shared/drawing.js";
import { focusedBeside, withModifier } from "../shared/keys.js";
import { drawDots } from "../shared/tray/dots.js";
import { KeptImages, lineOf, nameOf, waitingLine } from "./row.js";

/** @import { Line } from "./row.js" */
/** @import { CaptionTable } from "./caption_table.js" */
/** @import { Column, Row, TableData, View } from "./data.d.ts" */

const WAITING_ROWS = 8;

export class Rows {
  table = make("table");
  header = make("tr");
  body = make("tbody");
  /** @type {Line[]} */
  lines = [];
  /** @type {string[]} pictures in the order of their rows */
  order = [];
  /** @type {Map<string, Row>} the row that stands for each picture */
  shown = new Map();
  focusAt = 0;
  /** @type {number | null} the row that has the focus once the page asked for is there; -1 is the last */
  focusAfter = null;
  images = new KeptImages();
  /** @type {string | null} */
  #openedId = null;
  #captions;

  /** @param {CaptionTable} captions */
  constructor(captions) {
    this.#captions = captions;
    this.table.setAttribute("aria-label", "Captions");
    const top = make("thead");
    top.append(this.header);
    this.table.append(top, this.body);
    // Shift would mark the text between two clicks.
    this.body.addEventListener("mousedown", (event) => {
      if (event.shiftKey && captions.selecting.of) event.preventDefault();
    });
    this.body.addEventListener("keydown", (event) => this.onKey(event));
    this.body.addEventListener("focusin", ({ target }) => {
      const row = target instanceof Element ? target.closest("tr") : null;
      if (row) this.markFocus(this.lines.findIndex((line) => line.element === row));
    });
  }

  get hasRows() {
    return this.lines.length > 0;
  }

  get focused() {
    return this.lines[this.focusAt]?.row;
  }

  get focusId() {
    return this.focused?.id ?? null;
  }

  /**
   * @param {TableData} data
   * @param {View} view
   */
  draw(data, view) {
    this.table.hidden = Boolean(data.empty);
    const columns = data.columns.filter((one) => data.shown.includes(one.key));
    this.#drawHeader(columns, view);
    const focused = focusedBeside(this.table);
    const hadFocus = this.lines.some((line) => line.element === focused);
    this.images.turn();
    this.lines = data.loading
      ? Array.from({ length: WAITING_ROWS }, () => waitingLine(columns.length))
      : data.rows.map((row) => this.#line(row, columns, data));
    this.body.replaceChildren(...this.lines.map((line) => line.element));
    this.order = [...new Set(data.rows.flatMap((row) => row.id || []))];
    this.shown = new Map();
    for (const row of data.rows) if (row.id && !this.shown.has(row.id)) this.shown.set(row.id, row);
    this.#refocus(hadFocus);
    this.markOpened(this.#openedId);
  }

  /** Show which rows are those of the picture that stands open beside the table; it is in sight by one of them. @param {string | null} id */
  markOpened(id) {
    const other = id !== this.#openedId;
    this.#openedId = id;
    for (const { element, row } of this.lines) {
      if (id !== null && row?.id === id) element.setAttribute("aria-current", "true");
      else element.removeAttribute("aria-current");
    }
    if (!other || id === null || this.focusId === id) return;
    this.lines.find(({ row }) => row?.id === id)?.element.scrollIntoView({ block: "nearest" });
  }

  /** A picture was opened from this one of its rows. @param {Row} row */
  opened(row) {
    if (row.id) this.shown.set(row.id, row);
  }

  markPicked() {
    for (const { element, row, box } of this.lines) {
      if (!row || !box) continue;
      box.checked = this.#captions.picked.has(row.at);
      element.classList.toggle("chosen", box.checked);
    }
  }

  /** Show of every row whether its picture is selected, and its tags. */
  markSelected() {
    const { marks } = this.#captions.selecting;
    const { ids } = marks;
    for (const { element, row, dots } of this.lines) {
      if (!row || !dots) continue;
      const selected = ids.has(row.id ?? "");
      const tags = marks.tagsOf(row.id ?? "");
      element.classList.toggle("selected", selected);
      element.setAttribute("aria-label", nameOf(row, selected, tags));
      drawDots(dots, tags);
    }
  }

  /** @param {number} at */
  markFocus(at) {
    if (at < 0) return;
    this.lines.forEach(({ element, row }, place) => {
      if (row) element.tabIndex = place === at ? 0 : -1;
    });
    this.focusAt = at;
  }

  /** @param {number} at */
  focusRow(at) {
    const line = this.lines[at];
    if (!line?.row) return;
    this.markFocus(at);
    line.element.focus({ preventScroll: true });
    line.element.scrollIntoView({ block: "nearest" });
  }

  /** Back to a row of a picture: to the one that was left, where it is one. @param {string} id */
  focusPicture(id) {
    const at = this.lines.findIndex((line) => line.row?.id === id);
    if (at >= 0) this.focusRow(this.focusId === id ? this.focusAt : at);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const { data } = this.#captions;
    if (withModifier(event) || !data) return;
    const onRow = event.target instanceof Element && event.target.matches("tr");
    const before = this.focusAt;
    if (this.#goByKey(event.key, data) || (onRow && this.#actByKey(event.key, event.shiftKey))) event.preventDefault();
    if (this.focused && this.focusAt !== before) this.#captions.follow(this.focused);
  }

  /**
   * Whether a key led somewhere.
   *
   * @param {string} key
   * @param {TableData} data
   */
  #goByKey(key, { page, pages }) {
    const at = this.focusAt;
    const last = this.lines.length - 1;
    if (key === "ArrowDown" && at === last && page < pages) this.#captions.toPage(page + 1, 0);
    else if (key === "ArrowUp" && at === 0 && page > 1) this.#captions.toPage(page - 1, -1);
    else if (key === "ArrowDown") this.focusRow(Math.min(last, at + 1));
    else if (key === "ArrowUp") this.focusRow(Math.max(0, at - 1));
    else if (key === "Home") this.focusRow(0);
    else if (key === "End") this.focusRow(last);
    else if (key === "PageDown" && page < pages) this.#captions.toPage(page + 1, 0);
    else if (key === "PageUp" && page > 1) this.#captions.toPage(page - 1, 0);
    else return false;
    return true;
  }

  /** Whether a key did something with the row. @param {string} key @param {boolean} shift */
  #actByKey(key, shift) {
    const row = this.focused;
    if (!row) return false;
    if (key === "Enter") this.#captions.open(row, true);
    else if (this.#captions.selecting.press(key, shift, row)) return true;
    else if (key === " ") this.#captions.pick(row, !this.#captions.picked.has(row.at));
    else return false;
    return true;
  }

  /**
   * @param {Row} row
   * @param {Column[]} columns
   * @param {TableData} data
   */
  #line(row, columns, { marks, counting }) {
    const captions = this.#captions;
    const picked = captions.picked.has(row.at);
    const manner = { picked, marks, counting: Boolean(counting), images: this.images };
    return lineOf(row, columns, manner, {
      pick: (on) => captions.pick(row, on),
      search: () => captions.leave({ type: "search", text: row.caption }),
      open: (event) => {
        if (!captions.selecting.click(event, row)) captions.open(row, event.detail === 0); // 0: by a key
      },
    });
  }

  /** @param {boolean} hadFocus */
  #refocus(hadFocus) {
    this.focusAt = Math.min(this.focusAt, Math.max(0, this.lines.length - 1));
    if (this.focusAfter !== null && !this.#captions.questions.wanted) {
      this.focusRow(this.focusAfter < 0 ? this.lines.length - 1 : this.focusAfter);
      this.focusAfter = null;
    } else if (hadFocus) this.focusRow(this.focusAt);
    else this.markFocus(this.focusAt);
  }

  /**
   * @param {Column[]} columns
   * @param {View} view
   */
  #drawHeader(columns, view) {
    const pick = make("th", "pick");
    const go = make("th", "go");
    pick.append(make("span", "unseen", "Select"));
    go.append(make("span", "unseen", "Search"));
    const caption = this.#headCell("caption", "Caption", "Sort by the sentence", "", view);
    const others = columns.map(({ key, label, help, kind }) =>
      this.#headCell(key, label, help, kind === "number" ? "num" : "other", view),
    );
    this.header.replaceChildren(pick, make("th", "shot", "Picture"), caption, ...others, go);
  }

  /**
   * @param {string} key
   * @param {string} label
   * @param {string} help
   * @param {string} kind
   * @param {View} view
   */
  #headCell(key, label, help, kind, { sort, descending }) {
    const cell = make("th", kind);
    const on = sort === key;
    cell.setAttribute("aria-sort", on ? (descending ? "descending" : "ascending") : "none");
    const turn = () => this.#captions.sortBy(key, on && !this.#captions.view.descending);
    const button = textButton("text-button", label, `${help} Click to sort.`, turn);
    if (on) button.append(make("span", "arrow", descending ? "\u2193" : "\u2191"));
    cell.append(button);
    return cell;
  }
}
