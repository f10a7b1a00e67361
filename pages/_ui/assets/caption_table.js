// The table of captions: word search, order, pages, rows with their pictures. Text that comes from data is only ever
// set as textContent. drawing.js, counting.js, caption_overview.js, caption_filters.js and detail.js are joined to this file.

const SETTLED_MS = 600;
const ANSWER_MS = 4000;
const BUSY_MS = 300;
const MOST_TOGETHER = 20;
const PAGE_SIZES = [25, 50, 100, 200];
const SEARCH_ICON = ["M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13Z", "M15.4 15.4 20 20"];
const CROSS_ICON = ["M6 6l12 12", "M18 6 6 18"];
const whole = (number) => Math.round(number).toLocaleString("en-US");

export default mounting((parent) => new CaptionTable(parent), (table, { data, setTriggerValue }) => {
  // Of two events close together only the later may arrive, so each says what is shown and open as well.
  table.send = (event) =>
    setTriggerValue("event", {
      view: table.view, settled: !table.unsettled, open: table.detail.id, picked: [...table.picked.keys()], ...event,
    }); // prettier-ignore
  table.update(data);
});

class CaptionTable {
  constructor(parent) {
    this.seq = 0;
    this.version = null;
    this.view = null;
    this.wanted = null; // a view that was not sent yet: one question is under way at a time
    this.asking = false;
    this.rows = [];
    this.focusAt = 0;
    this.picked = new Map();
    this.picksOf = null; // the dataset whose captions are picked; null takes over what the server says
    this.images = new Map();
    this.cards = new Map(); // the three names that the detail dialog reads
    this.order = [];
    this.detailWords = {
      rank: "Found at rank",
      score: "Fit of this caption",
      scoreHelp: "Cosine similarity of the caption in the table to its picture, and the picture's rank when that caption is searched",
      best: "the row in the table",
      bestHelp: "The caption whose row you opened. Search with it",
    };
    this.detail = new Detail(this);
    this.overview = new Overview(this);
    this.filters = new Filters(this);
    this.build(parent);
    this.listen();
  }

  build(parent) {
    this.root = make("div", "grid-root captions-root");
    this.field = make("div", "find");
    this.input = make("input");
    this.input.type = "text";
    this.input.autocomplete = "off";
    this.input.spellcheck = false;
    this.input.enterKeyHint = "search";
    this.input.placeholder = 'Words in captions, as in: dog "red hat" -snow';
    this.input.setAttribute("aria-label", "Words in captions");
    this.clear = this.iconButton(CROSS_ICON, "Clear the words", () => this.setWords("", { focus: true }));
    this.key = make("kbd", "", "/");
    this.key.title = "Press / to look for words";
    this.field.append(lines(SEARCH_ICON), this.input, this.clear, this.key, make("div", "busy"));

    this.status = make("div", "said-line");
    this.status.setAttribute("role", "status");
    this.tools = make("div", "tools");
    this.sort = make("select");
    this.sort.setAttribute("aria-label", "Sort by");
    this.sort.addEventListener("change", () => this.sortBy(this.sort.value, false));
    this.direction = this.textButton("", "Turn the order around", () => this.sortBy(this.view.sort, !this.view.descending));
    this.size = make("select");
    this.size.setAttribute("aria-label", "Rows on a page");
    for (const size of PAGE_SIZES) this.size.append(new Option(`${size} rows`, String(size)));
    this.size.addEventListener("change", () => this.ask({ size: Number(this.size.value), page: 1 }));
    this.tools.append(this.filters.button, this.sort, this.direction, this.size);
    const head = make("div", "head-line");
    head.append(this.status, this.tools);

    this.message = make("div", "empty");
    this.table = make("table");
    this.table.setAttribute("aria-label", "Captions");
    this.header = make("tr");
    const top = make("thead");
    top.append(this.header);
    this.body = make("tbody");
    this.table.append(top, this.body);
    this.pager = make("nav", "pager");
    this.pager.setAttribute("aria-label", "Pages");
    this.bar = make("div", "picked");
    this.root.append(
      this.field, head, this.filters.chips, this.filters.panel, this.overview.root, this.message, this.table,
      this.pager, this.bar, this.detail.dialog,
    ); // prettier-ignore
    parent.append(this.root);
  }

  iconButton(paths, label, act) {
    const button = this.textButton("", label, act);
    button.className = "icon-button";
    button.setAttribute("aria-label", label);
    button.append(lines(paths));
    return button;
  }

  textButton(text, label, act) {
    const button = make("button", "text-button", text);
    button.type = "button";
    button.title = label;
    button.addEventListener("click", act);
    return button;
  }

  listen() {
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("blur", () => this.settle());
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.isComposing) this.settle();
      else if (event.key === "ArrowDown" && this.rows.length) {
        event.preventDefault();
        this.focusRow(0);
      } else if (event.key === "Escape") this.input.blur();
    });
    this.body.addEventListener("keydown", (event) => this.onKey(event));
    this.body.addEventListener("focusin", (event) => {
      const row = event.target.closest("tr");
      if (row) this.markFocus(this.rows.findIndex((one) => one.element === row));
    });
    this.stop = new AbortController();
    document.addEventListener("keydown", (event) => this.onPageKey(event), { signal: this.stop.signal });
  }

  destroy() {
    this.stop.abort();
    this.detail.destroy();
    this.root.remove(); // before the timers: a field that has the focus loses it, which may begin one
    clearTimeout(this.settleTimer);
    clearTimeout(this.answerTimer);
    clearTimeout(this.busyTimer);
  }

  // What is asked for. One question at a time: what is typed meanwhile waits and goes out with the answer.

  ask(change, { settled = true } = {}) {
    this.view = { ...this.view, ...change };
    this.wanted = { view: this.view, settled };
    if (!this.asking) this.sendWanted();
  }

  sendWanted() {
    const { view, settled } = this.wanted;
    this.wanted = null;
    this.asking = true;
    this.seq += 1;
    clearTimeout(this.answerTimer);
    // An answer can be lost with its connection; then the next question must not wait for it.
    this.answerTimer = setTimeout(() => this.answered(), ANSWER_MS);
    clearTimeout(this.busyTimer);
    this.busyTimer = setTimeout(() => this.root.classList.add("is-busy"), BUSY_MS);
    this.send({ type: "view", seq: this.seq, settled, view });
  }

  answered() {
    clearTimeout(this.answerTimer);
    clearTimeout(this.busyTimer);
    this.root.classList.remove("is-busy");
    this.asking = false;
    if (this.wanted) this.sendWanted();
  }

  typed() {
    this.drawField();
    this.unsettled = true;
    this.ask({ words: this.input.value, page: 1 }, { settled: false });
    clearTimeout(this.settleTimer);
    this.settleTimer = setTimeout(() => this.settle(), SETTLED_MS);
  }

  /** The person stopped typing: the link may hold these words now. */
  settle() {
    clearTimeout(this.settleTimer);
    if (!this.unsettled) return;
    this.unsettled = false;
    this.ask({ words: this.input.value });
  }

  setWords(words, { focus = false } = {}) {
    clearTimeout(this.settleTimer);
    this.unsettled = false;
    this.input.value = words;
    this.drawField();
    this.ask({ words, page: 1 });
    if (focus) this.input.focus();
  }

  sortBy(sort, descending) {
    this.ask({ sort, descending, page: 1 });
  }

  toPage(page, focus = null) {
    this.focusAfter = focus;
    this.ask({ page: Math.min(Math.max(1, page), this.data.pages) });
  }

  // What is shown.

  update(data) {
    if (data.seq < this.seq) {
      this.detail.receive(data);
      return; // an answer to an older question
    }
    this.seq = data.seq;
    this.data = data;
    this.token = data.token;
    const elsewhere = data.version !== this.version;
    this.version = data.version;
    if (elsewhere) this.picksOf = null;
    if (data.picks && data.picks.of !== this.picksOf) {
      this.picksOf = data.picks.of;
      this.picked = new Map(data.picks.captions);
    }
    if (elsewhere || !this.wanted) this.view = data.view;
    if (elsewhere || !this.unsettled) this.input.value = this.view.words;
    if (elsewhere) this.wanted = null;
    this.root.classList.toggle("loading", Boolean(data.loading));
    this.drawField();
    this.drawStatus();
    this.drawTools();
    this.filters.draw(data, this.view);
    this.overview.draw(data, this.view);
    this.drawTable();
    this.drawPager();
    this.drawPicked();
    this.detail.receive(data);
    this.answered();
    this.root.dataset.words = data.view.words;
  }

  drawField() {
    this.clear.hidden = !this.input.value;
    this.key.hidden = Boolean(this.input.value) || matchMedia("(hover: none)").matches;
  }

  drawStatus() {
    this.status.replaceChildren();
    if (this.data.summary) this.status.append(make("span", "sum", this.data.summary));
    for (const note of this.data.notes || []) this.status.append(make("span", "remark", note));
    const { counting } = this.data; // minutes for a very large gallery, and only once
    if (counting) this.status.append(make("span", "remark", `ranks are being counted, ${Math.round(100 * counting)}\u202f%`));
  }

  drawTools() {
    const { columns, pages } = this.data;
    this.tools.hidden = !columns.length;
    const key = columns.map((one) => one.key).join("\n");
    if (key !== this.sortKey) {
      this.sortKey = key;
      this.sort.replaceChildren(...columns.map((one) => new Option(one.label, one.key)));
    }
    this.sort.value = this.view.sort;
    const down = this.view.descending;
    const column = columns.find((one) => one.key === this.view.sort);
    const ends = !column || column.kind === "number" ? ["lowest first", "highest first"] : ["A to Z", "Z to A"];
    this.direction.textContent = this.view.sort === "order" ? (down ? "last first" : "first first") : ends[down ? 1 : 0];
    this.size.value = String(this.view.size);
    this.size.hidden = !this.data.rows.length || (pages <= 1 && this.view.size === PAGE_SIZES[0]);
  }

  drawTable() {
    const { rows, shown, empty, loading } = this.data;
    this.message.hidden = !empty;
    this.message.replaceChildren();
    if (empty) this.drawEmpty(empty);
    this.table.hidden = Boolean(empty);
    const columns = this.data.columns.filter((one) => shown.includes(one.key));
    this.drawHeader(columns);
    const kept = this.images;
    this.images = new Map();
    const focused = this.rows.some((one) => one.element === this.root.getRootNode().activeElement);
    this.rows = loading
      ? Array.from({ length: 8 }, () => ({ element: this.skeleton(columns.length) }))
      : rows.map((row) => this.row(row, columns, kept));
    this.body.replaceChildren(...this.rows.map((one) => one.element));
    this.order = [...new Set(rows.map((row) => row.id).filter(Boolean))];
    this.cards = new Map();
    for (const row of rows) if (row.id && !this.cards.has(row.id)) this.cards.set(row.id, { picture: row });
    this.focusAt = Math.min(this.focusAt, Math.max(0, this.rows.length - 1));
    if (this.focusAfter !== null && this.focusAfter !== undefined && !this.wanted) {
      this.focusRow(this.focusAfter < 0 ? this.rows.length - 1 : this.focusAfter);
      this.focusAfter = null;
    } else if (focused) this.focusRow(this.focusAt);
    else this.markFocus(this.focusAt);
  }

  drawHeader(columns) {
    const cells = [make("th", "pick"), make("th", "shot", "Picture"), this.headCell("caption", "Caption", "Sort by the sentence")];
    for (const one of columns) cells.push(this.headCell(one.key, one.label, one.help, one.kind === "number" ? "num" : "other"));
    cells.push(make("th", "go"));
    cells[0].append(make("span", "unseen", "Select"));
    cells[cells.length - 1].append(make("span", "unseen", "Search"));
    this.header.replaceChildren(...cells);
  }

  headCell(key, label, help, kind = "") {
    const cell = make("th", kind);
    const on = this.view.sort === key;
    cell.setAttribute("aria-sort", on ? (this.view.descending ? "descending" : "ascending") : "none");
    const button = this.textButton(label, `${help} Click to sort.`, () => this.sortBy(key, on && !this.view.descending));
    if (on) button.append(make("span", "arrow", this.view.descending ? "\u2193" : "\u2191"));
    cell.append(button);
    return cell;
  }

  skeleton(columns) {
    const row = make("tr", "skeleton");
    for (let place = 0; place < columns + 4; place += 1) row.append(make("td", place === 1 ? "shot" : place === 2 ? "text" : ""));
    row.children[1].append(make("span", "frame"));
    row.children[2].append(make("span", "bone"));
    return row;
  }

  row(row, columns, kept) {
    const element = make("tr", "row");
    element.tabIndex = -1;
    element.dataset.at = row.at;
    element.setAttribute("aria-label", `${row.caption}. Enter opens its picture`);
    const pick = make("td", "pick");
    const box = make("input");
    box.type = "checkbox";
    box.tabIndex = -1;
    box.checked = this.picked.has(row.at);
    box.setAttribute("aria-label", `Select the caption ${row.caption}`);
    box.addEventListener("change", () => this.pick(row, box.checked));
    pick.append(box);
    const text = make("td", "text");
    text.append(markedText(row.caption, this.data.marks), make("span", "file", row.name || row.note));
    const cells = [pick, this.shot(row, kept), text];
    for (const one of columns) cells.push(this.cell(row, one));
    const go = make("td", "go");
    const search = this.iconButton(SEARCH_ICON, "Search pictures with this caption", () => this.leave({ type: "search", text: row.caption }));
    search.tabIndex = -1;
    go.append(search);
    element.append(...cells, go);
    element.classList.toggle("chosen", box.checked);
    element.addEventListener("click", (event) => {
      if (event.target.closest("button, .pick")) return;
      if (!String(getSelection())) this.open(row); // text that is being marked is no click
    });
    return { element, row, box };
  }

  shot(row, kept) {
    const cell = make("td", "shot");
    const frame = make("span", "frame");
    frame.style.aspectRatio = String(clampShape(row.width, row.height));
    if (row.src) {
      const known = kept.get(row.src);
      const image = known && known.length ? known.pop() : make("img");
      if (!image.src) {
        image.decoding = "async";
        image.draggable = false;
        image.addEventListener("error", () => image.replaceWith(make("span", "none", "no file")));
        image.src = row.src;
      }
      image.alt = `Picture ${row.id}`;
      this.images.set(row.src, [...(this.images.get(row.src) || []), image]);
      frame.append(image);
    } else if (row.pending) frame.classList.add("pending");
    else frame.append(make("span", "none", row.id ? "no file" : "no picture"));
    if (row.note) frame.title = row.note;
    cell.append(frame);
    return cell;
  }

  cell(row, column) {
    const value = row.values[column.key];
    const known = value !== null && value !== undefined && value !== "";
    const cell = make("td", column.kind === "number" ? "num" : "other");
    cell.dataset.key = column.key;
    cell.dataset.label = column.label;
    if (column.key === "similarity" && known) {
      cell.append(make("span", "value", scoreText(value)));
      const bar = make("span", "bar");
      const fill = make("span", "fill");
      fill.style.width = `${Math.round(row.bar * 100)}%`;
      bar.append(fill);
      cell.append(bar);
    } else {
      const text = !known ? "\u2013" : typeof value === "number" ? value.toLocaleString("en-US", { maximumFractionDigits: 4 }) : value;
      cell.append(make("span", known ? "value" : "value unknown", text));
      if (column.key === "rank" && !known && this.data.counting) cell.title = "Being counted";
    }
    return cell;
  }

  drawEmpty(empty) {
    this.message.append(make("p", "title", empty.title), make("p", "", empty.text));
    for (const one of empty.acts) {
      this.message.append(this.textButton(one.label, "", () => (one.words !== undefined ? this.setWords(one.words) : this.ask({ filters: {}, words: "", page: 1 }))));
    }
  }

  drawPager() {
    const { page, pages, found, rows } = this.data;
    this.pager.replaceChildren();
    this.pager.hidden = pages <= 1;
    if (pages <= 1) return;
    const first = (page - 1) * this.view.size + 1;
    const before = this.textButton("\u2039 Previous", "Previous page (Page Up in the table)", () => this.toPage(page - 1));
    const after = this.textButton("Next \u203a", "Next page (Page Down in the table)", () => this.toPage(page + 1));
    before.disabled = page <= 1;
    after.disabled = page >= pages;
    const number = make("input");
    number.type = "number";
    number.min = "1";
    number.max = String(pages);
    number.value = String(page);
    number.setAttribute("aria-label", "Page");
    number.addEventListener("change", () => this.toPage(Math.round(Number(number.value)) || 1));
    const place = make("span", "of", `of ${whole(pages)}`);
    const range = make("span", "range", `${whole(first)} to ${whole(first + rows.length - 1)} of ${whole(found)}`);
    this.pager.append(before, number, place, after, range);
  }

  // Choosing rows.

  pick(row, on) {
    if (on && this.picked.size >= MOST_TOGETHER) on = false;
    if (on) this.picked.set(row.at, row.caption);
    else this.picked.delete(row.at);
    for (const one of this.rows) {
      if (!one.box) continue;
      one.box.checked = this.picked.has(one.row.at);
      one.element.classList.toggle("chosen", one.box.checked);
    }
    this.drawPicked();
    this.ask({}); // so that link and history hold what is picked
  }

  drawPicked() {
    const count = this.picked.size;
    this.bar.hidden = !count;
    this.bar.replaceChildren();
    if (!count) return;
    const texts = [...this.picked.values()];
    const said = `${countOf(count, "caption")} selected${count === MOST_TOGETHER ? ", the most" : ""}`;
    const go = this.textButton(count === 1 ? "Search with it" : "Search with all", "", () => this.leave({ type: "together", texts }));
    go.classList.add("primary");
    const none = this.textButton("Clear", "Select none", () => {
      this.picked.clear();
      this.drawTable();
      this.drawPicked();
      this.ask({});
    });
    const how = make("span", "how", count === 1 ? "Finds the pictures closest to it." : "Finds the pictures closest to what they have in common: the mean of their embeddings.");
    this.bar.append(make("span", "count", said), how, go, none);
  }

  /** To another page; what is unsent is of no use any more. */
  leave(event) {
    this.seq += 1;
    this.send({ seq: this.seq, ...event });
  }

  // The detail dialog, and the keys.

  open(row) {
    if (!row.id) return;
    this.cards.set(row.id, { picture: row });
    this.detail.open(row.id);
  }

  /** Called by the dialog when it closes. */
  setFocus(id, move) {
    const at = this.rows.findIndex((one) => one.row && one.row.id === id);
    const now = this.rows[this.focusAt];
    if (!move || at < 0) return;
    this.focusRow(now && now.row && now.row.id === id ? this.focusAt : at);
  }

  get focusId() {
    const now = this.rows[this.focusAt];
    return now && now.row ? now.row.id : null;
  }

  markFocus(at) {
    if (at < 0) return;
    this.rows.forEach((one, place) => {
      if (one.row) one.element.tabIndex = place === at ? 0 : -1;
    });
    this.focusAt = at;
  }

  focusRow(at) {
    const one = this.rows[at];
    if (!one || !one.row) return;
    this.markFocus(at);
    one.element.focus({ preventScroll: true });
    one.element.scrollIntoView({ block: "nearest" });
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { page, pages } = this.data;
    const at = this.focusAt;
    const last = this.rows.length - 1;
    if (event.key === "ArrowDown" && at === last && page < pages) this.toPage(page + 1, 0);
    else if (event.key === "ArrowUp" && at === 0 && page > 1) this.toPage(page - 1, -1);
    else if (event.key === "ArrowDown") this.focusRow(Math.min(last, at + 1));
    else if (event.key === "ArrowUp") this.focusRow(Math.max(0, at - 1));
    else if (event.key === "Home") this.focusRow(0);
    else if (event.key === "End") this.focusRow(last);
    else if (event.key === "PageDown" && page < pages) this.toPage(page + 1, 0);
    else if (event.key === "PageUp" && page > 1) this.toPage(page - 1, 0);
    else if (event.key === "Enter" && event.target.matches("tr")) this.open(this.rows[at].row);
    else if (event.key === " " && event.target.matches("tr")) this.pick(this.rows[at].row, !this.picked.has(this.rows[at].row.at));
    else return;
    event.preventDefault();
  }

  onPageKey(event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.composedPath()[0];
    if (target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))) return;
    if (event.composedPath().some((one) => one instanceof HTMLDialogElement)) return;
    event.preventDefault();
    this.input.focus();
    this.input.select();
    this.field.scrollIntoView({ block: "nearest" });
  }
}

/** A caption with the words that were looked for set apart, built from text nodes. */
function markedText(text, marks) {
  const line = make("span", "sentence");
  if (!marks.length) {
    line.textContent = text;
    return line;
  }
  for (const piece of text.split(/([\p{L}\p{N}\p{M}_]+)/u)) {
    const bare = piece.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
    const hit = bare && marks.some(({ word, how }) => (how === "word" ? bare === word : how === "beginning" ? bare.startsWith(word) : bare.includes(word)));
    line.append(hit ? make("b", "", piece) : document.createTextNode(piece));
  }
  return line;
}
