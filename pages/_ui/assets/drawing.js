// What our components draw with. Text that comes from data is only ever set as textContent.

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

function scoreText(score) {
  // A true minus sign, and always three places, so that columns of numbers line up.
  return (score < 0 ? "\u2212" : "") + Math.abs(score).toFixed(3);
}

/** Very long or tall pictures keep their shape inside a frame that stays readable. */
function clampShape(width, height) {
  if (!width || !height) return 1.33;
  return Math.min(3, Math.max(0.5, width / height));
}

/** An icon of lines on a 24 by 24 field. */
function lines(paths) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const d of paths) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
