/** What the server says of the worst queries: `pages/_ui/lab/lab_failures.py` gives it to `components.lab_failures`. */
export interface FailuresData {
  rows: FailureRow[];
  /** Whether this visitor may mark pictures as also right. */
  marks: boolean;
  token: string;
}

export interface FailureRow {
  /** Position of the caption. */
  at: number;
  caption: string;
  rank: string;
  own: ShownPicture;
  first: ShownPicture;
}

export interface ShownPicture {
  id: string;
  src: string;
  score: number;
  note: string;
}
