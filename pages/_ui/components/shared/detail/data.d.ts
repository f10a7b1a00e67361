import type { Sequence } from "../sequence.js";
import type { Message } from "../types.d.ts";

/** The part of a component's data that is of the open picture: `pages/_ui/grid/detail.py` writes it. */
export interface DetailData {
  /** The picture that is to be open. */
  open: string | null;
  detail: Known | null;
  /** The number of the message these data answer. */
  seq: number;
  /** Changes when what is kept of pictures would be another query's or another dataset's. */
  token: string;
  /** What the terms of the query are called, where there are several. */
  terms?: string[];
}

/** What the page shows of a picture. */
export interface Shown {
  id?: string;
  src?: string;
  note?: string;
  width?: number;
  height?: number;
  caption?: string;
  rank?: number | null;
  score?: number | null;
  bar?: number | null;
  /** What each term of the query did for the picture, in the order of `terms`. */
  gave?: number[];
}

/** Everything the server told of a picture. */
export interface Known {
  id: string;
  large: string;
  width: number;
  height: number;
  note: string;
  captions: string[];
  captions_page: boolean;
  /** Whether something is asked that the picture can be added to. */
  addable?: boolean;
  /** Whether captions can be compared with this picture. */
  captions_any: boolean;
  facts: [string, string][];
  /** The pictures that count as one with this one, the best first, with what they differ in; and how many more there are. */
  stack?: Stacked[];
  stack_more?: number;
  neighbours: Neighbour[];
  neighbours_problem: string;
  download: string;
  download_name: string;
  score?: number | null;
  score_help?: string;
  rank?: number;
  bar?: number | null;
  gave?: number[];
  /** Whether the model tells where it sees the query; and what it told, once that was asked. */
  explains: boolean;
  why?: Why;
  related?: { text: string; score: number; own: boolean }[];
}

/** Why a picture was found, as far as it is there: `pages/_ui/grid/why.py` writes it. */
export interface Why {
  pending?: boolean;
  problem?: string;
  /** The query as a whole, then its terms where there are several. */
  maps?: HeatMap[];
  misleads?: string;
  sentences?: Sentence[];
  word_maps?: HeatMap[];
  raising?: Suggestion[];
  lowering?: Suggestion[];
  captions?: { text: string; score: number }[];
  told?: string[];
  /** All scores, and where this picture's lies among them. */
  strip?: { low: number; high: number; counts: number[]; median: number; score: number } | null;
}

/** Words, how far the score falls without each, the rank then, and how strongly it is shaded. */
export type Sentence = { text: string; falls: number; rank: number; part: number }[];

export interface Suggestion {
  word: string;
  rank: number;
  /** The question with this word, in its typed form. */
  query: string;
}

export interface HeatMap {
  label: string;
  share: number | null;
  /** One byte a place, row by row, in base 64. */
  heat: string;
  /** Rows and columns. */
  shape: [number, number];
  /** The part of the picture the places lie on: left, top, right, bottom. */
  seen: [number, number, number, number];
  where: string;
}

export interface Neighbour {
  id: string;
  src: string;
  caption: string;
  width: number;
  height: number;
}

/** `pages/_ui/grid/stack.py` writes it. */
export interface Stacked extends Neighbour {
  facts: [string, string][];
}

export type Verdict = "liked" | "disliked";

export interface Verdicts {
  /** Whether anything can be judged now. */
  open: boolean;
  /** What a picture was judged. */
  of(id: string): Verdict | null;
  /** Judge a picture; what it was judged already is taken back. */
  turn(id: string, verdict: Verdict): void;
}

/** What rank, score and the caption set apart mean. */
export interface Words {
  rank: string;
  score: string;
  scoreHelp?: string;
  best: string;
  bestHelp: string;
}

/** The component that shows the pictures of which one is opened. */
export interface Host {
  /** Pictures in the order in which the arrows step through them. */
  order: string[];
  focusId: string | null;
  sequence: Sequence;
  /** Its own words where rank and score are not those of a query. */
  detailWords?: Words;
  scoreHelp?: string;
  /** Likes and dislikes, where pictures can be judged. */
  verdicts?: Verdicts;
  shownOf(id: string): Shown | undefined;
  setFocus(id: string | null, move: boolean): void;
  /** Open the picture that has the focus, or would have; false where there is none to open here. */
  openFocused(): boolean;
  /** Mark the picture that stands open beside the page; null where none does. */
  showOpened?(id: string | null): void;
  /** Whatever room the pictures get next, let this one stay where it is in the window. */
  keepInPlace?(id: string): void;
  say(said: Message): void;
}
