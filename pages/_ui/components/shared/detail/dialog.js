// The detail of one picture: it, everything known about it, and what to do next with it; beside the page where there is room.

import { isTaken, verdictOf, withModifier } from "../keys.js";
import { Settling } from "../settling.js";
import { frame } from "./frame.js";
import { Neighbours } from "./neighbours.js";
import { Side } from "./side.js";
import { Stack } from "./stack.js";
import { Stage } from "./stage.js";
import { hasRoom, Standing } from "./standing.js";

/** @import { DetailData, Host, Known, Verdict } from "./data.d.ts" */

const ASK_AFTER_MS = 180;
const ASK_AT_ONCE_MS = 30;

export class Detail {
  /** @type {string | null} the picture that is shown */
  id = null;
  /** @type {Map<string, Known>} */
  known = new Map();
  token = "";
  /** @type {string[]} what the terms of the query are called */
  terms = [];
  wantRelated = false;
  /** Whether reasons are wanted, of this picture and of those stepped to from it. */
  explaining = false;
  stage = new Stage();
  stop = new AbortController();

  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    this.side = new Side({
      search: (text) => this.ask("search", { text }),
      like: () => this.ask("like"),
      add: () => this.ask("add"),
      table: () => this.ask("captions"),
      find: () => this.findCaptions(),
      toggle: () => this.explain(!this.explaining),
      look: (map) => this.stage.showHeat(map),
      terms: (text) => this.ask("terms", { text }),
      judge: (verdict) => this.judge(verdict),
    });
    const open = (/** @type {string} */ id) => this.open(id);
    this.stack = new Stack(open);
    this.neighbours = new Neighbours(open);
    const parts = [this.stage.root, this.side.root, this.stack.root, this.neighbours.root];
    this.frame = frame(parts, {
      step: (by) => this.step(by),
      close: () => this.close(),
      enlarge: () => this.enlarge(!this.standing.large),
    });
    this.dialog = this.frame.dialog;
    this.standing = new Standing(this.dialog, this.frame.body, () => this.stood(), this.stop.signal);
    this.dialog.addEventListener("close", () => this.closed());
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog && !this.standing.beside) this.stepBack();
    });
    this.stage.picture.addEventListener("click", () => this.standing.beside && this.enlarge(true));
    this.dialog.addEventListener("keydown", (event) => this.onKey(event));
    document.addEventListener("keydown", (event) => this.onPageKey(event), { signal: this.stop.signal });
    // Held arrows step through many pictures; only the one they stop at is asked for.
    this.asking = new Settling(ASK_AFTER_MS, () => {
      this.host.say({ type: "open", id: this.id, seq: this.host.sequence.latest, ...this.wanted() });
    });
  }

  destroy() {
    this.stop.abort();
    this.asking.end();
    this.id = null; // gone with the page, not closed by a person
    this.standing.close();
  }

  /**
   * Show a picture at once with what the page knows; the rest is asked for.
   *
   * @param {string} id
   * @param {{ ask?: boolean, focus?: boolean, step?: boolean }} [manner] `focus` moves the focus there; a `step` stays at what is read
   */
  open(id, { ask = true, focus = false, step = false } = {}) {
    const opening = !this.dialog.open;
    const within = this.standing.hasFocus;
    this.id = id;
    this.wantRelated = false;
    this.draw();
    if (opening) {
      this.host.keepInPlace?.(id);
      this.standing.stand();
      this.stood();
    } else this.host.showOpened?.(this.standing.beside ? id : null);
    if (!step) this.frame.body.scrollTop = 0;
    // What had the focus may be gone with the picture before.
    if (focus || (within && !this.standing.hasFocus)) this.standing.focus();
    if (!ask) {
      const known = this.known.get(id);
      if (this.explaining && known?.explains && !known.why) this.askWhy("heat");
      return;
    }
    this.host.sequence.next();
    this.asking.stir(this.known.has(id) ? ASK_AFTER_MS : ASK_AT_ONCE_MS);
  }

  /** Go along with the picture that somebody goes to on the page. @param {string} id */
  follow(id) {
    if (this.standing.beside && id !== this.id) this.open(id, { step: true });
  }

  /** It stands now, or otherwise than before. */
  stood() {
    this.frame.showLarger(hasRoom(), this.standing.large);
    this.host.showOpened?.(this.standing.beside ? this.id : null);
  }

  /** Show it over the page, as large as the window has room; or beside it again. @param {boolean} large */
  enlarge(large) {
    this.standing.large = large;
    this.standing.stand();
    this.stood();
    this.standing.focus();
  }

  close() {
    if (this.id !== null && this.standing.beside) this.host.keepInPlace?.(this.id);
    this.standing.close();
  }

  /** From the large picture to the one beside the page, from that one to none. */
  stepBack() {
    if (this.standing.large && hasRoom()) this.enlarge(false);
    else this.close();
  }

  closed() {
    if (this.dialog.open) return; // it only stands otherwise now
    this.asking.end();
    this.standing.close();
    this.host.showOpened?.(null);
    if (this.id === null) return;
    const id = this.id;
    this.id = null;
    this.explaining = false;
    this.host.say({ type: "close", seq: this.host.sequence.next() });
    this.host.setFocus(this.host.shownOf(id) ? id : this.host.focusId, true);
  }

  /**
   * Go on from this picture to something else.
   *
   * @param {string} type
   * @param {Record<string, unknown>} [more]
   */
  ask(type, more = {}) {
    this.asking.end(); // a step that was not told yet must not arrive after this
    const id = this.id;
    if (this.standing.large && hasRoom()) this.enlarge(false);
    const stays = this.standing.beside; // what is found next is opened there
    if (!stays) {
      this.id = null; // the page moves on: what lies over it closes without a second message
      this.standing.close();
    }
    this.host.say({ type, id, seq: this.host.sequence.next(), stays, ...more });
  }

  findCaptions() {
    this.asking.end();
    this.wantRelated = true;
    this.host.say({ type: "related", id: this.id, seq: this.host.sequence.next() });
    this.draw();
  }

  /** Ask why this picture was found, or put that away. @param {boolean} on */
  explain(on) {
    const known = this.id === null ? undefined : this.known.get(this.id);
    if (this.id === null || (on && !known?.explains)) return;
    this.explaining = on;
    if (on && !known?.why?.told) this.askWhy("heat");
    this.draw();
  }

  /** First the heat, which is there at once; what else is told when that has come. @param {"heat" | "all"} explain */
  askWhy(explain) {
    this.asking.end(); // this says which picture is open, too
    this.host.say({ type: "explain", id: this.id, seq: this.host.sequence.next(), explain });
  }

  /** What an opened picture is asked besides. */
  wanted() {
    return this.explaining ? { explain: "heat" } : {};
  }

  /** Keep what is told of a picture; what was told before of why it was found is still so. @param {Known} told */
  keep(told) {
    const before = this.known.get(told.id)?.why;
    const why = told.why?.told || !before?.told ? (told.why ?? before) : before;
    this.known.set(told.id, why ? { ...told, why } : told);
  }

  /** @param {Verdict} verdict */
  judge(verdict) {
    if (this.id !== null) this.host.verdicts?.turn(this.id, verdict);
    this.drawVerdict();
  }

  drawVerdict() {
    const { verdicts } = this.host;
    this.side.drawVerdict(Boolean(verdicts?.open), this.id === null ? null : (verdicts?.of(this.id) ?? null));
  }

  /** What the server says; older answers than our last message are only kept, not followed. @param {DetailData} data */
  receive(data) {
    if (data.token !== this.token) {
      this.known.clear();
      this.token = data.token;
    }
    this.terms = data.terms ?? [];
    if (data.detail) this.keep(data.detail);
    if (!this.host.sequence.follow(data.seq)) {
      if (this.dialog.open) this.draw();
    } else if (data.open && data.open !== this.id) this.open(data.open, { ask: false });
    else if (!data.open && this.dialog.open) {
      this.id = null;
      this.standing.close();
    } else if (this.dialog.open) this.draw();
    const why = this.id === null ? undefined : this.known.get(this.id)?.why;
    const heatAlone = data.detail?.id === this.id && data.seq === this.host.sequence.latest && why?.maps && !why.told;
    if (this.explaining && heatAlone && !why.pending && !why.problem) this.askWhy("all");
  }

  /** @param {number} by */
  step(by) {
    const { order } = this.host;
    const at = this.id === null ? -1 : order.indexOf(this.id);
    const to = order[at < 0 ? 0 : at + by];
    if (to !== undefined) this.open(to, { step: true });
  }

  /** Keys of the panel itself. @param {KeyboardEvent} event */
  onKey(event) {
    const { verdicts } = this.host;
    const verdict = verdicts?.open ? verdictOf(event) : null;
    if (verdict) this.judge(verdict);
    else if (withModifier(event) || !this.#press(event)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Whether a key did something. @param {KeyboardEvent} event */
  #press(event) {
    const { target } = event;
    if (event.key === "Escape") this.stepBack();
    else if (event.key === "i" && !event.repeat) this.close();
    else if (event.key === "Enter" && (target === this.dialog || target === this.frame.body) && hasRoom()) {
      this.enlarge(!this.standing.large);
    } else return this.#pressAnywhere(event);
    return true;
  }

  /** Keys that the panel has wherever the focus is, as long as nobody else wants them. @param {KeyboardEvent} event */
  #pressAnywhere(event) {
    if (event.key === "e") this.explain(!this.explaining);
    else if (event.key === "ArrowRight") this.step(1);
    else if (event.key === "ArrowLeft") this.step(-1);
    else return false;
    return true;
  }

  /** Keys of the page, which is in use beside the panel. @param {KeyboardEvent} event */
  onPageKey(event) {
    if (event.defaultPrevented || isTaken(event) || withModifier(event)) return;
    if (event.key === "i" && !event.repeat) {
      if (this.dialog.open) this.close();
      else if (!this.host.openFocused()) return;
    } else if (!this.standing.beside) return;
    else if (event.key === "Escape") this.close();
    // The arrows are those of whatever has the focus.
    else if (event.key.startsWith("Arrow") && event.composedPath()[0] !== document.body) return;
    else if (!this.#pressAnywhere(event)) return;
    event.preventDefault();
  }

  draw() {
    const { id, host } = this;
    if (id === null) return;
    const shown = host.shownOf(id);
    const known = this.known.get(id);
    this.frame.show(id, host.order);
    this.stage.draw(id, shown, known);
    this.side.draw(id, shown, known, {
      words: host.detailWords,
      scoreHelp: host.scoreHelp,
      terms: this.terms,
      finding: this.wantRelated,
      explaining: this.explaining,
    });
    this.drawVerdict();
    this.stack.draw(known);
    this.neighbours.draw(known, this.token);
  }
}
