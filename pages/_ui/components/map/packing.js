// Chosen rows as text that travels: as numbers of four bytes, or as one bit a row, whichever is shorter.

/** @import { Packed } from "./data.d.ts" */

/**
 * @param {Uint32Array} rows
 * @param {number} count of all rows there are
 * @returns {Packed}
 */
export function pack(rows, count) {
  if (rows.length * 32 < count) {
    return { as: "rows", content: base64(new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength)) };
  }
  const bits = new Uint8Array(Math.ceil(count / 8));
  for (const row of rows) bits[row >> 3] |= 1 << (row & 7);
  return { as: "bits", content: base64(bits) };
}

/** @param {Packed} packed */
export function unpack({ as, content }) {
  const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
  if (as === "rows") return new Uint32Array(bytes.buffer);
  const rows = [];
  for (let at = 0; at < bytes.length; at += 1) {
    for (let bit = 0; bytes[at] >> bit; bit += 1) if ((bytes[at] >> bit) & 1) rows.push(at * 8 + bit);
  }
  return Uint32Array.from(rows);
}

/** @param {Uint8Array} bytes */
function base64(bytes) {
  let text = "";
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  }
  return btoa(text);
}

/**
 * Where chosen rows are among the rows in view; both ascend.
 *
 * @param {ArrayLike<number>} rows
 * @param {ArrayLike<number>} chosen
 */
export function placesOf(rows, chosen) {
  const places = [];
  for (let i = 0, j = 0; i < rows.length && j < chosen.length; ) {
    if (rows[i] === chosen[j]) places.push(i);
    if (rows[i] <= chosen[j]) i += 1;
    else j += 1;
  }
  return places;
}
