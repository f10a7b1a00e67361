// One line that opens to the band, and what is chosen there.

import { lines, make, textButton } from "../shared/drawing.js";
import { isTaken, withModifier } from "../shared/keys.js";
import { Sequence } from "../shared/sequence.js";
import { Settling } from "../shared/settling.js";
import { Band } from "./band.js";
import { cutBelowBest } from "./places.js";

/** @import { Message, Mounted, Parent } from "../shared/types.d.ts" */
/** @import { StripData } from "./data.d.ts" */

const OPEN_KEY = "t2i score strip";
const RESTED_AFTER_MS = 350;
const DOWN = ["M6 9l6 6 6-6"];
const LEVELS = { weak: 1, some: 2, strong: 3, "": 0 };

/** @implements {Mounted<StripData>} */
export class ScoreStrip {
  /** @type {(said: Message) => void} */
  send = () => {};
  /** @type {StripData | null} */
  data = null;
  root = make("section", "grid-root strip-root");
  line = make("button", "line");
  level = make("span", "level");
  sentence = make("span", "sentence");
  more = make("div", "more");
  ways = make("div", "ways");
  about = make("p", "about");
  band = new Band(
    () => this.moved(),
    () => this.tell(),
  );
  sequence = new Sequence();
  stop = new AbortController();
  settling = new Settling(RESTED_AFTER_MS, () => this.tell());
  /** Whether the handle was moved and the server does not know yet. */
  untold = false;

  /** @param {Parent} parent */
  constructor(parent) {
    this.root.setAttribute("aria-label", "Scores");
    this.line.type = "button";
    this.line.append(this.level, this.sentence, lines(DOWN));
    this.line.addEventListener("click", () => this.open(this.more.hidden === true));
    this.more.append(this.band.root, this.ways, this.about);
    this.root.append(this.line, this.more);
    this.open(wasOpen(), false);
    document.addEventListener("keydown", (event) => this.onKey(event), { signal: this.stop.signal });
    parent.append(this.root);
  }

  destroy() {
    this.stop.abort();
    this.root.remove();
    this.settling.end();
  }

  /** @param {StripData} data */
  update(data) {
    const followed = this.sequence.follow(data.seq);
    this.data = data;
    this.level.dataset.filled = String(LEVELS[data.evidence]);
    this.level.hidden = !data.evidence;
    if (this.sentence.textContent !== data.sentence) this.sentence.textContent = data.sentence;
    this.about.textContent = data.about;
    this.about.hidden = !data.about;
    const kept = this.untold || this.band.dragging || !followed;
    this.band.draw(data, kept ? this.band.score : data.cut);
    this.drawWays(data);
  }

  /** @param {StripData} data */
  drawWays({ ways }) {
    const focused = [...this.ways.children].indexOf(/** @type {Element} */ (this.focused()));
    this.ways.replaceChildren(
      ...ways.map(({ cut, label, help, chosen }) => {
        const button = textButton("way", label, help, () => this.choose(cut));
        button.setAttribute("aria-pressed", String(chosen));
        return button;
      }),
    );
    const again = this.ways.children[focused];
    if (again instanceof HTMLElement) again.focus({ preventScroll: true });
  }

  focused() {
    const root = this.root.getRootNode();
    return root instanceof ShadowRoot || root instanceof Document ? root.activeElement : null;
  }

  /**
   * @param {boolean} wanted
   * @param {boolean} [remember]
   */
  open(wanted, remember = true) {
    this.more.hidden = !wanted;
    this.line.setAttribute("aria-expanded", String(wanted));
    this.root.classList.toggle("open", wanted);
    if (remember) rememberOpen(wanted);
  }

  moved() {
    this.untold = true;
    if (!this.band.dragging) this.settling.stir();
  }

  /** Tell where the handle was left. */
  tell() {
    this.settling.end();
    if (!this.untold || !this.data) return;
    this.untold = false;
    const { score } = this.band;
    this.choose(score === null ? "" : cutBelowBest(score, this.data));
  }

  /** @param {string} cut */
  choose(cut) {
    this.untold = false;
    this.settling.end();
    this.send({ type: "cut", cut, seq: this.sequence.next() });
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if ((event.key !== "[" && event.key !== "]") || withModifier(event) || isTaken(event)) return;
    event.preventDefault();
    if (this.more.hidden) this.open(true);
    this.band.step(event.key === "]" ? 1 : -1);
  }
}

function wasOpen() {
  try {
    return localStorage.getItem(OPEN_KEY) === "open";
  } catch {
    return false; // the browser keeps nothing for this page
  }
}

/** @param {boolean} open */
function rememberOpen(open) {
  try {
    localStorage.setItem(OPEN_KEY, open ? "open" : "closed");
  } catch {
    // it is open now all the same
  }
}
