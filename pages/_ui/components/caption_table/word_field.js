// The field for words in captions.

import { CROSS, LENS, lines, make, signButton, textField } from "../shared/drawing.js";
import { hasKeys, slashSign } from "../shared/keys.js";

/** @import { CaptionTable } from "./caption_table.js" */

export class WordField {
  root = make("div", "find");
  input = textField();
  key = slashSign("Press / to look for words");

  /** @param {CaptionTable} table */
  constructor(table) {
    const { input } = this;
    input.placeholder = 'Words in captions, as in: dog "red hat" -snow';
    input.setAttribute("aria-label", "Words in captions");
    this.clear = signButton("icon-button", CROSS, "Clear the words", () => {
      table.setWords("");
      input.focus();
    });
    this.root.append(lines(LENS), input, this.clear, this.key, make("div", "busy"));
    input.addEventListener("input", () => {
      this.draw();
      table.typed();
    });
    input.addEventListener("blur", () => table.settle());
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) table.settle();
      else if (event.key === "ArrowDown" && table.rows.hasRows) {
        event.preventDefault();
        table.rows.focusRow(0);
      } else if (event.key === "Escape") input.blur();
    });
  }

  get words() {
    return this.input.value;
  }

  set words(words) {
    this.input.value = words;
    this.draw();
  }

  draw() {
    this.clear.hidden = !this.words;
    this.key.hidden = Boolean(this.words) || !hasKeys();
  }
}
