// Colours of the theme that is on.

/** What the theme says of an element's colours. @param {Element} element */
export function themeOf(element) {
  const style = getComputedStyle(element);
  const read = (/** @type {string} */ name, /** @type {string} */ otherwise) =>
    style.getPropertyValue(name).trim() || otherwise;
  return [
    read("--st-text-color", "#1d1f21"),
    read("--st-background-color", "#fcfcfb"),
    read("--st-primary-color", "#2f6f8f"),
  ];
}

/** @param {string} colour as CSS writes it */
export function rgbOf(colour) {
  const brush = brushOf(document.createElement("canvas"));
  brush.fillStyle = colour;
  brush.fillRect(0, 0, 1, 1);
  return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

/** What draws on a canvas; every browser has it. @param {HTMLCanvasElement} canvas */
export function brushOf(canvas) {
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}
