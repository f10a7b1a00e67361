// The panel itself: its head with the arrows, and the body that scrolls.

import { make, signButton } from "../drawing.js";

const LARGER = ["M14 4h6v6", "M20 4l-7 7", "M10 20H4v-6", "M4 20l7-7"];

/**
 * @param {HTMLElement[]} parts of the body
 * @param {{ step: (by: number) => void, close: () => void, enlarge: () => void }} acts
 */
export function frame(parts, { step, close, enlarge }) {
  const dialog = make("dialog", "detail");
  dialog.setAttribute("aria-label", "Picture");
  dialog.tabIndex = -1;
  const head = make("div", "detail-head");
  const place = make("span", "place");
  const previous = signButton("tool", "\u2039", "Previous picture (left arrow)", () => step(-1));
  const next = signButton("tool", "\u203a", "Next picture (right arrow)", () => step(1));
  const larger = signButton("tool larger", LARGER, "Larger (Enter)", enlarge);
  head.append(previous, place, next, larger, signButton("tool close", "\u00d7", "Close (Esc)", close));
  const body = make("div", "detail-body");
  body.tabIndex = -1; // has the focus where the panel stands beside the page, so that keys scroll it
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

  /** Whether the panel can be larger, and whether it is. @param {boolean} can @param {boolean} is */
  const showLarger = (can, is) => {
    larger.hidden = !can;
    larger.title = is ? "Beside the page again (Esc)" : "Larger (Enter)";
    larger.setAttribute("aria-label", larger.title);
    larger.setAttribute("aria-pressed", String(is));
  };
  return { dialog, body, show, showLarger };
}
