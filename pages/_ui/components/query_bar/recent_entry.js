// One recent query as it is kept. What is read back is checked like any other text from outside.

/** @import { Recent } from "./data.d.ts" */

const LONGEST = 2_000;
const MOST_PARTS = 20;
const THUMB_SIDE = 64;
const THUMB = /^data:image\/(jpeg|png|webp);base64,[A-Za-z0-9+/=]{1,20000}$/;

/**
 * A new entry of what one holds, or null where that is nothing we can ask.
 *
 * @param {any} one whatever was found where entries are kept
 * @returns {Recent | null}
 */
export function checked(one) {
  if (!one || typeof one !== "object" || !isText(one.key)) return null;
  const entry = {
    key: one.key,
    kind: one.kind,
    label: isText(one.label) ? one.label : "",
    thumb: "",
  };
  if (isThumb(one.thumb)) entry.thumb = one.thumb;
  if (one.kind === "text" && isText(one.text)) return { ...entry, text: one.text, label: one.text };
  if (one.kind === "terms" && isText(one.text)) return { ...entry, text: one.text, label: entry.label || one.text };
  if (one.kind === "like" && isText(one.id)) return { ...entry, id: one.id, label: entry.label || one.id };
  const parts = one.kind === "alike" ? one.ids : one.kind === "together" ? one.texts : null;
  if (!Array.isArray(parts) || !parts.length || parts.length > MOST_PARTS || !parts.every(isText)) return null;
  return {
    ...entry,
    [one.kind === "alike" ? "ids" : "texts"]: parts,
    label: entry.label || parts[0],
  };
}

/**
 * A small copy of a picture that was drawn, as a data address; "" where there is none.
 *
 * @param {HTMLImageElement} image
 */
export function thumbOf(image) {
  const scale = Math.min(1, THUMB_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const thumb = canvas.toDataURL("image/jpeg", 0.8);
  return isThumb(thumb) ? thumb : "";
}

/** @param {unknown} value @returns {value is string} */
function isThumb(value) {
  return typeof value === "string" && THUMB.test(value);
}

/** @param {unknown} value @returns {value is string} */
function isText(value) {
  return typeof value === "string" && value.length > 0 && value.length <= LONGEST;
}
