// The selection that cards and captions have as well: what is drawn around on the map goes there, and what is selected there is
// told to the server, which knows the rows of names.

import { choose, chosenOf, onChosen, toldOf } from "../shared/chosen.js";
import { Sequence } from "../shared/sequence.js";
import { Settling } from "../shared/settling.js";

/** @import { EmbeddingMap } from "./embedding_map.js" */
/** @import { MapData } from "./data.d.ts" */

const REST_MS = 150;
/** The server's number of no selection, and of one that it was told of and has not answered yet. */
const NONE = 0;
const ON_ITS_WAY = -1;

export class Sharing {
  #sequence = new Sequence();
  #stop = new AbortController();
  #telling = new Settling(REST_MS, () => this.#tell());
  #map;

  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
    onChosen(() => this.#isNews() && this.#telling.stir(), this.#stop.signal);
  }

  end() {
    this.#stop.abort();
    this.#telling.end();
  }

  /** What the server says, unless it does not know yet of what was selected since. @param {MapData} data */
  receive({ chosen, selected }) {
    if (!chosen || !this.#sequence.follow(chosen.seq)) return;
    const number = selected ? selected.number : NONE;
    if (this.#isNews()) this.#telling.stir();
    else if (toldOf(chosen.of) !== number) choose(chosen.of, chosen.ids, number);
  }

  /** Whether something was selected elsewhere that the server was not told of. */
  #isNews() {
    const { chosen } = this.#map.data ?? {};
    return Boolean(chosen) && toldOf(chosen?.of ?? "") === null;
  }

  #tell() {
    const of = this.#map.data?.chosen?.of;
    if (of === undefined || !this.#isNews()) return;
    const ids = [...chosenOf(of)];
    choose(of, ids, ON_ITS_WAY);
    this.#map.send({ type: "chosen", seq: this.#sequence.next(), ids });
  }
}
