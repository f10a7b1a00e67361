// The tray at the bottom: how many pictures are selected, and what can be done with them. It is there once one is.

import { make, textButton, textField } from "../drawing.js";
import { focusedBeside } from "../keys.js";

/** @import { Marks } from "./marks.js" */

const FILES = [
  ["CSV", ".csv", "A table for spreadsheets"],
  ["JSON", ".json", "For programs, with the request"],
  ["Parquet", ".parquet", "A table for data frames"],
  ["ZIP", ".zip", "The pictures themselves"],
  ["Contact sheet", ".html", "A page that opens without a network"],
];

export class Tray {
  root = make("div", "tray");
  #count = make("span", "number");
  #form = make("form");
  #field = textField();
  #last = make("span", "last");
  #told = make("span", "told");
  #marks;
  #drawn = "";
  /** @type {Element | null} what had the focus before a key led here */
  #before = null;
  exportProblem = "";

  /** @param {Marks} marks */
  constructor(marks) {
    this.#marks = marks;
    this.root.hidden = true;
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Selected pictures");
    for (const one of [this.#count, this.#told]) one.setAttribute("role", "status");
    this.#field.placeholder = "Tag";
    this.#field.maxLength = 80;
    this.#field.enterKeyHint = "done";
    this.#field.setAttribute("aria-label", "Tag of the selected pictures");
    const give = textButton("plain", "Tag", "Give the tag; where all have it, take it", () => {});
    give.type = "submit";
    this.#form.append(this.#field, give);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      marks.tag(this.#field.value);
      this.#field.value = "";
      this.#goBack();
    });
    this.#field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation(); // one step back: the selection stays
      this.#goBack();
    });
    const like = textButton("plain", "Like", "Rank what is like them first", () => marks.like());
    like.hidden = !marks.likes;
    const ask = textButton("plain", "Ask with these", "Search for what they have in common", () => marks.ask());
    this.undo = textButton("plain", "Undo", "Take the last tagging back (Ctrl-Z)", () => marks.undo());
    const clear = textButton("plain", "Clear", "Select nothing (Escape)", () => marks.clear());
    this.root.append(this.#count, this.#form, this.#last, like, ask, this.#export(), this.undo, clear, this.#told);
  }

  draw() {
    const { ids, data, wishes } = this.#marks;
    this.root.hidden = !ids.size;
    if (!data) return;
    const away = ids.size && this.#marks.elsewhere;
    const elsewhere = away ? `, ${away === ids.size ? "none" : ids.size - away} of them here` : "";
    say(this.#count, ids.size ? `${this.#marks.counted} selected${elsewhere}` : "");
    say(this.#told, this.exportProblem || data.problem || data.told);
    this.#form.hidden = data.refused;
    this.#last.hidden = data.refused;
    this.undo.hidden = data.refused;
    this.undo.disabled = !data.undo && !wishes.length;
    const key = JSON.stringify(data.last);
    if (key === this.#drawn) return; // a button that is replaced under the mouse is never clicked
    this.#drawn = key;
    this.#last.replaceChildren(...data.last.map((tag, at) => this.#shortcut(tag, at + 1)));
  }

  /** Put the focus where a tag is typed. */
  goToTag() {
    this.#before = focusedBeside(this.root);
    this.#field.focus();
  }

  /** To the card or row that a key led here from, so that keys go on from there. */
  #goBack() {
    const before = this.#before;
    this.#before = null;
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    else if (focusedBeside(this.root) === this.#field) this.#field.blur();
  }

  /** The Export button, and behind it what the selection can become. */
  #export() {
    const all = make("span", "last");
    const files = make("span", "last");
    files.hidden = true;
    const open = textButton("plain", "Export", "Save the selected pictures as a file", () => {
      files.hidden = !files.hidden;
      open.setAttribute("aria-expanded", String(!files.hidden));
    });
    open.setAttribute("aria-expanded", "false");
    const buttons = FILES.map(([text, ending, title]) =>
      textButton("plain", text, title, () => this.#marks.exportAs(ending)),
    );
    files.append(...buttons);
    all.append(open, files);
    return all;
  }

  /** @param {string} tag @param {number} number */
  #shortcut(tag, number) {
    const button = textButton("plain", "", `Tag them ${tag} (${number})`, () => this.#marks.tag(tag));
    button.append(make("kbd", "", number), tag);
    return button;
  }
}

/** Write a text where it is another: it is read out when it changes. @param {HTMLElement} place @param {string} text */
function say(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
