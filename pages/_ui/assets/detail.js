// The detail dialog: one picture large, everything known about it, and what to do next with it.

const ASK_AFTER_MS = 180;
const LARGEST_ZOOM = 2;
// What rank, score and the caption set apart mean where a query was asked; the table of captions has its own words.
const DETAIL_WORDS = {
  rank: "Rank",
  score: "Score for the query",
  best: "fits the query best",
  bestHelp: "Closest caption to the query. Search with it",
};

class Detail {
  constructor(grid) {
    this.grid = grid;
    this.id = null;
    this.known = new Map();
    this.dialog = make("dialog", "detail");
    this.dialog.setAttribute("aria-label", "Picture");
    this.dialog.tabIndex = -1;
    this.dialog.addEventListener("close", () => this.closed());
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    this.dialog.addEventListener("keydown", (event) => this.onKey(event));
    this.build();
  }

  destroy() {
    clearTimeout(this.timer);
    if (this.dialog.open) {
      this.id = null; // gone with the page, not closed by a person
      this.dialog.close();
    }
  }

  build() {
    const head = make("div", "detail-head");
    this.place = make("span", "place");
    this.previous = this.tool("\u2039", "Previous picture (left arrow)", () => this.step(-1));
    this.next = this.tool("\u203a", "Next picture (right arrow)", () => this.step(1));
    this.close = this.tool("\u00d7", "Close (Esc)", () => this.dialog.close());
    this.close.classList.add("close");
    head.append(this.previous, this.place, this.next, this.close);

    const stage = make("div", "stage");
    this.picture = make("img");
    this.note = make("p", "note");
    stage.append(this.picture, this.note);

    const side = make("div", "side");
    this.scoreLine = make("div", "score-line");
    this.captionsTitle = make("h2", "", "Captions");
    this.captions = make("ul", "captions");
    this.actions = make("div", "actions");
    this.like = this.action("More like this", "primary", () => this.ask("like"));
    this.find = this.action("Find its captions", "", () => this.findCaptions());
    this.table = this.action("Open in Captions", "", () => this.ask("captions"));
    this.download = make("a", "action", "Download");
    this.download.setAttribute("role", "button");
    this.actions.append(this.like, this.find, this.table, this.download);
    this.related = make("div", "related");
    this.facts = make("dl", "facts");
    side.append(this.scoreLine, this.captionsTitle, this.captions, this.actions, this.related, this.facts);

    this.neighbours = make("div", "neighbours");
    const body = make("div", "detail-body");
    body.append(stage, side, this.neighbours);
    this.body = body;
    this.dialog.append(head, body);
  }

  tool(sign, label, act) {
    const button = make("button", "tool", sign);
    button.type = "button";
    button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    return button;
  }

  action(label, kind, act) {
    const button = make("button", `action ${kind}`.trim(), label);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }

  /** Show a picture at once with what the grid knows; the rest is asked for. */
  open(id, { ask = true } = {}) {
    this.id = id;
    this.wantRelated = false;
    this.draw();
    if (!this.dialog.open) {
      this.dialog.showModal();
      this.dialog.focus(); // the keys work at once and no button is picked out
      this.body.scrollTop = 0;
    }
    if (!ask) return;
    this.grid.seq += 1;
    clearTimeout(this.timer);
    const seq = this.grid.seq;
    // Held arrows step through many pictures; only the one they stop at is asked for.
    this.timer = setTimeout(() => this.grid.send({ type: "open", id, seq }), this.known.has(id) ? ASK_AFTER_MS : 30);
  }

  closed() {
    clearTimeout(this.timer);
    if (this.id === null) return;
    const id = this.id;
    this.id = null;
    this.grid.seq += 1;
    this.grid.send({ type: "close", seq: this.grid.seq });
    this.grid.setFocus(this.grid.cards.has(id) ? id : this.grid.focusId, true);
  }

  ask(type, more = {}) {
    clearTimeout(this.timer); // a step that was not told yet must not arrive after this
    const id = this.id;
    this.id = null; // the page moves on: the dialog closes without a second message
    this.dialog.close();
    this.grid.seq += 1;
    this.grid.send({ type, id, seq: this.grid.seq, ...more });
  }

  findCaptions() {
    clearTimeout(this.timer);
    this.wantRelated = true;
    this.grid.seq += 1;
    this.grid.send({ type: "related", id: this.id, seq: this.grid.seq });
    this.draw();
  }

  /** What the server says; older answers than our last message are only kept, not followed. */
  receive(data) {
    if (data.token !== this.token) {
      this.known.clear();
      this.token = data.token;
    }
    if (data.detail) this.known.set(data.detail.id, data.detail);
    if (data.seq < this.grid.seq) {
      if (this.dialog.open) this.draw();
      return;
    }
    this.grid.seq = data.seq;
    if (data.open && data.open !== this.id) this.open(data.open, { ask: false });
    else if (!data.open && this.dialog.open) {
      this.id = null;
      this.dialog.close();
    } else if (this.dialog.open) this.draw();
  }

  step(by) {
    const order = this.grid.order;
    const at = order.indexOf(this.id);
    const to = at < 0 ? 0 : at + by;
    if (to >= 0 && to < order.length) this.open(order[to]);
  }

  onKey(event) {
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      event.preventDefault();
      event.stopPropagation();
      this.step(event.key === "ArrowRight" ? 1 : -1);
    }
  }

  draw() {
    const id = this.id;
    if (id === null) return;
    const at = this.grid.order.indexOf(id);
    const card = this.grid.cards.get(id);
    const shown = card && card.picture;
    const known = this.known.get(id);
    const source = (known && known.large) || (shown && shown.src) || "";
    if (this.shownId !== id || this.shownSource !== source) this.show(id, source, shown, known);
    this.place.textContent = at >= 0 ? `${at + 1} of ${this.grid.order.length}` : "";
    this.previous.hidden = this.next.hidden = at < 0;
    this.previous.disabled = at <= 0;
    this.next.disabled = at >= this.grid.order.length - 1;
    this.picture.alt = (shown && shown.caption) || (known && known.captions[0]) || id;
    this.dialog.setAttribute("aria-label", `Picture ${id}`);
    this.note.textContent = (known && known.note) || (!source && known ? "This picture's file cannot be shown" : "");
    this.drawScore(shown, known);
    this.drawCaptions(shown, known);
    this.drawRelated(known);
    this.drawFacts(id, known);
    this.drawNeighbours(known);
    this.find.hidden = Boolean(known && known.related) || (known && !known.captions_any);
    this.table.hidden = !(known && known.captions_page);
    this.find.disabled = this.wantRelated;
    this.download.hidden = !(known && known.download);
    if (known && known.download) {
      this.download.href = known.download;
      this.download.download = known.download_name;
    }
  }

  show(id, source, shown, known) {
    this.shownId = id;
    this.shownSource = source;
    const width = (shown && shown.width) || (known && known.width) || 0;
    const height = (shown && shown.height) || (known && known.height) || 0;
    // Small pictures are enlarged, but never beyond what their pixels can bear.
    this.picture.style.width = width ? `${width * LARGEST_ZOOM}px` : "";
    this.picture.style.aspectRatio = width && height ? `${width} / ${height}` : "";
    this.picture.hidden = !source;
    if (source) this.picture.src = source;
  }

  drawScore(shown, known) {
    const score = known && known.score !== undefined ? known.score : shown && shown.score;
    const rank = (shown && shown.rank) || (known && known.rank);
    this.scoreLine.replaceChildren();
    this.scoreLine.hidden = score === null || score === undefined;
    if (this.scoreLine.hidden) return;
    const words = this.grid.detailWords || DETAIL_WORDS;
    for (const [what, name, text] of [[words.rank, "rank", rank && `${rank}`], [words.score, "score", scoreText(score)]]) {
      if (!text) continue;
      const pair = make("span", "pair");
      pair.append(make("span", "what", what), make("span", name, text));
      this.scoreLine.append(pair);
    }
    const part = (shown && shown.bar) ?? (known && known.bar) ?? null;
    if (part !== null) {
      const bar = make("span", "bar");
      const fill = make("span", "fill");
      fill.style.width = `${Math.round(part * 100)}%`;
      bar.append(fill);
      this.scoreLine.append(bar);
    }
    this.scoreLine.title = words.scoreHelp || this.grid.scoreHelp || (known && known.score_help) || "Cosine similarity to the query";
  }

  drawCaptions(shown, known) {
    const captions = known ? known.captions : shown && shown.caption ? [shown.caption] : [];
    // Where nothing was asked, or captions cannot be compared with what was, a card just shows the first one.
    const scored = shown && shown.score !== null && shown.score !== undefined;
    const compared = this.grid.detailWords || (known && known.captions_any);
    const best = scored && compared && shown.caption;
    this.captions.replaceChildren();
    this.captionsTitle.hidden = !captions.length && !known;
    if (known && !captions.length) this.captions.append(make("li", "none", "This picture has no captions."));
    for (const text of captions) this.captions.append(this.captionRow(text, text === best && captions.length > 1));
  }

  captionRow(text, best, score) {
    const row = make("li");
    const button = make("button", best ? "caption-row best" : "caption-row");
    button.type = "button";
    const words = this.grid.detailWords || DETAIL_WORDS;
    button.title = best ? words.bestHelp : "Search with this caption";
    button.append(make("span", "text", text));
    if (best) button.append(make("span", "tag", words.best));
    if (score !== undefined) button.append(make("span", "number", scoreText(score)));
    button.addEventListener("click", () => this.ask("search", { text }));
    row.append(button);
    return row;
  }

  drawRelated(known) {
    this.related.replaceChildren();
    if (!known || !known.related) return;
    this.related.append(make("h2", "", "Captions closest to this picture"));
    const list = make("ul", "captions");
    for (const entry of known.related) {
      const row = this.captionRow(entry.text, false, entry.score);
      if (entry.own) row.firstChild.classList.add("own");
      if (entry.own) row.firstChild.firstChild.append(make("span", "tag", "its own"));
      list.append(row);
    }
    this.related.append(list);
  }

  drawFacts(id, known) {
    this.facts.replaceChildren();
    const facts = known ? known.facts : [["File", id]];
    for (const [name, value] of facts) {
      this.facts.append(make("dt", "", name));
      const cell = make("dd");
      if (/^https:\/\//.test(value)) {
        const link = make("a", "", readable(value));
        link.href = value;
        link.target = "_blank";
        link.rel = "noreferrer noopener";
        cell.append(link);
      } else cell.textContent = value;
      this.facts.append(cell);
    }
  }

  drawNeighbours(known) {
    const problem = known ? known.neighbours_problem : "";
    const key = known ? JSON.stringify([this.token, problem, ...known.neighbours.map((one) => one.id)]) : "";
    if (key === this.neighboursKey && this.neighbours.childElementCount) return;
    this.neighboursKey = key;
    this.neighbours.replaceChildren();
    if (!known || !(known.neighbours.length || problem)) return;
    this.neighbours.append(make("h2", "", "Closest pictures"));
    if (problem) {
      this.neighbours.append(make("p", "problem", problem));
      return;
    }
    const strip = make("div", "strip");
    for (const one of known.neighbours) {
      const button = make("button", "thumb");
      button.type = "button";
      button.title = one.caption || one.id;
      button.setAttribute("aria-label", `Open ${one.caption || one.id}`);
      const image = make("img");
      image.alt = "";
      image.loading = "lazy";
      if (one.src) image.src = one.src;
      button.style.aspectRatio = `${clampShape(one.width, one.height)}`;
      button.append(image);
      button.addEventListener("click", () => {
        this.open(one.id);
        this.body.scrollTop = 0;
      });
      strip.append(button);
    }
    this.neighbours.append(strip);
  }
}

/** A web address as a person reads it. */
function readable(address) {
  const short = address.replace(/^https:\/\//, "");
  try {
    return decodeURIComponent(short);
  } catch {
    return short;
  }
}
