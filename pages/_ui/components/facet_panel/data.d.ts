/** What the server says of the filters: `pages/_ui/asking/facet_panel.py` writes it. */
export interface PanelData extends Chosen {
  /** Number of the last message this answers. */
  seq: number;
  /** How often the panel was opened: opened anew, it takes the focus. */
  opened: number;
  /** Whether there is more to come. */
  counting: boolean;
  facets: Facet[];
  /** Whether there are captions to look for words in. */
  words: boolean;
  /** How many pictures are shown; null where nothing is asked. */
  shown: number | null;
  pictures: number;
  stackings: Choice[];
  orders: Choice[];
  hints: { text: string; command: string }[];
}

/** What is chosen; a message to the server holds all of it. */
export interface Chosen {
  where: Condition[];
  stacking: string;
  diversity: number;
  order: string;
}

export interface Choice {
  value: string;
  label: string;
}

/** As `t2i_core/query/where.py` writes it. */
export interface Condition {
  field: string;
  values?: string[];
  at_least?: number;
  at_most?: number;
  negated?: boolean;
}

export type Facet = ValuesFacet | RangeFacet;

export interface ValuesFacet {
  kind: "values";
  field: string;
  title: string;
  values: Value[];
  /** How many more values there are, which can be typed. */
  more: number;
}

export interface Value {
  value: string;
  gallery: number;
  hits: number;
}

export interface RangeFacet {
  kind: "range";
  field: string;
  title: string;
  /** Whether its numbers are days like 20210523. */
  day: boolean;
  low: number;
  high: number;
  whole: boolean;
  gallery: number[];
  hits: number[];
}

/** One facet in the panel. */
export interface Part {
  field: HTMLFieldSetElement;
  /** Draw what the server says of it now, and what is chosen. */
  show(facet: Facet, condition: Condition | undefined, shown: number | null): void;
}

/** Takes what a facet must be; null for anything. */
export type Set = (condition: Condition | null) => void;
