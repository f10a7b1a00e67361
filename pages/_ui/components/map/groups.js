// How the best hits lie where they do not all lie together; a click on a number looks at those and selects them.

import { make, textButton } from "../shared/drawing.js";

/** @import { EmbeddingMap } from "./embedding_map.js" */
/** @import { Group, QueryPlace } from "./data.d.ts" */

export class Groups {
  root = make("div", "groups");
  #key = "";
  #map;

  /** @param {EmbeddingMap} map */
  constructor(map) {
    this.#map = map;
    this.root.hidden = true;
  }

  /** @param {QueryPlace | null} place */
  draw(place) {
    const key = JSON.stringify(place && [place.of, place.groups, place.alone]);
    if (key === this.#key) return;
    this.#key = key;
    this.root.replaceChildren();
    this.root.hidden = !place || place.groups.length + (place.alone?.count ?? 0) < 2;
    if (place && !this.root.hidden) this.root.append(...this.#sentence(place));
  }

  /**
   * @param {QueryPlace} place
   * @returns {(Node | string)[]}
   */
  #sentence({ of, groups, alone }) {
    const each = groups.map((group, at) =>
      this.#button(group, at, `Look at this group and select its ${pictures(group.count)}`),
    );
    const apart = alone && `Look at the ${pictures(alone.count)} by themselves and select them`;
    const single = alone && apart ? [this.#button(alone, groups.length, apart)] : [];
    if (!groups.length) return ["The best hits on the map all lie apart: ", ...single];
    if (groups.length === 1) {
      return [`Of the ${of} best hits on the map `, each[0], " lie together, ", ...single, " alone"];
    }
    const numbers = each.flatMap((one, at) => (at ? [" / ", one] : [one]));
    const rest = single.length ? [", and ", ...single, " alone"] : [];
    return [`The ${of} best hits on the map lie in ${groups.length} groups: `, ...numbers, ...rest];
  }

  /**
   * @param {Group} group
   * @param {number} place
   * @param {string} title
   */
  #button(group, place, title) {
    const button = textButton("group", String(group.count), title, () => {
      this.#map.lookAt(group.box);
      this.#map.send({ type: "group", place });
    });
    button.setAttribute("aria-label", title);
    return button;
  }
}

/** @param {number} count */
function pictures(count) {
  return count === 1 ? "picture" : `${count} pictures`;
}
