/** What the server says of the query bar: `pages/_ui` gives it to `components.query_bar`. */
export interface BarData {
  /** Changes when the query was set elsewhere. */
  version: number | null;
  text: string;
  image: { label: string; src: string } | null;
  /** The terms of the query, as far as they are few; and whether they are shown as chips. */
  terms?: Term[];
  chips?: boolean;
  rewrite?: Rewrite | null;
  suggestions: Suggestions;
  /** Whether to search while somebody types. */
  live: boolean;
  /** Whose recent queries are kept together. */
  dataset: string;
  asked: Asked | null;
  examples: string[];
  intro: string;
  /** Whether examples are to come: their line takes its room before it is filled. */
  waiting?: boolean;
  placeholder: string;
  message: string;
}

/** One term of the query. */
export interface Term {
  /** What it is about, as a request has it. */
  record: Record<string, string>;
  label: string;
  title: string;
  picture: boolean;
  src: string;
  weight: number;
  /** What it weighs again once it is not muted any more. */
  before: number | null;
}

/** A query to offer in place of the one that was asked. */
export interface Rewrite {
  said: string;
  label: string;
  text: string;
}

/** Captions that hold the words typed a moment ago, and those words. */
export interface Suggestions {
  text: string;
  items: string[];
}

/** A query that can be asked again: words, a picture, several pictures, several sentences, or terms. */
export interface Asked {
  key: string;
  kind: string;
  label: string;
  text?: string;
  id?: string;
  ids?: string[];
  texts?: string[];
}

/** A query that was asked, as this browser keeps it. */
export interface Recent extends Asked {
  /** A small copy of the query's picture as a data address, or "". */
  thumb: string;
}

/** A line of the list below the field. */
export interface Option {
  text: string;
  recent?: Recent;
  /** The line that takes the recent queries away. */
  forget?: boolean;
}
