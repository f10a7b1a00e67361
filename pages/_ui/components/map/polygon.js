// Which points lie inside of what was drawn around them.

/**
 * Indices of the points inside a polygon by the even-odd rule, ascending.
 *
 * @param {{ x: ArrayLike<number>, y: ArrayLike<number> }} points
 * @param {[number, number][]} polygon
 */
export function inside({ x, y }, polygon) {
  const across = polygon.map(([a]) => a);
  const up = polygon.map(([, b]) => b);
  const [left, right, bottom, top] = [Math.min(...across), Math.max(...across), Math.min(...up), Math.max(...up)];
  const found = [];
  for (let i = 0; i < x.length; i += 1) {
    const outside = x[i] < left || x[i] > right || y[i] < bottom || y[i] > top;
    if (!outside && isWithin(x[i], y[i], polygon)) found.push(i);
  }
  return Uint32Array.from(found);
}

/**
 * @param {number} a
 * @param {number} b
 * @param {[number, number][]} polygon
 */
function isWithin(a, b, polygon) {
  const count = polygon.length;
  let within = false;
  for (let j = 0, k = count - 1; j < count; k = j, j += 1) {
    const [x0, y0] = polygon[j];
    const [x1, y1] = polygon[k];
    if (y0 > b !== y1 > b && a < ((x1 - x0) * (b - y0)) / (y1 - y0) + x0) within = !within;
  }
  return within;
}
