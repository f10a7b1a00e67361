/** What a component says to the server: what happened, and the words and numbers that belong to it. */
export type Message = { type: string; [detail: string]: unknown };

/** An object that mounting.js keeps for one place in the page. */
export interface Mounted<Data, Said = Message> {
  /** Set before every `update`: tells the server something. */
  send(said: Said): void;
  update(data: Data): void;
  destroy(): void;
}

/** What Streamlit calls the default export of a component with. */
export interface Call<Data, Said = Message> {
  parentElement: Parent;
  data: Data;
  setTriggerValue(name: string, told: { reports: [number, Said][] }): void;
}

/** Where a component draws: an element, or the root of its shadow. */
export type Parent = HTMLElement | ShadowRoot;

/** What we use of Plotly. */
export interface Plotly {
  newPlot(element: HTMLElement, traces: object[], layout: object, config: object): Promise<unknown>;
  react(element: HTMLElement, traces: object[], layout: object, config: object): Promise<unknown>;
  relayout(element: HTMLElement, change: object): Promise<unknown>;
  purge(element: HTMLElement): void;
}

/** What Plotly adds to the element it draws in. */
export interface Plot extends HTMLDivElement {
  on?(name: string, act: (event: PlotEvent) => void): void;
  _fullLayout?: { xaxis: { range: [number, number] }; yaxis: { range: [number, number] } };
}

export interface PlotEvent {
  points?: PlotPoint[];
}

export interface PlotPoint {
  curveNumber: number;
  pointIndex: number;
  customdata?: number;
  x: number;
  y: number;
}
