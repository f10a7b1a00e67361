// Which picture is pointed at, by its row: told from one component of the page to the others, without the server.

const NAME = "t2i-pointed";

/** @typedef {{ row: number | null, by: object }} Pointed */

/** Say which picture is pointed at, null for none. @param {number | null} row @param {object} by who says it */
export function point(row, by) {
  document.dispatchEvent(new CustomEvent(NAME, { detail: { row, by } }));
}

/**
 * Hear which picture is pointed at elsewhere.
 *
 * @param {object} own whoever listens: what it says itself is none of its news
 * @param {(row: number | null) => void} follow
 * @param {AbortSignal} signal
 */
export function onPointed(own, follow, signal) {
  const hear = (/** @type {Event} */ event) => {
    const { row, by } = /** @type {CustomEvent<Pointed>} */ (event).detail;
    if (by !== own) follow(row);
  };
  document.addEventListener(NAME, hear, { signal });
}
