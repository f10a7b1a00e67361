// Filters on every column of the captions: a panel with one field each, and a chip for each that is on.

const FEW_CHOICES = 6; // as many are shown before the rest is asked for

class Filters {
  constructor(table) {
    this.table = table;
    this.button = table.textButton("Filters", "Filter on any column", () => this.toggle());
    this.button.setAttribute("aria-expanded", "false");
    this.panel = make("div", "filters");
    this.panel.hidden = true;
    this.panel.setAttribute("role", "group");
    this.panel.setAttribute("aria-label", "Filters");
    this.panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      this.toggle();
      this.button.focus();
    });
    this.chips = make("div", "chips");
    this.fields = new Map();
  }

  toggle() {
    this.panel.hidden = !this.panel.hidden;
    this.button.setAttribute("aria-expanded", String(!this.panel.hidden));
    const first = this.panel.querySelector("input");
    if (!this.panel.hidden && first) first.focus();
  }

  draw(data, view) {
    this.view = view;
    const columns = data.columns.filter((one) => one.key !== "order" && one.key !== "caption");
    const key = JSON.stringify(columns);
    if (key !== this.key) {
      this.key = key;
      this.fields = new Map();
      this.panel.replaceChildren(...columns.map((column) => this.field(column)));
    }
    for (const column of columns) this.fields.get(column.key)(view.filters[column.key] || {});
    this.drawChips(columns);
  }

  set(key, filter) {
    const filters = { ...this.view.filters };
    delete filters[key];
    if (filter) filters[key] = filter;
    this.table.ask({ filters, page: 1 });
  }

  field(column) {
    const field = make("fieldset");
    const legend = make("legend", "", column.label);
    legend.title = column.help;
    field.append(legend);
    if (column.kind === "number") this.range(field, column);
    else if (column.kind === "choice") this.choice(field, column);
    else this.text(field, column);
    return field;
  }

  range(field, column) {
    if (column.low === null) {
      field.append(make("p", "quiet", "Not known"));
      this.fields.set(column.key, () => {});
      return;
    }
    const line = make("div", "range-line");
    const short = (number) => String(Math.round(number * 1e4) / 1e4);
    const ends = ["low", "high"].map((end) => {
      const input = make("input");
      input.type = "number";
      input.step = "any";
      input.placeholder = short(column[end]);
      input.setAttribute("aria-label", `${column.label}, ${end === "low" ? "at least" : "at most"}`);
      return input;
    });
    const number = (input) => (input.value.trim() === "" || !Number.isFinite(Number(input.value)) ? null : Number(input.value));
    for (const input of ends) {
      input.addEventListener("change", () => {
        const [low, high] = ends.map(number);
        this.set(column.key, low === null && high === null ? null : { low, high });
      });
    }
    line.append(ends[0], make("span", "quiet", "to"), ends[1]);
    field.append(line);
    this.fields.set(column.key, (filter) => {
      const root = this.panel.getRootNode();
      ["low", "high"].forEach((end, place) => {
        if (root.activeElement !== ends[place]) ends[place].value = typeof filter[end] === "number" ? short(filter[end]) : "";
      });
    });
  }

  choice(field, column) {
    const list = make("div", "choices");
    const boxes = column.choices.map(([text, count]) => {
      const label = make("label");
      const box = make("input");
      box.type = "checkbox";
      box.addEventListener("change", () => {
        const chosen = boxes.filter((one) => one.box.checked).map((one) => one.text);
        this.set(column.key, chosen.length ? { choices: chosen } : null);
      });
      label.append(box, make("span", "name-of", text || "(empty)"), make("span", "times", whole(count)));
      list.append(label);
      return { text, box, label };
    });
    field.append(list);
    let open = boxes.length <= FEW_CHOICES + 1; // "and 1 more" would take the place of that one
    const rest = this.table.textButton("", "", () => {
      open = !open;
      show();
      if (open) boxes.find(({ label }, place) => place >= FEW_CHOICES && !label.hidden).box.focus();
    });
    rest.classList.add("rest");
    if (!open) field.append(rest);
    const show = () => {
      boxes.forEach(({ box, label }, place) => { label.hidden = !open && place >= FEW_CHOICES && !box.checked; }); // prettier-ignore
      const more = boxes.filter(({ label }) => label.hidden).length;
      rest.textContent = open ? "Show fewer" : `and ${whole(more)} more`;
      rest.title = open ? "Show only those with the most captions" : `Show all ${whole(boxes.length)}`;
      rest.setAttribute("aria-expanded", String(open));
      rest.hidden = !open && !more;
    };
    this.fields.set(column.key, (filter) => {
      for (const { text, box } of boxes) box.checked = (filter.choices || []).includes(text);
      show();
    });
  }

  text(field, column) {
    const input = make("input");
    input.type = "search";
    input.placeholder = "contains";
    input.setAttribute("aria-label", `${column.label} contains`);
    input.addEventListener("change", () => this.set(column.key, input.value.trim() ? { text: input.value.trim() } : null));
    field.append(input);
    this.fields.set(column.key, (filter) => {
      if (this.panel.getRootNode().activeElement !== input) input.value = filter.text || "";
    });
  }

  drawChips(columns) {
    this.chips.replaceChildren();
    let count = 0;
    for (const column of columns) {
      const filter = this.view.filters[column.key];
      if (!filter) continue;
      count += 1;
      const chip = this.table.textButton(`${column.label} ${said(filter)}`, "Take this filter off", () => this.set(column.key, null));
      chip.classList.add("filter-chip");
      chip.append(make("span", "cross", "\u00d7"));
      this.chips.append(chip);
    }
    this.chips.hidden = !count;
    this.button.textContent = count ? `Filters (${count})` : "Filters";
  }
}

/** A filter in words. */
function said(filter) {
  if (filter.text) return `contains ${filter.text}`;
  if (filter.choices && filter.choices.length) {
    const few = filter.choices.slice(0, 3).map((text) => text || "(empty)").join(", ");
    return filter.choices.length > 3 ? `${few} and ${filter.choices.length - 3} more` : few;
  }
  if (typeof filter.low !== "number") return `up to ${filter.high}`;
  return typeof filter.high === "number" ? `${filter.low} to ${filter.high}` : `from ${filter.low}`;
}
