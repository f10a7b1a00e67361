// Points and the values that colour them: bytes from the server, as the numbers that are drawn.

/** @import { Bounds, Colour, Colours, MapData, PartInView, Points } from "./data.d.ts" */

const STEPS = 65535;
const NONE = { rows: null, texts: null, density: null, side: 0 };

/** @param {string | null | undefined} address */
async function bytes(address) {
  const answer = await fetch(new URL(address ?? "", document.baseURI));
  if (!answer.ok) throw new Error(`its points could not be fetched (${answer.status})`);
  return answer.arrayBuffer();
}

/**
 * Two arrays of steps between bounds, one after the other, as coordinates.
 *
 * @param {ArrayBuffer} buffer
 * @param {Bounds} bounds
 */
export function places(buffer, [left, right, bottom, top]) {
  const steps = new Uint16Array(buffer);
  const count = steps.length / 2;
  const x = new Float32Array(count);
  const y = new Float32Array(count);
  const across = (right - left) / STEPS;
  const up = (top - bottom) / STEPS;
  for (let i = 0; i < count; i += 1) {
    x[i] = left + steps[i] * across;
    y[i] = bottom + steps[count + i] * up;
  }
  return { x, y };
}

/**
 * @param {MapData} data
 * @returns {Promise<Points>}
 */
export async function loadPoints(data) {
  if (data.view) return loadPart(data.view);
  const wanted = [bytes(data.points)];
  if (data.texts) wanted.push(bytes(data.texts.points), bytes(data.texts.owners));
  const [buffer, captions, owners] = await Promise.all(wanted);
  const texts = captions ? { ...places(captions, data.bounds), owners: new Uint32Array(owners) } : null;
  return { ...NONE, ...places(buffer, data.bounds), count: data.count, texts };
}

/**
 * @param {PartInView} view
 * @returns {Promise<Points>}
 */
async function loadPart(view) {
  const { count, side = 0 } = view;
  if (view.density) {
    const density = new Uint8Array(await bytes(view.density));
    return { ...NONE, x: new Float32Array(0), y: new Float32Array(0), density, side, count };
  }
  const [buffer, rows] = await Promise.all([bytes(view.points), bytes(view.rows)]);
  return { ...NONE, ...places(buffer, view.range), rows: new Uint32Array(rows), count };
}

/**
 * @param {Colour} colour
 * @param {string} key
 * @returns {Promise<Colours>}
 */
export async function loadColours(colour, key) {
  if (colour.kind === "one") return { kind: "one", key };
  return { kind: colour.kind, key, values: new Uint8Array(await bytes(colour.values)) };
}

/**
 * Rows near a point, nearest first: their pictures are asked for together.
 *
 * @param {Points} points
 * @param {number} row
 * @param {number} count
 */
export function near({ x, y, rows }, row, count) {
  const at = rows ? rows.indexOf(row) : row;
  if (at < 0) return [row];
  /** @type {[number, number][]} */
  const best = [];
  for (let i = 0; i < x.length; i += 1) {
    const far = (x[i] - x[at]) ** 2 + (y[i] - y[at]) ** 2;
    if (best.length < count || far < best[best.length - 1][0]) {
      let place = best.length;
      while (place > 0 && best[place - 1][0] > far) place -= 1;
      best.splice(place, 0, [far, i]);
      if (best.length > count) best.pop();
    }
  }
  return [row, ...best.map(([, i]) => (rows ? rows[i] : i)).filter((one) => one !== row)];
}
