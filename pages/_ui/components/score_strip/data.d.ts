/** What the server says of a ranking's scores: `pages/_ui/asking/score_strip.py` writes it. */
export interface StripData {
  /** Number of the last message this answers. */
  seq: number;
  sentence: string;
  evidence: "strong" | "some" | "weak" | "";
  /** What stands below the band: which pictures were counted, what a cutoff promises, how to get a verdict. */
  about: string;
  histogram: Bins;
  median: number;
  best: number;
  /** Scores of the pictures that are shown. */
  hits: number[];
  /** Where the cutoff fell; null where there is none. */
  cut: number | null;
  ways: Way[];
}

/** How many pictures lie in each of many equal ranges of scores. */
export interface Bins {
  low: number;
  high: number;
  counts: number[];
  pictures: number;
  /** How many the gallery has in all. */
  of: number;
}

/** A cutoff to choose by a button; `cut` is empty for none. */
export interface Way {
  cut: string;
  label: string;
  help: string;
  chosen: boolean;
}
