// The pictures that are selected, on every page: components of one browser page share them here, by name, for one dataset at a time.

/** @typedef {{ of: string, ids: string[], told: number | null, target: EventTarget }} Kept `told` is the server's number of it; null where it changed here since */

const KEY = Symbol.for("t2i chosen pictures");
/** More are not tagged and handed on at once. */
export const MOST_CHOSEN = 1000;

/** Each component has scripts of its own, so what they share lies with the page. @returns {Kept} */
function kept() {
  const page = /** @type {Record<symbol, Kept | undefined>} */ (/** @type {unknown} */ (globalThis));
  page[KEY] ??= { of: "", ids: [], told: null, target: new EventTarget() };
  return page[KEY];
}

/** Names of the selected pictures of a dataset, in the order in which they were selected. @param {string | undefined} of */
export function chosenOf(of) {
  const { of: known, ids } = kept();
  return new Set(of && of === known ? ids : []);
}

/**
 * Select these and no others.
 *
 * @param {string} of the dataset
 * @param {Iterable<string>} ids
 * @param {number | null} [told] number of the server's selection that this is
 */
export function choose(of, ids, told = null) {
  const all = kept();
  all.of = of;
  all.ids = [...new Set(ids)].slice(0, MOST_CHOSEN);
  all.told = told;
  all.target.dispatchEvent(new Event("change"));
}

/** What the server knows of the selection of a dataset; undefined where none of it was ever selected here. @param {string} of */
export function toldOf(of) {
  const { of: known, told } = kept();
  return known === of ? told : undefined;
}

/** @param {() => void} follow called after each change @param {AbortSignal} signal */
export function onChosen(follow, signal) {
  kept().target.addEventListener("change", follow, { signal });
}
