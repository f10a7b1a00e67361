// How much a term counts: -2 to 2, in steps where it is pushed, any number where it is typed.

export const MOST = 2;
export const STEP = 0.25;
const KEYS = new Map([
  ["ArrowRight", STEP],
  ["ArrowUp", STEP],
  ["ArrowLeft", -STEP],
  ["ArrowDown", -STEP],
  ["PageUp", 1],
  ["PageDown", -1],
  ["Home", -2 * MOST],
  ["End", 2 * MOST],
]);

/** A weight that can be, to two places. @param {number} weight */
export function clamped(weight) {
  return Math.min(MOST, Math.max(-MOST, Math.round(weight * 100) / 100)) + 0;
}

/**
 * The weight after a key; null for a key that changes none.
 *
 * @param {number} weight
 * @param {string} key
 */
export function pushed(weight, key) {
  const by = KEYS.get(key);
  return by === undefined ? null : clamped(weight + by);
}

/**
 * The weight after a drag sideways.
 *
 * @param {number} weight
 * @param {number} across pixels to the right
 */
export function dragged(weight, across) {
  return clamped(weight + Math.round(across / 14) * STEP);
}

/** The weight a person typed; null for what is no number. @param {string} text */
export function typedWeight(text) {
  const plain = text
    .trim()
    .replace(/^[\u2212\u2013]/, "-")
    .replace(",", ".")
    .replace(/^[×x*]/, "");
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? clamped(Number(plain)) : null;
}

/** Whether a key begins a number. @param {string} key */
export function beginsWeight(key) {
  return /^[\d.,+\-\u2212]$/.test(key);
}

/** As it stands on a chip. @param {number} weight */
export function weightText(weight) {
  if (weight === 0) return "off";
  return weight < 0 ? `\u2212${-weight}` : `×${weight}`;
}

/** As it is read out. @param {number} weight */
export function spokenWeight(weight) {
  if (weight === 0) return "muted";
  return weight < 0 ? `less of it, weight minus ${-weight}` : `weight ${weight}`;
}
