// The line between two cards of two lists that stand side by side.

/** @typedef {{ left: number, right: number, top: number, bottom: number }} Rect */
/** @typedef {[number, number]} Place */

const EDGE = 6; // of the window, where a card is out of sight

/**
 * From the near side of one box to the near side of the other, in the window's coordinates; null where neither is beside the other.
 *
 * @param {Rect} from
 * @param {Rect} to
 * @param {{ width: number, height: number }} room
 * @returns {{ path: string, ends: Place[], away: { x: number, y: number, below: boolean } | null } | null}
 */
export function shapeOf(from, to, room) {
  if (!areApart(from, to)) return null;
  const rightwards = to.left >= from.right;
  const start = /** @type {Place} */ ([rightwards ? from.right : from.left, middleOf(from)]);
  const below = to.top > room.height - EDGE;
  const away = below || to.bottom < EDGE;
  const bend = ((rightwards ? to.left : to.right) - start[0]) / 2;
  const [x0, y0] = start.map(round);
  if (away) {
    // What is out of sight is pointed at from the window's edge, upright, above or below where it is.
    const [x1, y1] = [round((to.left + to.right) / 2), below ? room.height - EDGE : EDGE];
    const path = `M ${x0} ${y0} C ${round(start[0] + bend)} ${y0} ${x1} ${round((y0 + y1) / 2)} ${x1} ${y1}`;
    return { path, ends: [start], away: { x: x1, y: y1, below } };
  }
  const end = /** @type {Place} */ ([rightwards ? to.left : to.right, middleOf(to)]);
  const [x1, y1] = end.map(round);
  const path = `M ${x0} ${y0} C ${round(start[0] + bend)} ${y0} ${round(end[0] - bend)} ${y1} ${x1} ${y1}`;
  return { path, ends: [start, end], away: null };
}

/** Whether one of two boxes is beside the other. @param {Rect} one @param {Rect} other */
export function areApart(one, other) {
  return one.right <= other.left || other.right <= one.left;
}

/** @param {Rect} box */
function middleOf({ top, bottom }) {
  return (top + bottom) / 2;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}
