// Below the rows: which page, and the way to others.

import { whole } from "../shared/counting.js";
import { make, textButton } from "../shared/drawing.js";

/** @import { CaptionTable } from "./caption_table.js" */
/** @import { TableData, View } from "./data.d.ts" */

export class Pager {
  root = make("nav", "pager");
  #table;

  /** @param {CaptionTable} table */
  constructor(table) {
    this.#table = table;
    this.root.setAttribute("aria-label", "Pages");
  }

  /**
   * @param {TableData} data
   * @param {View} view
   */
  draw({ page, pages, found, rows }, view) {
    this.root.replaceChildren();
    this.root.hidden = pages <= 1;
    if (pages <= 1) return;
    const first = (page - 1) * view.size + 1;
    const before = this.#step("\u2039 Previous", "Previous page (Page Up in the table)", page - 1);
    const after = this.#step("Next \u203a", "Next page (Page Down in the table)", page + 1);
    before.disabled = page <= 1;
    after.disabled = page >= pages;
    const range = `${whole(first)} to ${whole(first + rows.length - 1)} of ${whole(found)}`;
    const of = make("span", "of", `of ${whole(pages)}`);
    this.root.append(before, this.#number(page, pages), of, after, make("span", "range", range));
  }

  /**
   * @param {string} text
   * @param {string} title
   * @param {number} to
   */
  #step(text, title, to) {
    return textButton("text-button", text, title, () => this.#table.toPage(to));
  }

  /**
   * @param {number} page
   * @param {number} pages
   */
  #number(page, pages) {
    const number = make("input");
    number.type = "number";
    number.min = "1";
    number.max = String(pages);
    number.value = String(page);
    number.setAttribute("aria-label", "Page");
    number.addEventListener("change", () => this.#table.toPage(Math.round(Number(number.value)) || 1));
    return number;
  }
}
