/** What one component tells the marks of its pictures. */
export interface Marked {
  /** Names of the pictures that are shown, in their order. */
  readonly order: string[];
  /** What is counted, where it is not plain that it is pictures. */
  readonly noun?: string;
  /** Tell the server what happened; the message is made `complete` before it goes out. */
  say(type: string, more?: Record<string, unknown>): void;
  /** Show which of the pictures are selected, and their tags. */
  mark(): void;
  /** Like pictures; where it is not there nothing is ranked, and so nothing judged. */
  like?(ids: Iterable<string>): void;
}

/** The file that was asked for last: `pages/_ui/grid/handing_on.py` writes it. */
export interface Exported {
  number: number;
  name: string;
  url: string;
  problem: string;
}

/** `pages/_ui/grid/tagging.py` writes it. */
export interface Tagging {
  /** The dataset they are of. */
  of: string;
  /** Those of the pictures that are shown. */
  tags: Record<string, string[]>;
  /** The tags that were given last, the latest first: keys 1 to 9. */
  last: string[];
  /** Number of the last wish that the server has done. */
  done: number;
  undo: boolean;
  told: string;
  problem: string;
  /** Whether this browser may not tag; `problem` says why. */
  refused: boolean;
}

/** One thing a person did: a tag given to pictures or taken from them, or the last of these taken back. */
export interface Wish {
  number: number;
  of: string;
  ids?: string[];
  tag?: string;
  taken?: boolean;
  /** Whether it is taken where all pictures have it, which only the server knows. */
  turn?: boolean;
  undo?: boolean;
}
