// Points and colours: bytes from the server, as the numbers that are drawn.

const STEPS = 65535;
const NO_VALUE = 255;
const VIRIDIS = ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"];
const HUES = ["#4477aa", "#e8602c", "#228833", "#c9a227", "#aa3377", "#35a7c9", "#8c6d4f", "#7766cc", "#7fa03a", "#d1719b"];

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
    const stops = VIRIDIS.map((hue, place) => [(place / (VIRIDIS.length - 1)) * last, hue]);
    return [...stops, [last, ink.grey], [1, ink.grey]];
  }
  const stops = [];
  HUES.forEach((hue, place) => stops.push([place / 255, hue], [(place + 0.99) / 255, hue]));
  return [...stops, [HUES.length / 255, ink.grey], [1, ink.grey]];
}

/** The colour of one byte value, for what is drawn above the cloud. */
function hueOf(colours, value, ink) {
  if (colours.kind === "groups") return HUES[value] || ink.grey;
  if (value === NO_VALUE) return ink.grey;
  const place = (value / 254) * (VIRIDIS.length - 1);
  return VIRIDIS[Math.min(VIRIDIS.length - 1, Math.round(place))];
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
