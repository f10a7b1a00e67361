import type { DetailData, Shown } from "../shared/detail/data.d.ts";
import type { Exported, Tagging } from "../shared/tray/data.d.ts";

/** What the server says of the table: `pages/_ui` gives it to `components.caption_table`. */
export interface TableData extends DetailData {
  /** Changes when words, filters or picks were set elsewhere. */
  version: number;
  view: View;
  columns: Column[];
  /** Keys of the columns that have a place in the table. */
  shown: string[];
  rows: Row[];
  page: number;
  pages: number;
  found: number;
  summary: string;
  notes: string[];
  marks: Mark[];
  words: { frequent: WordCount[]; typical: WordCount[] } | null;
  /** The dataset whose pictures rows select; "" where they are not selected. */
  selecting: string;
  /** The tags; null where pictures are not selected and tagged. */
  tagging: Tagging | null;
  /** The file that was asked for last. */
  exported: Exported | null;
  picks: { of: string; captions: [number, string][] } | null;
  histogram: Bins | null;
  /** Why there is no histogram. */
  unknown: { message: string; fix?: string } | null;
  /** How much of the ranks has been counted, where they are being counted. */
  counting: number | null;
  empty: Empty | null;
  loading: boolean;
}

/** What is asked for: which captions, in which order, which page. */
export interface View {
  words: string;
  filters: Record<string, Filter>;
  sort: string;
  descending: boolean;
  page: number;
  size: number;
}

export interface Filter {
  low?: number | null;
  high?: number | null;
  choices?: string[];
  text?: string;
}

export interface Column {
  key: string;
  label: string;
  help: string;
  kind: "number" | "choice" | "text";
  low: number | null;
  high: number | null;
  choices: [string, number][];
}

/** A caption and its picture, if it has one. */
export interface Row extends Shown {
  at: number;
  caption: string;
  name: string;
  values: Record<string, string | number | null>;
  bar: number;
  /** Whether its thumbnail is being made. */
  pending?: boolean;
}

/** A word that was looked for, and how it was read. */
export interface Mark {
  word: string;
  how: "word" | "beginning" | "part";
}

export interface WordCount {
  word: string;
  captions: number;
}

/** How many captions lie in each of many equal ranges of similarity: of all, and of those that are shown. */
export interface Bins {
  low: number;
  high: number;
  everything: number[];
  shown: number[];
}

export interface Empty {
  title: string;
  text: string;
  acts: { label: string; words?: string }[];
}
