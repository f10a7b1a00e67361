// The terms of the query as chips, and what the server is told when one is weighed, muted, removed or added.

import { make } from "../shared/drawing.js";
import { focusedBeside } from "../shared/keys.js";
import { Settling } from "../shared/settling.js";
import { TermChip } from "./term_chip.js";

/** @import { Message } from "../shared/types.d.ts" */
/** @import { Term } from "./data.d.ts" */

const WEIGHED_AFTER_MS = 160; // held arrows and a drag change a weight many times

export class Steering {
  root = make("span", "terms");
  /** @type {TermChip[]} */
  chips = [];
  settling = new Settling(WEIGHED_AFTER_MS, () => this.#tell("weighed"));
  #say;
  #leave;

  /**
   * @param {(said: Message) => void} say
   * @param {() => void} leave puts the focus into the field
   */
  constructor(say, leave) {
    this.#say = say;
    this.#leave = leave;
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Terms of the query");
    this.root.hidden = true;
  }

  /** Whether terms are chips at the moment. */
  get on() {
    return !this.root.hidden;
  }

  /** Take over terms that were set elsewhere, or no chips at all. @param {Term[]} terms @param {boolean} shown */
  adopt(terms, shown) {
    this.settling.end();
    const focused = this.on && this.root.contains(focusedBeside(this.root));
    this.#fill(shown ? terms : []);
    this.root.hidden = !shown;
    if (focused && !this.root.contains(focusedBeside(this.root))) this.#leave();
  }

  /** Pictures and names may come later; what was weighed here meanwhile stays. @param {Term[]} terms */
  refresh(terms) {
    if (!this.on || terms.length !== this.chips.length) return;
    this.chips.forEach((chip, place) => {
      if (keyOf(chip.term) !== keyOf(terms[place])) return;
      const { weight, before } = chip.term;
      chip.draw({ ...terms[place], weight, before }, place);
    });
  }

  /** @param {string} text @param {boolean} plain whether it is a sentence whatever it holds */
  add(text, plain) {
    if (text.trim()) this.#tell("add", { text, plain });
  }

  /** Put the focus on the last chip. */
  goToLast() {
    this.chips.at(-1)?.grip.focus();
  }

  /** Chips of the same terms stay the same elements, which keep the focus. @param {Term[]} terms */
  #fill(terms) {
    const left = [...this.chips];
    const acts = { weighed: () => this.settling.stir(), remove: this.#remove, leave: this.#leave };
    this.chips = terms.map((term, place) => {
      const at = left.findIndex((chip) => keyOf(chip.term) === keyOf(term));
      const chip = at < 0 ? new TermChip(term, acts) : left.splice(at, 1)[0];
      chip.draw(term, place);
      return chip;
    });
    for (const chip of left) chip.element.remove();
    this.chips.forEach((chip, place) => {
      if (this.root.children[place] !== chip.element) {
        this.root.insertBefore(chip.element, this.root.children[place] ?? null);
      }
    });
  }

  /** Its removal is shown at once; the server says what is left. */
  #remove = (/** @type {TermChip} */ gone) => {
    const place = this.chips.indexOf(gone);
    gone.element.remove();
    this.chips = this.chips.filter((chip) => chip !== gone);
    const next = this.chips[Math.min(place, this.chips.length - 1)];
    if (next) next.grip.focus();
    else this.#leave();
    this.#tell("removed");
  };

  /** @param {string} type @param {Record<string, unknown>} [more] */
  #tell(type, more = {}) {
    this.settling.end();
    const before = this.chips.map((chip) => chip.term.before ?? null);
    this.#say({ type, terms: this.chips.map((chip) => chip.record), before, ...more });
  }
}

/** @param {Term} term */
function keyOf(term) {
  return JSON.stringify(term.record);
}
