// Beside the picture: score, captions, what to do with it, and facts.

import { CROSS, filledBar, HEART, lines, make, scoreText, textButton } from "../drawing.js";
import { partsList } from "../term_bar.js";
import { factsOf } from "./facts.js";
import { Why } from "./why.js";

/** @import { HeatMap, Known, Shown, Verdict, Words } from "./data.d.ts" */

/**
 * @typedef {{ search: (text: string) => void, like: () => void, add: () => void, table: () => void, find: () => void, toggle: () => void,
 *             look: (map: HeatMap | null) => void, terms: (query: string) => void, judge: (verdict: Verdict) => void }} Acts
 */
/** @typedef {{ words?: Words, scoreHelp?: string, terms: string[], finding: boolean, explaining: boolean }} Manner */

/** @type {Words} what the words mean where a query was asked */
const QUERY_WORDS = {
  rank: "Rank",
  score: "Score for the query",
  best: "fits the query best",
  bestHelp: "Closest caption to the query. Search with it",
};

export class Side {
  root = make("div", "side");
  scoreLine = make("div", "score-line");
  title = make("h2", "", "Captions");
  captions = make("ul", "captions");
  related = make("div", "related");
  facts = make("dl", "facts");
  download = make("a", "action", "Download");
  words = QUERY_WORDS;
  #acts;

  /** @param {Acts} acts */
  constructor(acts) {
    this.#acts = acts;
    this.why = new Why(acts);
    this.like = textButton("action primary", "More like this", "", acts.like);
    this.add = textButton("action", "Add to query", "Ask for this picture too, beside what is asked", acts.add);
    this.find = textButton("action", "Find its captions", "", acts.find);
    this.table = textButton("action", "Open in Captions", "", acts.table);
    this.download.setAttribute("role", "button");
    this.good = signed(HEART, "Like", "More pictures like this one move up (l or +)", () => acts.judge("liked"));
    this.bad = signed(CROSS, "Dislike", "It is left out, and pictures like it move down (d or \u2212)", () =>
      acts.judge("disliked"),
    );
    const actions = make("div", "actions");
    actions.append(this.like, this.good, this.bad, this.add, this.find, this.table, this.download);
    this.drawVerdict(false, null);
    this.root.append(this.scoreLine, this.why.root, this.title, this.captions, actions, this.related, this.facts);
  }

  /**
   * @param {string} id
   * @param {Shown | undefined} shown
   * @param {Known | undefined} known
   * @param {Manner} manner
   */
  draw(id, shown, known, { words, scoreHelp, terms, finding, explaining }) {
    this.words = words ?? QUERY_WORDS;
    const help = this.words.scoreHelp || scoreHelp || known?.score_help || "Cosine similarity to the query";
    this.#drawScore(shown, known, help);
    const gave = shown?.gave ?? known?.gave;
    if (gave) this.scoreLine.append(partsList(gave, terms));
    this.why.draw(known, explaining);
    this.#drawCaptions(shown, known, Boolean(words));
    this.#drawRelated(known);
    this.facts.replaceChildren(...factsOf(id, known));
    this.add.hidden = !known?.addable;
    this.find.hidden = Boolean(known && (known.related || !known.captions_any));
    this.find.disabled = finding;
    this.table.hidden = !known?.captions_page;
    this.download.hidden = !known?.download;
    if (known?.download) {
      this.download.href = known.download;
      this.download.download = known.download_name;
    }
  }

  /** @param {boolean} open whether pictures can be judged @param {Verdict | null} verdict */
  drawVerdict(open, verdict) {
    this.good.hidden = this.bad.hidden = !open;
    this.good.setAttribute("aria-pressed", String(verdict === "liked"));
    this.bad.setAttribute("aria-pressed", String(verdict === "disliked"));
  }

  /**
   * @param {Shown | undefined} shown
   * @param {Known | undefined} known
   * @param {string} help
   */
  #drawScore(shown, known, help) {
    const score = known?.score !== undefined ? known.score : shown?.score;
    this.scoreLine.replaceChildren();
    this.scoreLine.hidden = score === null || score === undefined;
    if (score === null || score === undefined) return;
    const rank = shown?.rank || known?.rank;
    if (rank) this.scoreLine.append(pair(this.words.rank, "rank", `${rank}`));
    this.scoreLine.append(pair(this.words.score, "score", scoreText(score)));
    const part = shown?.bar ?? known?.bar ?? null;
    if (part !== null) this.scoreLine.append(filledBar(part));
    this.scoreLine.title = help;
  }

  /**
   * @param {Shown | undefined} shown
   * @param {Known | undefined} known
   * @param {boolean} ownWords whether the page around has words of its own for what is set apart
   */
  #drawCaptions(shown, known, ownWords) {
    const captions = known ? known.captions : shown?.caption ? [shown.caption] : [];
    // Where nothing was asked, or captions cannot be compared with what was, a card just shows the first one.
    const scored = shown && shown.score !== null && shown.score !== undefined;
    const best = scored && (ownWords || known?.captions_any) && shown.caption;
    this.captions.replaceChildren();
    this.title.hidden = !captions.length && !known;
    if (known && !captions.length) this.captions.append(make("li", "none", "This picture has no captions."));
    for (const text of captions) this.captions.append(this.#row(text, { best: text === best && captions.length > 1 }));
  }

  /** @param {Known | undefined} known */
  #drawRelated(known) {
    this.related.replaceChildren();
    if (!known?.related) return;
    const list = make("ul", "captions");
    for (const { text, score, own } of known.related) list.append(this.#row(text, { score, own }));
    this.related.append(make("h2", "", "Captions closest to this picture"), list);
  }

  /**
   * A caption to search with.
   *
   * @param {string} text
   * @param {{ best?: boolean, score?: number, own?: boolean }} about
   */
  #row(text, { best = false, score, own = false }) {
    const title = best ? this.words.bestHelp : "Search with this caption";
    const button = textButton("caption-row", "", title, () => this.#acts.search(text));
    button.classList.toggle("best", best);
    button.classList.toggle("own", own);
    const sentence = make("span", "text", text);
    if (own) sentence.append(make("span", "tag", "its own"));
    button.append(sentence);
    if (best) button.append(make("span", "tag", this.words.best));
    if (score !== undefined) button.append(make("span", "number", scoreText(score)));
    const row = make("li");
    row.append(button);
    return row;
  }
}

/**
 * A button with a sign before its word.
 *
 * @param {string[]} sign
 * @param {string} text
 * @param {string} title
 * @param {() => void} act
 */
function signed(sign, text, title, act) {
  const button = textButton("action signed", "", title, act);
  button.append(lines(sign), text);
  return button;
}

/**
 * @param {string} what
 * @param {string} name
 * @param {string} text
 */
function pair(what, name, text) {
  const both = make("span", "pair");
  both.append(make("span", "what", what), make("span", name, text));
  return both;
}
