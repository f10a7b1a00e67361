// What our components draw with. Text that comes from data is only ever set as textContent.

/** Paths of icons on a 24 by 24 field. */
export const LENS = ["M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Z", "M15.4 15.4 20 20"];
export const HEART = [
  "M12 20C6 15.5 3.5 12.5 3.5 9.2A4.2 4.2 0 0 1 12 7.6a4.2 4.2 0 0 1 8.5 1.6c0 3.3-2.5 6.3-8.5 10.8Z",
];
export const CROSS = ["M6 6l12 12", "M18 6 6 18"];

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {string | number} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = String(text);
  return element;
}

/**
 * A button with words on it.
 *
 * @param {string} className
 * @param {string} text
 * @param {string} title said when the mouse rests on it
 * @param {(event: MouseEvent) => void} act
 */
export function textButton(className, text, title, act) {
  const button = make("button", className, text);
  button.type = "button";
  if (title) button.title = title;
  button.addEventListener("click", act);
  return button;
}

/**
 * A button that shows an icon or a sign only, and is named for those who do not see it.
 *
 * @param {string} className
 * @param {string[] | string} sign paths of an icon, or a letter
 * @param {string} label
 * @param {() => void} act
 */
export function signButton(className, sign, label, act) {
  const button = textButton(className, typeof sign === "string" ? sign : "", label, act);
  button.setAttribute("aria-label", label);
  if (typeof sign !== "string") button.append(lines(sign));
  return button;
}

/** A field to type text into, without the browser's own suggestions. */
export function textField() {
  const input = make("input");
  input.type = "text";
  input.autocomplete = "off";
  input.spellcheck = false;
  input.enterKeyHint = "search";
  return input;
}

/** A bar of which a part is filled. @param {number} part 0 to 1 */
export function filledBar(part) {
  const bar = make("span", "bar");
  const fill = make("span", "fill");
  fill.style.width = `${Math.round(part * 100)}%`;
  bar.append(fill);
  return bar;
}

/** @param {number} score */
export function scoreText(score) {
  // A true minus sign, and always three places, so that columns of numbers line up.
  return (score < 0 ? "\u2212" : "") + Math.abs(score).toFixed(3);
}

/**
 * Very long or tall pictures keep their shape inside a frame that stays readable.
 *
 * @param {number} [width]
 * @param {number} [height]
 */
export function clampShape(width, height) {
  if (!width || !height) return 1.33;
  return Math.min(3, Math.max(0.5, width / height));
}

/** The namespace of drawings. */
export const SVG = "http://www.w3.org/2000/svg";

/** An icon of lines on a 24 by 24 field. @param {string[]} paths */
export function lines(paths) {
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
