// Keys of the whole page: they are ours only where nobody types and no dialog lies over it.

/** @import { Verdict } from "./detail/data.d.ts" */

/** @type {Record<string, Verdict>} */
const VERDICTS = { "+": "liked", l: "liked", "-": "disliked", "\u2212": "disliked", d: "disliked" };

/** @param {KeyboardEvent | MouseEvent} event */
export function withModifier(event) {
  return event.ctrlKey || event.metaKey || event.altKey;
}

/**
 * Whether a key belongs to a field or to a dialog that lies over the page.
 *
 * @param {KeyboardEvent} event
 */
export function isTaken(event) {
  const path = event.composedPath();
  const target = path[0];
  if (target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))) {
    return true;
  }
  return path.some((one) => one instanceof HTMLDialogElement && one.matches(":modal"));
}

/**
 * Let "/" put the cursor into a field.
 *
 * @param {HTMLInputElement} input
 * @param {AbortSignal} signal
 * @param {() => void} show brings the field into view
 */
export function slashGoesTo(input, signal, show) {
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "/" || withModifier(event) || isTaken(event)) return;
    event.preventDefault();
    input.focus();
    input.select();
    show();
  };
  document.addEventListener("keydown", onKey, { signal });
}

/** The sign of a key: that "/" leads into a field. @param {string} title @param {string} [sign] */
export function slashSign(title, sign = "/") {
  const key = document.createElement("kbd");
  key.textContent = sign;
  if (title) key.title = title;
  return key;
}

/** Whether this device has a pointer that hovers, and so most likely a keyboard. */
export function hasKeys() {
  return !matchMedia("(hover: none)").matches;
}

/** The element that has the focus in the document or the shadow an element is in. @param {Node} element */
export function focusedBeside(element) {
  const root = element.getRootNode();
  return root instanceof Document || root instanceof ShadowRoot ? root.activeElement : null;
}

/** What a key judges a picture; null for any other key. @param {KeyboardEvent} event */
export function verdictOf(event) {
  return withModifier(event) || event.repeat ? null : (VERDICTS[event.key] ?? null);
}

/**
 * Whether a key takes a step back, or does it again.
 *
 * @param {KeyboardEvent} event
 * @returns {"undo" | "redo" | null}
 */
export function stepOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  if (!(ctrlKey || metaKey) || altKey || key.toLowerCase() !== "z") return null;
  return shiftKey ? "redo" : "undo";
}
