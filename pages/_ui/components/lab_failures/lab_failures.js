// Rows of captions that do not find their picture first, with what can be done about each.

import { make, scoreText, textButton } from "../shared/drawing.js";

/** @import { Message, Mounted, Parent } from "../shared/types.d.ts" */
/** @import { FailureRow, FailuresData, ShownPicture } from "./data.d.ts" */

/** @implements {Mounted<FailuresData>} */
export class LabFailures {
  /** @type {(said: Message) => void} */
  send = () => {};
  root = make("div", "grid-root");
  list = make("ul", "rows");
  #token = "";

  /** @param {Parent} parent */
  constructor(parent) {
    this.root.append(this.list);
    parent.append(this.root);
  }

  /** @param {FailuresData} data */
  update(data) {
    if (data.token === this.#token) return;
    this.#token = data.token;
    this.list.replaceChildren(...data.rows.map((row) => this.#row(row, data.marks)));
  }

  destroy() {
    this.root.remove();
  }

  /** @param {FailureRow} row @param {boolean} marks */
  #row(row, marks) {
    const element = make("li", "row");
    const told = make("div", "told");
    const acts = make("div", "acts");
    acts.append(
      textButton("act", "Search", "Open Search with this caption", () =>
        this.send({ type: "search", text: row.caption }),
      ),
      textButton("act", "Map", "Open the map with this caption", () => this.send({ type: "map", text: row.caption })),
    );
    if (marks) {
      const right = textButton("act", "Also right", "The picture that came first is right too", () => {
        right.disabled = true;
        this.send({ type: "right", text: row.caption, id: row.first.id });
      });
      acts.append(right);
    }
    told.append(
      make("p", "sentence", row.caption),
      make("p", "quiet", `Its picture is found at rank ${row.rank}`),
      acts,
    );
    element.append(told, pictureOf(row.own, "Its picture"), pictureOf(row.first, "First instead"));
    return element;
  }
}

/** @param {ShownPicture} picture @param {string} what */
function pictureOf(picture, what) {
  const figure = make("figure");
  const frame = make("div", "frame");
  if (picture.src) {
    const image = make("img");
    image.decoding = "async";
    image.alt = `${what}: ${picture.id}`;
    image.addEventListener("error", () => frame.replaceChildren("no file"));
    image.src = picture.src;
    frame.append(image);
  } else frame.append(picture.note || "no picture");
  figure.append(frame, make("figcaption", "", `${what}, ${scoreText(picture.score)}`));
  figure.title = picture.id;
  return figure;
}
