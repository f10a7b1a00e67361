// The cloud of points as Plotly is told it. It is drawn once; a query moves only what lies above it, so that neither the
// points nor the zoom are touched.

import { countOf } from "../shared/counting.js";
import { plotlyScale } from "./colours.js";
import { densityPicture, gridOf } from "./density.js";

/** @import { Colours, Hit, Ink, MapData, Points, View } from "./data.d.ts" */

const DENSITY_SIDE = 256;
const MANY = 5000;
const STEPPED_BACK = 0.06;
export const CONFIG = {
  scrollZoom: true,
  displayModeBar: false,
  doubleClick: false,
  showTips: false,
  responsive: false,
};

/** @typedef {{ data: MapData, points: Points, colours: Colours, ink: Ink, gl: boolean, alone: Set<number> }} Cloud what it is drawn of; `alone` are groups that the rest steps back from */

/** Whether Plotly draws only the hits: without WebGL, and where there are too many points. @param {Cloud} cloud */
export function hitsAreDrawn({ points, gl }) {
  return !gl || Boolean(points.density);
}

/** @param {number} count of points in view */
export function pointSize(count) {
  if (count <= 400) return 9;
  if (count <= 3000) return 6;
  return count <= 50000 ? 4 : 2.5;
}

/**
 * @param {Cloud} cloud
 * @param {View} view
 * @param {{ width: number, height: number }} size
 */
export function layoutOf(cloud, view, size) {
  const density = densityImage(cloud);
  return {
    ...size,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    xaxis: { visible: false, range: [view.x0, view.x1] },
    yaxis: { visible: false, range: [view.y0, view.y1] },
    dragmode: "pan",
    hovermode: "closest",
    hoverdistance: 14,
    showlegend: false,
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    images: density ? [density] : [],
  };
}

/** @param {Cloud} cloud */
export function tracesOf(cloud) {
  const { data, points, ink, gl } = cloud;
  const shared = { mode: "markers", hoverinfo: "none" };
  // Without WebGL every point would be an element of its own; only the hits are.
  const traces = hitsAreDrawn(cloud)
    ? [{ ...shared, ...unseenHits(data.hits) }]
    : [{ ...shared, type: "scattergl", x: points.x, y: points.y, marker: markerOf(cloud) }];
  if (!points.texts || !gl) return traces;
  const { x, y } = points.texts;
  const size = pointSize(points.x.length) * 0.8;
  const marker = { size, symbol: "diamond", color: ink.caption, opacity: 0.75 };
  return [...traces, { ...shared, type: "scattergl", x, y, marker }];
}

/** What is said below the map of how it is drawn; "" where every picture is a point. @param {Cloud} cloud */
export function drawnAs({ points, gl }) {
  if (!gl) {
    return "This browser has no WebGL, so the map shows how densely pictures lie, on a logarithmic scale, and the hits. Hovering and clicking work on the hits.";
  }
  if (!points.density) return "";
  const count = countOf(points.count, "picture");
  return `In view: ${count}, drawn as density on a logarithmic scale. Zoom in to see each as a point.`;
}

/** Hits to point at; they are drawn above. @param {Hit[]} hits */
function unseenHits(hits) {
  return {
    type: "scatter",
    x: hits.map((hit) => hit.x),
    y: hits.map((hit) => hit.y),
    customdata: hits.map((hit) => hit.row),
    marker: { size: 14, color: "rgba(0,0,0,0)" },
  };
}

/** @param {Cloud} cloud */
function markerOf({ points, colours, ink, alone }) {
  const count = points.x.length;
  const marker = { size: pointSize(count), opacity: count > MANY ? 0.7 : 0.85, line: { width: 0 } };
  if (colours.kind === "one") return { ...marker, color: ink.point };
  const { values } = colours;
  const color = Float32Array.from({ length: count }, (_, i) => values[points.rows ? points.rows[i] : i]);
  const opacity = alone.size
    ? Float32Array.from(color, (label) => (alone.has(label) ? marker.opacity : STEPPED_BACK))
    : marker.opacity;
  return { ...marker, opacity, color, cmin: 0, cmax: 255, showscale: false, colorscale: plotlyScale(colours, ink) };
}

/** @param {Cloud} cloud */
function densityImage({ data, points, ink, gl }) {
  if (gl && !points.density) return null;
  const bounds = points.density && data.view ? data.view.range : data.bounds;
  const side = points.density ? points.side : DENSITY_SIDE;
  const grid = points.density ?? gridOf(points, bounds, side);
  const [left, right, bottom, top] = bounds;
  return {
    source: densityPicture(grid, side, ink.rgb),
    xref: "x",
    yref: "y",
    x: left,
    y: top,
    sizex: right - left,
    sizey: top - bottom,
    sizing: "stretch",
    layer: "below",
  };
}
