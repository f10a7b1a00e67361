// From the query field down into what was found, whichever component of the page shows it.

const NAME = "t2i-into-results";

/** Put the focus on the first of what is shown. Whether there was anything to go to. */
export function goIntoResults() {
  return !document.dispatchEvent(new CustomEvent(NAME, { cancelable: true }));
}

/**
 * Be where the way down leads; the first on the page that has something takes the focus.
 *
 * @param {() => boolean} take puts the focus there, and says whether there was anything
 * @param {AbortSignal} signal
 */
export function onWayIntoResults(take, signal) {
  const come = (/** @type {Event} */ event) => {
    if (!event.defaultPrevented && take()) event.preventDefault();
  };
  document.addEventListener(NAME, come, { signal });
}
