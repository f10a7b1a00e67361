// The card of a point: its picture, name, caption and score, while the mouse is on it; a click pins it.

const NEAR = 8;
const ASK_AGAIN_MS = 2500;
const CARD_WIDTH = 248;
const TALLEST = 220;

class Card {
  constructor(map) {
    this.map = map;
    this.known = new Map();
    this.seq = 0;
    this.at = null;
    this.pinnedAt = null;
    this.element = make("div", "point hover");
    this.element.hidden = true;
    this.pinned = make("div", "point pinned");
    this.pinned.hidden = true;
    this.pinned.setAttribute("role", "dialog");
  }

  destroy() {
    clearTimeout(this.again);
  }

  forget() {
    this.known.clear();
    this.leave();
    this.unpin();
  }

  show(at) {
    this.at = at;
    this.draw();
    this.ask(at);
  }

  leave() {
    if (!this.at && this.element.hidden) return;
    this.at = null;
    this.element.hidden = true;
    this.map.draw();
  }

  pin(at) {
    this.pinnedAt = at;
    this.leave();
    this.ask(at);
    this.drawPinned();
    this.map.draw();
  }

  unpin() {
    if (!this.pinnedAt) return;
    this.pinnedAt = null;
    this.pinned.hidden = true;
    this.map.draw();
  }

  ask(at) {
    const missing = !this.known.has(at.row) || (at.text !== null && !this.known.has(`text ${at.text}`));
    if (!missing) return;
    if (this.waiting && performance.now() - this.waiting < ASK_AGAIN_MS) return;
    this.waiting = performance.now();
    // Of two messages close together only the later may arrive: a card that is still empty then asks once more.
    clearTimeout(this.again);
    this.again = setTimeout(() => [this.at, this.pinnedAt].forEach((one) => one && this.ask(one)), ASK_AGAIN_MS + 50);
    this.seq += 1;
    const rows = this.map.near(at.row, NEAR).filter((row) => row === at.row || !this.known.has(row));
    this.map.send({ type: "look", seq: this.seq, rows, caption: at.text });
  }

  receive(data) {
    if (data.query !== this.query) {
      this.query = data.query;
      this.known.clear(); // scores are of another query
    }
    if (data.looked.query === data.query) {
      for (const [row, card] of Object.entries(data.looked.cards)) this.known.set(Number(row), card);
    }
    const told = data.texts && data.texts.looked;
    if (told) this.known.set(`text ${told.position}`, told.text);
    if (data.looked.seq >= this.seq) this.waiting = 0;
    this.seq = Math.max(this.seq, data.looked.seq);
    for (const at of [this.at, this.pinnedAt]) if (at) this.ask(at);
    if (this.at) this.draw();
    if (this.pinnedAt) this.drawPinned();
  }

  fill(element, at) {
    const card = this.known.get(at.row);
    element.replaceChildren();
    element.classList.toggle("waiting", !card);
    const frame = make("div", "frame");
    element.append(frame);
    if (!card) return null;
    if (card.src) {
      const image = make("img");
      image.alt = card.caption || card.id;
      image.src = card.src;
      const shape = card.width && card.height ? card.width / card.height : 1.33;
      frame.style.height = `${Math.round(Math.min(TALLEST, CARD_WIDTH / shape))}px`;
      frame.append(image);
    } else frame.append(make("p", "missing", card.note || "This picture's file cannot be shown"));
    const facts = make("div", "facts");
    if (card.rank) facts.append(make("b", "", `Rank ${card.rank}`));
    if (card.score !== null) {
      const score = make("span", "score", `score ${card.score < 0 ? "\u2212" : ""}${Math.abs(card.score).toFixed(3)}`);
      score.title = "Cosine similarity to the query";
      facts.append(score);
    }
    const trust = make("span", "trust", `${Math.round(card.trust * 100)} % trust`);
    trust.title = "Share of its closest pictures that are close on the map too";
    facts.append(trust);
    element.append(facts);
    const text = at.text !== null ? this.known.get(`text ${at.text}`) : card.caption;
    if (text) element.append(make("p", "caption", text));
    element.append(make("p", "file", card.id));
    return card;
  }

  /** Everything a card shows; while it stays the same, its picture and buttons do too. */
  keyOf(at) {
    return JSON.stringify([at, this.known.get(at.row), at.text === null ? "" : this.known.get(`text ${at.text}`)]);
  }

  draw() {
    const key = this.keyOf(this.at);
    if (key !== this.shownKey) this.fill(this.element, this.at);
    this.shownKey = key;
    this.element.hidden = false;
    this.map.draw();
  }

  drawPinned() {
    // A button that is replaced between press and release is never clicked.
    const key = this.keyOf(this.pinnedAt);
    if (key === this.pinnedKey && !this.pinned.hidden) return;
    this.pinnedKey = key;
    const card = this.fill(this.pinned, this.pinnedAt);
    const row = this.pinnedAt.row;
    const actions = make("div", "actions");
    const button = (label, act) => {
      const one = make("button", "action", label);
      one.type = "button";
      one.addEventListener("click", act);
      actions.append(one);
    };
    button("Open", () => this.map.send({ type: "open", row }));
    button("More like this", () => this.map.send({ type: "like", row }));
    button("Unpin", () => this.unpin());
    this.pinned.append(actions);
    this.pinned.setAttribute("aria-label", card ? `Pinned picture ${card.id}` : "Pinned picture");
    this.pinned.hidden = false;
  }

  /** Beside their points, inside the map; a ring shows which point it is. */
  place(brush, ink) {
    for (const [element, at] of [[this.element, this.at], [this.pinned, this.pinnedAt]]) {
      if (!at || element.hidden) continue;
      const [left, top] = this.map.toPixels(at.x, at.y);
      const hit = this.map.hits.get(at.row);
      brush.beginPath();
      brush.arc(left, top, (hit && at.text === null ? this.map.hitRadius(hit) : this.map.pointSize() / 2) + 7, 0, 7);
      brush.setLineDash([4, 3]);
      brush.lineWidth = 1.6;
      brush.strokeStyle = ink.text;
      brush.stroke();
      brush.setLineDash([]);
      const width = element.offsetWidth;
      const height = element.offsetHeight;
      const x = left + 16 + width > this.map.width ? left - 16 - width : left + 16;
      const y = top + 16 + height > this.map.height ? top - 16 - height : top + 16;
      element.style.transform = `translate(${Math.round(Math.max(4, Math.min(this.map.width - width - 4, x)))}px, ${Math.round(Math.max(4, Math.min(this.map.height - height - 4, y)))}px)`;
    }
  }
}
