// The grid: one element a picture, kept between updates; arrows go from card to card.

import { Detail } from "../shared/detail/dialog.js";
import { make } from "../shared/drawing.js";
import { onWayIntoResults } from "../shared/into_results.js";
import { focusedBeside, withModifier } from "../shared/keys.js";
import { Sequence } from "../shared/sequence.js";
import { Card, EmptyCard, skeletons } from "./card.js";
import { Further } from "./further.js";
import { KeptPlace } from "./kept_place.js";
import { boxesBetween, GAP, vertically } from "./layout.js";
import { Pairing } from "./pairing.js";
import { Pointed } from "./pointed.js";
import { Selection } from "./selection.js";
import { Status } from "./status.js";
import { Strip } from "./strip.js";
import { Verdicts } from "./verdicts.js";

/** @import { Host } from "../shared/detail/data.d.ts" */
/** @import { Message, Mounted, Parent } from "../shared/types.d.ts" */
/** @import { Box, GridData } from "./data.d.ts" */

const META_HEIGHT = 24;
const CAPTION_HEIGHT = 38;
const LOAD_WITHIN = "900px"; // of the window
const GLIDE = { duration: 260, easing: "ease-out" };

/**
 * @implements {Mounted<GridData>}
 * @implements {Host}
 */
export class PictureGrid {
  /** @type {(said: Message) => void} */
  send = () => {};
  /** @type {GridData} */
  data = { pictures: [], size: "M", captions: true, open: null, detail: null, seq: 0, token: "" };
  root = make("div", "grid-root");
  area = make("div", "area");
  status = new Status();
  detail = new Detail(this); // before the selection: Escape closes what is open first
  selection = new Selection(this); // before the verdicts: Ctrl-Z is its own while pictures are selected
  verdicts = new Verdicts(this);
  strip = new Strip(this.verdicts);
  further = new Further(this);
  /** @type {HTMLElement[]} lines between the cards */
  rules = [];
  pointed = new Pointed(this);
  pairing = new Pairing(this);
  /** @type {Map<string, Card | EmptyCard>} */
  cards = new Map();
  /** @type {string[]} */
  order = [];
  /** @type {Box[]} */
  boxes = [];
  /** @type {string | null} */
  focusId = null;
  visited = false; // whether somebody was on that card
  scoreHelp = "";
  width = 0;
  sequence = new Sequence();
  stop = new AbortController();
  /** @type {string | null} the picture that stands open beside the page */
  openedId = null;
  place = new KeptPlace();
  resizer = new ResizeObserver(() => this.resized());
  loader = new IntersectionObserver((entries) => this.loadSeen(entries), { rootMargin: LOAD_WITHIN });

  /** @param {Parent} parent */
  constructor(parent) {
    this.area.setAttribute("role", "list");
    this.root.append(
      this.strip.root,
      this.status.line,
      this.strip.told,
      this.area,
      this.further.root,
      this.selection.marks.tray.root,
      this.detail.dialog,
    );
    parent.append(this.root);
    this.resizer.observe(this.root);
    this.area.addEventListener("keydown", (event) => this.onKey(event));
    onWayIntoResults(() => this.takeFocus(), this.stop.signal);
    this.area.addEventListener("focusin", ({ target }) => {
      const card = target instanceof Element ? target.closest(".card") : null;
      if (!(card instanceof HTMLElement && card.dataset.id)) return;
      this.visited = true;
      this.setFocus(card.dataset.id, false);
    });
  }

  destroy() {
    this.stop.abort();
    this.resizer.disconnect();
    this.loader.disconnect();
    this.selection.end();
    this.further.end();
    this.verdicts.end();
    this.pointed.end();
    this.pairing.end();
    this.detail.destroy();
    this.root.remove();
  }

  /** @param {Message} said */
  say(said) {
    this.send(this.selection.marks.complete(this.verdicts.complete(said)));
  }

  /** @param {string} id */
  shownOf(id) {
    return this.cards.get(id)?.picture;
  }

  /** @param {GridData} data */
  update(data) {
    const started = performance.now();
    const [toldBefore, told] = [this.data, data].map((one) => one.judging?.told ?? "");
    this.data = data;
    this.scoreHelp = data.score_help || "";
    this.root.classList.toggle("loading", Boolean(data.loading));
    this.area.setAttribute("aria-label", data.label || "Pictures");
    this.area.setAttribute("aria-busy", String(Boolean(data.loading)));
    this.verdicts.take(data.judging ?? null, data.seq >= this.sequence.latest);
    this.selection.marks.take(data.tagging ?? null);
    this.selection.marks.receive(data.exported ?? null);
    this.further.take(data.further ?? null, data.pictures);
    this.takeOrder();
    this.selection.marks.draw();
    this.strip.draw(data.judging ?? null);
    this.layout(told !== "" && told !== toldBefore);
    this.pairing.refresh();
    this.status.draw(data, performance.now() - started);
    this.detail.receive(data);
  }

  /** The cards in their new order, and the focus where it was: on its card, or where that one stood. */
  takeOrder() {
    const focused = this.cards.get(this.focusId ?? "")?.element.contains(focusedBeside(this.area)) ?? false;
    const at = this.order.indexOf(this.focusId ?? "");
    this.takeCards();
    // Who never came to a card left none: the way in is the first of what is there now.
    this.visited &&= this.cards.has(this.focusId ?? "");
    if (!this.visited)
      this.setFocus((focused ? this.order[Math.min(at, this.order.length - 1)] : this.order[0]) || null, false);
    // An element that is put elsewhere loses the focus.
    if (focused) this.cards.get(this.focusId ?? "")?.button?.focus({ preventScroll: true });
  }

  /** The cards that are wanted, in their order; those that are there already stay. */
  takeCards() {
    const { loading, pictures } = this.data;
    const wanted = loading ? skeletons(loading) : [...pictures, ...this.further.pictures];
    const ids = new Set(wanted.map((one) => one.id));
    for (const [id, card] of this.cards) {
      if (ids.has(id)) continue;
      this.loader.unobserve(card.element);
      card.element.remove();
      this.cards.delete(id);
    }
    /** @type {Element | null} */
    let previous = null;
    for (const one of wanted) {
      const { element } = "shape" in one ? this.emptyCard(one) : this.card(one);
      /** @type {ChildNode | null} */
      const expected = previous ? previous.nextSibling : this.area.firstChild;
      if (element !== expected) this.area.insertBefore(element, expected);
      previous = element;
    }
    this.order = wanted.map((one) => one.id);
  }

  /** @param {import("./data.d.ts").Skeleton} skeleton */
  emptyCard(skeleton) {
    const card = this.cards.get(skeleton.id) ?? new EmptyCard(skeleton);
    this.cards.set(skeleton.id, card);
    return card;
  }

  /** @param {import("./data.d.ts").Picture} picture */
  card(picture) {
    let card = this.cards.get(picture.id);
    if (!(card instanceof Card)) {
      card?.element.remove();
      card = new Card(picture.id, (verdict) => this.verdicts.turn(picture.id, verdict));
      card.element.addEventListener("click", (event) => {
        const { target } = event;
        if (target instanceof Element && target.closest(".verdicts")) return;
        if (!this.selection.click(event, picture.id)) this.open(picture.id, event.detail === 0); // 0: by a key
      });
      this.cards.set(picture.id, card);
    }
    const { captions, terms = [] } = this.data;
    const manner = { captions, scoreHelp: this.scoreHelp, terms };
    // What comes after the first pictures stays as it was told: there may be thousands.
    const drawn = card.picture === picture && card.manner === JSON.stringify(manner);
    if (!drawn && card.fillWith(picture, manner)) this.loader.observe(card.element);
    card.mark(this.verdicts.of(picture.id), this.verdicts.open);
    card.markOpened(picture.id === this.openedId);
    return card;
  }

  /** Open a picture, here or where the server says. @param {string} id @param {boolean} focus whether the keys go there, too */
  open(id, focus) {
    if (this.data.elsewhere) this.say({ type: "open", id, seq: this.sequence.next() });
    else this.detail.open(id, { focus });
  }

  openFocused() {
    const id = this.verdicts.meant ?? this.focusId;
    if (this.data.elsewhere || id === null || !this.shownOf(id)) return false;
    this.open(id, true);
    return true;
  }

  /** @param {string | null} id */
  showOpened(id) {
    const [before, now] = [this.cards.get(this.openedId ?? ""), this.cards.get(id ?? "")];
    this.openedId = id;
    if (before instanceof Card) before.markOpened(false);
    if (!(now instanceof Card)) return;
    now.markOpened(true);
    this.setFocus(id, false); // on from here
    now.element.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} id */
  keepInPlace(id) {
    this.place.note(this.cards.get(id));
  }

  /** Show what a picture was judged, wherever it is. @param {string} id */
  mark(id) {
    const card = this.cards.get(id);
    if (card instanceof Card) card.mark(this.verdicts.of(id), this.verdicts.open);
    this.detail.drawVerdict();
  }

  /** Show of every card whether it is selected, and its tags. */
  markAll() {
    const { marks } = this.selection;
    const { ids } = marks;
    for (const [id, card] of this.cards) {
      if (card instanceof Card) card.markTags(ids.has(id), marks.tagsOf(id));
    }
  }

  /** @param {IntersectionObserverEntry[]} entries */
  loadSeen(entries) {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      const card = target instanceof HTMLElement && this.cards.get(target.dataset.id ?? "");
      if (card instanceof Card) card.load();
      this.loader.unobserve(target);
    }
  }

  resized() {
    const width = this.root.clientWidth;
    if (!width || width === this.width) return;
    this.layout();
    this.place.putBack();
  }

  /** @param {boolean} [glide] whether cards are seen to move */
  layout(glide = false) {
    const width = this.root.clientWidth;
    this.width = width;
    if (!width) return;
    const cards = this.order.flatMap((id) => this.cards.get(id) ?? []);
    const extra = this.heightBelow(cards);
    const shapes = cards.map((card) => card.shape);
    // A step moves cards before one's eyes; whatever else gives them another place does so at once.
    const gliding = glide && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    const rules = this.further.rules(this.data.pictures.length);
    const starts = rules.map((one) => one.at);
    const { boxes, lines, bottom } = boxesBetween(shapes, starts, width, this.data.size || "M", extra);
    this.boxes = boxes;
    this.drawRules(rules.map(({ text }, index) => ({ text, top: lines[index] })));
    cards.forEach((card, index) => {
      const box = this.boxes[index];
      const before = card.element.style.transform;
      const there = `translate(${box.left.toFixed(1)}px, ${box.top.toFixed(1)}px)`;
      card.element.style.transform = there;
      if (gliding && before && before !== there) card.element.animate({ transform: [before, there] }, GLIDE);
      card.element.style.width = `${box.width.toFixed(1)}px`;
      card.frame.style.height = `${box.height.toFixed(1)}px`;
      card.element.classList.toggle("slim", box.width < 120);
    });
    this.area.style.height = `${Math.ceil(bottom)}px`;
  }

  /** @param {{ text: string, top: number }[]} wanted */
  drawRules(wanted) {
    for (const rule of this.rules) rule.remove();
    this.rules = wanted.map(({ text, top }) => {
      const rule = make("div", "rule", text);
      rule.style.top = `${top.toFixed(1)}px`;
      rule.setAttribute("aria-hidden", "true"); // who listens is told how many came
      return rule;
    });
    this.area.append(...this.rules);
  }

  /** What a card takes below its picture, which is the same for all. @param {(Card | EmptyCard)[]} cards */
  heightBelow(cards) {
    const { loading, captions } = this.data;
    const scored = loading ? this.data.scored : cards.some((card) => card instanceof Card && card.isScored);
    const withCaptions = captions && (loading || cards.some((card) => card.picture?.caption));
    const gap = scored || withCaptions ? GAP : GAP - 4;
    return (scored ? META_HEIGHT : 4) + (withCaptions ? CAPTION_HEIGHT : 0) + gap;
  }

  /**
   * @param {string | null} id
   * @param {boolean} move whether the focus goes there, or only would
   */
  setFocus(id, move) {
    const old = this.cards.get(this.focusId ?? "");
    if (old?.button) old.button.tabIndex = -1;
    this.focusId = id;
    const card = this.cards.get(id ?? "");
    if (!card?.button) return;
    card.button.tabIndex = 0;
    if (!move) return;
    card.button.focus({ preventScroll: true });
    card.element.scrollIntoView({ block: "nearest" });
  }

  /** From elsewhere on the page, to the first card. Whether there is one. */
  takeFocus() {
    const [first = ""] = this.order;
    if (!this.cards.get(first)?.button) return false;
    this.setFocus(first, true);
    return true;
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (withModifier(event) || this.focusId === null) return;
    const at = this.order.indexOf(this.focusId);
    const to = this.target(event.key, at);
    if (to === null) return;
    event.preventDefault();
    if (to >= 0 && to < this.order.length) {
      this.setFocus(this.order[to], true);
      this.detail.follow(this.order[to]);
    }
    if (to + 1 >= this.order.length) this.further.near();
  }

  /**
   * Where a key leads from one card; null for a key that leads nowhere.
   *
   * @param {string} key
   * @param {number} at
   */
  target(key, at) {
    if (key === "ArrowRight") return at + 1;
    if (key === "ArrowLeft") return at - 1;
    if (key === "Home") return 0;
    if (key === "End") return this.order.length - 1;
    if (key === "ArrowDown") return vertically(this.boxes, at, 1);
    return key === "ArrowUp" ? vertically(this.boxes, at, -1) : null;
  }
}
