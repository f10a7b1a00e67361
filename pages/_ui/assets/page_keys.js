// Keys that open a page from any other: pressed outside of fields and dialogs, the page's address goes to the server.
// Besides, what Streamlit leaves out for those who listen: which page of the list is open, and one name for a slider.

const listeners = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  const before = listeners.get(parentElement);
  if (before) before.abort();
  const stop = new AbortController();
  listeners.set(parentElement, stop);
  const onKey = (event) => {
    const page = data.keys[event.key];
    if (!page || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const path = event.composedPath();
    const target = path[0];
    if (target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))) return;
    if (path.some((one) => one instanceof HTMLDialogElement)) return;
    event.preventDefault();
    setTriggerValue("page", page);
  };
  document.addEventListener("keydown", onKey, { signal: stop.signal });
  document.documentElement.dataset.pageKeys = Object.keys(data.keys).join(" "); // which keys are listened for now
  const named = () => nameThings(data.current);
  const watcher = new MutationObserver(named);
  watcher.observe(document.body, { childList: true, subtree: true });
  stop.signal.addEventListener("abort", () => watcher.disconnect());
  named();
  return () => stop.abort();
}

function nameThings(current) {
  document.querySelectorAll(".st-key-pages a").forEach((link, place) => {
    if (place !== current) link.removeAttribute("aria-current");
    else if (link.getAttribute("aria-current") !== "page") link.setAttribute("aria-current", "page");
  });
  // A slider is labelled by its group and by itself, with the same words: they would be read out twice.
  for (const slider of document.querySelectorAll('[data-testid="stSlider"] input[aria-label][aria-labelledby]')) {
    slider.removeAttribute("aria-labelledby");
  }
}
