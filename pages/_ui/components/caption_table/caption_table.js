// What a person asks of the captions, and how the answers are shown. One question is under way at a time.

import { countOf } from "../shared/counting.js";
import { Detail } from "../shared/detail/dialog.js";
import { make, textButton } from "../shared/drawing.js";
import { slashGoesTo } from "../shared/keys.js";
import { Questions } from "../shared/questions.js";
import { Sequence } from "../shared/sequence.js";
import { Settling } from "../shared/settling.js";
import { Filters } from "./filters.js";
import { Histogram } from "./histogram.js";
import { LeadingWords } from "./leading_words.js";
import { Pager } from "./pager.js";
import { Rows } from "./rows.js";
import { Selecting } from "./selecting.js";
import { Tools } from "./tools.js";
import { WordField } from "./word_field.js";

/** @import { Host } from "../shared/detail/data.d.ts" */
/** @import { Message, Mounted, Parent } from "../shared/types.d.ts" */
/** @import { Empty, Row, TableData, View } from "./data.d.ts" */

const SETTLED_MS = 600;
const ANSWER_MS = 4000;
const BUSY_MS = 300;
const MOST_TOGETHER = 20;

/** @type {View} until the server says what is asked for */
const NOTHING = { words: "", filters: {}, sort: "", descending: false, page: 1, size: 25 };

/**
 * @implements {Mounted<TableData>}
 * @implements {Host}
 */
export class CaptionTable {
  /** @type {(said: Message) => void} */
  send = () => {};
  /** @type {TableData | null} */
  data = null;
  view = NOTHING;
  /** @type {number | null} */
  version = null;
  /** Whether words are typed of which the link knows nothing yet. */
  unsettled = false;
  /** @type {Map<number, string>} captions that are chosen */
  picked = new Map();
  /** @type {string | null} the dataset whose captions are picked; null takes over what the server says */
  picksOf = null;
  sequence = new Sequence();
  detailWords = {
    rank: "Found at rank",
    score: "Fit of this caption",
    scoreHelp:
      "Cosine similarity of the caption in the table to its picture, and the picture's rank when that caption is searched",
    best: "the row in the table",
    bestHelp: "The caption whose row you opened. Search with it",
  };
  root = make("div", "grid-root captions-root");
  status = make("div", "said-line");
  message = make("div", "empty");
  bar = make("div", "picked");
  about = make("div", "about"); // the captions that are picked
  stop = new AbortController();
  settling = new Settling(SETTLED_MS, () => this.settle());
  busy = new Settling(BUSY_MS, () => this.root.classList.add("is-busy"));
  /** @type {Questions<{ view: View, settled: boolean }>} */
  questions = new Questions(
    (question) => this.put(question),
    () => this.rest(),
    ANSWER_MS,
  );
  detail = new Detail(this);
  field = new WordField(this);
  filters = new Filters(this);
  tools = new Tools(this);
  histogram = new Histogram(this);
  words = new LeadingWords(this);
  rows = new Rows(this);
  pager = new Pager(this);
  selecting = new Selecting(this);

  /** @param {Parent} parent */
  constructor(parent) {
    this.status.setAttribute("role", "status");
    const head = make("div", "head-line");
    head.append(this.status, this.tools.root);
    this.tools.root.prepend(this.filters.button);
    this.overview = make("div", "overview");
    this.overview.append(this.histogram.root, this.words.root);
    this.root.append(this.field.root, head, this.filters.chips, this.filters.panel, this.overview, this.message);
    this.root.append(this.rows.table, this.pager.root, this.bar, this.detail.dialog);
    this.bar.append(this.about, this.selecting.marks.tray.root);
    parent.append(this.root);
    slashGoesTo(this.field.input, this.stop.signal, () => this.field.root.scrollIntoView({ block: "nearest" }));
  }

  destroy() {
    this.stop.abort();
    this.detail.destroy();
    this.root.remove(); // before the waits: a field that has the focus loses it, which may begin one
    for (const wait of [this.settling, this.questions, this.busy]) wait.end();
  }

  // What is asked for.

  /** Of two messages close together only the later may arrive, so each says what is shown and open. @param {Message} said */
  say(said) {
    const picked = [...this.picked.keys()];
    const all = { view: this.view, settled: !this.unsettled, open: this.detail.id, picked, ...said };
    this.send(this.selecting.marks.complete(all));
  }

  /**
   * @param {Partial<View>} change
   * @param {{ settled?: boolean }} [manner]
   */
  ask(change, { settled = true } = {}) {
    this.view = { ...this.view, ...change };
    this.questions.want({ view: this.view, settled });
  }

  /** @param {{ view: View, settled: boolean }} question */
  put({ view, settled }) {
    this.busy.stir();
    this.say({ type: "view", seq: this.sequence.next(), settled, view });
  }

  /** An answer has come, or is waited for no longer. */
  rest() {
    this.busy.end();
    this.root.classList.remove("is-busy");
  }

  typed() {
    this.unsettled = true;
    this.ask({ words: this.field.words, page: 1 }, { settled: false });
    this.settling.stir();
  }

  /** The person stopped typing: the link may hold these words now. */
  settle() {
    this.settling.end();
    if (!this.unsettled) return;
    this.unsettled = false;
    this.ask({ words: this.field.words });
  }

  /** @param {string} words */
  setWords(words) {
    this.settling.end();
    this.unsettled = false;
    this.field.words = words;
    this.ask({ words, page: 1 });
  }

  /**
   * @param {string} sort
   * @param {boolean} descending
   */
  sortBy(sort, descending) {
    this.ask({ sort, descending, page: 1 });
  }

  /**
   * @param {number} page
   * @param {number | null} [focus] the row that has the focus then; -1 is the last
   */
  toPage(page, focus = null) {
    this.rows.focusAfter = focus;
    this.ask({ page: Math.min(Math.max(1, page), this.data?.pages ?? 1) });
  }

  /** To another page; what is unsent is of no use any more. @param {Message} said */
  leave(said) {
    this.say({ seq: this.sequence.next(), ...said });
  }

  // What is shown.

  /** @param {TableData} data */
  update(data) {
    if (!this.sequence.follow(data.seq)) {
      this.detail.receive(data);
      return;
    }
    this.data = data;
    this.takeOver(data);
    this.selecting.take(data);
    this.root.classList.toggle("loading", Boolean(data.loading));
    this.drawStatus(data);
    this.tools.draw(data, this.view);
    this.filters.draw(data, this.view);
    this.overview.hidden = Boolean(data.loading) || (!data.histogram && !data.unknown && !data.words);
    this.histogram.draw(data, this.view);
    this.words.draw(data);
    this.drawEmpty(data.empty);
    this.rows.draw(data, this.view);
    this.pager.draw(data, this.view);
    this.selecting.marks.draw();
    this.detail.receive(data);
    this.questions.answered();
    this.root.dataset.words = data.view.words;
  }

  /** What was set elsewhere counts; else what a person typed or picked here. @param {TableData} data */
  takeOver({ version, picks, view }) {
    const elsewhere = version !== this.version;
    this.version = version;
    if (elsewhere) this.picksOf = null;
    if (picks && picks.of !== this.picksOf) {
      this.picksOf = picks.of;
      this.picked = new Map(picks.captions);
    }
    if (elsewhere || !this.questions.wanted) this.view = view;
    if (elsewhere || !this.unsettled) this.field.words = this.view.words;
    if (elsewhere) this.questions.wanted = null;
    this.field.draw();
  }

  /** @param {TableData} data */
  drawStatus({ summary, notes, counting }) {
    this.status.replaceChildren();
    if (summary) this.status.append(make("span", "sum", summary));
    for (const note of notes || []) this.status.append(make("span", "remark", note));
    if (!counting) return; // minutes for a very large gallery, and only once
    const share = `${Math.round(100 * counting)}\u202f%`;
    this.status.append(make("span", "remark", `ranks are being counted, ${share}`));
  }

  /** @param {Empty | null} empty */
  drawEmpty(empty) {
    this.message.hidden = !empty;
    this.message.replaceChildren();
    if (!empty) return;
    this.message.append(make("p", "title", empty.title), make("p", "", empty.text));
    for (const { label, words } of empty.acts) {
      const act = () => (words === undefined ? this.ask({ filters: {}, words: "", page: 1 }) : this.setWords(words));
      this.message.append(textButton("text-button", label, "", act));
    }
  }

  // Choosing rows, and the open picture.

  /**
   * @param {Row} row
   * @param {boolean} on
   */
  pick(row, on) {
    if (on && this.picked.size < MOST_TOGETHER) this.picked.set(row.at, row.caption);
    else this.picked.delete(row.at);
    this.rows.markPicked();
    this.drawPicked();
    this.ask({}); // so that link and history hold what is picked
  }

  drawPicked() {
    const count = this.picked.size;
    this.bar.hidden = !count && !this.selecting.marks.ids.size;
    this.about.hidden = !count;
    if (!count) return;
    const texts = [...this.picked.values()];
    const said = `${countOf(count, "caption")} selected${count === MOST_TOGETHER ? ", the most" : ""}`;
    const one = count === 1;
    const how = one
      ? "Finds the pictures closest to it."
      : "Finds the pictures closest to what they have in common: the mean of their embeddings.";
    const search = () => this.leave({ type: "together", texts });
    const go = textButton("text-button primary", one ? "Search with it" : "Search with all", "", search);
    const none = textButton("text-button", "Clear", "Select none", () => {
      this.picked.clear();
      this.rows.markPicked();
      this.drawPicked();
      this.ask({});
    });
    this.about.replaceChildren(make("span", "count", said), make("span", "how", how), go, none);
  }

  /** @param {Row} row @param {boolean} focus whether the keys go there, too */
  open(row, focus) {
    if (!row.id) return;
    this.rows.opened(row);
    this.detail.open(row.id, { focus });
  }

  openFocused() {
    const row = this.rows.focused;
    if (!row?.id) return false;
    this.open(row, true);
    return true;
  }

  /** Where a picture stands open beside the table, let it be that of the row that somebody goes to. @param {Row} row */
  follow(row) {
    if (!row.id || !this.detail.standing.beside) return;
    this.rows.opened(row);
    this.detail.follow(row.id);
  }

  /** @param {string | null} id */
  showOpened(id) {
    this.rows.markOpened(id);
  }

  get order() {
    return this.rows.order;
  }

  get focusId() {
    return this.rows.focusId;
  }

  /** @param {string} id */
  shownOf(id) {
    return this.rows.shown.get(id);
  }

  /**
   * @param {string | null} id
   * @param {boolean} move
   */
  setFocus(id, move) {
    if (move && id !== null) this.rows.focusPicture(id);
  }
}
