// The detail dialog: one picture large, everything known about it, and what to do next with it.

import { verdictOf, withModifier } from "../keys.js";
import { Settling } from "../settling.js";
import { frame } from "./frame.js";
import { Neighbours } from "./neighbours.js";
import { Side } from "./side.js";
import { Stack } from "./stack.js";
import { Stage } from "./stage.js";

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
    const open = (/** @type {string} */ id) => {
      this.open(id);
      this.frame.body.scrollTop = 0;
    };
    this.stack = new Stack(open);
    this.neighbours = new Neighbours(open);
    const parts = [this.stage.root, this.side.root, this.stack.root, this.neighbours.root];
    this.frame = frame(parts, { step: (by) => this.step(by), close: () => this.dialog.close() });
    this.dialog = this.frame.dialog;
    this.dialog.addEventListener("close", () => this.closed());
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    this.dialog.addEventListener("keydown", (event) => this.onKey(event));
    // Held arrows step through many pictures; only the one they stop at is asked for.
    this.asking = new Settling(ASK_AFTER_MS, () => {
      this.host.say({ type: "open", id: this.id, seq: this.host.sequence.latest, ...this.wanted() });
    });
  }

  destroy() {
    this.asking.end();
    if (this.dialog.open) {
      this.id = null; // gone with the page, not closed by a person
      this.dialog.close();
    }
  }

  /**
   * Show a picture at once with what the page knows; the rest is asked for.
   *
   * @param {string} id
   * @param {{ ask?: boolean }} [options]
   */
  open(id, { ask = true } = {}) {
    this.id = id;
    this.wantRelated = false;
    this.draw();
    if (!this.dialog.open) {
      this.dialog.showModal();
      this.dialog.focus(); // the keys work at once and no button is picked out
      this.frame.body.scrollTop = 0;
    }
    if (!ask) return;
    this.host.sequence.next();
    this.asking.stir(this.known.has(id) ? ASK_AFTER_MS : ASK_AT_ONCE_MS);
  }

  closed() {
    this.asking.end();
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
    this.id = null; // the page moves on: the dialog closes without a second message
    this.dialog.close();
    this.host.say({ type, id, seq: this.host.sequence.next(), ...more });
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
      this.dialog.close();
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
    if (to !== undefined) this.open(to);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key === "e" && !withModifier(event)) {
      event.preventDefault();
      event.stopPropagation();
      this.explain(!this.explaining);
      return;
    }
    const { verdicts } = this.host;
    const verdict = verdicts?.open ? verdictOf(event) : null;
    if (verdict) {
      event.preventDefault();
      this.judge(verdict);
      return;
    }
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    event.preventDefault();
    event.stopPropagation();
    this.step(event.key === "ArrowRight" ? 1 : -1);
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
