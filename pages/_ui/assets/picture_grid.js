// The picture grid: rows of equal height, true aspect ratios, one element per picture kept between updates.
// Text that comes from data is only ever set as textContent. drawing.js and the detail dialog (detail.js) are joined to this file.

const GAP = 10;
const NARROW = 560;
const ROW_HEIGHT = { S: 130, M: 210, L: 330 };
const META_HEIGHT = 24;
const CAPTION_HEIGHT = 38;
const SKELETON_SHAPES = [1.5, 0.75, 1.33, 1.33, 1.78, 1, 0.7, 1.5, 1.4];

export default mounting((parent) => new PictureGrid(parent), (grid, { data, setTriggerValue }) => {
  grid.send = (event) => setTriggerValue("event", event);
  grid.update(data);
});

/** Rows of equal height that fill the width; the last row keeps the wished height. */
function justify(shapes, width, wished) {
  const boxes = [];
  let row = [];
  let sum = 0;
  let top = 0;
  const close = (height) => {
    let left = 0;
    for (const shape of row) {
      boxes.push({ left, top, width: shape * height, height });
      left += shape * height + GAP;
    }
    top += height;
    row = [];
    sum = 0;
  };
  const rows = [];
  for (const shape of shapes) {
    const before = row.length ? (width - GAP * (row.length - 1)) / sum : Infinity;
    const after = (width - GAP * row.length) / (sum + shape);
    // Close the row before this picture when that leaves the height nearer to the wished one.
    if (row.length && after < wished && Math.abs(before - wished) < Math.abs(after - wished)) {
      rows.push(row.length);
      close(before);
    }
    row.push(shape);
    sum += shape;
    const height = (width - GAP * (row.length - 1)) / sum;
    if (height <= wished) {
      rows.push(row.length);
      close(height);
    }
  }
  if (row.length) {
    rows.push(row.length);
    close(Math.min(wished, (width - GAP * (row.length - 1)) / sum));
  }
  return { boxes, rows };
}

/** Two columns for a narrow window: each picture goes to the shorter one. */
function columns(shapes, width, extra) {
  const columnWidth = (width - GAP) / 2;
  const ends = [0, 0];
  return shapes.map((shape) => {
    const column = ends[0] <= ends[1] ? 0 : 1;
    const height = columnWidth / shape;
    const box = { left: column * (columnWidth + GAP), top: ends[column], width: columnWidth, height };
    ends[column] += height + extra;
    return box;
  });
}

class PictureGrid {
  constructor(parent) {
    this.root = make("div", "grid-root");
    this.status = make("div", "status");
    this.summary = make("span", "summary");
    this.summary.setAttribute("role", "status"); // read out when it changes; the milliseconds beside it are not
    this.times = make("span", "times");
    this.times.title = "Time spent on the query by the model, on scoring all pictures, and on drawing the cards";
    this.area = make("div", "area");
    this.area.setAttribute("role", "list");
    this.root.append(this.status, this.area);
    parent.append(this.root);
    this.cards = new Map();
    this.order = [];
    this.boxes = [];
    this.focusId = null;
    this.seq = 0;
    this.data = { pictures: [], size: "M", captions: true };
    this.detail = new Detail(this);
    this.root.append(this.detail.dialog);
    this.width = 0;
    this.resizer = new ResizeObserver(() => {
      const width = this.root.clientWidth;
      if (width && width !== this.width) this.layout();
    });
    this.resizer.observe(this.root);
    this.area.addEventListener("keydown", (event) => this.onKey(event));
    this.area.addEventListener("focusin", (event) => {
      const card = event.target.closest(".card");
      if (card) this.setFocus(card.dataset.id, false);
    });
    this.observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (!entry.isIntersecting) continue;
          const image = entry.target.querySelector("img");
          if (image && image.dataset.src) {
            image.src = image.dataset.src;
            delete image.dataset.src;
          }
          this.observer.unobserve(entry.target);
        }
      },
      { rootMargin: "900px" },
    );
  }

  destroy() {
    this.resizer.disconnect();
    this.observer.disconnect();
    this.detail.destroy();
    this.root.remove();
  }

  update(data) {
    const started = performance.now();
    this.data = data;
    this.scoreHelp = data.score_help || "";
    this.root.classList.toggle("loading", Boolean(data.loading));
    this.area.setAttribute("aria-label", data.label || "Pictures");
    this.area.setAttribute("aria-busy", String(Boolean(data.loading)));
    const wanted = data.loading
      ? Array.from({ length: data.loading }, (_, i) => ({ id: `skeleton-${i}`, skeleton: true, shape: SKELETON_SHAPES[i % SKELETON_SHAPES.length] }))
      : data.pictures;
    const ids = new Set(wanted.map((picture) => picture.id));
    for (const [id, card] of this.cards) {
      if (!ids.has(id)) {
        this.observer.unobserve(card.element);
        card.element.remove();
        this.cards.delete(id);
      }
    }
    let previous = null;
    for (const picture of wanted) {
      const card = this.cards.get(picture.id) || this.addCard(picture);
      this.fillCard(card, picture);
      const expected = previous ? previous.nextSibling : this.area.firstChild;
      if (card.element !== expected) this.area.insertBefore(card.element, expected);
      previous = card.element;
    }
    this.order = wanted.map((picture) => picture.id);
    if (!this.focusId || !ids.has(this.focusId)) this.setFocus(this.order[0] || null, false);
    this.layout();
    this.drawStatus(performance.now() - started);
    this.detail.receive(data);
  }

  drawStatus(drawMs) {
    const { summary, timings } = this.data;
    if (this.summary.textContent !== (summary || "")) this.summary.textContent = summary || "";
    this.status.classList.toggle("nothing", !summary);
    this.status.replaceChildren(this.summary);
    if (summary && timings) {
      const ms = (value) => (value < 0.95 ? value.toFixed(1) : Math.round(value).toString()) + "\u202fms";
      const parts = [];
      if (timings.encode_ms > 0) parts.push(`encode ${ms(timings.encode_ms)}`);
      parts.push(`search ${ms(timings.search_ms)}`, `render ${ms(timings.pictures_ms + drawMs)}`);
      this.times.textContent = parts.join(" · ");
      this.status.append(this.times);
    }
  }

  addCard(picture) {
    const element = make("div", "card");
    element.dataset.id = picture.id;
    element.setAttribute("role", "listitem");
    const card = { element };
    if (picture.skeleton) {
      element.append(make("div", "picture"));
      this.cards.set(picture.id, card);
      return card;
    }
    card.button = make("button", "picture");
    card.button.type = "button";
    card.button.tabIndex = -1;
    card.image = make("img");
    card.image.decoding = "async";
    card.image.draggable = false;
    card.image.addEventListener("load", () => card.element.classList.add("seen"));
    card.image.addEventListener("error", () => {
      card.element.classList.add("missing");
      card.note.textContent = "This picture's file cannot be shown";
    });
    card.note = make("span", "note");
    card.name = make("span", "name");
    card.button.append(card.image, card.note, card.name);
    card.meta = make("div", "meta");
    card.rank = make("span", "rank");
    card.score = make("span", "score");
    card.bar = make("span", "bar");
    card.fill = make("span", "fill");
    card.bar.append(card.fill);
    card.meta.append(card.rank, card.score, card.bar);
    card.caption = make("p", "caption");
    // Whoever listens hears rank, score and caption once: in the name of the button.
    card.image.alt = "";
    for (const one of [card.meta, card.caption]) one.setAttribute("aria-hidden", "true");
    element.append(card.button, card.meta, card.caption);
    element.addEventListener("click", () => this.detail.open(element.dataset.id));
    this.cards.set(picture.id, card);
    return card;
  }

  fillCard(card, picture) {
    card.shape = picture.skeleton ? picture.shape : clampShape(picture.width, picture.height);
    if (picture.skeleton) return;
    const scored = picture.score !== null && picture.score !== undefined;
    card.picture = picture;
    card.element.classList.toggle("missing", !picture.src);
    card.note.textContent = picture.src ? "" : picture.note || "This picture's file cannot be shown";
    if (picture.src && card.src !== picture.src) {
      card.src = picture.src;
      card.element.classList.remove("seen");
      card.image.removeAttribute("src");
      card.image.dataset.src = picture.src;
      this.observer.observe(card.element);
    }
    const spoken = picture.caption || picture.id;
    card.name.textContent = picture.id;
    card.button.title = picture.id;
    card.caption.title = picture.caption || "";
    card.button.setAttribute(
      "aria-label",
      scored ? `Rank ${picture.rank}, score ${scoreText(picture.score)}: ${spoken}. Open` : `${spoken}. Open`,
    );
    card.meta.hidden = !scored;
    if (scored) {
      card.rank.textContent = picture.rank;
      card.score.textContent = scoreText(picture.score);
      card.meta.title = this.scoreHelp;
      card.bar.hidden = typeof picture.bar !== "number";
      card.fill.style.width = `${Math.round((picture.bar || 0) * 100)}%`;
    }
    card.caption.textContent = picture.caption || "";
    card.caption.hidden = !this.data.captions || !picture.caption;
  }

  layout() {
    const width = this.root.clientWidth;
    this.width = width;
    if (!width) return;
    const cards = this.order.map((id) => this.cards.get(id));
    if (!cards.length) {
      this.area.style.height = "0px";
      return;
    }
    const scored = this.data.loading ? this.data.scored : cards.some((card) => card.meta && !card.meta.hidden);
    const withCaptions = this.data.captions && (this.data.loading || cards.some((card) => card.picture && card.picture.caption));
    const extra = (scored ? META_HEIGHT : 4) + (withCaptions ? CAPTION_HEIGHT : 0) + (scored || withCaptions ? GAP : GAP - 4);
    const shapes = cards.map((card) => card.shape);
    const size = this.data.size || "M";
    if (width < NARROW && size !== "L") {
      this.boxes = columns(shapes, width, extra);
    } else {
      const wished = width < NARROW ? width : ROW_HEIGHT[size];
      const { boxes, rows } = width < NARROW ? { boxes: oneColumn(shapes, width), rows: shapes.map(() => 1) } : justify(shapes, width, wished);
      let index = 0;
      rows.forEach((count, row) => {
        for (let i = 0; i < count; i += 1) boxes[index + i].top += row * extra;
        index += count;
      });
      this.boxes = boxes;
    }
    let bottom = 0;
    cards.forEach((card, index) => {
      const box = this.boxes[index];
      card.element.style.transform = `translate(${box.left.toFixed(1)}px, ${box.top.toFixed(1)}px)`;
      card.element.style.width = `${box.width.toFixed(1)}px`;
      card.element.firstChild.style.height = `${box.height.toFixed(1)}px`;
      card.element.classList.toggle("slim", box.width < 120);
      bottom = Math.max(bottom, box.top + box.height + extra);
    });
    this.area.style.height = `${Math.ceil(bottom)}px`;
  }

  setFocus(id, move) {
    const old = this.focusId && this.cards.get(this.focusId);
    if (old && old.button) old.button.tabIndex = -1;
    this.focusId = id;
    const card = id && this.cards.get(id);
    if (!card || !card.button) return;
    card.button.tabIndex = 0;
    if (move) {
      card.button.focus({ preventScroll: true });
      card.element.scrollIntoView({ block: "nearest" });
    }
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = this.order.indexOf(this.focusId);
    let to = at;
    if (event.key === "ArrowRight") to = at + 1;
    else if (event.key === "ArrowLeft") to = at - 1;
    else if (event.key === "Home") to = 0;
    else if (event.key === "End") to = this.order.length - 1;
    else if (event.key === "ArrowDown") to = this.vertical(at, 1);
    else if (event.key === "ArrowUp") to = this.vertical(at, -1);
    else return;
    event.preventDefault();
    if (to >= 0 && to < this.order.length) this.setFocus(this.order[to], true);
  }

  /** The picture above or below whose middle is nearest. */
  vertical(at, direction) {
    const from = this.boxes[at];
    if (!from) return at;
    const middle = from.left + from.width / 2;
    let best = at;
    let bestCost = Infinity;
    this.boxes.forEach((box, index) => {
      const distance = direction * (box.top - from.top);
      if (distance <= 1) return;
      const cost = distance * 4 + Math.abs(box.left + box.width / 2 - middle);
      if (cost < bestCost) {
        bestCost = cost;
        best = index;
      }
    });
    return best;
  }
}

function oneColumn(shapes, width) {
  let top = 0;
  return shapes.map((shape) => {
    const box = { left: 0, top, width, height: width / shape };
    top += box.height;
    return box;
  });
}
