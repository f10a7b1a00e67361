// Keys that open a page from any other: pressed outside of fields and dialogs, the page's address goes to the server.

export default mounting(() => new PageKeys(), (keys, { data, setTriggerValue }) => {
  keys.send = (page) => setTriggerValue("page", page);
  keys.update(data);
});

class PageKeys {
  constructor() {
    this.stop = new AbortController();
    document.addEventListener("keydown", (event) => this.onKey(event), { signal: this.stop.signal });
  }

  destroy() {
    this.stop.abort();
  }

  update(data) {
    this.keys = data.keys;
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
