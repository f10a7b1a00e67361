// What is drawn above the cloud: the query among its hits, its spread, and lines from captions to their pictures.

import { brushOf, hueOf } from "./colours.js";

/** @import { EmbeddingMap } from "./embedding_map.js" */
/** @import { Hit, Ink } from "./data.d.ts" */

/** @typedef {CanvasRenderingContext2D} Brush */

/**
 * An empty canvas to draw on, in the window's pixels.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
export function cleared(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const brush = brushOf(canvas);
  brush.setTransform(ratio, 0, 0, ratio, 0, 0);
  brush.clearRect(0, 0, width, height);
  return brush;
}

/**
 * The path of a whole circle.
 *
 * @param {Brush} brush
 * @param {number} left
 * @param {number} top
 * @param {number} radius
 */
export function circle(brush, left, top, radius) {
  brush.beginPath();
  brush.arc(left, top, radius, 0, 7);
}

/**
 * The hits, the closest above the others; those whose picture is drawn are marked there.
 *
 * @param {EmbeddingMap} map
 * @param {Brush} brush
 * @param {Ink} ink
 */
export function drawHits(map, brush, ink) {
  const chosen = map.selector.rows && new Set(map.selector.rows);
  for (const hit of [...(map.data?.hits ?? [])].reverse()) {
    if (map.thumbnails.drawn.has(hit.row)) continue;
    brush.globalAlpha = !chosen || chosen.has(hit.row) ? 1 : 0.4;
    drawHit(map, brush, ink, hit);
  }
  brush.globalAlpha = 1;
}

/**
 * @param {EmbeddingMap} map
 * @param {Brush} brush
 * @param {Ink} ink
 * @param {Hit} hit
 */
function drawHit(map, brush, ink, hit) {
  const [left, top] = map.toPixels(hit.x, hit.y);
  const radius = map.hitRadius(hit);
  brush.fillStyle = hueOf(map.colours, hit.row, ink);
  circle(brush, left, top, radius - 1.5);
  brush.fill();
  for (const { at, width, colour } of [
    { at: radius + 0.4, width: 1.2, colour: ink.back },
    { at: radius - 1, width: 2, colour: ink.text },
  ]) {
    circle(brush, left, top, at);
    brush.lineWidth = width;
    brush.strokeStyle = colour;
    brush.stroke();
  }
}

/**
 * The hits of the request that is compared: another colour and another shape, open, so that those of both show both.
 *
 * @param {EmbeddingMap} map
 * @param {Brush} brush
 * @param {Ink} ink
 */
export function drawSecond(map, brush, ink) {
  const second = map.data?.second;
  if (!second) return;
  for (const hit of [...second.hits].reverse()) {
    const [left, top] = map.toPixels(hit.x, hit.y);
    diamond(brush, left, top, map.hitRadius(hit) + 3);
    stroke(brush, [
      { width: 4.4, colour: ink.back },
      { width: 2, colour: ink.second },
    ]);
  }
  if (!second.marker) return;
  const [left, top] = map.toPixels(second.marker.x, second.marker.y);
  diamond(brush, left, top, 15);
  brush.fillStyle = ink.back;
  brush.fill();
  stroke(brush, [{ width: 2.2, colour: ink.second }]);
  diamond(brush, left, top, 5);
  brush.fillStyle = ink.second;
  brush.fill();
}

/**
 * @param {Brush} brush
 * @param {number} left
 * @param {number} top
 * @param {number} radius
 */
function diamond(brush, left, top, radius) {
  brush.beginPath();
  brush.moveTo(left, top - radius);
  brush.lineTo(left + radius, top);
  brush.lineTo(left, top + radius);
  brush.lineTo(left - radius, top);
  brush.closePath();
}

/** @param {Brush} brush @param {{ width: number, colour: string }[]} strokes */
function stroke(brush, strokes) {
  for (const { width, colour } of strokes) {
    brush.lineWidth = width;
    brush.strokeStyle = colour;
    brush.stroke();
  }
}

/**
 * How far the query's best hits spread, and lines to them.
 *
 * @param {EmbeddingMap} map
 * @param {Brush} brush
 * @param {Ink} ink
 */
export function drawSpread(map, brush, ink) {
  const marker = map.data?.place?.marker;
  if (!marker) return;
  const [left, top] = map.toPixels(marker.x, marker.y);
  brush.globalAlpha = 0.07;
  brush.fillStyle = ink.text;
  circle(brush, left, top, Math.max(14, marker.ring * map.viewport.scale));
  brush.fill();
  brush.globalAlpha = 0.4;
  brush.strokeStyle = ink.text;
  brush.lineWidth = 1;
  brush.beginPath();
  for (const row of marker.rows) {
    const hit = map.hits.get(row);
    if (!hit) continue;
    brush.moveTo(left, top);
    brush.lineTo(...map.toPixels(hit.x, hit.y));
  }
  brush.stroke();
  brush.globalAlpha = 1;
}

/**
 * The query itself, above its hits.
 *
 * @param {EmbeddingMap} map
 * @param {Brush} brush
 * @param {Ink} ink
 */
export function drawMarker(map, brush, ink) {
  const marker = map.data?.place?.marker;
  if (!marker) return;
  const [left, top] = map.toPixels(marker.x, marker.y);
  circle(brush, left, top, 13.5);
  brush.fillStyle = ink.back;
  brush.fill();
  circle(brush, left, top, 11);
  brush.lineWidth = 2.2;
  brush.strokeStyle = ink.text;
  brush.stroke();
  circle(brush, left, top, 3.5);
  brush.fillStyle = ink.text;
  brush.fill();
}

/**
 * Lines from captions to their pictures: faint ones of all, strong ones of the point that is looked at.
 *
 * @param {EmbeddingMap} map
 * @param {Brush} brush
 * @param {Ink} ink
 */
export function drawCaptionLines(map, brush, ink) {
  const { points } = map;
  if (!points?.texts) return;
  const { x, y, texts } = points;
  const draw = (/** @type {(position: number, owner: number) => boolean} */ isMeant) => {
    brush.beginPath();
    texts.owners.forEach((row, position) => {
      if (!isMeant(position, row)) return;
      brush.moveTo(...map.toPixels(texts.x[position], texts.y[position]));
      brush.lineTo(...map.toPixels(x[row], y[row]));
    });
    brush.stroke();
  };
  brush.strokeStyle = ink.text;
  if (map.data?.texts?.lines) {
    brush.lineWidth = 0.7;
    brush.globalAlpha = 0.1;
    draw(() => true);
  }
  const at = map.card.at || map.card.pinnedAt;
  if (at) {
    brush.globalAlpha = 0.9;
    brush.lineWidth = 1.4;
    draw((position, row) => (at.text !== null ? position === at.text : row === at.row));
  }
  brush.globalAlpha = 1;
}
