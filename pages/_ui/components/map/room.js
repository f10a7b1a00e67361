// Which pictures find room on the map, and how large each can be there: none may cover another.

/** Sides that pictures may have, in pixels; the last is the least room that a picture needs. */
export const SIDES = [96, 80, 64, 48, 40, 32];
export const LARGEST = SIDES[0];
export const LEAST = SIDES[SIDES.length - 1];

/** @typedef {{ left: ArrayLike<number>, top: ArrayLike<number> }} Middles of pictures, in pixels */

/**
 * The pictures that find room, by index, with their sides. Who comes first has it, and grows first as far as nothing is in its way:
 * no other picture, and no point that has none.
 *
 * @param {Middles} middles
 * @returns {Map<number, number>}
 */
export function roomFor(middles) {
  const { left, top } = middles;
  const near = new Cells(middles);
  /** @type {Map<number, number>} */
  const sides = new Map();
  for (let i = 0; i < left.length; i += 1) {
    if (!near.around(i).some((j) => sides.has(j) && meet(i, j, LEAST))) sides.set(i, LEAST);
  }
  for (const i of sides.keys()) {
    const others = near.around(i).filter((j) => j !== i && (sides.has(j) || !meet(i, j, LEAST / 2)));
    const reach = (/** @type {number} */ j, /** @type {number} */ side) => (side + (sides.get(j) ?? 0)) / 2;
    sides.set(i, SIDES.find((side) => !others.some((j) => meet(i, j, reach(j, side)))) ?? LEAST);
  }
  return sides;

  /** @param {number} i @param {number} j @param {number} reach */
  function meet(i, j, reach) {
    return Math.abs(left[i] - left[j]) < reach && Math.abs(top[i] - top[j]) < reach;
  }
}

/** Middles by where they are, so that those near one are found without looking at all. */
class Cells {
  /** @type {Map<string, number[]>} */
  #cells = new Map();
  #middles;

  /** @param {Middles} middles */
  constructor(middles) {
    this.#middles = middles;
    for (let i = 0; i < middles.left.length; i += 1) {
      const key = this.#cellOf(i).join(" ");
      const there = this.#cells.get(key);
      if (there) there.push(i);
      else this.#cells.set(key, [i]);
    }
  }

  /** All that are no farther than the largest side, and some more. @param {number} i */
  around(i) {
    const [column, line] = this.#cellOf(i);
    const found = [];
    for (let a = column - 1; a <= column + 1; a += 1) {
      for (let b = line - 1; b <= line + 1; b += 1) found.push(...(this.#cells.get(`${a} ${b}`) ?? []));
    }
    return found;
  }

  /** @param {number} i */
  #cellOf(i) {
    return [Math.floor(this.#middles.left[i] / LARGEST), Math.floor(this.#middles.top[i] / LARGEST)];
  }
}
