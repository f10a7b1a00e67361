// One row of the table: a caption, its picture and its values.

import { clampShape, filledBar, LENS, make, scoreText, signButton } from "../shared/drawing.js";
import { markedLine } from "../shared/marking.js";

/** @import { Column, Mark, Row } from "./data.d.ts" */

/** @typedef {{ element: HTMLTableRowElement, row?: Row, box?: HTMLInputElement, dots?: HTMLElement }} Line a row as it is drawn; one that waits has no data */

/** Pictures by their address, so that a row that is drawn again does not load its picture again. */
export class KeptImages {
  /** @type {Map<string, HTMLImageElement[]>} */
  #before = new Map();
  /** @type {Map<string, HTMLImageElement[]>} */
  #now = new Map();

  /** All rows are drawn anew: what they do not take is let go of. */
  turn() {
    this.#before = this.#now;
    this.#now = new Map();
  }

  /** @param {string} src */
  take(src) {
    const image = this.#before.get(src)?.pop() ?? freshImage(src);
    this.#now.set(src, [...(this.#now.get(src) ?? []), image]);
    return image;
  }
}

/** @param {string} src */
function freshImage(src) {
  const image = make("img");
  image.decoding = "async";
  image.draggable = false;
  image.addEventListener("error", () => image.replaceWith(make("span", "none", "no file")));
  image.src = src;
  return image;
}

/**
 * @param {Row} row
 * @param {Column[]} columns
 * @param {{ picked: boolean, marks: Mark[], counting: boolean, images: KeptImages }} manner
 * @param {{ pick: (on: boolean) => void, search: () => void, open: (event: MouseEvent) => void }} acts
 * @returns {Line}
 */
export function lineOf(row, columns, { picked, marks, counting, images }, acts) {
  const element = make("tr", "row");
  element.tabIndex = -1;
  element.dataset.at = String(row.at);
  element.setAttribute("aria-label", nameOf(row, false, []));
  const box = checkbox(row, picked, acts.pick);
  const pick = make("td", "pick");
  pick.append(box);
  const text = make("td", "text");
  text.title = row.caption; // which is cut off where rows are low
  text.append(markedLine("sentence", row.caption, meant(marks)), make("span", "file", row.name || row.note));
  const dots = make("span", "dots");
  dots.setAttribute("aria-hidden", "true");
  const search = signButton("icon-button", LENS, "Search pictures with this caption", acts.search);
  search.tabIndex = -1;
  const go = make("td", "go");
  go.append(search);
  element.append(pick, shot(row, images, dots), text, ...columns.map((column) => valueCell(row, column, counting)), go);
  element.classList.toggle("chosen", picked);
  element.addEventListener("click", (event) => {
    const { target } = event;
    if (target instanceof Element && target.closest("button, .pick")) return;
    if (!String(getSelection())) acts.open(event); // text that is being marked is no click
  });
  return { element, row, box, dots };
}

/** What a row is called. @param {Row} row @param {boolean} selected @param {string[]} tags */
export function nameOf(row, selected, tags) {
  const tagged = tags.length ? `Tagged ${tags.join(", ")}. ` : "";
  return `${selected ? "Selected. " : ""}${row.caption}. ${tagged}Enter opens its picture`;
}

/** A row in the final layout while captions are being read. @param {number} columns @returns {Line} */
export function waitingLine(columns) {
  const element = make("tr", "skeleton");
  const picture = make("td", "shot");
  const text = make("td", "text");
  picture.append(make("span", "frame"));
  text.append(make("span", "bone"));
  element.append(make("td"), picture, text, ...Array.from({ length: columns + 1 }, () => make("td")));
  return { element };
}

/**
 * Which words of a caption were looked for.
 *
 * @param {Mark[]} marks
 * @returns {((word: string) => boolean) | null}
 */
export function meant(marks) {
  if (!marks.length) return null;
  return (bare) =>
    marks.some(({ word, how }) => {
      if (how === "word") return bare === word;
      return how === "beginning" ? bare.startsWith(word) : bare.includes(word);
    });
}

/**
 * @param {Row} row
 * @param {boolean} picked
 * @param {(on: boolean) => void} pick
 */
function checkbox(row, picked, pick) {
  const box = make("input");
  box.type = "checkbox";
  box.tabIndex = -1;
  box.checked = picked;
  box.setAttribute("aria-label", `Select the caption ${row.caption}`);
  box.addEventListener("change", () => pick(box.checked));
  return box;
}

/**
 * @param {Row} row
 * @param {KeptImages} images
 * @param {HTMLElement} dots
 */
function shot(row, images, dots) {
  const cell = make("td", "shot");
  const frame = make("span", "frame");
  frame.style.aspectRatio = String(clampShape(row.width, row.height));
  if (row.src) {
    const image = images.take(row.src);
    image.alt = `Picture ${row.id}`;
    frame.append(image);
  } else if (row.pending) frame.classList.add("pending");
  else frame.append(make("span", "none", row.id ? "no file" : "no picture"));
  if (row.note) frame.title = row.note;
  frame.append(dots);
  cell.append(frame);
  return cell;
}

/**
 * @param {Row} row
 * @param {Column} column
 * @param {boolean} counting whether ranks are being counted
 */
function valueCell(row, { key, label, kind }, counting) {
  const value = row.values[key];
  const cell = make("td", kind === "number" ? "num" : "other");
  cell.dataset.key = key;
  cell.dataset.label = label;
  if (value === null || value === undefined || value === "") {
    cell.append(make("span", "value unknown", "\u2013"));
    if (key === "rank" && counting) cell.title = "Being counted";
  } else if (key === "similarity" && typeof value === "number") {
    cell.append(make("span", "value", scoreText(value)), filledBar(row.bar));
  } else {
    const text = typeof value === "number" ? value.toLocaleString("en-US", { maximumFractionDigits: 4 }) : value;
    cell.append(make("span", "value", text));
  }
  return cell;
}
