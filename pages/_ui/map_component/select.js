// Selecting: lasso and box on a canvas of our own. While it is drawn only its line is; what lies inside is found once,
// when the mouse is released, and travels as one bit or one number a point.

const FEWEST_PIXELS = 3;
const MOST_RINGS = 400; // with a gap between point and ring
const MOST_ROUND = 3000;
const MODES = [
  ["move", "Move", "Drag to move, scroll to zoom, click a point to pin its picture"],
  ["lasso", "Lasso", "Draw around points to select their pictures"],
  ["box", "Box", "Drag a box around points to select their pictures"],
];

class Selector {
  constructor(map) {
    this.map = map;
    this.mode = "move";
    this.rows = null;
    this.number = null;
    this.canvas = make("canvas", "draw");
    this.canvas.setAttribute("aria-hidden", "true");
    this.tools = make("div", "tools");
    this.buttons = new Map();
    for (const [mode, label, title] of MODES) this.tool(label, title, () => this.choose(mode), mode);
    this.tool("\u2212", "Zoom out", () => map.zoom(1.6));
    this.tool("+", "Zoom in", () => map.zoom(1 / 1.6));
    this.tool("Whole map", "Show the whole map (double click)", () => map.fit());
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.go(event));
    this.canvas.addEventListener("pointerup", (event) => this.end(event));
    this.canvas.addEventListener("pointercancel", () => this.cancel());
    this.choose("move");
  }

  tool(label, title, act, mode) {
    const button = make("button", "tool", label);
    button.type = "button";
    button.title = title;
    if (label.length < 2) button.setAttribute("aria-label", title);
    button.addEventListener("click", act);
    this.tools.append(button);
    if (mode) this.buttons.set(mode, button);
  }

  choose(mode) {
    this.mode = mode;
    for (const [name, button] of this.buttons) button.setAttribute("aria-pressed", String(name === mode));
    this.canvas.classList.toggle("on", mode !== "move");
  }

  spot(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  begin(event) {
    if (event.button !== 0 || !this.map.view) return;
    this.path = [this.spot(event)];
    this.canvas.setPointerCapture(event.pointerId);
  }

  go(event) {
    if (!this.path) return;
    const spot = this.spot(event);
    const last = this.path[this.path.length - 1];
    if (this.mode === "box") this.path[1] = spot;
    else if (Math.hypot(spot[0] - last[0], spot[1] - last[1]) >= FEWEST_PIXELS) this.path.push(spot);
    this.drawPath();
  }

  end(event) {
    if (!this.path) return;
    if (this.mode === "box") this.path[1] = this.spot(event);
    const path = this.path;
    this.cancel();
    let corners = path;
    if (this.mode === "box" && path.length === 2) {
      const [[a, b], [c, d]] = path;
      corners = Math.abs(a - c) < FEWEST_PIXELS || Math.abs(b - d) < FEWEST_PIXELS ? [] : [[a, b], [c, b], [c, d], [a, d]];
    }
    if (corners.length < 3) return;
    const polygon = corners.map(([left, top]) => this.map.toMap(left, top));
    this.polygon = polygon;
    if (this.map.data.view) {
      // Not every point is here: the server, which has them all, finds those inside.
      this.map.send({ type: "polygon", corners: polygon });
      return;
    }
    const rows = inside(this.map.points, polygon);
    this.rows = rows;
    this.map.send({ type: "select", ...pack(rows, this.map.data.count) });
    this.map.fade();
    this.map.drawLegend();
    this.map.draw();
    this.choose("move");
  }

  cancel() {
    this.path = null;
    this.canvas.getContext("2d").setTransform(1, 0, 0, 1, 0, 0);
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  drawPath() {
    const ratio = window.devicePixelRatio || 1;
    const brush = this.canvas.getContext("2d");
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    brush.clearRect(0, 0, this.map.width, this.map.height);
    brush.beginPath();
    if (this.mode === "box" && this.path.length === 2) {
      const [[a, b], [c, d]] = this.path;
      brush.rect(Math.min(a, c), Math.min(b, d), Math.abs(a - c), Math.abs(b - d));
    } else {
      this.path.forEach(([left, top], place) => (place ? brush.lineTo(left, top) : brush.moveTo(left, top)));
      brush.closePath();
    }
    const ink = this.map.ink();
    brush.fillStyle = ink.ring;
    brush.globalAlpha = 0.12;
    brush.fill();
    brush.globalAlpha = 1;
    brush.strokeStyle = ink.ring;
    brush.lineWidth = 1.5;
    brush.setLineDash([5, 4]);
    brush.stroke();
    brush.setLineDash([]);
  }

  /** What the server holds selected. */
  take(selected) {
    if (selected && selected.number === this.number) return;
    this.number = selected ? selected.number : null;
    this.rows = selected ? unpack(selected) : null;
  }

  /** The chosen points again in their own colours, above the cloud that steps back, each with a ring around it. */
  drawChosen(brush, ink) {
    if (!this.rows || !this.map.points || this.map.points.density) return;
    const { points, colours, hits } = this.map;
    const size = this.map.pointSize() + 1;
    const [width, height] = [this.map.width, this.map.height];
    const seen = [];
    for (const index of points.rows ? placesOf(points.rows, this.rows) : this.rows) {
      const [left, top] = this.map.toPixels(points.x[index], points.y[index]);
      if (left > -15 && top > -15 && left < width + 15 && top < height + 15) seen.push([left, top, this.map.rowOf(index)]);
    }
    // Of very many only the outline of all together can be told from the points themselves.
    const many = seen.length > MOST_ROUND;
    const gap = many ? 1.2 : seen.length > MOST_RINGS ? 1.5 : 3;
    const disc = (left, top, radius) => {
      brush.beginPath();
      if (many) brush.rect(left - radius, top - radius, 2 * radius, 2 * radius);
      else brush.arc(left, top, radius, 0, 7);
    };
    brush.lineWidth = many ? 1 : 2;
    brush.strokeStyle = ink.ring;
    for (const [left, top, row] of seen) {
      const hit = hits.get(row);
      disc(left, top, (hit ? this.map.hitRadius(hit) + 1 : size / 2) + gap);
      brush.stroke();
    }
    for (const [left, top, row] of seen) {
      brush.fillStyle = hueOf(colours, row, ink);
      disc(left, top, size / 2);
      brush.fill();
    }
  }
}

/** Indices of the points inside a polygon by the even-odd rule, ascending. */
function inside(points, polygon) {
  const { x, y } = points;
  const count = polygon.length;
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [a, b] of polygon) {
    left = Math.min(left, a);
    right = Math.max(right, a);
    bottom = Math.min(bottom, b);
    top = Math.max(top, b);
  }
  const found = [];
  for (let i = 0; i < x.length; i += 1) {
    const a = x[i];
    const b = y[i];
    if (a < left || a > right || b < bottom || b > top) continue;
    let within = false;
    for (let j = 0, k = count - 1; j < count; k = j, j += 1) {
      const [x0, y0] = polygon[j];
      const [x1, y1] = polygon[k];
      if (y0 > b !== y1 > b && a < ((x1 - x0) * (b - y0)) / (y1 - y0) + x0) within = !within;
    }
    if (within) found.push(i);
  }
  return Uint32Array.from(found);
}

function pack(rows, count) {
  if (rows.length * 32 < count) return { as: "rows", content: base64(new Uint8Array(rows.buffer)) };
  const bits = new Uint8Array(Math.ceil(count / 8));
  for (const row of rows) bits[row >> 3] |= 1 << (row & 7);
  return { as: "bits", content: base64(bits) };
}

function unpack(selected) {
  const packed = Uint8Array.from(atob(selected.content), (one) => one.charCodeAt(0));
  if (selected.as === "rows") return new Uint32Array(packed.buffer);
  const rows = [];
  for (let at = 0; at < packed.length; at += 1) {
    for (let bit = 0; packed[at] >> bit; bit += 1) if ((packed[at] >> bit) & 1) rows.push(at * 8 + bit);
  }
  return Uint32Array.from(rows);
}

function base64(packed) {
  let text = "";
  for (let start = 0; start < packed.length; start += 8192) text += String.fromCharCode(...packed.subarray(start, start + 8192));
  return btoa(text);
}

/** Where chosen rows are among the rows in view; both ascend. */
function placesOf(rows, chosen) {
  const places = [];
  for (let i = 0, j = 0; i < rows.length && j < chosen.length;) {
    if (rows[i] === chosen[j]) places.push(i);
    if (rows[i] <= chosen[j]) i += 1;
    else j += 1;
  }
  return places;
}
