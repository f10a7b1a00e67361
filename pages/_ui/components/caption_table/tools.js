// Beside what was found: order, direction, and rows on a page.

import { make, textButton } from "../shared/drawing.js";

/** @import { CaptionTable } from "./caption_table.js" */
/** @import { Column, TableData, View } from "./data.d.ts" */

const PAGE_SIZES = [25, 50, 100, 200];

let comfortable = false; // for as long as the page is open, also when it is left and come back to

export class Tools {
  #table;
  root = make("div", "tools");
  sort = make("select");
  size = make("select");
  #sortKey = "";
  rows = textButton("text-button", "Comfortable", "Larger pictures and whole captions", () => this.#turnRows());

  /** @param {CaptionTable} table */
  constructor(table) {
    this.sort.setAttribute("aria-label", "Sort by");
    this.sort.addEventListener("change", () => table.sortBy(this.sort.value, false));
    this.direction = textButton("text-button", "", "Turn the order around", () =>
      table.sortBy(table.view.sort, !table.view.descending),
    );
    this.size.setAttribute("aria-label", "Rows on a page");
    for (const size of PAGE_SIZES) this.size.append(new Option(`${size} rows`, String(size)));
    this.size.addEventListener("change", () => table.ask({ size: Number(this.size.value), page: 1 }));
    this.#table = table;
    this.root.append(this.sort, this.direction, this.size, this.rows);
    this.#showRows();
  }

  #turnRows() {
    comfortable = !comfortable;
    this.#showRows();
  }

  #showRows() {
    this.rows.setAttribute("aria-pressed", String(comfortable));
    this.#table.root.classList.toggle("compact", !comfortable);
  }

  /**
   * @param {TableData} data
   * @param {View} view
   */
  draw({ columns, pages, rows }, view) {
    this.root.hidden = !columns.length;
    const key = columns.map((one) => one.key).join("\n");
    if (key !== this.#sortKey) {
      this.#sortKey = key;
      this.sort.replaceChildren(...columns.map((one) => new Option(one.label, one.key)));
    }
    this.sort.value = view.sort;
    this.direction.textContent = directionOf(view, columns);
    this.size.value = String(view.size);
    this.size.hidden = !rows.length || (pages <= 1 && view.size === PAGE_SIZES[0]);
  }
}

/**
 * @param {View} view
 * @param {Column[]} columns
 */
function directionOf({ sort, descending }, columns) {
  if (sort === "order") return descending ? "last first" : "first first";
  const column = columns.find((one) => one.key === sort);
  if (!column || column.kind === "number") return descending ? "highest first" : "lowest first";
  return descending ? "Z to A" : "A to Z";
}
