/** What the server says of a plot: `pages/_ui/lab/lab_plots.py` gives it to `components.lab_plot`. */
export type PlotData = { plotly: string; label: string; height: number } & (CurveData | BarsData | ScoresData);

/** What is found in the first k: entry k - 1 of each list is for k. Shares from 0 to 1. */
export interface CurveData {
  kind: "curve";
  hits: number[];
  low: (number | null)[];
  high: (number | null)[];
  precision: number[];
  /** The k that Search shows now. */
  chosen: number;
}

/** Shares with their intervals, the first at the top. */
export interface BarsData {
  kind: "bars";
  names: string[];
  /** The same names in lines, for a narrow window. */
  lines?: string[][];
  values: number[];
  low: (number | null)[];
  high: (number | null)[];
}

/** How many pairs score how much, as shares of the highest count; `edges` has one more. */
export interface ScoresData {
  kind: "scores";
  edges: number[];
  right: number[];
  wrong: number[];
}

/** Colours and letters of the theme that is on, as CSS writes them. */
export interface Ink {
  text: string;
  quiet: string;
  hair: string;
  one: string;
  two: string;
  back: string;
  family: string;
}

/** A part of a plot as its legend names it. */
export interface LegendItem {
  text: string;
  colour: string;
  dashed: boolean;
}
