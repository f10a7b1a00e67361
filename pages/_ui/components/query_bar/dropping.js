// Pictures from outside: pasted anywhere on the page, dropped on it, or chosen from a list of files.

/** @import { Field } from "./field.js" */

/**
 * @param {Field} field
 * @param {AbortSignal} signal
 * @param {(file: File) => void} take
 */
export function listenForPictures(field, signal, take) {
  field.file.addEventListener("change", () => {
    const file = field.file.files?.[0];
    if (file) take(file);
    field.file.value = "";
  });
  const mark = (/** @type {DragEvent} */ event, /** @type {boolean} */ inside) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    field.root.classList.toggle("dropping", inside);
  };
  document.addEventListener("paste", (event) => onPaste(event, field.input, take), { signal });
  document.addEventListener("dragover", (event) => mark(event, true), {
    signal,
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget || mark(event, false), { signal });
  document.addEventListener(
    "drop",
    (event) => {
      field.root.classList.remove("dropping");
      const file = event.dataTransfer?.files[0];
      if (!file) return;
      event.preventDefault();
      take(file);
    },
    { signal },
  );
}

/**
 * @param {ClipboardEvent} event
 * @param {HTMLInputElement} input
 * @param {(file: File) => void} take
 */
function onPaste(event, input, take) {
  const target = event.composedPath()[0];
  const elsewhere = target instanceof HTMLElement && target !== input && /^(INPUT|TEXTAREA)$/.test(target.tagName);
  const file = Array.from(event.clipboardData?.files ?? []).find((one) => one.type.startsWith("image/"));
  if (elsewhere || !file) return;
  event.preventDefault();
  take(file);
}
