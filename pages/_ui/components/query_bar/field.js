// The elements of the query bar.

import { CROSS, LENS, lines, make, signButton, textField } from "../shared/drawing.js";
import { slashSign } from "../shared/keys.js";
import { RewriteLine } from "./rewrite_line.js";
import { Steering } from "./steering.js";

/** @import { Message, Parent } from "../shared/types.d.ts" */

/** @typedef {{ clear: () => void, plus: () => void, say: (said: Message) => void, search: (text: string) => void }} Acts */

const PLUS = ["M12 5v14", "M5 12h14"];
const PICTURE = ["M4 5h16v14H4Z", "M4 16l4.5-4.5 4 4 2.5-2.5 5 5", "M15.5 8.7h.01"];

export class Field {
  root = make("div", "bar-root");
  /** The frame that holds all of one line. */
  line = make("div", "field");
  chip = make("span", "chip-image");
  chipPicture = make("img");
  chipLabel = make("span", "label");
  input = textField();
  key = slashSign("Press / to type a query");
  file = make("input");
  message = make("p", "message");
  examples = make("div", "examples");

  /** @param {Acts} acts `clear` takes the whole query away, `plus` adds a term */
  constructor({ clear, plus, say, search }) {
    this.steering = new Steering(say, () => this.input.focus());
    this.rewrite = new RewriteLine(search);
    this.plus = signButton("icon plus", PLUS, "Add a term to the query", plus);
    this.chipPicture.alt = "";
    this.chip.append(this.chipPicture, this.chipLabel, signButton("icon", CROSS, "Remove this from the query", clear));
    this.clearButton = signButton("icon", CROSS, "Clear the query", clear);
    this.message.setAttribute("role", "alert");
    for (const [name, value] of Object.entries(COMBOBOX)) this.input.setAttribute(name, value);
    const upload = this.#upload();
    this.line.append(lines(LENS), this.chip, this.steering.root, this.input);
    this.line.append(this.plus, this.clearButton, this.key, upload, this.file, make("div", "busy"));
    this.root.append(this.line, this.message, this.rewrite.root, this.examples);
  }

  /** @param {Parent} parent */
  appendTo(parent) {
    parent.append(this.root);
  }

  /** The picture among what is asked for. @param {{ label: string, src: string } | null} image */
  showImage(image) {
    this.chip.hidden = !image;
    if (!image) return;
    this.chipPicture.hidden = !image.src;
    if (image.src) this.chipPicture.src = image.src;
    this.chipLabel.textContent = image.label;
    this.chip.title = image.label;
  }

  /** @param {string} text */
  say(text) {
    this.message.textContent = text;
    this.message.hidden = !text;
  }

  /** Below what the list of suggestions begins: a message is never covered. */
  bottom() {
    return (this.message.hidden ? this.line : this.message).getBoundingClientRect().bottom;
  }

  #upload() {
    this.file.type = "file";
    this.file.accept = "image/*";
    this.file.hidden = true;
    this.file.setAttribute("aria-label", "Choose a picture to search with");
    const label = "Search with a picture: choose, paste or drop one";
    const upload = signButton("icon upload", PICTURE, label, () => this.file.click());
    upload.append(make("span", "word", "Picture"));
    return upload;
  }
}

const COMBOBOX = {
  role: "combobox",
  "aria-label": "What the pictures should show",
  "aria-autocomplete": "list",
  "aria-expanded": "false",
  "aria-controls": "suggestions",
};
