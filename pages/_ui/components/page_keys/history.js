// One entry in the browser's history for one thing a person did. Streamlit adds one whenever it is told an address, so
// that going to another page adds up to three: the old page without its parameters, the new page, and what it shows.

const DOINGS = ["pointerdown", "click", "keydown", "input", "change", "drop", "paste"];
const QUIET = ["picked"]; // parameters whose change belongs to the step that is there

/**
 * Put every address that nobody asked for in place of the one before it. Once a window: pages come and go.
 *
 * @param {Window} window
 */
export function oneEntryEach(window) {
  const { history, location } = window;
  if ("oneEntryEach" in history) return;
  Object.assign(history, { oneEntryEach: true }); // on the object: a module may be read a second time
  let did = Boolean(window.navigator.userActivation?.hasBeenActive);
  const note = () => {
    did = true;
  };
  for (const kind of DOINGS) window.addEventListener(kind, note, { capture: true, passive: true });
  window.addEventListener(
    "popstate",
    () => {
      did = false;
    },
    { capture: true },
  );
  const push = history.pushState.bind(history);
  history.pushState = (state, unused, address) => {
    const next = new URL(address ?? location.href, location.href);
    if (did && loud(next) !== loud(location)) {
      did = false;
      push(state, unused, address);
    } else history.replaceState(state, unused, address);
  };
}

/** What of an address is a step of its own. @param {{ pathname: string, search: string }} address */
export function loud(address) {
  const params = new URLSearchParams(address.search);
  for (const name of QUIET) params.delete(name);
  return `${address.pathname}?${params}`;
}
