// The list of all keys: a dialog that "?" or its button opens.

import { make, signButton, textButton } from "../shared/drawing.js";
import { hasKeys, slashSign } from "../shared/keys.js";

/** @import { Parent } from "../shared/types.d.ts" */

/** @typedef {{ title: string, keys: [string, string][] }} Group */

export class KeySheet {
  dialog = make("dialog", "key-sheet");
  #groups = make("div", "groups");
  #drawn = "";

  /** @param {Parent} parent */
  constructor(parent) {
    const title = make("h2", "", "Keys");
    title.id = "key-sheet-title";
    this.dialog.setAttribute("aria-labelledby", title.id);
    const head = make("div", "head");
    head.append(
      title,
      signButton("close", "\u00d7", "Close (Esc)", () => this.dialog.close()),
    );
    this.dialog.append(head, this.#groups);
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key === "?") this.dialog.close();
    });
    this.button = textButton("show-keys", "", "Which keys there are (?)", () => this.show());
    this.button.append(make("span", "word", "Keys "), slashSign("", "?"));
    this.button.hidden = !hasKeys();
    parent.append(this.button, this.dialog);
  }

  destroy() {
    if (this.dialog.open) this.dialog.close();
    this.dialog.remove();
    this.button.remove();
  }

  show() {
    if (!this.dialog.open) this.dialog.showModal();
  }

  /** @param {Group[]} groups */
  update(groups) {
    const drawn = JSON.stringify(groups);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#groups.replaceChildren(...groups.map(drawnGroup));
  }
}

/** @param {Group} group */
function drawnGroup({ title, keys }) {
  const list = make("dl");
  for (const [names, meaning] of keys) {
    const term = make("dt");
    for (const name of names.split(" ")) term.append(make("kbd", "", name));
    list.append(term, make("dd", "", meaning));
  }
  const section = make("section");
  section.append(make("h3", "", title), list);
  return section;
}
