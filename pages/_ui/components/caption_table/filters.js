// Filters on every column of the captions: a panel with one field each, and a chip for each that is on.

import { make, textButton } from "../shared/drawing.js";
import { filterField, filterText } from "./filter_fields.js";

/** @import { CaptionTable } from "./caption_table.js" */
/** @import { Column, Filter, TableData, View } from "./data.d.ts" */

export class Filters {
  panel = make("div", "filters");
  chips = make("div", "chips");
  button = textButton("text-button", "Filters", "Filter on any column", () => this.toggle());
  /** @type {Map<string, (filter: Filter) => void>} what shows a column's filter in its field */
  fields = new Map();
  /** @type {View["filters"]} */
  filters = {};
  #key = "";
  #table;

  /** @param {CaptionTable} table */
  constructor(table) {
    this.#table = table;
    this.button.setAttribute("aria-expanded", "false");
    this.panel.hidden = true;
    this.panel.setAttribute("role", "group");
    this.panel.setAttribute("aria-label", "Filters");
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // of the page: what is selected stays
      this.toggle();
      this.button.focus();
    });
  }

  toggle() {
    this.panel.hidden = !this.panel.hidden;
    this.button.setAttribute("aria-expanded", String(!this.panel.hidden));
    if (!this.panel.hidden) this.panel.querySelector("input")?.focus();
  }

  /**
   * @param {TableData} data
   * @param {View} view
   */
  draw(data, { filters }) {
    this.filters = filters;
    const columns = data.columns.filter((one) => one.key !== "order" && one.key !== "caption");
    const key = JSON.stringify(columns);
    if (key !== this.#key) {
      this.#key = key;
      const fields = columns.map((column) => filterField(column, (filter) => this.set(column.key, filter)));
      this.fields = new Map(fields.map(({ show }, place) => [columns[place].key, show]));
      this.panel.replaceChildren(...fields.map(({ field }) => field));
    }
    for (const column of columns) this.fields.get(column.key)?.(filters[column.key] || {});
    this.#drawChips(columns);
  }

  /**
   * @param {string} key
   * @param {Filter | null} filter
   */
  set(key, filter) {
    const filters = { ...this.filters };
    delete filters[key];
    if (filter) filters[key] = filter;
    this.#table.ask({ filters, page: 1 });
  }

  /** @param {Column[]} columns */
  #drawChips(columns) {
    const on = columns.filter((column) => this.filters[column.key]);
    this.chips.replaceChildren(...on.map((column) => this.#chip(column, this.filters[column.key])));
    this.chips.hidden = !on.length;
    this.button.textContent = on.length ? `Filters (${on.length})` : "Filters";
  }

  /**
   * @param {Column} column
   * @param {Filter} filter
   */
  #chip({ key, label }, filter) {
    const text = `${label} ${filterText(filter)}`;
    const chip = textButton("text-button filter-chip", text, "Take this filter off", () => this.set(key, null));
    chip.append(make("span", "cross", "\u00d7"));
    return chip;
  }
}
