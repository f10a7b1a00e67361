// Colours: of values, and of the theme that is on.

import { rgbOf } from "../shared/theme.js";

export { brushOf, themeOf } from "../shared/theme.js";

/** @import { Colours, Ink } from "./data.d.ts" */

const NO_VALUE = 255;
// Every colour stands out 3 : 1 from the page, so each theme has its part of viridis; none is near the ring of a selection.
export const SCALES = {
  light: ["#440154", "#462372", "#404184", "#365c8c", "#2b758e", "#228d8c", "#25a484"],
  dark: ["#2e6e8e", "#24898d", "#25a285", "#40ba73", "#75cf53", "#b9de2e", "#fde725"],
};
export const HUES = [
  "#2b85e8",
  "#cd7c10",
  "#10a010",
  "#6a4fdf",
  "#10a0b2",
  "#cd1910",
  "#8e9719",
  "#8e5885",
  "#85734f",
  "#d62bbb",
];
export const SECOND = { light: "#b4530a", dark: "#f5a54a" };
export const RING = { light: "#d1195f", dark: "#ff7aa8" };

/**
 * The colours of byte values as Plotly wants them: a scale from 0 to 255, the last step grey.
 *
 * @param {Colours} colours
 * @param {Ink} ink
 * @returns {[number, string][]}
 */
export function plotlyScale(colours, ink) {
  if (colours.kind === "scale") {
    const last = 254 / 255;
    const part = last / (ink.scale.length - 1);
    return [
      ...ink.scale.map((hue, place) => /** @type {[number, string]} */ ([place * part, hue])),
      [last, ink.grey],
      [1, ink.grey],
    ];
  }
  /** @type {[number, string][]} */
  const stops = [];
  HUES.forEach((hue, place) => {
    stops.push([place / 255, hue], [(place + 0.99) / 255, hue]);
  });
  return [...stops, [HUES.length / 255, ink.grey], [1, ink.grey]];
}

/**
 * The colour of a row's point, for what is drawn above the cloud.
 *
 * @param {Colours | null} colours
 * @param {number} row
 * @param {Ink} ink
 */
export function hueOf(colours, row, ink) {
  if (!colours || colours.kind === "one") return ink.point;
  const value = colours.values[row];
  if (colours.kind === "groups") return HUES[value] || ink.grey;
  if (value === NO_VALUE) return ink.grey;
  ink.steps ??= stepsOf(ink.scale);
  return ink.steps[value];
}

/** A scale as 255 colours. @param {string[]} scale */
function stepsOf(scale) {
  const stops = scale.map((hue) => [1, 3, 5].map((at) => Number.parseInt(hue.slice(at, at + 2), 16)));
  return Array.from({ length: 255 }, (_, value) => {
    const place = (value / 254) * (stops.length - 1);
    const low = Math.min(stops.length - 2, Math.floor(place));
    const mixed = stops[low].map((one, i) => Math.round(one + (stops[low + 1][i] - one) * (place - low)));
    return `rgb(${mixed.join(",")})`;
  });
}

/**
 * @param {string[]} theme
 * @returns {Ink}
 */
export function inkOf(theme) {
  const [text, back] = theme.map(rgbOf);
  const mix = (/** @type {number} */ share) =>
    `rgb(${text.map((one, i) => Math.round(one * share + back[i] * (1 - share))).join(",")})`;
  const kind = back[0] + back[1] + back[2] > 384 ? "light" : "dark";
  return {
    key: theme.join(" "),
    rgb: text,
    text: `rgb(${text.join(",")})`,
    back: `rgb(${back.join(",")})`,
    ring: RING[kind],
    second: SECOND[kind],
    scale: SCALES[kind],
    point: mix(0.5),
    grey: mix(0.28),
    caption: mix(0.78),
  };
}
