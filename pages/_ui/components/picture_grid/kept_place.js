// A card that stays where it is in the window while the cards get another width.

const LONGEST_MS = 500; // the width changes at once, or not at all

/** @import { Card, EmptyCard } from "./card.js" */

export class KeptPlace {
  /** @type {{ card: Card | EmptyCard, top: number, at: number } | null} */
  #kept = null;

  /** Note where a card is; nothing where it is out of sight. @param {Card | EmptyCard | undefined} card */
  note(card) {
    const box = card?.element.getBoundingClientRect();
    const seen = box && box.bottom > 0 && box.top < innerHeight;
    this.#kept = card && seen ? { card, top: box.top, at: performance.now() } : null;
  }

  /** Scroll it back there. */
  putBack() {
    const kept = this.#kept;
    this.#kept = null;
    if (!kept?.card.element.isConnected || performance.now() - kept.at > LONGEST_MS) return;
    const moved = kept.card.element.getBoundingClientRect().top - kept.top;
    const scroller = scrollerOf(kept.card.element);
    if (scroller) scroller.scrollTop += moved;
    kept.card.element.scrollIntoView({ block: "nearest" }); // the top of the page is the top
  }
}

/** The nearest element around one that scrolls, also outside of its shadow. @param {Element} element */
function scrollerOf(element) {
  /** @type {Node | null} */
  let node = element.parentNode;
  while (node) {
    if (node instanceof Element && /auto|scroll/.test(getComputedStyle(node).overflowY)) {
      if (node.scrollHeight > node.clientHeight) return node;
    }
    node = node instanceof ShadowRoot ? node.host : node.parentNode;
  }
  return null;
}
