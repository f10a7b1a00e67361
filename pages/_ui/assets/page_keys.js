// Keys that open a page from any other: pressed outside of fields and dialogs, the page's address goes to the server.
// history.js is joined to this file.

const listeners = new WeakMap();

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  oneEntryEach(window);
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
  return () => stop.abort();
}
