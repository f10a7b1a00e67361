// What Plotly is told of each kind of plot: traces and layout, in the theme's colours.

/** @import { Message, PlotPoint } from "../shared/types.d.ts" */
/** @import { BarsData, CurveData, Ink, LegendItem, PlotData, ScoresData } from "./data.d.ts" */

const K_TICKS = [1, 2, 3, 5, 10, 20, 30, 50, 100, 200];
const FONT_SIZE = 13;
// Letters of a bar's name: beside the bars, there in a narrow window, and there as one of several lines.
const [LONGEST, LONGEST_NARROW, LONGEST_LINE] = [28, 14, 20];

/**
 * @param {PlotData} data
 * @param {Ink} ink
 * @param {boolean} narrow
 * @returns {{ traces: object[], layout: Record<string, unknown>, legend: LegendItem[] }}
 */
export function figureOf(data, ink, narrow) {
  const base = {
    height: data.height,
    margin: { l: 52, r: 12, t: 10, b: 46 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: ink.quiet, size: FONT_SIZE, family: ink.family },
    showlegend: false,
    dragmode: false,
    hoverlabel: { bgcolor: ink.back, bordercolor: ink.hair, font: { color: ink.text, size: FONT_SIZE } },
  };
  if (data.kind === "curve") return curveOf(data, ink, base);
  return data.kind === "bars" ? barsOf(data, ink, base, narrow) : scoresOf(data, ink, base);
}

/** An axis of shares from 0 to 1. @param {Ink} ink */
function shares(ink) {
  return { range: [-0.02, 1.04], tickformat: ".0%", gridcolor: ink.hair, zeroline: false, fixedrange: true };
}

/**
 * @param {CurveData} data
 * @param {Ink} ink
 * @param {object} base
 */
function curveOf(data, ink, base) {
  const ks = data.hits.map((_, place) => place + 1);
  const most = ks.length;
  const band = data.low.every((end) => end !== null)
    ? [
        {
          x: [...ks, ...ks.toReversed()],
          y: [...data.high, ...data.low.toReversed()],
          fill: "toself",
          fillcolor: faded(ink.one, 0.2),
          line: { width: 0 },
          hoverinfo: "skip",
          mode: "lines",
        },
      ]
    : [];
  const ends = data.hits.map((_, at) => [data.low[at] ?? data.hits[at], data.high[at] ?? data.hits[at]]);
  const traces = [
    ...band,
    {
      x: ks,
      y: data.precision,
      mode: "lines",
      line: { color: ink.two, width: 2, dash: "dash" },
      hovertemplate: "%{y:.1%} of what is shown is right<extra></extra>",
    },
    {
      x: ks,
      y: data.hits,
      customdata: ends,
      mode: most > 1 ? "lines" : "markers",
      line: { color: ink.one, width: 3 },
      marker: { color: ink.one, size: 9 },
      hovertemplate: "%{y:.1%} answered (%{customdata[0]:.1%} to %{customdata[1]:.1%})<extra></extra>",
    },
    chosenOf(data, ink),
  ];
  const tickvals = K_TICKS.filter((k) => k <= most);
  const layout = {
    ...base,
    hovermode: "x unified",
    hoverdistance: -1,
    xaxis: {
      type: "log",
      range: [-0.03, Math.max(0.1, Math.log10(most)) + 0.03],
      tickvals,
      ticktext: tickvals.map(String),
      title: { text: "k, pictures shown", standoff: 8, font: { size: FONT_SIZE } },
      unifiedhovertitle: { text: "k = %{x}" },
      gridcolor: ink.hair,
      fixedrange: true,
      zeroline: false,
    },
    yaxis: shares(ink),
  };
  const legend = [
    { text: "queries answered among the first k, with 95 % interval", colour: ink.one, dashed: false },
    { text: "how much of what is shown is right", colour: ink.two, dashed: true },
  ];
  return { traces, layout, legend };
}

/** The k that Search shows now, as a point on the curve. @param {CurveData} data @param {Ink} ink */
function chosenOf(data, ink) {
  const k = Math.min(Math.max(1, data.chosen), data.hits.length);
  return {
    x: [k, k],
    y: [0, data.hits[k - 1]],
    mode: "lines+markers+text",
    text: ["", `k = ${k}`],
    textposition: data.hits[k - 1] > 0.8 ? "bottom right" : "top left",
    textfont: { color: ink.text, size: FONT_SIZE + 1 },
    line: { color: ink.text, width: 1.5, dash: "dot" },
    marker: { color: ink.text, size: [0, 10] },
    hoverinfo: "skip",
  };
}

/**
 * @param {BarsData} data
 * @param {Ink} ink
 * @param {object} base
 * @param {boolean} narrow
 */
function barsOf(data, ink, base, narrow) {
  const above = data.values.map((value, at) => (data.high[at] ?? value) - value);
  const below = data.values.map((value, at) => value - (data.low[at] ?? value));
  const trace = {
    type: "bar",
    orientation: "h",
    y: data.names.map((_, place) => place),
    x: data.values,
    marker: { color: faded(ink.one, 0.6) },
    error_x: { type: "data", array: above, arrayminus: below, color: ink.text, thickness: 1.4, width: 4 },
    customdata: data.names.map(plainText),
    hovertemplate: "%{customdata}: %{x:.1%}<extra></extra>",
  };
  const stacked = narrow && data.lines !== undefined;
  const layout = {
    ...base,
    margin: { l: stacked ? 128 : narrow ? 110 : 210, r: 12, t: 6, b: 30 },
    bargap: 0.35,
    hovermode: "y",
    hoverdistance: -1,
    xaxis: shares(ink),
    yaxis: {
      autorange: "reversed",
      tickvals: data.names.map((_, place) => place),
      ticktext: stacked
        ? data.lines?.map((lines) => lines.map((line) => cutText(line, LONGEST_LINE)).join("<br>"))
        : data.names.map((name) => cutText(name, narrow ? LONGEST_NARROW : LONGEST)),
      fixedrange: true,
      tickfont: { color: ink.text, size: stacked ? FONT_SIZE - 2 : FONT_SIZE },
    },
  };
  return { traces: [trace], layout, legend: [] };
}

/**
 * @param {ScoresData} data
 * @param {Ink} ink
 * @param {object} base
 */
function scoresOf(data, ink, base) {
  const middles = data.right.map((_, at) => (data.edges[at] + data.edges[at + 1]) / 2);
  const outline = (/** @type {number[]} */ counts, /** @type {string} */ colour, /** @type {string} */ dash) => ({
    x: middles,
    y: counts,
    mode: "lines",
    line: { color: colour, width: 2, shape: "hvh", dash },
    fill: "tozeroy",
    fillcolor: faded(colour, 0.2),
    hoverinfo: "none",
  });
  const layout = {
    ...base,
    hovermode: "x",
    hoverdistance: -1,
    xaxis: {
      title: { text: "cosine of caption and picture", standoff: 8, font: { size: FONT_SIZE } },
      gridcolor: ink.hair,
      zeroline: false,
      fixedrange: true,
    },
    yaxis: { visible: false, fixedrange: true, rangemode: "tozero" },
  };
  const legend = [
    { text: "captions with their own picture", colour: ink.one, dashed: false },
    { text: "captions with another picture", colour: ink.two, dashed: true },
  ];
  return { traces: [outline(data.wrong, ink.two, "dash"), outline(data.right, ink.one, "solid")], layout, legend };
}

/**
 * What a click on a plot asks for: a k, the part a bar stands for, or a range of scores.
 *
 * @param {PlotData} data
 * @param {PlotPoint} point
 * @returns {Message | null}
 */
export function meantBy(data, point) {
  if (data.kind === "curve") return { type: "k", k: Math.round(point.x) };
  if (data.kind === "bars") {
    const name = data.names[Math.round(point.y)];
    return name === undefined ? null : { type: "part", name };
  }
  const at = data.edges.findLastIndex((edge) => edge <= point.x);
  return at < 0 || at + 1 >= data.edges.length
    ? null
    : { type: "scores", low: data.edges[at], high: data.edges[at + 1] };
}

/** A name at most so long. Plotly reads some HTML in texts, and names come from data. @param {string} name @param {number} longest */
function cutText(name, longest) {
  return plainText(name.length > longest ? `${name.slice(0, longest - 1)}…` : name);
}

/** Text of data where Plotly would read tags in it. @param {string} text */
export function plainText(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** @param {string} colour as #rrggbb @param {number} share */
export function faded(colour, share) {
  const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return `rgba(${red},${green},${blue},${share})`;
}
