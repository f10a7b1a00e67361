// The strip above the cards: what is liked and disliked, small, and what can be done with it. It is there once something is.

import { countOf } from "../shared/counting.js";
import { CROSS, HEART, lines, make, signButton, textButton } from "../shared/drawing.js";

/** @import { Verdict } from "../shared/detail/data.d.ts" */
/** @import { Judged, Judging } from "./data.d.ts" */
/** @import { Verdicts } from "./verdicts.js" */

const SHOWN = 12; // of each kind; the rest is counted

/** Whether there is anything to show. @param {Judging | null} data */
export function isWorthShowing(data) {
  return Boolean(data && (data.liked.length || data.disliked.length || data.seen || data.told));
}

export class Strip {
  root = make("div", "judged");
  told = make("span", "unseen");
  #liked = make("span", "stack");
  #disliked = make("span", "stack");
  #aim = make("span", "aim");
  #seen = make("span", "seen");
  #said = make("span", "said"); // what `told` reads out, for the eyes
  #verdicts;
  #drawn = "";

  /** @param {Verdicts} verdicts */
  constructor(verdicts) {
    this.#verdicts = verdicts;
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", "Likes and dislikes");
    this.told.setAttribute("role", "status");
    const say = (/** @type {string} */ type) => () => verdicts.say(type);
    this.undo = signButton("step", "\u21b6", "Take the last step back (Ctrl-Z)", say("undo"));
    this.redo = signButton("step", "\u21b7", "Do it again (Ctrl-Shift-Z)", say("redo"));
    this.clear = textButton("plain", "Clear", "Nothing liked, disliked or seen", say("unjudge"));
    this.next = textButton("plain next", "Show what I have not seen", "The next screen (Space on a card)", () =>
      verdicts.goOn(),
    );
    this.again = textButton("plain", "Show all again", "", say("seen"));
    this.all = this.#choice("all", "All of a kind", "Likes and dislikes move what is like them up and down");
    this.one = this.#choice("one", "One picture", "Likes count for less, and dislikes are only left out");
    this.#aim.append(this.all, this.one);
    this.#aim.setAttribute("role", "group");
    this.#aim.setAttribute("aria-label", "What you look for");
    const steps = make("span", "steps");
    steps.append(this.undo, this.redo, this.clear);
    this.root.append(this.#liked, this.#disliked, this.#aim, steps, this.next, this.#seen, this.again, this.#said);
    this.#said.setAttribute("aria-hidden", "true");
  }

  /** @param {Judging | null} data */
  draw(data) {
    this.root.hidden = !isWorthShowing(data);
    if (!data) return;
    if (this.told.textContent !== data.told) this.told.textContent = data.told;
    const key = JSON.stringify(data);
    if (key === this.#drawn) return; // a button that is replaced under the mouse is never clicked
    this.#drawn = key;
    this.#stack(this.#liked, data.liked, "liked");
    this.#stack(this.#disliked, data.disliked, "disliked");
    const judged = data.liked.length + data.disliked.length > 0;
    this.#aim.hidden = !judged;
    this.all.setAttribute("aria-pressed", String(data.aim === "all"));
    this.one.setAttribute("aria-pressed", String(data.aim === "one"));
    this.undo.disabled = !data.undo;
    this.redo.disabled = !data.redo;
    this.clear.hidden = !judged && !data.seen;
    this.next.disabled = !data.more;
    this.#seen.textContent = data.seen ? `${countOf(data.seen, "picture")} seen` : "";
    this.again.hidden = !data.seen;
    this.#said.textContent = data.told;
  }

  /**
   * @param {HTMLElement} stack
   * @param {Judged[]} pictures
   * @param {Verdict} verdict
   */
  #stack(stack, pictures, verdict) {
    stack.hidden = !pictures.length;
    const sign = make("span", `sign ${verdict}`);
    sign.append(lines(verdict === "liked" ? HEART : CROSS));
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", `${pictures.length} ${verdict}`);
    const newest = pictures.slice(-SHOWN).map((one) => this.#thumb(one, verdict));
    stack.replaceChildren(sign, make("span", "count", pictures.length), ...newest);
  }

  /**
   * @param {Judged} picture
   * @param {Verdict} verdict
   */
  #thumb({ id, src }, verdict) {
    const label = `${id} is ${verdict}. Take it back`;
    const button = textButton("judged-picture", src ? "" : id, label, () => this.#verdicts.turn(id, verdict));
    button.setAttribute("aria-label", label);
    if (!src) return button;
    const image = make("img");
    image.alt = "";
    image.src = src;
    button.append(image);
    return button;
  }

  /**
   * @param {Judging["aim"]} aim
   * @param {string} text
   * @param {string} title
   */
  #choice(aim, text, title) {
    return textButton("choice", text, title, () => this.#verdicts.say("aim", { aim }));
  }
}
