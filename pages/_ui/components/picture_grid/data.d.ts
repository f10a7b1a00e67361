import type { DetailData, Shown } from "../shared/detail/data.d.ts";

/** What the server says of the grid: `pages/_ui/cards.py` writes it. */
export interface GridData extends DetailData {
  pictures: Picture[];
  size: Size;
  /** Whether captions stand below the pictures. */
  captions: boolean;
  label?: string;
  summary?: string;
  score_help?: string;
  timings?: { encode_ms: number; search_ms: number; pictures_ms: number };
  /** How many empty cards to show, as long as pictures are to come; and whether those will have scores. */
  loading?: number;
  scored?: boolean;
}

export type Size = "S" | "M" | "L";

export interface Picture extends Shown {
  id: string;
}

/** A card without a picture, in the final layout. */
export interface Skeleton {
  id: string;
  shape: number;
}

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}
