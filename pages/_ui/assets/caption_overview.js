// Above the table of captions: the histogram of similarity, with a range to drag, and the words to click.

const HISTOGRAM_HEIGHT = 72;
const SVG = "http://www.w3.org/2000/svg";

class Overview {
  constructor(table) {
    this.table = table;
    this.root = make("div", "overview");
    this.chart = make("section", "chart");
    this.title = make("h2", "", "How well captions fit their pictures");
    this.title.title = "Cosine similarity of each caption to its own picture. The worst, at the left, may be labelling errors.";
    this.scale = make("p", "scale");
    this.scale.title = "Four times the captions make a bar twice as tall, so that the few at the ends can be seen beside the many in the middle.";
    this.plot = make("div", "plot");
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("preserveAspectRatio", "none");
    this.svg.setAttribute("role", "img");
    this.cover = make("div", "cover");
    this.tip = make("div", "tip");
    this.tip.hidden = true;
    this.plot.append(this.svg, this.cover, this.tip);
    this.axis = make("div", "axis");
    this.unknown = make("div", "unknown-fit");
    this.chart.append(this.title, this.scale, this.plot, this.axis, this.unknown);
    this.words = make("section", "words");
    this.kind = "frequent";
    this.root.append(this.chart, this.words);
    this.drag = null;
    this.plot.addEventListener("pointerdown", (event) => this.down(event));
    this.plot.addEventListener("pointermove", (event) => this.move(event));
    this.plot.addEventListener("pointerup", (event) => this.up(event));
    this.plot.addEventListener("pointercancel", () => this.cancel());
    this.plot.addEventListener("pointerleave", () => { this.tip.hidden = true; }); // prettier-ignore
  }

  draw(data, view) {
    this.data = data;
    this.view = view;
    this.root.hidden = Boolean(data.loading) || (!data.histogram && !data.unknown && !data.words);
    this.drawChart();
    this.drawWords();
  }

  drawChart() {
    const { histogram, unknown } = this.data;
    this.chart.hidden = !histogram && !unknown;
    this.plot.hidden = this.axis.hidden = this.scale.hidden = !histogram;
    this.unknown.hidden = !unknown;
    this.unknown.replaceChildren();
    if (unknown) {
      this.unknown.append(make("p", "", unknown.message));
      if (unknown.fix) this.unknown.append(make("p", "fix", unknown.fix));
    }
    if (!histogram) return;
    const { everything } = histogram;
    const most = Math.max(1, ...everything);
    this.scale.textContent = `Square-root scale, tallest bar ${whole(most)} caption${most === 1 ? "" : "s"}`;
    this.svg.setAttribute("viewBox", `0 0 ${everything.length} ${HISTOGRAM_HEIGHT}`);
    this.svg.setAttribute("aria-label", `Histogram of similarity, ${histogram.low.toFixed(3)} to ${histogram.high.toFixed(3)}`);
    this.axis.replaceChildren(
      make("span", "", scoreText(histogram.low)),
      make("span", "hint", this.range() ? `${this.rangeText()}. Click to take it off` : "Drag across to keep a range"),
      make("span", "", scoreText(histogram.high)),
    );
    this.drawRange(this.rangeBins());
  }

  /** The bars, in colour within the range that is kept and grey outside of it, and the frame around the range. */
  drawRange(bins) {
    const { everything, shown } = this.data.histogram;
    const [from, to] = bins || [0, everything.length];
    const most = Math.max(1, ...everything);
    const height = (count) => Math.max(1.5, Math.sqrt(count / most) * HISTOGRAM_HEIGHT);
    const bars = [];
    const bar = (name, bin, count, left = 0, right = 1) => {
      const [start, end] = [Math.max(0.06, left), Math.min(0.94, right)];
      if (!count || end <= start) return;
      const one = document.createElementNS(SVG, "rect");
      one.setAttribute("class", name);
      one.setAttribute("x", String(bin + start));
      one.setAttribute("width", String(end - start));
      one.setAttribute("y", String(HISTOGRAM_HEIGHT - height(count)));
      one.setAttribute("height", String(height(count)));
      bars.push(one);
    };
    everything.forEach((count, bin) => bar("all", bin, count));
    shown.forEach((count, bin) => {
      bar("outside", bin, count, 0, from - bin);
      bar("these", bin, count, from - bin, to - bin);
      bar("outside", bin, count, to - bin, 1);
    });
    this.svg.replaceChildren(...bars);
    this.drawCover(bins);
  }

  range() {
    const range = this.view.filters.similarity;
    return range && (typeof range.low === "number" || typeof range.high === "number") ? range : null;
  }

  rangeText() {
    const { low, high } = this.range();
    if (typeof low !== "number") return `Up to ${scoreText(high)}`;
    return typeof high === "number" ? `${scoreText(low)} to ${scoreText(high)}` : `From ${scoreText(low)}`;
  }

  rangeBins() {
    const range = this.range();
    if (!range) return null;
    const { low, high, everything } = this.data.histogram;
    const bin = (value) => ((value - low) / (high - low || 1)) * everything.length;
    return [typeof range.low === "number" ? bin(range.low) : 0, typeof range.high === "number" ? bin(range.high) : everything.length];
  }

  drawCover(bins) {
    this.cover.hidden = !bins;
    if (!bins) return;
    const count = this.data.histogram.everything.length;
    const part = (bin) => Math.min(1, Math.max(0, bin / count)) * 100;
    this.cover.style.left = `${part(bins[0])}%`;
    this.cover.style.width = `${Math.max(0.4, part(bins[1]) - part(bins[0]))}%`;
  }

  binAt(event) {
    const box = this.plot.getBoundingClientRect();
    const { length } = this.data.histogram.everything;
    return Math.min(length - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * length)));
  }

  down(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.plot.setPointerCapture(event.pointerId);
    this.drag = { from: this.binAt(event), to: this.binAt(event) };
  }

  move(event) {
    if (!this.data.histogram) return;
    const bin = this.binAt(event);
    this.showTip(bin);
    if (!this.drag) return;
    this.drag.to = bin;
    this.drawRange([Math.min(this.drag.from, bin), Math.max(this.drag.from, bin) + 1]);
  }

  up() {
    if (!this.drag) return;
    const { from, to } = this.drag;
    this.drag = null;
    const { low, high, everything } = this.data.histogram;
    const filters = { ...this.view.filters };
    delete filters.similarity;
    const first = Math.min(from, to);
    const last = Math.max(from, to) + 1;
    const clickedOff = from === to && this.range();
    if (!clickedOff && (first > 0 || last < everything.length)) {
      const edge = (bin) => low + ((high - low) * bin) / everything.length;
      // Rounded outwards, so that short numbers stand in the link and no caption of the bins is lost.
      filters.similarity = {
        low: first > 0 ? Math.floor(edge(first) * 1e4) / 1e4 : null,
        high: last < everything.length ? Math.ceil(edge(last) * 1e4) / 1e4 : null,
      };
    }
    this.table.ask({ filters, page: 1 });
  }

  cancel() {
    this.drag = null;
    this.drawRange(this.rangeBins());
  }

  showTip(bin) {
    const { low, high, everything, shown } = this.data.histogram;
    const width = (high - low) / everything.length;
    const all = everything[bin];
    const of = shown[bin] === all ? "" : `${whole(shown[bin])} of `;
    this.tip.textContent = `${scoreText(low + bin * width)} to ${scoreText(low + (bin + 1) * width)}: ${of}${countOf(all, "caption")}`;
    this.tip.hidden = false;
    this.tip.style.left = `${Math.min(78, Math.max(22, ((bin + 0.5) / everything.length) * 100))}%`;
  }

  drawWords() {
    const { words } = this.data;
    this.words.hidden = !words;
    this.words.replaceChildren();
    if (!words) return;
    const head = make("h2", "", "Words in these captions");
    const kinds = make("span", "kinds");
    const typical = words.typical.length > 0;
    const kind = typical ? this.kind : "frequent";
    for (const [name, help] of [["frequent", "The words that most of these captions hold"], ["typical", "The words that set these captions apart from all the others"]]) {
      if (!typical) break;
      const button = this.table.textButton(name, help, () => {
        this.kind = name;
        this.drawWords();
      });
      button.setAttribute("aria-pressed", String(name === kind));
      kinds.append(button);
    }
    head.append(kinds);
    const list = make("div", "word-list");
    for (const { word, captions } of words[kind]) list.append(this.word(word, captions));
    this.words.append(head, list);
  }

  word(word, captions) {
    const on = this.data.marks.some((mark) => mark.how === "word" && mark.word === word);
    const button = this.table.textButton(word, on ? `Click: no longer only captions with ${word}` : `Click: only captions with ${word}. Alt and click: only those without`, (event) => {
      const bare = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
      const typed = this.table.input.value.trim().split(/\s+/).filter(Boolean);
      const rest = typed.filter((one) => bare(one) !== word);
      if (rest.length === typed.length) rest.push(event.altKey ? `-${word}` : word);
      this.table.setWords(rest.join(" "));
    });
    button.classList.add("word");
    button.setAttribute("aria-pressed", String(on));
    button.append(make("span", "times", whole(captions)));
    return button;
  }
}
