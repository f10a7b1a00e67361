// Points and colours: bytes from the server, as the numbers that are drawn.

const STEPS = 65535;
const NO_VALUE = 255;
// Every colour stands out 3 : 1 from the page, so each theme has its part of viridis; none is near the ring of a selection.
const SCALES = {
  light: ["#440154", "#462372", "#404184", "#365c8c", "#2b758e", "#228d8c", "#25a484"],
  dark: ["#2e6e8e", "#24898d", "#25a285", "#40ba73", "#75cf53", "#b9de2e", "#fde725"],
};
const HUES = ["#2b85e8", "#cd7c10", "#10a010", "#6a4fdf", "#10a0b2", "#cd1910", "#8e9719", "#8e5885", "#85734f", "#d62bbb"];
const RING = { light: "#d1195f", dark: "#ff7aa8" };

function nextFrame() {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}

async function bytes(address) {
  const answer = await fetch(new URL(address, document.baseURI));
  if (!answer.ok) throw new Error(`its points could not be fetched (${answer.status})`);
  return answer.arrayBuffer();
}

/** Two arrays of steps between bounds, one after the other, as coordinates. */
function places(buffer, bounds) {
  const steps = new Uint16Array(buffer);
  const count = steps.length / 2;
  const [left, right, bottom, top] = bounds;
  const x = new Float32Array(count);
  const y = new Float32Array(count);
  const across = (right - left) / STEPS;
  const up = (top - bottom) / STEPS;
  for (let i = 0; i < count; i += 1) {
    x[i] = left + steps[i] * across;
    y[i] = bottom + steps[count + i] * up;
  }
  return { x, y };
}

async function loadPoints(data) {
  const { view } = data;
  if (view && view.density) {
    const grid = new Uint8Array(await bytes(view.density));
    return { x: new Float32Array(0), y: new Float32Array(0), rows: null, density: grid, side: view.side, count: view.count, texts: null };
  }
  if (view) {
    const [buffer, rows] = await Promise.all([bytes(view.points), bytes(view.rows)]);
    return { ...places(buffer, view.range), rows: new Uint32Array(rows), count: view.count, texts: null };
  }
  const wanted = [bytes(data.points)];
  if (data.texts) wanted.push(bytes(data.texts.points), bytes(data.texts.owners));
  const [buffer, captions, owners] = await Promise.all(wanted);
  const texts = captions ? { ...places(captions, data.bounds), owners: new Uint32Array(owners) } : null;
  return { ...places(buffer, data.bounds), rows: null, count: data.count, texts };
}

async function loadColours(colour, key) {
  if (colour.kind === "one") return { kind: "one", key };
  return { kind: colour.kind, key, values: new Uint8Array(await bytes(colour.values)) };
}

/** The colours of byte values as Plotly wants them: a scale from 0 to 255, the last step grey. */
function plotlyScale(colours, ink) {
  if (colours.kind === "scale") {
    const last = 254 / 255;
    const stops = ink.scale.map((hue, place) => [(place / (ink.scale.length - 1)) * last, hue]);
    return [...stops, [last, ink.grey], [1, ink.grey]];
  }
  const stops = [];
  HUES.forEach((hue, place) => stops.push([place / 255, hue], [(place + 0.99) / 255, hue]));
  return [...stops, [HUES.length / 255, ink.grey], [1, ink.grey]];
}

/** The colour of a row's point, for what is drawn above the cloud. */
function hueOf(colours, row, ink) {
  if (colours.kind === "one") return ink.point;
  const value = colours.values[row];
  if (colours.kind === "groups") return HUES[value] || ink.grey;
  if (value === NO_VALUE) return ink.grey;
  ink.steps ||= stepsOf(ink.scale);
  return ink.steps[value];
}

/** A scale as 255 colours. */
function stepsOf(scale) {
  const stops = scale.map((hue) => [1, 3, 5].map((at) => parseInt(hue.slice(at, at + 2), 16)));
  return Array.from({ length: 255 }, (_, value) => {
    const place = (value / 254) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(place));
    return `rgb(${stops[low].map((one, i) => Math.round(one + (stops[low + 1][i] - one) * (place - low))).join(",")})`;
  });
}

/** How many points fall into each cell, on a logarithmic scale of 0..255, the top row first. */
function gridOf(points, bounds, side) {
  const [left, right, bottom, top] = bounds;
  const counts = new Uint32Array(side * side);
  let most = 0;
  for (let i = 0; i < points.x.length; i += 1) {
    const column = Math.min(side - 1, Math.floor(((points.x[i] - left) / (right - left)) * side));
    const line = Math.min(side - 1, Math.floor(((top - points.y[i]) / (top - bottom)) * side));
    if (column < 0 || line < 0) continue;
    counts[line * side + column] += 1;
    most = Math.max(most, counts[line * side + column]);
  }
  const grid = new Uint8Array(side * side);
  const scale = 255 / Math.log1p(most || 1);
  for (let i = 0; i < grid.length; i += 1) grid[i] = Math.round(Math.log1p(counts[i]) * scale);
  return grid;
}

function densityPicture(grid, side, rgb) {
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const brush = canvas.getContext("2d");
  const image = brush.createImageData(side, side);
  for (let i = 0; i < grid.length; i += 1) {
    image.data.set(rgb, i * 4);
    // Even a single point must be seen.
    image.data[i * 4 + 3] = grid[i] ? 50 + grid[i] * 0.6 : 0;
  }
  brush.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

function rgbOf(colour) {
  const brush = document.createElement("canvas").getContext("2d");
  brush.fillStyle = colour;
  brush.fillRect(0, 0, 1, 1);
  return [...brush.getImageData(0, 0, 1, 1).data].slice(0, 3);
}
