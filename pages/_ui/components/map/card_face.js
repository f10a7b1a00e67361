// What a point's card shows: picture, rank, score, caption and name.

import { make, scoreText } from "../shared/drawing.js";

/** @import { PointCard } from "./data.d.ts" */

const CARD_WIDTH = 248;
const TALLEST = 220;

/**
 * The elements of a card; only an empty frame as long as nothing is known of it.
 *
 * @param {PointCard | undefined} card
 * @param {string | undefined} caption
 */
export function faceOf(card, caption) {
  const frame = make("div", "frame");
  if (!card) return [frame];
  if (card.src) {
    const image = make("img");
    image.alt = card.caption || card.id;
    image.src = card.src;
    const shape = card.width && card.height ? card.width / card.height : 1.33;
    frame.style.height = `${Math.round(Math.min(TALLEST, CARD_WIDTH / shape))}px`;
    frame.append(image);
  } else frame.append(make("p", "missing", card.note || "This picture's file cannot be shown"));
  const face = [frame, factsOf(card)];
  if (caption) face.push(make("p", "caption", caption));
  return [...face, make("p", "file", card.id)];
}

/** @param {PointCard} card */
function factsOf({ rank, score, trust }) {
  const facts = make("div", "facts");
  if (rank) facts.append(make("b", "", `Rank ${rank}`));
  if (score !== null) {
    const said = make("span", "score", `score ${scoreText(score)}`);
    said.title = "Cosine similarity to the query";
    facts.append(said);
  }
  const kept = make("span", "trust", `${Math.round(trust * 100)} % trust`);
  kept.title = "Share of its closest pictures that are close on the map too";
  facts.append(kept);
  return facts;
}
