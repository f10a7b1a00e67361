// shared/outbox.js
var AGAIN_MS = 8e3;
var LONGER = 4;
var MOST = 50;
var Outbox = class {
  /** Sends one message. @type {(told: { reports: [number, Said][] }) => void} */
  put = () => {
  };
  /** @type {[number, Said][]} the oldest first */
  #waiting = [];
  #number = 0;
  #rest = AGAIN_MS;
  #closed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @param {Said} said */
  say(said) {
    this.#number += 1;
    this.#waiting.push([this.#number, said]);
    this.#waiting = this.#waiting.slice(-MOST);
    this.#rest = AGAIN_MS;
    this.#send();
  }
  /** The server has heard of all reports up to this one; of all of them where it numbers none. @param {number | undefined} heard */
  hear(heard) {
    if (heard !== void 0) this.#number = Math.max(this.#number, heard);
    this.#waiting = heard === void 0 ? [] : this.#waiting.filter(([number]) => number > heard);
    if (!this.#waiting.length) clearTimeout(this.#timer);
  }
  /** The component is gone: what it still says goes out, once. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
  #send() {
    clearTimeout(this.#timer);
    this.put({ reports: [...this.#waiting] });
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#rest *= LONGER;
      this.#send();
    }, this.#rest);
  }
};

// shared/pressing.js
var STILL_PX = 4;
var LONGEST_MS = 3e3;
var Pressing = class {
  /** Where the press began; null when there is none, or it is no click any more. @type {{ x: number, y: number } | null} */
  #from = null;
  /** @type {(() => void) | null} the last that was to be done meanwhile */
  #waiting = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #stop = new AbortController();
  /** @param {Parent} parent */
  constructor(parent) {
    const watch = { capture: true, passive: true, signal: this.#stop.signal };
    parent.addEventListener("pointerdown", (event) => this.#begin(
      /** @type {PointerEvent} */
      event
    ), watch);
    globalThis.addEventListener("pointermove", (event) => this.#move(event), watch);
    globalThis.addEventListener("pointerup", () => this.#release(0), watch);
    globalThis.addEventListener("pointercancel", () => this.#release(0), watch);
  }
  /** Do this now, or once the press that is under way has ended; then only the last is done. @param {() => void} act */
  undisturbed(act) {
    if (this.#from) this.#waiting = act;
    else act();
  }
  end() {
    this.#stop.abort();
    clearTimeout(this.#timer);
    this.#from = this.#waiting = null;
  }
  /** @param {PointerEvent} event */
  #begin({ clientX, clientY }) {
    this.#from = { x: clientX, y: clientY };
    this.#release(LONGEST_MS);
  }
  /** @param {PointerEvent} event */
  #move({ clientX, clientY }) {
    if (this.#from && Math.hypot(clientX - this.#from.x, clientY - this.#from.y) > STILL_PX) this.#over();
  }
  /** @param {number} rest milliseconds from now */
  #release(rest) {
    clearTimeout(this.#timer);
    if (this.#from) this.#timer = setTimeout(() => this.#over(), rest);
  }
  #over() {
    clearTimeout(this.#timer);
    const act = this.#waiting;
    this.#from = this.#waiting = null;
    act?.();
  }
};

// shared/mounting.js
var MOST_CALLS = 4;
var mounted = /* @__PURE__ */ new WeakMap();
var Mount = class {
  /** @type {Call<Data, Said>[]} */
  calls = [];
  outbox = new Outbox();
  /**
   * @param {Parent} parent
   * @param {(parent: Parent) => Mounted<Data, Said>} open
   * @param {string} name
   */
  constructor(parent, open, name) {
    this.object = open(parent);
    this.pressing = new Pressing(parent);
    this.name = name;
  }
  /** @param {Call<Data, Said>} call */
  tell({ data, setTriggerValue }) {
    this.outbox.put = (told) => setTriggerValue(this.name, told);
    this.outbox.hear(
      /** @type {{ heard?: number } | undefined} */
      data?.heard
    );
    this.object.send = (said) => this.outbox.say(said);
    this.pressing.undisturbed(() => this.object.update(data));
  }
  /** @param {Call<Data, Said>} call */
  take(call) {
    this.calls = [...this.calls, call].slice(-MOST_CALLS);
    this.tell(call);
  }
  /**
   * Whether a call that is ended was the last one.
   *
   * @param {Call<Data, Said>} call
   */
  leave(call) {
    const last = this.calls.at(-1) === call;
    this.calls = this.calls.filter((one) => one !== call);
    return last;
  }
  end() {
    this.pressing.end();
    this.outbox.close();
    this.object.destroy();
  }
};
function mounting(open, name = "event") {
  return (told) => {
    const call = { ...told };
    const { parentElement } = call;
    const mount = mounted.get(parentElement) ?? new Mount(parentElement, open, name);
    mounted.set(parentElement, mount);
    const end = () => {
      if (mounted.get(parentElement) !== mount || !mount.leave(call)) return;
      const before = mount.calls.at(-1);
      if (before && parentElement.isConnected) {
        mount.tell(before);
        return;
      }
      mounted.delete(parentElement);
      mount.end();
    };
    try {
      mount.take(call);
    } catch (error) {
      mount.leave(call);
      if (mount.calls.length === 0) {
        mounted.delete(parentElement);
        mount.end();
      }
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
  return path.some((one) => one instanceof HTMLDialogElement && one.matches(":modal"));
}
function slashSign(title, sign = "/") {
  const key = document.createElement("kbd");
  key.textContent = sign;
  if (title) key.title = title;
  return key;
}
function hasKeys() {
  return !matchMedia("(hover: none)").matches;
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

// shared/drawing.js
function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== void 0) element.textContent = String(text);
  return element;
}
function textButton(className, text, title, act) {
  const button = make("button", className, text);
  button.type = "button";
  if (title) button.title = title;
  button.addEventListener("click", act);
  return button;
}
function signButton(className, sign, label, act) {
  const button = textButton(className, typeof sign === "string" ? sign : "", label, act);
  button.setAttribute("aria-label", label);
  if (typeof sign !== "string") button.append(lines(sign));
  return button;
}
var SVG = "http://www.w3.org/2000/svg";
function lines(paths) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}

// page_keys/key_sheet.js
var KeySheet = class {
  dialog = make("dialog", "key-sheet");
  #groups = make("div", "groups");
  #drawn = "";
  /** @param {Parent} parent */
  constructor(parent) {
    const title = make("h2", "", "Keys");
    title.id = "key-sheet-title";
    this.dialog.setAttribute("aria-labelledby", title.id);
    const head = make("div", "head");
    head.append(
      title,
      signButton("close", "×", "Close (Esc)", () => this.dialog.close())
    );
    this.dialog.append(head, this.#groups);
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key === "?") this.dialog.close();
    });
    this.button = textButton("show-keys", "", "Which keys there are (?)", () => this.show());
    this.button.append(make("span", "word", "Keys "), slashSign("", "?"));
    this.button.hidden = !hasKeys();
    parent.append(this.button, this.dialog);
  }
  destroy() {
    if (this.dialog.open) this.dialog.close();
    this.dialog.remove();
    this.button.remove();
  }
  show() {
    if (!this.dialog.open) this.dialog.showModal();
  }
  /** @param {Group[]} groups */
  update(groups) {
    const drawn = JSON.stringify(groups);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#groups.replaceChildren(...groups.map(drawnGroup));
  }
};
function drawnGroup({ title, keys }) {
  const list = make("dl");
  for (const [names, meaning] of keys) {
    const term = make("dt");
    for (const name of names.split(" ")) term.append(make("kbd", "", name));
    list.append(term, make("dd", "", meaning));
  }
  const section = make("section");
  section.append(make("h3", "", title), list);
  return section;
}

// page_keys/page_keys.js
var PageKeys = class {
  /** @type {Record<string, string>} */
  keys = {};
  /** @type {Record<string, string>} */
  presses = {};
  /** @type {number | null} */
  current = null;
  /** Whether what has the focus was last given it by a mouse or a finger, as far as can be told. */
  byPointer = false;
  /** @type {(page: string) => void} */
  send = () => {
  };
  stop = new AbortController();
  watcher = new MutationObserver(() => nameThings(this.current));
  /** @param {Parent} parent */
  constructor(parent) {
    this.sheet = new KeySheet(parent);
    oneEntryEach(window);
    document.addEventListener("keydown", (event) => this.onKey(event), {
      signal: this.stop.signal
    });
    const first = { capture: true, signal: this.stop.signal };
    document.addEventListener("pointerdown", () => this.onPointer(), first);
    document.addEventListener("keydown", (event) => this.onKeyOfChoice(event), first);
    this.watcher.observe(document.body, { childList: true, subtree: true });
  }
  destroy() {
    this.stop.abort();
    this.watcher.disconnect();
    this.sheet.destroy();
  }
  /** @param {KeysData} data */
  update(data) {
    this.keys = data.keys;
    this.presses = data.presses;
    this.current = data.current;
    this.sheet.update(data.sheet ?? []);
    nameThings(data.current);
    document.documentElement.dataset.pageKeys = Object.keys(data.keys).join(" ");
  }
  onPointer() {
    this.byPointer = true;
  }
  /**
   * Whoever chose with the mouse goes on with the page's keys: a choice that has the focus would keep the arrows. Whoever came
   * to it by keys steps through it.
   *
   * @param {KeyboardEvent} event
   */
  onKeyOfChoice(event) {
    if (event.key === "Tab") this.byPointer = false;
    const button = pressed(this.presses[event.key]);
    if (!this.byPointer || !button || withModifier(event) || !inChoice()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!event.repeat) button.click();
  }
  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.key === "?" && !withModifier(event) && !isTaken(event)) {
      event.preventDefault();
      this.sheet.show();
      return;
    }
    const page = this.keys[event.key];
    const button = pressed(this.presses[event.key]);
    if (!(page || button) || withModifier(event) || event.repeat || isTaken(event)) return;
    event.preventDefault();
    if (button) button.click();
    else this.send(page);
  }
};
function inChoice() {
  return Boolean(document.activeElement?.closest('[role="radiogroup"]'));
}
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
  for (const field of document.querySelectorAll('[data-testid="stFileUploaderDropzone"][role="presentation"]')) {
    field.setAttribute("role", "group");
  }
}

// page_keys/index.js
var index_default = mounting((parent) => new PageKeys(parent), "page");
export {
  index_default as default
};
