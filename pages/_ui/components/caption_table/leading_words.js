// The words of the captions that are shown, to click.

import { whole } from "../shared/counting.js";
import { make, textButton } from "../shared/drawing.js";
import { bare } from "../shared/folding.js";

/** @import { CaptionTable } from "./caption_table.js" */
/** @import { TableData, WordCount } from "./data.d.ts" */

/** @type {["frequent" | "typical", string][]} */
const KINDS = [
  ["frequent", "The words that most of these captions hold"],
  ["typical", "The words that set these captions apart from all the others"],
];

export class LeadingWords {
  root = make("section", "words");
  /** @type {"frequent" | "typical"} */
  kind = "frequent";
  #table;

  /** @param {CaptionTable} table */
  constructor(table) {
    this.#table = table;
  }

  /** @param {TableData} data */
  draw(data) {
    const { words } = data;
    this.root.hidden = !words;
    this.root.replaceChildren();
    if (!words) return;
    const head = make("h2", "", "Words in these captions");
    const kinds = make("span", "kinds");
    const typical = words.typical.length > 0;
    const kind = typical ? this.kind : "frequent";
    for (const [name, help] of typical ? KINDS : []) {
      const button = textButton("text-button", name, help, () => {
        this.kind = name;
        this.draw(data);
      });
      button.setAttribute("aria-pressed", String(name === kind));
      kinds.append(button);
    }
    head.append(kinds);
    const list = make("div", "word-list");
    list.append(...words[kind].map((one) => this.#word(one, data)));
    this.root.append(head, list);
  }

  /**
   * @param {WordCount} count
   * @param {TableData} data
   */
  #word({ word, captions }, { marks }) {
    const on = marks.some((mark) => mark.how === "word" && mark.word === word);
    const title = on
      ? `Click: no longer only captions with ${word}`
      : `Click: only captions with ${word}. Alt and click: only those without`;
    const button = textButton("text-button word", word, title, ({ altKey }) => {
      this.#table.setWords(toggled(this.#table.field.words, word, altKey));
    });
    button.setAttribute("aria-pressed", String(on));
    button.append(make("span", "times", whole(captions)));
    return button;
  }
}

/**
 * What is typed without a word where it holds that word, else with it.
 *
 * @param {string} typed
 * @param {string} word folded and bare
 * @param {boolean} without whether captions that hold it are to be left out
 */
export function toggled(typed, word, without) {
  const all = typed.trim().split(/\s+/).filter(Boolean);
  const rest = all.filter((one) => bare(one) !== word);
  if (rest.length === all.length) rest.push(without ? `-${word}` : word);
  return rest.join(" ");
}
