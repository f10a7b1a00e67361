// What can be done with the selected pictures: tags, files, a query. A tag is shown at once, and told to the server until it has
// answered.

import { choose, chosenOf, onChosen } from "../chosen.js";
import { countOf, whole } from "../counting.js";
import { make } from "../drawing.js";
import { stepOf, withModifier } from "../keys.js";
import { Tray } from "./tray.js";

/** @import { Message } from "../types.d.ts" */
/** @import { Exported, Marked, Tagging, Wish } from "./data.d.ts" */

export class Marks {
  /** @type {Tagging | null} */
  data = null;
  /** @type {Wish[]} that no answer has confirmed: of two messages close together the earlier may be lost */
  wishes = [];
  tray;
  #number = 0;
  /** Number of the file that is waited for; 0 where none is. */
  #awaited = 0;
  #shown;

  /** @param {Marked} shown @param {AbortSignal} signal */
  constructor(shown, signal) {
    this.#shown = shown;
    this.tray = new Tray(this);
    onChosen(() => this.draw(), signal);
  }

  /** What the server says. @param {Tagging | null} data */
  take(data) {
    const before = this.data?.of;
    this.data = data;
    if (!data || (before !== undefined && before !== data.of)) this.wishes = [];
    this.wishes = this.wishes.filter((wish) => wish.number > (data?.done ?? 0));
    this.#number = Math.max(this.#number, data?.done ?? 0);
  }

  /** What is selected of this dataset, on all pages, in the order in which it was selected. */
  get ids() {
    return chosenOf(this.data?.of);
  }

  /** How many of the selected pictures are not shown here. */
  get elsewhere() {
    const here = new Set(this.#shown.order);
    return [...this.ids].filter((id) => !here.has(id)).length;
  }

  /** How many are selected, in words. */
  get counted() {
    const { noun } = this.#shown;
    return noun ? countOf(this.ids.size, noun) : whole(this.ids.size);
  }

  /** Whether pictures can be liked here. */
  get likes() {
    return this.#shown.like !== undefined;
  }

  /** A picture's tags, with those that the server does not know of yet. @param {string} id */
  tagsOf(id) {
    return tagsWith(this.data?.tags[id] ?? [], this.wishes, id);
  }

  /** Select these and no others. @param {Iterable<string>} ids */
  choose(ids) {
    if (this.data) choose(this.data.of, ids); // which draws
  }

  clear() {
    this.choose([]);
  }

  /** Search for what they have in common. */
  ask() {
    this.#shown.say("examples", { ids: [...this.ids] });
    this.clear();
  }

  like() {
    this.#shown.like?.(this.ids);
  }

  /** Give a tag to what is selected; where all of it has the tag, take it. @param {string} text */
  tag(text) {
    const tag = text.normalize("NFC").trim().replace(/\s+/g, " ");
    if (!tag || !this.ids.size || !this.data || this.data.refused) return;
    const ids = [...this.ids];
    // The tags of pictures that are not here are known to the server alone, so it decides.
    const turn = this.elsewhere > 0;
    this.#wish({ ids, tag, turn, taken: !turn && ids.every((id) => this.tagsOf(id).includes(tag)) });
  }

  /** Ask for a file of what is selected. @param {string} ending */
  exportAs(ending) {
    this.#awaited = Date.now(); // another one than any before, also of a page that was left
    const wish = { number: this.#awaited, of: this.data?.of ?? "", ids: [...this.ids], tag: "", ending };
    this.#shown.say("export", { export: wish });
  }

  /** Save the file that was asked for, once it is there. @param {Exported | null} exported */
  receive(exported) {
    this.tray.exportProblem = exported?.problem ?? "";
    if (!exported?.url || exported.number !== this.#awaited) return;
    this.#awaited = 0;
    const link = make("a");
    link.href = exported.url;
    link.download = exported.name;
    link.click();
  }

  undo() {
    if (this.data?.undo || this.wishes.length) this.#wish({ undo: true });
  }

  /** A message with all that was done, as long as the server may not know it. @param {Message} said */
  complete(said) {
    return this.wishes.length ? { ...said, tags: this.wishes } : said;
  }

  draw() {
    this.tray.draw();
    this.#shown.mark();
  }

  /** Follow a key of the page; false for one that is not ours. @param {KeyboardEvent} event */
  press(event) {
    if (!this.ids.size) return false;
    if (stepOf(event) === "undo" && this.data?.undo) this.undo();
    else if (withModifier(event) || event.repeat) return false;
    else if (event.key === "Escape") this.clear();
    else if (event.key === "t") this.goToTag();
    else if (/^[1-9]$/.test(event.key)) this.tag(this.data?.last[Number(event.key) - 1] ?? "");
    else return false;
    return true;
  }

  /** Put the focus where a tag is typed, where tags may be given. */
  goToTag() {
    if (!this.data?.refused) this.tray.goToTag();
  }

  /** @param {Omit<Wish, "number" | "of">} what */
  #wish(what) {
    this.#number += 1;
    this.wishes.push({ number: this.#number, of: this.data?.of ?? "", ...what });
    this.draw();
    this.#shown.say("tag");
  }
}

/**
 * The tags of a picture after what was wished.
 *
 * @param {string[]} tags
 * @param {Wish[]} wishes
 * @param {string} id
 */
export function tagsWith(tags, wishes, id) {
  const all = new Set(tags);
  for (const { ids, tag, taken } of wishes) {
    if (!tag || !ids?.includes(id)) continue;
    if (taken) all.delete(tag);
    else all.add(tag);
  }
  return [...all];
}
