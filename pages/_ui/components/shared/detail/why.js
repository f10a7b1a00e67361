// Why this picture: a button that asks, then where the query is seen, which words count, and what would move the picture.

import { make, scoreText, textButton } from "../drawing.js";
import { barsDrawing, drawBars, lineAt } from "../score_bars.js";

/** @import { HeatMap, Known, Sentence, Suggestion, Why as Told } from "./data.d.ts" */

const STRIP_HEIGHT = 34;

/** @typedef {{ toggle: () => void, look: (map: HeatMap | null) => void, terms: (query: string) => void, search: (text: string) => void }} Acts */

export class Why {
  root = make("section", "why");
  told = make("div", "why-told");
  where = make("p", "where");
  on = false;
  /** @type {HeatMap | null} the map that stays when no word is pointed at */
  chosen = null;
  /** @type {HeatMap | null} the map of a query of several terms */
  whole = null;
  #acts;
  #drawn = "";

  /** @param {Acts} acts */
  constructor(acts) {
    this.#acts = acts;
    this.button = textButton(
      "action why-button",
      "Why this picture?",
      "Where the query is seen in it (e)",
      acts.toggle,
    );
    this.button.append(make("kbd", "", "e"));
    this.button.setAttribute("aria-keyshortcuts", "e");
    this.where.setAttribute("role", "status");
    this.root.append(this.button, this.where, this.told);
  }

  /**
   * @param {Known | undefined} known
   * @param {boolean} on whether reasons are wanted
   */
  draw(known, on) {
    this.on = on;
    this.root.hidden = !(known?.explains || (on && !known));
    this.button.setAttribute("aria-pressed", String(on));
    const why = on ? known?.why : undefined;
    const key = JSON.stringify([known?.id, on, why]);
    if (key === this.#drawn) return; // a word that is pointed at stays so
    this.#drawn = key;
    this.told.replaceChildren();
    this.chosen = why?.maps?.[0] ?? null;
    this.whole = (why?.maps?.length ?? 0) > 1 ? this.chosen : null;
    this.#look(this.chosen);
    if (!on) return;
    if (!why?.maps) this.where.textContent = why?.problem || "Looking…";
    else this.told.append(...this.#parts(why));
  }

  /** @param {HeatMap | null} map */
  #look(map) {
    this.where.textContent = map ? `${map === this.whole ? "The whole query" : `“${map.label}”`}: ${map.where}.` : "";
    for (const button of this.told.querySelectorAll("[data-map]")) {
      button.setAttribute("aria-pressed", String(button instanceof HTMLElement && button.dataset.map === map?.label));
    }
    this.#acts.look(map);
  }

  /** @param {Told} why */
  *#parts(why) {
    const maps = why.maps ?? [];
    if (maps.length > 1) yield this.#terms(maps);
    for (const sentence of why.sentences ?? []) yield this.#sentence(sentence, why.word_maps ?? []);
    if (why.sentences?.length) yield make("p", "key", heaviest(why.sentences.flat()));
    yield make("p", "misleads", why.misleads ?? "");
    if (why.raising?.length) yield this.#suggestions("Asked for too, it would stand higher", why.raising);
    if (why.lowering?.length) yield this.#suggestions("Asked for too, it would stand lower", why.lowering);
    if (why.captions?.length) yield this.#captions(why.captions);
    if (why.strip) yield amongAll(why.strip);
    if (why.told?.length) {
      const list = make("ul", "crowd");
      list.append(...why.told.map((said) => make("li", "", said)));
      yield list;
    }
    if (why.problem) yield make("p", "problem", why.problem);
  }

  /** The query as a whole and each of its terms. @param {HeatMap[]} maps */
  #terms(maps) {
    const row = make("div", "chips");
    for (const [at, map] of maps.entries()) {
      const button = this.#pointer("chip", at === 0 ? "whole query" : map.label, map);
      if (map.share !== null) {
        button.append(make("span", "number", `${map.share < 0 ? "" : "+"}${scoreText(map.share)}`));
        button.title = "What this term gives to the score";
      }
      button.addEventListener("click", () => {
        this.chosen = map;
        this.#look(map);
      });
      row.append(button);
    }
    return row;
  }

  /**
   * A sentence whose words are shaded by how far the score falls without them; pointing at one shows where it is seen.
   *
   * @param {Sentence} words
   * @param {HeatMap[]} maps of words
   */
  #sentence(words, maps) {
    const line = make("p", "weighed");
    for (const { text, falls, rank, part } of words) {
      const map = maps.find(({ label }) => label === text);
      const title = `Without “${text}” the score ${falls < 0 ? "rises" : "falls"} by ${Math.abs(falls).toFixed(3)}, to rank ${rank}`;
      const word = map ? this.#pointer("word", text, map) : make("span", "word", text);
      word.title = title;
      word.style.setProperty("--part", String(part));
      line.append(word, " ");
    }
    return line;
  }

  /**
   * @param {string} className
   * @param {string} text
   * @param {HeatMap} map
   */
  #pointer(className, text, map) {
    const button = textButton(className, text, "", () => this.#look(map));
    button.dataset.map = map.label;
    for (const kind of /** @type {const} */ (["pointerenter", "focus"])) {
      button.addEventListener(kind, () => this.#look(map));
    }
    for (const kind of /** @type {const} */ (["pointerleave", "blur"])) {
      button.addEventListener(kind, () => this.#look(this.chosen));
    }
    return button;
  }

  /**
   * @param {string} heading
   * @param {Suggestion[]} suggestions
   */
  #suggestions(heading, suggestions) {
    const row = make("div", "chips");
    row.append(make("span", "what", heading));
    for (const { word, rank, query } of suggestions) {
      const button = textButton("chip", word, `Search with “${word}” too`, () => this.#acts.terms(query));
      button.append(make("span", "number", `rank ${rank}`));
      row.append(button);
    }
    return row;
  }

  /** @param {{ text: string, score: number }[]} captions */
  #captions(captions) {
    const part = make("div");
    const list = make("ul", "captions");
    for (const { text, score } of captions) {
      const button = textButton("caption-row", "", "Search with this caption", () => this.#acts.search(text));
      button.append(make("span", "text", text), make("span", "number", scoreText(score)));
      const row = make("li");
      row.append(button);
      list.append(row);
    }
    part.append(make("h2", "", "Captions of other pictures near it"), list);
    return part;
  }
}

/** What the shading says, for those who do not see it too. @param {Sentence} words */
function heaviest(words) {
  const most = words.reduce((one, other) => (other.falls > one.falls ? other : one));
  if (most.falls <= 0) return "Without any one of these words the score would not fall.";
  return `Shaded by how far the score falls without the word; farthest without “${most.text}”: by ${most.falls.toFixed(3)}, to rank ${most.rank}.`;
}

/** Where this picture's score lies among all. @param {NonNullable<Told["strip"]>} strip */
function amongAll(strip) {
  const { low, high, median, score } = strip;
  const svg = barsDrawing(STRIP_HEIGHT);
  svg.setAttribute("class", "among");
  const ends = `${scoreText(low)} to ${scoreText(high)}, median ${scoreText(median)}`;
  svg.setAttribute("aria-label", `Scores of all pictures, ${ends}; this picture's ${scoreText(score)}`);
  drawBars(svg, strip, 2, [
    lineAt("median", median, strip, 0, STRIP_HEIGHT),
    lineAt("own", score, strip, 0, STRIP_HEIGHT),
  ]);
  return svg;
}
