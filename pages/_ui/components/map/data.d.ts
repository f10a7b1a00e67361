import type { Verdict } from "../shared/detail/data.d.ts";

/** What the server says of the map: `pages/_ui` gives it to `components.embedding_map`. Addresses are of bytes. */
export interface MapData {
  /** Address of Plotly's script. */
  plotly: string;
  /** Changes whenever the points do, or where their pictures lie. */
  version: string;
  count: number;
  bounds: Bounds;
  points: string | null;
  /** Of very many points what is in view; null where all are here. */
  view: PartInView | null;
  texts: CaptionPoints | null;
  colour: Colour;
  /** What the query is known by, and what it is called. */
  query: string;
  asked: string;
  place: QueryPlace | null;
  hits: Hit[];
  /** The other of two requests that are compared. */
  second: { asked: string; hits: Hit[]; marker: { x: number; y: number } | null } | null;
  clusters: Cluster[];
  selected: Selected | null;
  /** The same by names (none where they are too many), for cards and captions; null where pictures are not selected there. */
  chosen: { of: string; seq: number; ids: string[] } | null;
  looked: { seq: number; query: string; cards: Record<string, PointCard> };
  /** Addresses of small pictures by row, empty where there is none; those of the rows asked about that are made by now. */
  thumbnails: { seq: number; rows: number[]; addresses: Record<string, string> };
  label: string;
  /** What was done last about names of clusters; null where this visitor may not rename them. */
  naming: { seq: number; told: string; problem: string; undo: boolean } | null;
}

/** Left, right, bottom, top. */
export type Bounds = [number, number, number, number];

export interface PartInView {
  range: Bounds;
  count: number;
  points?: string;
  rows?: string;
  /** How densely pictures lie, where there are too many to draw each. */
  density?: string;
  side?: number;
}

export interface CaptionPoints {
  points: string;
  owners: string;
  count: number;
  /** Whether each caption has a line to its picture. */
  lines: boolean;
  looked: { position: number; text: string } | null;
}

export type Colour =
  | { kind: "one" }
  | { kind: "scale"; title: string; values: string; low: string; high: string }
  /** `labels` are the values of the groups that `names` name; `clusters` says that they are the map's, which can be renamed. */
  | { kind: "groups"; title: string; values: string; names: string[]; labels: number[]; clusters?: boolean };

export interface Hit {
  row: number;
  rank: number;
  x: number;
  y: number;
}

/** Where the query stands among its best hits, and how those lie where they do not lie together. */
export interface QueryPlace {
  of: number;
  marker: Marker | null;
  groups: Group[];
  alone: Group | null;
}

export interface Marker {
  x: number;
  y: number;
  ring: number;
  rows: number[];
}

export interface Group {
  count: number;
  box: Bounds;
}

export interface Cluster {
  label: number;
  name: string;
  /** What it is called without a given name. */
  made: string;
  x: number;
  y: number;
  count: number;
}

/** Chosen rows in base64: as numbers of four bytes, or as one bit a row. */
export interface Packed {
  as: "rows" | "bits";
  content: string;
}

export interface Selected extends Packed {
  number: number;
}

export interface PointCard {
  id: string;
  src: string;
  width: number;
  height: number;
  note: string;
  caption: string;
  score: number | null;
  rank: number | null;
  trust: number;
  verdict: Verdict | null;
}

// What the map makes of it.

/** The part of the map that the window shows, in the map's coordinates. */
export interface View {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
}

export interface Points {
  x: Float32Array;
  y: Float32Array;
  /** The row of each point; null where they are the same. */
  rows: Uint32Array | null;
  count: number;
  texts: { x: Float32Array; y: Float32Array; owners: Uint32Array } | null;
  density: Uint8Array | null;
  side: number;
}

/** A value for each row, from 0 to 254; 255 where there is none. */
export type Colours = { kind: "one"; key: string } | { kind: "scale" | "groups"; key: string; values: Uint8Array };

/** Colours of the theme that is on. */
export interface Ink {
  key: string;
  rgb: number[];
  text: string;
  back: string;
  ring: string;
  /** Of the other of two requests that are compared. */
  second: string;
  scale: string[];
  point: string;
  grey: string;
  caption: string;
  /** The scale's 255 colours, once they were asked for. */
  steps?: string[];
}

/** A point that the mouse is on: a picture's, or a caption's with its number. */
export interface Spot {
  row: number;
  x: number;
  y: number;
  text: number | null;
}
