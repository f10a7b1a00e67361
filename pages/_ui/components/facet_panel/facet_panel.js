// The panel: a head, one part for each facet, how hits are arranged, and what else could be filtered by.

import { countOf } from "../shared/counting.js";
import { CROSS, make, signButton, textButton } from "../shared/drawing.js";
import { withModifier } from "../shared/keys.js";
import { Sequence } from "../shared/sequence.js";
import { Arranging } from "./arranging.js";
import { contrary } from "./contrary.js";
import { rangePart } from "./range.js";
import { valuesPart } from "./values.js";
import { wordsPart } from "./words.js";

/** @import { Message, Mounted, Parent } from "../shared/types.d.ts" */
/** @import { Chosen, Condition, PanelData, Part } from "./data.d.ts" */

/** How often the panel had been opened when it took the focus last; it is made anew each time. */
let focusedAt = 0;

/** @implements {Mounted<PanelData>} */
export class FacetPanel {
  /** @type {(said: Message) => void} */
  send = () => {};
  /** @type {Chosen} */
  chosen = { where: [], stacking: "none", diversity: 0, order: "score" };
  root = make("section", "grid-root facet-root");
  legend = make("p", "legend");
  list = make("div", "facets");
  hints = make("div", "hints");
  /** @type {Map<string, Part & { not: ReturnType<typeof contrary> }>} */
  parts = new Map();
  words = wordsPart((condition) => this.set("words", condition));
  sequence = new Sequence();
  arranging = new Arranging((change) => this.choose(change));

  /** @param {Parent} parent */
  constructor(parent) {
    this.root.setAttribute("aria-label", "Filters");
    this.root.tabIndex = -1;
    this.clear = textButton("text-button", "Clear", "Take out everything that is chosen here", () => {
      this.choose({ where: [], stacking: "none", diversity: 0, order: "score" });
      this.root.focus();
    });
    const head = make("div", "head");
    const close = signButton("close", CROSS, "Close the filters (Esc)", () => this.close());
    head.append(make("h2", "", "Filters"), this.clear, close);
    this.root.append(head, this.legend, this.words.field, this.list, this.arranging.root, this.hints);
    this.root.addEventListener("keydown", (event) => this.onKey(event));
    parent.append(this.root);
  }

  destroy() {
    this.root.remove();
  }

  /** @param {PanelData} data */
  update(data) {
    const { where, stacking, diversity, order } = data;
    if (this.sequence.follow(data.seq)) this.chosen = { where, stacking, diversity, order };
    this.root.classList.toggle("counting", data.counting);
    this.legend.textContent = legendOf(data);
    if (!data.counting) this.drawParts(data);
    this.drawHints(data);
    this.drawChosen(data);
    if (data.opened > focusedAt) this.root.focus({ preventScroll: true });
    focusedAt = Math.max(focusedAt, data.opened);
  }

  /** @param {PanelData} data */
  drawParts({ facets, words }) {
    this.words.field.hidden = !words;
    const before = [...this.parts.keys()].join("\n");
    const kinds = facets.map(({ kind, field }) => `${kind} ${field}`);
    for (const [at, facet] of facets.entries()) {
      if (this.parts.has(kinds[at])) continue;
      const set = (/** @type {Condition | null} */ condition) => this.set(facet.field, condition);
      const part = facet.kind === "range" ? rangePart(facet, set) : valuesPart(facet, set);
      const not = contrary(part.field, facet.title, (negated) => this.turn(facet.field, negated));
      this.parts.set(kinds[at], { ...part, not });
    }
    for (const kind of [...this.parts.keys()]) if (!kinds.includes(kind)) this.parts.delete(kind);
    if (before !== kinds.join("\n")) {
      this.list.replaceChildren(...kinds.map((kind) => /** @type {Part} */ (this.parts.get(kind)).field));
    }
  }

  /** @param {PanelData} data */
  drawChosen({ facets, shown, stackings, orders }) {
    for (const facet of facets) {
      const part = this.parts.get(`${facet.kind} ${facet.field}`);
      const condition = this.conditionOn(facet.field);
      part?.show(facet, condition, shown);
      part?.not(condition);
    }
    this.words.show(this.conditionOn("words"));
    this.arranging.draw(this.chosen, stackings, orders);
    const { where, stacking, diversity, order } = this.chosen;
    this.clear.hidden = !where.length && stacking === "none" && !diversity && order === "score";
  }

  /** @param {PanelData} data */
  drawHints({ hints }) {
    const said = hints.map(({ text, command }) => {
      const hint = make("p", "hint", text);
      if (command) hint.append(make("code", "", command));
      return hint;
    });
    this.hints.replaceChildren(...said);
  }

  /** The condition that a facet's part shows: the first on it. @param {string} field */
  conditionOn(field) {
    return this.chosen.where.find((one) => one.field === field);
  }

  /**
   * @param {string} field
   * @param {Condition | null} condition
   */
  set(field, condition) {
    const before = this.conditionOn(field);
    const made = condition && before?.negated ? { ...condition, negated: true } : condition;
    const { where } = this.chosen;
    if (!before) return made && this.choose({ where: [...where, made] });
    this.choose({ where: where.flatMap((one) => (one === before ? (made ?? []) : one)) });
  }

  /**
   * @param {string} field
   * @param {boolean} negated
   */
  turn(field, negated) {
    const before = this.conditionOn(field);
    const where = this.chosen.where.map((one) => (one === before ? { ...one, negated } : one));
    this.choose({ where });
  }

  /** @param {Partial<Chosen>} change */
  choose(change) {
    this.chosen = { ...this.chosen, ...change };
    this.send({ type: "choose", ...this.chosen, seq: this.sequence.next() });
  }

  close() {
    this.send({ type: "close", seq: this.sequence.next() });
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    // A box to tick would keep the page's own key from closing what it opened.
    const closes = event.key === "Escape" || (event.key === "f" && !isTyping(event.target));
    if (!closes || withModifier(event)) return;
    event.preventDefault();
    event.stopPropagation();
    this.close();
  }
}

/** Whether a key is a letter to whatever has the focus. @param {EventTarget | null} target */
function isTyping(target) {
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "range"].includes(target.type);
  return target instanceof HTMLSelectElement;
}

/** What the numbers beside the values count. @param {PanelData} data */
function legendOf({ counting, facets, shown, pictures }) {
  if (counting) return "Counting the pictures";
  if (!facets.length) return "";
  const all = countOf(pictures, "picture");
  return shown === null ? `Numbers count ${all}` : `Numbers: of the ${shown} shown, of ${all}`;
}
