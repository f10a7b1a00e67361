// The query bar: a text field with suggestions from the captions, and a place to drop, paste or choose a picture.
// Text that comes from data is only ever set as textContent.

const TYPED_AFTER_MS = 140;
const SETTLED_AFTER_MS = 1400;
const BUSY_AFTER_MS = 300;
const SEND_AS_IT_IS_BYTES = 6 * 1024 * 1024;
const LARGEST_FILE_BYTES = 60 * 1024 * 1024;
const SMALLER_SIDE = 1280;

export default mounting((parent) => new QueryBar(parent), (bar, { data, setTriggerValue }) => {
  bar.trigger = (event) => setTriggerValue("event", event);
  bar.update(data);
});

const LENS = ["M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Z", "M15.4 15.4 20 20"];
const PICTURE = ["M4 5h16v14H4Z", "M4 16l4.5-4.5 4 4 2.5-2.5 5 5", "M15.5 8.7h.01"];
const CROSS = ["M6 6l12 12", "M18 6 6 18"];
const CLOCK = ["M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16Z", "M12 8v4.5l3 1.5"];

class QueryBar {
  constructor(parent) {
    this.version = null;
    this.data = {};
    this.options = [];
    this.active = -1;
    this.closedFor = null; // the text the list was put away for, until there is another one
    this.recent = new RecentQueries();
    this.build(parent);
    this.listen();
  }

  build(parent) {
    this.root = make("div", "bar-root");
    this.field = make("div", "field");
    this.field.append(lines(LENS));
    this.chip = make("span", "chip-image");
    this.chipPicture = make("img");
    this.chipPicture.alt = "";
    this.chipLabel = make("span", "label");
    const drop = this.button(CROSS, "Remove this from the query", () => this.clear());
    this.chip.append(this.chipPicture, this.chipLabel, drop);
    this.input = make("input");
    this.input.type = "text";
    this.input.autocomplete = "off";
    this.input.spellcheck = false;
    this.input.enterKeyHint = "search";
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-label", "What the pictures should show");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-expanded", "false");
    this.input.setAttribute("aria-controls", "suggestions");
    this.clearButton = this.button(CROSS, "Clear the query", () => this.clear());
    this.key = make("kbd", "", "/");
    this.key.title = "Press / to type a query";
    this.file = make("input");
    this.file.type = "file";
    this.file.accept = "image/*";
    this.file.hidden = true;
    this.file.setAttribute("aria-label", "Choose a picture to search with");
    this.upload = this.button(PICTURE, "Search with a picture: choose, paste or drop one", () => this.file.click());
    this.upload.append(make("span", "word", "Picture"));
    this.upload.classList.add("upload");
    this.field.append(this.chip, this.input, this.clearButton, this.key, this.upload, this.file);
    this.busy = make("div", "busy");
    this.field.append(this.busy);
    this.message = make("p", "message");
    this.message.setAttribute("role", "alert");
    this.examples = make("div", "examples");
    this.list = make("ul", "list");
    this.list.id = "suggestions";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "Suggestions");
    if (this.list.popover !== undefined) this.list.popover = "manual";
    this.root.append(this.field, this.message, this.examples, this.list);
    this.number = String(Math.random());
    parent.append(this.root);
  }

  button(paths, label, act) {
    const button = make("button", "icon");
    button.type = "button";
    button.title = label;
    button.setAttribute("aria-label", label);
    button.append(lines(paths));
    button.addEventListener("click", act);
    return button;
  }

  listen() {
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("focus", () => {
      if (!this.input.value.trim()) this.closedFor = null;
      this.drawList();
    });
    this.input.addEventListener("click", () => {
      if (!this.input.value.trim()) this.closedFor = null;
      this.drawList();
    });
    this.chipPicture.addEventListener("load", () => this.recent.picture(this.chipPicture));
    this.input.addEventListener("blur", () => {
      this.hideList();
      this.settle();
    });
    this.file.addEventListener("change", () => {
      if (this.file.files[0]) this.takePicture(this.file.files[0]);
      this.file.value = "";
    });
    this.stop = new AbortController();
    const { signal } = this.stop;
    document.addEventListener("keydown", (event) => this.onPageKey(event), { signal });
    document.addEventListener("paste", (event) => this.onPaste(event), { signal });
    document.addEventListener("dragover", (event) => this.onDrag(event, true), { signal });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) this.onDrag(event, false);
    }, { signal });
    document.addEventListener("drop", (event) => this.onDrop(event), { signal });
    window.addEventListener("scroll", () => this.placeList(), { signal, capture: true, passive: true });
    window.addEventListener("resize", () => this.placeList(), { signal });
  }

  destroy() {
    this.stop.abort();
    this.root.remove(); // first: a field that has the focus loses it, and what follows from that may begin a timer
    clearTimeout(this.typedTimer);
    clearTimeout(this.settledTimer);
    clearTimeout(this.busyTimer);
    // frame.css shows what stands below the bar once the bar has its height; only the bar that said so takes it back.
    const page = document.documentElement.dataset;
    if (page.queryBar === this.number) delete page.queryBar;
  }

  update(data) {
    this.data = data;
    document.documentElement.dataset.queryBar = this.number;
    clearTimeout(this.busyTimer);
    this.root.classList.remove("is-busy");
    if (data.version !== this.version) {
      // The query was set elsewhere (a chip, a link, a caption): show it. Otherwise what is typed stays.
      this.version = data.version;
      this.input.value = data.text || "";
      this.sentText = this.input.value;
      this.settledText = this.input.value;
    }
    this.recent.take(data.dataset, data.asked);
    const image = data.image;
    this.chip.hidden = !image;
    if (image) {
      this.chipPicture.hidden = !image.src;
      if (image.src) this.chipPicture.src = image.src;
      this.chipLabel.textContent = image.label;
      this.chip.title = image.label;
    }
    this.input.placeholder = image ? "or type a sentence" : data.placeholder || "";
    this.message.textContent = data.message || "";
    this.message.hidden = !data.message;
    this.drawButtons();
    this.drawExamples();
    if (this.hasFocus()) this.drawList();
  }

  drawButtons() {
    const filled = Boolean(this.input.value) || Boolean(this.data.image);
    this.clearButton.hidden = !this.input.value;
    this.key.hidden = filled || matchMedia("(hover: none)").matches;
  }

  hasFocus() {
    return this.root.getRootNode().activeElement === this.input;
  }

  send(event) {
    clearTimeout(this.busyTimer);
    this.busyTimer = setTimeout(() => this.root.classList.add("is-busy"), BUSY_AFTER_MS);
    this.trigger(event);
  }

  typed() {
    this.active = -1;
    this.drawButtons();
    this.drawList();
    clearTimeout(this.typedTimer);
    clearTimeout(this.settledTimer);
    const text = this.input.value;
    this.typedTimer = setTimeout(() => {
      if (text === this.sentText) return;
      this.sentText = text;
      this.send({ type: this.data.live ? "typed" : "suggest", text });
    }, TYPED_AFTER_MS);
    this.settledTimer = setTimeout(() => this.settle(), SETTLED_AFTER_MS);
  }

  /** The person stopped typing: the link and the history may now hold this query. */
  settle() {
    clearTimeout(this.settledTimer);
    const text = this.input.value;
    if (!text.trim() || text === this.settledText) return;
    clearTimeout(this.typedTimer);
    this.sentText = text;
    this.settledText = text;
    this.send({ type: "settled", text });
  }

  search(text) {
    clearTimeout(this.typedTimer);
    clearTimeout(this.settledTimer);
    this.input.value = text;
    this.sentText = text;
    this.settledText = text;
    this.active = -1;
    this.hideList();
    this.closedFor = text;
    this.drawButtons();
    this.send({ type: "search", text });
  }

  /** Do what a line of the list stands for. */
  choose(option) {
    if (option.forget) {
      this.recent.forget();
      this.drawList();
    } else if (option.recent && option.recent.kind !== "text") this.again(option.recent);
    else this.search(option.recent ? option.recent.text : option.text);
  }

  /** Ask once more for what was asked with pictures, or with several sentences. */
  again({ kind, id, ids, texts }) {
    clearTimeout(this.typedTimer);
    clearTimeout(this.settledTimer);
    this.input.value = "";
    this.sentText = "";
    this.settledText = "";
    this.closedFor = "";
    this.hideList();
    this.send({ type: "again", kind, id, ids, texts });
  }

  clear() {
    clearTimeout(this.typedTimer);
    clearTimeout(this.settledTimer);
    this.input.value = "";
    this.sentText = "";
    this.settledText = "";
    this.closedFor = null;
    this.send({ type: "clear" });
    this.input.focus();
  }

  onKey(event) {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (this.active >= 0) this.choose(this.options[this.active]);
      else this.search(this.input.value);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!this.options.length) return;
      event.preventDefault();
      const count = this.options.length;
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.active = this.active < 0 && step < 0 ? count - 1 : (this.active + step + count + 1) % (count + 1);
      if (this.active === count) this.active = -1;
      this.markActive();
    } else if (event.key === "Escape") {
      if (this.options.length && !this.list.hidden) {
        event.stopPropagation();
        this.closedFor = this.input.value;
        this.hideList();
      } else this.input.blur();
    }
  }

  onPageKey(event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    if (target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))) return;
    if (event.composedPath().some((one) => one instanceof HTMLDialogElement)) return;
    event.preventDefault();
    this.input.focus();
    this.input.select();
    window.scrollTo({ top: 0 });
    this.field.scrollIntoView({ block: "nearest" });
  }

  onPaste(event) {
    const target = event.composedPath()[0];
    const elsewhere = target instanceof HTMLElement && target !== this.input && /^(INPUT|TEXTAREA)$/.test(target.tagName);
    const file = event.clipboardData && [...event.clipboardData.files].find((one) => one.type.startsWith("image/"));
    if (elsewhere || !file) return;
    event.preventDefault();
    this.takePicture(file);
  }

  onDrag(event, inside) {
    const types = event.dataTransfer ? [...event.dataTransfer.types] : [];
    if (!types.includes("Files")) return;
    event.preventDefault();
    this.root.classList.toggle("dropping", inside);
  }

  onDrop(event) {
    this.root.classList.remove("dropping");
    const file = event.dataTransfer && event.dataTransfer.files[0];
    if (!file) return;
    event.preventDefault();
    this.takePicture(file);
  }

  async takePicture(file) {
    this.message.hidden = true;
    if (file.size > LARGEST_FILE_BYTES) {
      this.complain(`A picture may have at most 60 MB, got ${(file.size / 1048576).toFixed(0)} MB: ${file.name}. Make it smaller.`);
      return;
    }
    let content = file;
    if (file.size > SEND_AS_IT_IS_BYTES) {
      content = await this.smaller(file);
      if (!content) {
        this.complain(`A picture must be one this browser can open when it is over 6 MB, got ${file.name}. Save it as a JPEG.`);
        return;
      }
    }
    const url = await new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result));
      reader.onerror = () => resolve("");
      reader.readAsDataURL(content);
    });
    const comma = url.indexOf(",");
    clearTimeout(this.typedTimer);
    clearTimeout(this.settledTimer);
    this.input.value = "";
    this.sentText = "";
    this.settledText = "";
    this.hideList();
    this.send({ type: "picture", name: file.name || "pasted picture", content: comma < 0 ? "" : url.slice(comma + 1) });
  }

  /** Large files are made smaller here, so that what travels is always small. */
  async smaller(file) {
    try {
      const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, SMALLER_SIDE / Math.min(bitmap.width, bitmap.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(bitmap.width * scale));
      canvas.height = Math.max(1, Math.round(bitmap.height * scale));
      const context = canvas.getContext("2d");
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

  complain(text) {
    this.message.textContent = text;
    this.message.hidden = false;
  }

  drawExamples() {
    const key = JSON.stringify([this.data.examples, this.data.intro, this.data.waiting]);
    if (key === this.examplesKey) return;
    this.examplesKey = key;
    this.examples.replaceChildren();
    const examples = this.data.examples || [];
    this.examples.hidden = !examples.length && !this.data.waiting; // the line takes its room before it is filled
    if (this.examples.hidden) return;
    if (this.data.intro) this.examples.append(make("span", "intro", this.data.intro));
    for (const text of examples) {
      const chip = make("button", "chip", text);
      chip.type = "button";
      chip.addEventListener("click", () => this.search(text));
      this.examples.append(chip);
    }
  }

  wantedOptions() {
    const text = this.input.value.trim();
    if (this.closedFor !== null && text === this.closedFor.trim()) return [];
    this.closedFor = null;
    if (!text) {
      const recent = this.recent.list().map((one) => ({ text: one.label, recent: one }));
      return recent.length ? [...recent, { text: "Forget these queries", forget: true }] : [];
    }
    const suggestions = this.data.suggestions || { text: "", items: [] };
    // Suggestions for the words typed a moment ago stay until the next ones come.
    const near = text.toLowerCase().startsWith(suggestions.text.toLowerCase()) && suggestions.text;
    if (!near && suggestions.text !== text) return [];
    return suggestions.items.filter((one) => one !== text).map((one) => ({ text: one }));
  }

  drawList() {
    const chosen = this.active >= 0 && this.options[this.active] ? this.options[this.active].text : null;
    this.options = this.wantedOptions();
    // Other suggestions may come while one is picked out by the arrows: Enter must take that one or what is typed.
    this.active = chosen === null ? -1 : this.options.findIndex((option) => option.text === chosen);
    if (!this.options.length) {
      this.hideList();
      return;
    }
    const words = this.input.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    this.list.replaceChildren(
      ...this.options.map((option, index) => {
        const row = make("li");
        row.id = `option-${index}`;
        row.setAttribute("role", "option");
        row.append(optionSign(option), marked(option.text, words));
        row.classList.toggle("forget", Boolean(option.forget));
        row.addEventListener("pointerdown", (event) => event.preventDefault());
        row.addEventListener("click", () => this.choose(option));
        return row;
      }),
    );
    this.list.hidden = false;
    if (this.list.showPopover && !this.list.matches(":popover-open")) this.list.showPopover();
    this.input.setAttribute("aria-expanded", "true");
    this.placeList();
    this.markActive();
  }

  placeList() {
    if (this.list.hidden || !this.options.length) return;
    const box = this.field.getBoundingClientRect();
    const above = this.message.hidden ? box : this.message.getBoundingClientRect(); // a message is never covered
    this.list.style.left = `${box.left}px`;
    this.list.style.top = `${above.bottom + 4}px`;
    this.list.style.width = `${box.width}px`;
  }

  markActive() {
    [...this.list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === this.active)));
    if (this.active >= 0) this.input.setAttribute("aria-activedescendant", `option-${this.active}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  hideList() {
    this.active = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    if (this.list.hidePopover && this.list.matches(":popover-open")) this.list.hidePopover();
    this.list.hidden = true;
  }
}

/** What stands before a line of the list: a query's own picture, else what kind of line it is. */
function optionSign(option) {
  if (!option.recent || !option.recent.thumb) return lines(option.forget ? CROSS : option.recent ? CLOCK : LENS);
  const image = make("img");
  image.alt = "";
  image.src = option.recent.thumb;
  return image;
}

/** The text with the typed words set apart, built from text nodes. */
function marked(text, words) {
  const line = make("span", "text");
  if (!words.length) {
    line.textContent = text;
    return line;
  }
  const last = words[words.length - 1];
  for (const piece of text.split(/(\s+)/)) {
    const bare = piece.toLowerCase().replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, "");
    const hit = bare && (words.includes(bare) || bare.startsWith(last));
    line.append(hit ? make("b", "", piece) : document.createTextNode(piece));
  }
  return line;
}
