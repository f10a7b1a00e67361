// What a person does with the query bar, and what the server is told of it.

import { make, textButton } from "../shared/drawing.js";
import { goIntoResults } from "../shared/into_results.js";
import { focusedBeside, hasKeys, slashGoesTo } from "../shared/keys.js";
import { Settling } from "../shared/settling.js";
import { listenForPictures } from "./dropping.js";
import { Field } from "./field.js";
import { optionsFor } from "./options.js";
import { contentOf, PictureRefused } from "./picture_file.js";
import { RecentQueries } from "./recent_queries.js";
import { SuggestionList } from "./suggestion_list.js";

/** @import { Message, Mounted, Parent } from "../shared/types.d.ts" */
/** @import { Asked, BarData, Option } from "./data.d.ts" */

const TYPED_AFTER_MS = 140;
const SETTLED_AFTER_MS = 1400;
const BUSY_AFTER_MS = 300;

/** @implements {Mounted<BarData>} */
export class QueryBar {
  /** @type {(said: Message) => void} */
  send = () => {};
  /** @type {Partial<BarData>} */
  data = {};
  /** @type {number | null | undefined} */
  version;
  recent = new RecentQueries();
  field = new Field({
    clear: () => this.clear(),
    plus: () => this.addTerm(),
    say: (said) => this.tell(said),
    search: (text) => this.search(text),
  });
  list = new SuggestionList(this.field, (option) => this.choose(option));
  /** Tells this bar from one that takes its place. */
  number = String(Math.random());
  stop = new AbortController();
  /** What the server was told last, and what it was told to keep. */
  sentText = "";
  settledText = "";
  typedText = "";
  /** @type {string | null} the text the list was put away for, until there is another one */
  closedFor = null;
  typing = new Settling(TYPED_AFTER_MS, () => this.tellTyped());
  settling = new Settling(SETTLED_AFTER_MS, () => this.settle());
  busy = new Settling(BUSY_AFTER_MS, () => this.field.root.classList.add("is-busy"));
  examplesKey = "";

  get steering() {
    return this.field.steering;
  }

  /** @param {Parent} parent */
  constructor(parent) {
    this.listen();
    this.field.appendTo(parent);
  }

  listen() {
    const { input, chipPicture, line } = this.field;
    const { signal } = this.stop;
    const look = () => {
      if (!input.value.trim()) this.closedFor = null;
      this.drawList();
    };
    input.addEventListener("input", () => this.typed());
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("focus", look);
    input.addEventListener("click", look);
    input.addEventListener("blur", () => {
      this.list.hide();
      this.settle();
    });
    chipPicture.addEventListener("load", () => this.recent.picture(chipPicture));
    listenForPictures(this.field, signal, (file) => this.takePicture(file));
    slashGoesTo(input, signal, () => {
      window.scrollTo({ top: 0 });
      line.scrollIntoView({ block: "nearest" });
    });
    window.addEventListener("scroll", () => this.list.place(), {
      signal,
      capture: true,
      passive: true,
    });
    window.addEventListener("resize", () => this.list.place(), { signal });
  }

  destroy() {
    this.stop.abort();
    this.field.root.remove(); // first: a field that has the focus loses it, and what follows from that may begin a wait
    for (const wait of [this.typing, this.settling, this.busy, this.field.steering.settling]) wait.end();
    // frame.css shows what stands below the bar once the bar has its height; only the bar that said so takes it back.
    const page = document.documentElement.dataset;
    if (page.queryBar === this.number) delete page.queryBar;
  }

  /** @param {BarData} data */
  update(data) {
    const { field } = this;
    const held = focusedBeside(field.root);
    const within = field.root.contains(held);
    this.data = data;
    document.documentElement.dataset.queryBar = this.number;
    this.busy.end();
    field.root.classList.remove("is-busy");
    if (data.version !== this.version) {
      // The query was set elsewhere (a chip, a link, a caption): show it. Otherwise what is typed stays.
      this.version = data.version;
      this.put(data.text || "");
      field.steering.adopt(data.terms ?? [], Boolean(data.chips));
    } else field.steering.refresh(data.terms ?? []);
    const { on } = field.steering;
    this.recent.take(data.dataset, data.asked);
    field.showImage(on ? null : data.image);
    field.input.placeholder = on ? "add words" : data.image ? "or type a sentence" : data.placeholder || "";
    field.say(data.message || "");
    field.rewrite.draw(data.rewrite);
    this.drawButtons();
    this.drawExamples();
    // What was pressed may be gone with what it offered (an example, another way to ask): keys go on from the field.
    if (within && !held?.getClientRects().length && hasKeys()) field.input.focus();
    if (focusedBeside(field.root) === field.input) this.drawList();
  }

  /** @param {Message} said */
  tell(said) {
    this.busy.stir();
    this.send(said);
  }

  /** Let a text stand in the field that the server knows or is told now. @param {string} text */
  put(text) {
    this.field.input.value = text;
    this.sentText = text;
    this.settledText = text;
  }

  /** The same, and nothing of what was typed is to be told any more. @param {string} text */
  replace(text) {
    this.typing.end();
    this.settling.end();
    this.put(text);
  }

  typed() {
    this.list.active = -1;
    this.drawButtons();
    this.drawList();
    this.typedText = this.field.input.value;
    this.typing.stir();
    this.settling.stir();
  }

  tellTyped() {
    const text = this.typedText;
    if (text === this.sentText) return;
    this.sentText = text;
    if (this.steering.on) this.tell({ type: "suggest", text, adding: true });
    else this.tell({ type: this.data.live ? "typed" : "suggest", text });
  }

  /** The person stopped typing: the link and the history may now hold this query. */
  settle() {
    this.settling.end();
    const text = this.field.input.value;
    if (this.steering.on || !text.trim() || text === this.settledText) return;
    this.typing.end();
    this.sentText = text;
    this.settledText = text;
    this.tell({ type: "settled", text });
  }

  /** @param {string} text @param {boolean} [plain] whether it is a sentence whatever it holds */
  search(text, plain = false) {
    this.replace(text);
    this.list.hide();
    this.closedFor = text;
    this.drawButtons();
    this.tell({ type: "search", text, plain });
  }

  /** What is typed becomes a term beside those there are; without chips, what is asked becomes one. */
  addTerm() {
    const text = this.field.input.value;
    this.list.hide();
    this.field.input.focus();
    if (this.steering.on) this.add(text, false);
    else {
      this.replace("");
      this.tell({ type: "chips", text });
    }
  }

  /** @param {string} text @param {boolean} plain */
  add(text, plain) {
    this.typing.end();
    this.list.hide();
    this.closedFor = text;
    this.steering.add(text, plain);
  }

  /** Do what a line of the list stands for. @param {Option} option */
  choose(option) {
    if (option.forget) {
      this.recent.forget();
      this.drawList();
    } else if (option.recent && option.recent.kind !== "text") this.again(option.recent);
    else if (this.steering.on) this.add(option.text, true);
    else this.search(option.recent?.text ?? option.text, true);
  }

  /** Ask once more for what was asked with pictures, or with several sentences. @param {Asked} asked */
  again({ kind, id, ids, texts, text }) {
    this.replace("");
    this.closedFor = "";
    this.list.hide();
    this.tell({ type: "again", kind, id, ids, texts, text });
  }

  clear() {
    this.replace("");
    this.closedFor = null;
    this.tell({ type: "clear" });
    this.field.input.focus();
  }

  /** @param {File} file */
  async takePicture(file) {
    this.field.message.hidden = true;
    let content = "";
    try {
      content = await contentOf(file);
    } catch (error) {
      if (!(error instanceof PictureRefused)) throw error;
      this.field.say(error.message);
      return;
    }
    this.replace("");
    this.list.hide();
    this.tell({
      type: this.steering.on ? "add_picture" : "picture",
      name: file.name || "pasted picture",
      content,
    });
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    const { input } = this.field;
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (this.list.chosen) this.choose(this.list.chosen);
      else if (this.steering.on) this.add(input.value, false);
      else this.search(input.value);
    } else if (event.key === "Backspace" && this.steering.on && !input.value) {
      event.preventDefault();
      this.steering.goToLast();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const down = event.key === "ArrowDown";
      if (!this.list.isOpen && down && goIntoResults()) event.preventDefault();
      else if (this.list.options.length) {
        event.preventDefault();
        this.list.step(down ? 1 : -1);
      }
    } else if (event.key === "Escape") {
      if (this.list.isOpen) {
        event.stopPropagation();
        this.closedFor = input.value;
        this.list.hide();
      } else if (this.steering.on && this.data.image === null && !input.value) this.tell({ type: "field" });
      else input.blur();
    }
  }

  drawList() {
    const text = this.field.input.value.trim();
    if (this.closedFor !== null && text === this.closedFor.trim()) {
      this.list.show([]);
      return;
    }
    this.closedFor = null;
    // Beside chips a recent query would take their place.
    const recent = this.steering.on ? [] : this.recent.list();
    this.list.show(optionsFor(text, this.data.suggestions, recent));
  }

  drawButtons() {
    const typed = Boolean(this.field.input.value);
    const { on } = this.steering;
    this.field.clearButton.hidden = !typed && !on;
    this.field.plus.hidden = !typed && !on && !this.data.image;
    this.field.key.hidden = typed || on || Boolean(this.data.image) || !hasKeys();
  }

  drawExamples() {
    const { examples = [], intro, waiting } = this.data;
    const key = JSON.stringify([examples, intro, waiting]);
    if (key === this.examplesKey) return;
    this.examplesKey = key;
    const line = this.field.examples;
    line.replaceChildren();
    line.hidden = !examples.length && !waiting; // the line takes its room before it is filled
    if (line.hidden) return;
    if (intro) line.append(make("span", "intro", intro));
    for (const text of examples) line.append(textButton("chip", text, "", () => this.search(text, true)));
  }
}
