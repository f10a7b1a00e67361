// The dialog itself: its head with the arrows, and the body that scrolls.

import { make, signButton } from "../drawing.js";

/**
 * @param {HTMLElement[]} parts of the body
 * @param {{ step: (by: number) => void, close: () => void }} acts
 */
export function frame(parts, { step, close }) {
  const dialog = make("dialog", "detail");
  dialog.setAttribute("aria-label", "Picture");
  dialog.tabIndex = -1;
  const head = make("div", "detail-head");
  const place = make("span", "place");
  const previous = signButton("tool", "\u2039", "Previous picture (left arrow)", () => step(-1));
  const next = signButton("tool", "\u203a", "Next picture (right arrow)", () => step(1));
  head.append(previous, place, next, signButton("tool close", "\u00d7", "Close (Esc)", close));
  const body = make("div", "detail-body");
  body.append(...parts);
  dialog.append(head, body);

  /** Where a picture is among the others. @param {string} id @param {string[]} order */
  const show = (id, order) => {
    const at = order.indexOf(id);
    dialog.setAttribute("aria-label", `Picture ${id}`);
    place.textContent = at >= 0 ? `${at + 1} of ${order.length}` : "";
    previous.hidden = next.hidden = at < 0;
    previous.disabled = at <= 0;
    next.disabled = at >= order.length - 1;
  };
  return { dialog, body, show };
}
