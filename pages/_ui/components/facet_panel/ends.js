// Ends of ranges: numbers as they are typed, and days, which are kept as numbers like 20210523.

/** A day as the browser's field of dates has it. @param {number} day */
export function dayText(day) {
  const text = String(Math.round(day)).padStart(8, "0");
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
}

/** A day as a number that grows evenly. @param {number} day */
export function dayOf(day) {
  return Math.floor(day / 10_000) * 372 + (Math.floor(day / 100) % 100) * 31 + (day % 100);
}

/**
 * What stands in a field, as a number; null where it holds none.
 *
 * @param {string} text
 * @param {boolean} day
 */
export function endOf(text, day) {
  const digits = day ? text.replaceAll("-", "") : text.trim();
  return digits === "" || !Number.isFinite(Number(digits)) ? null : Number(digits);
}

/**
 * How far a number lies from one end to the other, 0 to 1.
 *
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export function shareOf(value, low, high) {
  return Math.min(1, Math.max(0, (value - low) / (high - low || 1)));
}
