// One card: a picture with its rank, score and caption. It stays the same element as long as its picture is shown.

import { countOf, whole } from "../shared/counting.js";
import { CROSS, clampShape, HEART, make, scoreText, signButton } from "../shared/drawing.js";
import { drawParts, partsText } from "../shared/term_bar.js";
import { drawDots } from "../shared/tray/dots.js";

/** @import { Verdict } from "../shared/detail/data.d.ts" */
/** @import { Move, Picture, Skeleton } from "./data.d.ts" */

const SKELETON_SHAPES = [1.5, 0.75, 1.33, 1.33, 1.78, 1, 0.7, 1.5, 1.4];
const CANNOT_BE_SHOWN = "This picture's file cannot be shown";

/** @param {number} count */
export function skeletons(count) {
  return Array.from({ length: count }, (_, i) => ({
    id: `skeleton-${i}`,
    shape: SKELETON_SHAPES[i % SKELETON_SHAPES.length],
  }));
}

/** A card without a picture, in the final layout. */
export class EmptyCard {
  element = element("");
  picture = undefined;
  button = undefined;

  /** @param {Skeleton} skeleton */
  constructor({ id, shape }) {
    this.element.dataset.id = id;
    this.shape = shape;
    this.frame = make("div", "picture");
    this.element.append(this.frame);
  }
}

export class Card {
  shape = 1;
  /** @type {Picture | undefined} */
  picture;
  button = make("button", "picture");
  image = make("img");
  note = make("span", "note");
  name = make("span", "name");
  meta = make("div", "meta");
  rank = make("span", "rank");
  score = make("span", "score");
  bar = make("span", "bar");
  fill = make("span", "fill");
  move = make("span", "move");
  caption = make("p", "caption");
  verdicts = make("div", "verdicts");
  dots = make("span", "dots");
  behind = make("span", "behind");
  manner = "";
  selected = false;
  /** @type {string[]} */
  tags = [];
  #scoreSaid = "";
  #src = "";

  /**
   * @param {string} id
   * @param {(verdict: Verdict) => void} judge
   */
  constructor(id, judge) {
    this.element = element(id);
    this.frame = this.button;
    this.button.type = "button";
    this.button.tabIndex = -1;
    this.image.decoding = "async";
    this.image.draggable = false;
    this.image.addEventListener("load", () => this.element.classList.add("seen"));
    this.image.addEventListener("error", () => {
      this.element.classList.add("missing");
      this.note.textContent = CANNOT_BE_SHOWN;
    });
    this.button.append(this.image, this.note, this.name, this.dots, this.behind);
    this.bar.append(this.fill);
    this.meta.append(this.rank, this.score, this.bar, this.move);
    // Whoever listens hears rank, score and caption once: in the name of the button.
    this.image.alt = "";
    for (const one of [this.meta, this.caption, this.dots, this.behind]) one.setAttribute("aria-hidden", "true");
    // Reached by pointers and by whoever listens; for keys there are + and −.
    this.like = verdictButton(HEART, "Like", "l or +", () => judge("liked"));
    this.dislike = verdictButton(CROSS, "Dislike", "d or \u2212", () => judge("disliked"));
    this.verdicts.append(this.like, this.dislike);
    this.element.append(this.button, this.verdicts, this.meta, this.caption);
  }

  /** @param {Verdict | null} verdict @param {boolean} open whether pictures can be judged */
  mark(verdict, open) {
    this.verdicts.hidden = !open;
    this.element.classList.toggle("liked", verdict === "liked");
    this.element.classList.toggle("disliked", verdict === "disliked");
    this.like.setAttribute("aria-pressed", String(verdict === "liked"));
    this.dislike.setAttribute("aria-pressed", String(verdict === "disliked"));
  }

  /** Show whether the card is selected, and which tags its picture has. @param {boolean} selected @param {string[]} tags */
  markTags(selected, tags) {
    this.selected = selected;
    this.element.classList.toggle("selected", selected);
    const before = this.tags.join("\n");
    this.tags = tags;
    if (before !== tags.join("\n")) {
      drawDots(this.dots, tags);
    }
    this.#name();
  }

  /** Show whether its picture stands open beside the page. @param {boolean} opened */
  markOpened(opened) {
    this.element.classList.toggle("opened", opened);
    if (opened) this.button.setAttribute("aria-current", "true");
    else this.button.removeAttribute("aria-current");
  }

  #name() {
    const tagged = this.tags.length ? `Tagged ${this.tags.join(", ")}. ` : "";
    this.button.setAttribute("aria-label", `${this.selected ? "Selected. " : ""}${this.#scoreSaid}. ${tagged}Open`);
  }

  get isScored() {
    return !this.meta.hidden;
  }

  /**
   * Show a picture's data; true where its file is to be loaded once the card is near the window.
   *
   * @param {Picture} picture
   * @param {{ captions: boolean, scoreHelp: string, terms: string[] }} manner in which it is shown
   */
  fillWith(picture, manner) {
    const { captions, scoreHelp, terms } = manner;
    this.picture = picture;
    this.manner = JSON.stringify(manner);
    this.shape = clampShape(picture.width, picture.height);
    this.element.classList.toggle("missing", !picture.src);
    this.element.classList.toggle("faded", picture.faded === true);
    this.note.textContent = picture.src ? "" : picture.note || CANNOT_BE_SHOWN;
    this.name.textContent = picture.id;
    this.button.title = picture.id;
    this.#showStack(picture.behind ?? 0);
    this.#showScore(picture, scoreHelp);
    this.#showTerms(picture.gave ?? [], terms);
    this.caption.title = picture.caption || "";
    this.caption.textContent = picture.caption || "";
    this.caption.hidden = !captions || !picture.caption;
    return this.#takeSource(picture.src);
  }

  /** Load the picture now. */
  load() {
    const { src } = this.image.dataset;
    if (!src) return;
    this.image.src = src;
    delete this.image.dataset.src;
  }

  /**
   * @param {Picture} picture
   * @param {string} help
   */
  #showScore({ id, rank, score, bar, caption, move, behind }, help) {
    const spoken = `${caption || id}${behind ? `, and ${countOf(behind, "picture")} stacked behind it` : ""}`;
    const scored = score !== null && score !== undefined;
    const where = scored ? `Rank ${rank}${moveInWords(move)}, score ${scoreText(score)}: ` : "";
    this.#scoreSaid = `${where}${spoken}`;
    this.#name();
    this.meta.hidden = !scored;
    if (!scored) return;
    this.rank.textContent = String(rank);
    this.move.textContent = moveSign(move);
    this.move.hidden = !move;
    this.score.textContent = scoreText(score);
    this.meta.title = help;
    this.bar.hidden = typeof bar !== "number";
    this.fill.style.width = `${Math.round((bar || 0) * 100)}%`;
  }

  /** @param {number} behind how many copies stand behind the picture */
  #showStack(behind) {
    this.element.classList.toggle("stacked", behind > 0);
    this.behind.hidden = !behind;
    this.behind.textContent = behind ? `+${whole(behind)}` : "";
    this.behind.title = behind ? `${countOf(behind, "picture")} stacked behind this one: open it to see them` : "";
  }

  /** @param {number[]} gave @param {string[]} terms */
  #showTerms(gave, terms) {
    this.bar.classList.toggle("of-terms", gave.length > 0);
    this.bar.title = gave.length ? partsText(gave, terms) : "";
    drawParts(this.fill, gave);
  }

  /** @param {string} [src] */
  #takeSource(src) {
    if (!src || src === this.#src) return false;
    this.#src = src;
    this.element.classList.remove("seen");
    this.image.removeAttribute("src");
    this.image.dataset.src = src;
    return true;
  }
}

/** How a picture moved, as a sign. @param {Move | null} [move] */
export function moveSign(move) {
  if (!move) return "";
  if (typeof move !== "number") return move;
  return `${move > 0 ? "\u25b2" : "\u25bc"}${Math.abs(move).toLocaleString("en-US")}`;
}

/** How a picture moved, to be read out. @param {Move | null} [move] */
export function moveInWords(move) {
  if (!move) return "";
  return typeof move === "number" ? `, ${move > 0 ? "up" : "down"} ${Math.abs(move)}` : `, ${move}`;
}

/**
 * @param {string[]} sign
 * @param {string} label
 * @param {string} keys
 * @param {() => void} act
 */
function verdictButton(sign, label, keys, act) {
  const button = signButton("verdict", sign, label, act);
  button.title = `${label} (${keys})`;
  button.tabIndex = -1;
  return button;
}

/** @param {string} id */
function element(id) {
  const card = make("div", "card");
  card.dataset.id = id;
  card.setAttribute("role", "listitem");
  return card;
}
