// Keys that open a page from any other: pressed outside of fields and dialogs, the page's address goes to the server.
// Besides, what Streamlit leaves out for those who listen: which page of the list is open, and one name for a slider.
// history.js is joined to this file.

export default mounting(() => new PageKeys(), (keys, { data, setTriggerValue }) => {
  keys.send = (page) => setTriggerValue("page", page);
  keys.update(data);
});

class PageKeys {
  constructor() {
    oneEntryEach(window);
    this.stop = new AbortController();
    document.addEventListener("keydown", (event) => this.onKey(event), { signal: this.stop.signal });
    this.watcher = new MutationObserver(() => nameThings(this.current));
    this.watcher.observe(document.body, { childList: true, subtree: true });
  }

  destroy() {
    this.stop.abort();
    this.watcher.disconnect();
  }

  update(data) {
    this.keys = data.keys;
    this.current = data.current;
    nameThings(data.current);
    document.documentElement.dataset.pageKeys = Object.keys(data.keys).join(" "); // which keys are listened for now
  }

  onKey(event) {
    const page = this.keys[event.key];
    if (!page || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const path = event.composedPath();
    const target = path[0];
    if (target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))) return;
    if (path.some((one) => one instanceof HTMLDialogElement)) return;
    event.preventDefault();
    this.send(page);
  }
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
