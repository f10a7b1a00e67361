// The card of a point: its picture, name, caption and score, while the mouse is on it; a click pins it.

import { make, textButton } from "../shared/drawing.js";
import { Sequence } from "../shared/sequence.js";
import { Settling } from "../shared/settling.js";
import { faceOf } from "./card_face.js";
import { circle } from "./overlay.js";
import { near } from "./points.js";

/** @import { EmbeddingMap } from "./embedding_map.js" */
/** @import { Ink, MapData, PointCard, Spot } from "./data.d.ts" */

const NEAR = 8;
const ASK_AGAIN_MS = 2500;
const ASIDE = 16;
const EDGE = 4;

export class Card {
  /** @type {Map<number, PointCard>} what is known of each row */
  known = new Map();
  /** @type {Map<number, string>} and of each caption that is a point itself */
  texts = new Map();
  sequence = new Sequence();
  /** @type {Spot | null} */
  at = null;
  /** @type {Spot | null} */
  pinnedAt = null;
  element = make("div", "point hover");
  pinned = make("div", "point pinned");
  query = "";
  /** When the question that is under way was asked; 0 when none is. */
  waiting = 0;
  shownKey = "";
  pinnedKey = "";
  // Of two messages close together only the later may arrive: a card that is still empty then asks once more.
  again = new Settling(ASK_AGAIN_MS + 50, () => this.askForAll());
  #map;

  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
    this.element.hidden = true;
    this.pinned.hidden = true;
    this.pinned.setAttribute("role", "dialog");
  }

  destroy() {
    this.again.end();
  }

  forget() {
    this.known.clear();
    this.texts.clear();
    this.leave();
    this.unpin();
  }

  /** @param {Spot} at */
  show(at) {
    this.at = at;
    this.#map.pointed.tell(at.row);
    this.draw();
    this.ask(at);
  }

  leave() {
    if (!this.at && this.element.hidden) return;
    this.at = null;
    this.#map.pointed.tell(null);
    this.element.hidden = true;
    this.#map.draw();
  }

  /** @param {Spot} at */
  pin(at) {
    this.pinnedAt = at;
    this.leave();
    this.ask(at);
    this.drawPinned(at);
    this.#map.draw();
  }

  unpin() {
    if (!this.pinnedAt) return;
    this.pinnedAt = null;
    this.pinned.hidden = true;
    this.#map.draw();
  }

  askForAll() {
    for (const at of [this.at, this.pinnedAt]) if (at) this.ask(at);
  }

  /** @param {Spot} at */
  ask(at) {
    if (this.known.has(at.row) && (at.text === null || this.texts.has(at.text))) return;
    if (this.waiting && performance.now() - this.waiting < ASK_AGAIN_MS) return;
    const { points } = this.#map;
    if (!points) return;
    this.waiting = performance.now();
    this.again.stir();
    const rows = near(points, at.row, NEAR).filter((row) => row === at.row || !this.known.has(row));
    this.#map.send({ type: "look", seq: this.sequence.next(), rows, caption: at.text });
  }

  /** @param {MapData} data */
  receive({ query, looked, texts }) {
    if (query !== this.query) {
      this.query = query;
      this.known.clear(); // scores are of another query
      this.texts.clear();
    }
    if (looked.query === query) {
      for (const [row, card] of Object.entries(looked.cards)) this.known.set(Number(row), card);
    }
    if (texts?.looked) this.texts.set(texts.looked.position, texts.looked.text);
    if (this.sequence.follow(looked.seq)) this.waiting = 0;
    this.askForAll();
    if (this.at) this.draw();
    if (this.pinnedAt) this.drawPinned(this.pinnedAt);
  }

  draw() {
    if (!this.at) return;
    const key = this.#keyOf(this.at);
    if (key !== this.shownKey) this.#fill(this.element, this.at);
    this.shownKey = key;
    this.element.hidden = false;
    this.#map.draw();
  }

  /** @param {Spot} at */
  drawPinned(at) {
    // A button that is replaced between press and release is never clicked.
    const key = this.#keyOf(at);
    if (key === this.pinnedKey && !this.pinned.hidden) return;
    this.pinnedKey = key;
    this.#fill(this.pinned, at);
    const { row } = at;
    const actions = make("div", "actions");
    actions.append(
      textButton("action", "Open", "", () => this.#map.send({ type: "open", row })),
      textButton("action", "More like this", "", () => this.#map.send({ type: "like", row })),
      textButton("action", "Unpin", "", () => this.unpin()),
    );
    const card = this.known.get(row);
    if (this.query && card) actions.append(this.#verdict("Like", row, card), this.#verdict("Dislike", row, card));
    this.pinned.append(actions);
    this.pinned.setAttribute("aria-label", card ? `Pinned picture ${card.id}` : "Pinned picture");
    this.pinned.hidden = false;
  }

  /**
   * @param {"Like" | "Dislike"} text
   * @param {number} row
   * @param {PointCard} card
   */
  #verdict(text, row, card) {
    const verdict = text === "Like" ? "liked" : "disliked";
    const button = textButton("action", text, "", () => this.#map.send({ type: "judge", row, verdict }));
    button.setAttribute("aria-pressed", String(card.verdict === verdict));
    return button;
  }

  /**
   * Beside their points, inside the map; a ring shows which point it is.
   *
   * @param {CanvasRenderingContext2D} brush
   * @param {Ink} ink
   */
  place(brush, ink) {
    if (this.at && !this.element.hidden) this.#placeOne(this.element, this.at, brush, ink);
    if (this.pinnedAt && !this.pinned.hidden) this.#placeOne(this.pinned, this.pinnedAt, brush, ink);
  }

  /**
   * @param {HTMLElement} element
   * @param {Spot} at
   * @param {CanvasRenderingContext2D} brush
   * @param {Ink} ink
   */
  #placeOne(element, at, brush, ink) {
    const map = this.#map;
    const [left, top] = map.toPixels(at.x, at.y);
    const hit = at.text === null && map.hits.get(at.row);
    circle(brush, left, top, (hit ? map.hitRadius(hit) : map.pointSize() / 2) + 7);
    brush.setLineDash([4, 3]);
    brush.lineWidth = 1.6;
    brush.strokeStyle = ink.text;
    brush.stroke();
    brush.setLineDash([]);
    const x = beside(left, element.offsetWidth, map.width);
    const y = beside(top, element.offsetHeight, map.height);
    element.style.transform = `translate(${x}px, ${y}px)`;
  }

  /** Everything a card shows; while it stays the same, its picture and buttons do too. @param {Spot} at */
  #keyOf(at) {
    return JSON.stringify([at, this.known.get(at.row), at.text === null ? "" : this.texts.get(at.text)]);
  }

  /**
   * @param {HTMLElement} element
   * @param {Spot} at
   */
  #fill(element, at) {
    const card = this.known.get(at.row);
    element.classList.toggle("waiting", !card);
    element.replaceChildren(...faceOf(card, at.text === null ? card?.caption : this.texts.get(at.text)));
  }
}

/**
 * Where something begins beside a point, inside a room.
 *
 * @param {number} point
 * @param {number} size
 * @param {number} room
 */
function beside(point, size, room) {
  const at = point + ASIDE + size > room ? point - ASIDE - size : point + ASIDE;
  return Math.round(Math.max(EDGE, Math.min(room - size - EDGE, at)));
}
