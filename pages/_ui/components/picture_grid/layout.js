// Where the cards go: rows of equal height, two columns, or one. A shape is a picture's width by its height.

/** @import { Box, Size } from "./data.d.ts" */

export const GAP = 10;
export const RULE_HEIGHT = 30;
const NARROW = 560;
const ROW_HEIGHT = { S: 130, M: 210, L: 330 };

/**
 * A box for each picture.
 *
 * @param {number[]} shapes
 * @param {number} width of the whole
 * @param {Size} size
 * @param {number} extra height below each picture for its score, its caption and the gap
 * @returns {Box[]}
 */
export function boxesFor(shapes, width, size, extra) {
  if (width >= NARROW) return justified(shapes, width, ROW_HEIGHT[size], extra);
  return size === "L" ? oneColumn(shapes, width, extra) : twoColumns(shapes, width, extra);
}

/**
 * As `boxesFor`, with a line before some of the pictures: where each line stands, and how high the whole is.
 *
 * @param {number[]} shapes
 * @param {number[]} rules before which pictures, ascending
 * @param {number} width
 * @param {Size} size
 * @param {number} extra
 */
export function boxesBetween(shapes, rules, width, size, extra) {
  /** @type {Box[]} */
  const boxes = [];
  /** @type {number[]} */
  const lines = [];
  let bottom = 0;
  [0, ...rules].forEach((from, index, starts) => {
    if (index) {
      lines.push(bottom);
      bottom += RULE_HEIGHT;
    }
    const top = bottom;
    for (const box of boxesFor(shapes.slice(from, starts[index + 1]), width, size, extra)) {
      boxes.push({ ...box, top: box.top + top });
      bottom = Math.max(bottom, top + box.top + box.height + extra);
    }
  });
  return { boxes, lines, bottom };
}

/**
 * How many pictures stand in each row, and how high that row is, so that rows fill the width; the last keeps the wished height.
 *
 * @param {number[]} shapes
 * @param {number} width
 * @param {number} wished height
 */
export function rowsFor(shapes, width, wished) {
  /** @type {{ count: number, height: number }[]} */
  const rows = [];
  let count = 0;
  let sum = 0;
  const close = (/** @type {number} */ height) => {
    rows.push({ count, height });
    count = 0;
    sum = 0;
  };
  for (const shape of shapes) {
    const before = count ? (width - GAP * (count - 1)) / sum : Number.POSITIVE_INFINITY;
    const after = (width - GAP * count) / (sum + shape);
    // Close the row before this picture when that leaves the height nearer to the wished one.
    if (count && after < wished && Math.abs(before - wished) < Math.abs(after - wished)) close(before);
    count += 1;
    sum += shape;
    const height = (width - GAP * (count - 1)) / sum;
    if (height <= wished) close(height);
  }
  if (count) close(Math.min(wished, (width - GAP * (count - 1)) / sum));
  return rows;
}

/**
 * @param {number[]} shapes
 * @param {number} width
 * @param {number} wished
 * @param {number} extra
 */
function justified(shapes, width, wished, extra) {
  /** @type {Box[]} */
  const boxes = [];
  let top = 0;
  for (const { count, height } of rowsFor(shapes, width, wished)) {
    let left = 0;
    for (const shape of shapes.slice(boxes.length, boxes.length + count)) {
      boxes.push({ left, top, width: shape * height, height });
      left += shape * height + GAP;
    }
    top += height + extra;
  }
  return boxes;
}

/**
 * Two columns for a narrow window: each picture goes to the shorter one.
 *
 * @param {number[]} shapes
 * @param {number} width
 * @param {number} extra
 */
function twoColumns(shapes, width, extra) {
  const columnWidth = (width - GAP) / 2;
  const ends = [0, 0];
  return shapes.map((shape) => {
    const column = ends[0] <= ends[1] ? 0 : 1;
    const height = columnWidth / shape;
    const box = { left: column * (columnWidth + GAP), top: ends[column], width: columnWidth, height };
    ends[column] += height + extra;
    return box;
  });
}

/**
 * @param {number[]} shapes
 * @param {number} width
 * @param {number} extra
 */
function oneColumn(shapes, width, extra) {
  let top = 0;
  return shapes.map((shape) => {
    const box = { left: 0, top, width, height: width / shape };
    top += box.height + extra;
    return box;
  });
}

/**
 * The box above (-1) or below (1) whose middle is nearest; the same where there is none.
 *
 * @param {Box[]} boxes
 * @param {number} at
 * @param {1 | -1} direction
 */
export function vertically(boxes, at, direction) {
  const from = boxes[at];
  if (!from) return at;
  const middle = from.left + from.width / 2;
  let best = at;
  let bestCost = Number.POSITIVE_INFINITY;
  boxes.forEach((box, index) => {
    const distance = direction * (box.top - from.top);
    if (distance <= 1) return;
    const cost = distance * 4 + Math.abs(box.left + box.width / 2 - middle);
    if (cost < bestCost) {
      bestCost = cost;
      best = index;
    }
  });
  return best;
}
