// A picture of a person's own, made small enough to travel.

const SEND_AS_IT_IS_BYTES = 6 * 1024 * 1024;
const LARGEST_FILE_BYTES = 60 * 1024 * 1024;
const SMALLER_SIDE = 1280;

/** A file that is no picture to search with; the message is for the person. */
export class PictureRefused extends Error {}

/**
 * The content to send of a picture's file, in base64.
 *
 * @param {File} file
 * @throws {PictureRefused} when the file is too large, or large and nothing this browser can open
 */
export async function contentOf(file) {
  if (file.size > LARGEST_FILE_BYTES) {
    const size = (file.size / 1048576).toFixed(0);
    throw new PictureRefused(`A picture may have at most 60 MB, got ${size} MB: ${file.name}. Make it smaller.`);
  }
  if (file.size <= SEND_AS_IT_IS_BYTES) return base64Of(file);
  const small = await smaller(file);
  if (small) return base64Of(small);
  const rule = "A picture must be one this browser can open when it is over 6 MB";
  throw new PictureRefused(`${rule}, got ${file.name}. Save it as a JPEG.`);
}

/**
 * @param {Blob} content
 * @returns {Promise<string>}
 */
async function base64Of(content) {
  const url = await new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => resolve("");
    reader.readAsDataURL(content);
  });
  const comma = url.indexOf(",");
  return comma < 0 ? "" : url.slice(comma + 1);
}

/**
 * A copy with a shorter side; null where the browser cannot open the picture.
 *
 * @param {File} file
 * @returns {Promise<Blob | null>}
 */
async function smaller(file) {
  try {
    const bitmap = await createImageBitmap(file, {
      imageOrientation: "from-image",
    });
    const scale = Math.min(1, SMALLER_SIDE / Math.min(bitmap.width, bitmap.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const context = canvas.getContext("2d");
    if (!context) return null;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
  } catch {
    return null;
  }
}
