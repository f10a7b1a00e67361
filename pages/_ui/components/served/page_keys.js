// shared/mounting.js
var mounted = /* @__PURE__ */ new WeakMap();
function mounting(open, name = "event") {
  return ({ parentElement, data, setTriggerValue }) => {
    let mount = mounted.get(parentElement);
    if (!mount) {
      mount = { object: open(parentElement), call: null };
      mounted.set(parentElement, mount);
    }
    const own = mount;
    const call = {};
    const end = () => {
      if (mounted.get(parentElement) !== own || own.call !== call) return;
      mounted.delete(parentElement);
      own.object.destroy();
    };
    const before = own.call;
    own.call = call;
    try {
      own.object.send = (said) => setTriggerValue(name, said);
      own.object.update(data);
    } catch (error) {
      if (before) own.call = before;
      else end();
      throw error;
    }
    return end;
  };
}

// shared/keys.js
function withModifier(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}
function isTaken(event) {
  const path = event.composedPath();
  const target = path[0];
  if (target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))) {
    return true;
  }
  return path.some((one) => one instanceof HTMLDialogElement);
}

// page_keys/history.js
var DOINGS = ["pointerdown", "click", "keydown", "input", "change", "drop", "paste"];
var QUIET = ["picked"];
function oneEntryEach(window2) {
  const { history, location } = window2;
  if ("oneEntryEach" in history) return;
  Object.assign(history, { oneEntryEach: true });
  let did = Boolean(window2.navigator.userActivation?.hasBeenActive);
  const note = () => {
    did = true;
  };
  for (const kind of DOINGS) window2.addEventListener(kind, note, { capture: true, passive: true });
  window2.addEventListener(
    "popstate",
    () => {
      did = false;
    },
    { capture: true }
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
function loud(address) {
  const params = new URLSearchParams(address.search);
  for (const name of QUIET) params.delete(name);
  return `${address.pathname}?${params}`;
}

// page_keys/page_keys.js
var PageKeys = class {
  /** @type {Record<string, string>} */
  keys = {};
  /** @type {Record<string, string>} */
  presses = {};
  /** @type {number | null} */
  current = null;
  /** @type {(page: string) => void} */
  send = () => {
  };
  stop = new AbortController();
  watcher = new MutationObserver(() => nameThings(this.current));
  constructor() {
    oneEntryEach(window);
    document.addEventListener("keydown", (event) => this.onKey(event), {
      signal: this.stop.signal
    });
    this.watcher.observe(document.body, { childList: true, subtree: true });
  }
  destroy() {
    this.stop.abort();
    this.watcher.disconnect();
  }
  /** @param {KeysData} data */
  update(data) {
    this.keys = data.keys;
    this.presses = data.presses;
    this.current = data.current;
    nameThings(data.current);
    document.documentElement.dataset.pageKeys = Object.keys(data.keys).join(" ");
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    const page = this.keys[event.key];
    const button = pressed(this.presses[event.key]);
    if (!(page || button) || withModifier(event) || event.repeat || isTaken(event)) return;
    event.preventDefault();
    if (button) button.click();
    else this.send(page);
  }
};
function pressed(key) {
  if (!key) return null;
  return (
    /** @type {HTMLButtonElement | null} */
    document.querySelector(`.st-key-${key} button:not(:disabled)`)
  );
}
function nameThings(current) {
  document.querySelectorAll(".st-key-pages a").forEach((link, place) => {
    if (place !== current) link.removeAttribute("aria-current");
    else if (link.getAttribute("aria-current") !== "page") link.setAttribute("aria-current", "page");
  });
  for (const slider of document.querySelectorAll('[data-testid="stSlider"] input[aria-label][aria-labelledby]')) {
    slider.removeAttribute("aria-labelledby");
  }
}

// page_keys/index.js
var index_default = mounting(() => new PageKeys(), "page");
export {
  index_default as default
};
