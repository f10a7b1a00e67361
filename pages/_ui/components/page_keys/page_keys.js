// Keys that open a page from any other: pressed outside of fields and dialogs, the page's address goes to the server. A page
// may have keys of its own, each of which presses one of its buttons.
// Besides, what Streamlit leaves out for those who listen: which page of the list is open, one name for a slider,
// and what the field for a file is.

import { isTaken, withModifier } from "../shared/keys.js";
import { oneEntryEach } from "./history.js";
import { KeySheet } from "./key_sheet.js";

/** @import { Mounted, Parent } from "../shared/types.d.ts" */
/** @import { Group } from "./key_sheet.js" */

/** @typedef {{ keys: Record<string, string>, current: number | null, presses: Record<string, string>, sheet: Group[] }} KeysData pages by key; the open
 * page's place in the list; buttons by key; all keys */

/** @implements {Mounted<KeysData, string>} */
export class PageKeys {
  /** @type {Record<string, string>} */
  keys = {};
  /** @type {Record<string, string>} */
  presses = {};
  /** @type {number | null} */
  current = null;
  /** Whether what has the focus was last given it by a mouse or a finger, as far as can be told. */
  byPointer = false;
  /** @type {(page: string) => void} */
  send = () => {};
  stop = new AbortController();
  watcher = new MutationObserver(() => nameThings(this.current));

  /** @param {Parent} parent */
  constructor(parent) {
    this.sheet = new KeySheet(parent);
    oneEntryEach(window);
    document.addEventListener("keydown", (event) => this.onKey(event), {
      signal: this.stop.signal,
    });
    const first = { capture: true, signal: this.stop.signal }; // before a choice that has the focus gets them
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
    document.documentElement.dataset.pageKeys = Object.keys(data.keys).join(" "); // which keys are listened for now
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
}

/** Whether one of several choices has the focus. */
function inChoice() {
  return Boolean(document.activeElement?.closest('[role="radiogroup"]'));
}

/** The button of that key, where it is on the page and can be pressed. @param {string | undefined} key */
function pressed(key) {
  if (!key) return null;
  return /** @type {HTMLButtonElement | null} */ (document.querySelector(`.st-key-${key} button:not(:disabled)`));
}

/** @param {number | null} current */
function nameThings(current) {
  document.querySelectorAll(".st-key-pages a").forEach((link, place) => {
    if (place !== current) link.removeAttribute("aria-current");
    else if (link.getAttribute("aria-current") !== "page") link.setAttribute("aria-current", "page");
  });
  // A slider is labelled by its group and by itself, with the same words: they would be read out twice.
  for (const slider of document.querySelectorAll('[data-testid="stSlider"] input[aria-label][aria-labelledby]')) {
    slider.removeAttribute("aria-labelledby");
  }
  // The field for a file is said to be nothing, and has a name at once; it is a group with a name.
  for (const field of document.querySelectorAll('[data-testid="stFileUploaderDropzone"][role="presentation"]')) {
    field.setAttribute("role", "group");
  }
}
