// Recent queries of this browser, one list a dataset, kept in localStorage. They are never sent anywhere but as a query.
// What is read back is checked like any other text from outside, and only ever set as textContent.

const RECENT_PREFIX = "t2i recent ";
const MOST_RECENT = 10;
const MOST_RECENT_DATASETS = 20;
const LONGEST_RECENT = 2_000;
const MOST_RECENT_PARTS = 20;
const THUMB_SIDE = 64;
const THUMB = /^data:image\/(jpeg|png|webp);base64,[A-Za-z0-9+/=]{1,20000}$/;
const refused = new Map(); // lists of a browser that keeps nothing: there as long as the page is

class RecentQueries {
  constructor() {
    this.of = "";
    this.last = "";
  }

  /** Take over which dataset is open and what was asked of it, if anything that can be asked again. */
  take(of, asked) {
    this.of = of || "";
    this.asked = asked || null;
    const now = asked ? `${this.of} ${asked.key}` : "";
    if (now && now !== this.last) this.keep(asked);
    this.last = now;
  }

  keep(asked) {
    const list = this.list();
    const known = list.find((one) => one.key === asked.key);
    const entry = checked({ ...asked, thumb: known ? known.thumb : "" });
    if (entry) this.write([entry, ...list.filter((one) => one.key !== asked.key)].slice(0, MOST_RECENT));
  }

  /** The picture that is the query was drawn: a small copy of it goes with its entry, for addresses do not last. */
  picture(image) {
    // A picture asked for before may arrive late, when the query is made of words again.
    if (!this.asked || !["like", "alike"].includes(this.asked.kind) || image.hidden || !image.naturalWidth) return;
    const list = this.list();
    const entry = list.find((one) => one.key === this.asked.key);
    if (!entry || entry.thumb) return;
    const scale = Math.min(1, THUMB_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const thumb = canvas.toDataURL("image/jpeg", 0.8);
    if (!THUMB.test(thumb)) return;
    entry.thumb = thumb;
    this.write(list);
  }

  list() {
    const name = RECENT_PREFIX + this.of;
    if (refused.has(name)) return refused.get(name);
    try {
      const kept = JSON.parse(localStorage.getItem(name) || "{}");
      return (Array.isArray(kept.list) ? kept.list : []).map(checked).filter(Boolean).slice(0, MOST_RECENT);
    } catch {
      return [];
    }
  }

  write(list) {
    const name = RECENT_PREFIX + this.of;
    try {
      localStorage.setItem(name, JSON.stringify({ at: Date.now(), list }));
      refused.delete(name);
      this.forgetOldest();
    } catch {
      refused.set(name, list); // no room, or storage is switched off
    }
  }

  forget() {
    const name = RECENT_PREFIX + this.of;
    refused.delete(name);
    try {
      localStorage.removeItem(name);
    } catch {
      // Where nothing may be kept there is nothing to remove.
    }
  }

  /** Datasets come and go; their lists must not fill the browser's room. */
  forgetOldest() {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(RECENT_PREFIX));
    if (names.length <= MOST_RECENT_DATASETS) return;
    const age = (name) => {
      try {
        return Number(JSON.parse(localStorage.getItem(name)).at) || 0;
      } catch {
        return 0;
      }
    };
    names.sort((one, other) => age(one) - age(other));
    for (const name of names.slice(0, names.length - MOST_RECENT_DATASETS)) localStorage.removeItem(name);
  }
}

/** A new entry of what one holds, or null where that is nothing we can ask. */
function checked(one) {
  if (!one || typeof one !== "object" || !isText(one.key)) return null;
  const entry = { key: one.key, kind: one.kind, label: isText(one.label) ? one.label : "", thumb: "" };
  if (typeof one.thumb === "string" && THUMB.test(one.thumb)) entry.thumb = one.thumb;
  if (one.kind === "text" && isText(one.text)) return { ...entry, text: one.text, label: one.text };
  if (one.kind === "like" && isText(one.id)) return { ...entry, id: one.id, label: entry.label || one.id };
  const parts = one.kind === "alike" ? one.ids : one.kind === "together" ? one.texts : null;
  if (!Array.isArray(parts) || !parts.length || parts.length > MOST_RECENT_PARTS || !parts.every(isText)) return null;
  return { ...entry, [one.kind === "alike" ? "ids" : "texts"]: parts, label: entry.label || parts[0] };
}

function isText(value) {
  return typeof value === "string" && value.length > 0 && value.length <= LONGEST_RECENT;
}
