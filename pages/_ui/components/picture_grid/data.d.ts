import type { DetailData, Shown } from "../shared/detail/data.d.ts";
import type { Exported, Tagging } from "../shared/tray/data.d.ts";

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
  /** What is liked and what is not; null where nothing is ranked, so that there is nothing to judge by. */
  judging?: Judging | null;
  /** Whether pictures are opened by another grid, which shows them beside its own. */
  elsewhere?: boolean;
  /** Whether another list stands beside it, with which it is compared. */
  paired?: boolean;
  /** What comes after the pictures; null where they are all there is to show. */
  further?: FurtherData | null;
  /** The tags; null where pictures are not selected and tagged. */
  tagging?: Tagging | null;
  /** The file that was asked for last. */
  exported?: Exported | null;
}

/** What comes after the pictures that were asked for, one page of it: `pages/_ui/grid/further.py` writes it. */
export interface FurtherData {
  /** Changes with the pictures it comes after. */
  of: string;
  /** How many of it come before this page. */
  start: number;
  pictures: Picture[];
  more: boolean;
  /** What is said where the pictures that were asked for end, where those below the cutoff begin, and before any of it is there. */
  end: string;
  below: string;
  line: string;
  /** Whether it comes when somebody scrolls on, or by the button alone. */
  by_scrolling: boolean;
  problem: string;
}

/** `pages/_ui/grid/judged.py` writes it. */
export interface Judging {
  liked: Judged[];
  disliked: Judged[];
  /** Whether all pictures of a kind are looked for, or one. */
  aim: "all" | "one";
  /** How many pictures were seen and are passed over; whether there are more than those shown. */
  seen: number;
  more: boolean;
  undo: boolean;
  redo: boolean;
  /** What the last step did, for those who listen. */
  told: string;
}

export interface Judged {
  id: string;
  src: string;
}

export type Move = number | "new" | "gone";

export type Size = "S" | "M" | "L";

export interface Picture extends Shown {
  id: string;
  /** Its row of the gallery, by which the map beside knows it; null where it has none. */
  row?: number | null;
  /** How many places it went up by the last step, down below 0; "new" where it had none, "gone" where it has none there. */
  move?: Move | null;
  /** Whether a cutoff left it out. */
  faded?: boolean;
  /** How many of its copies stand behind it. */
  behind?: number;
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
