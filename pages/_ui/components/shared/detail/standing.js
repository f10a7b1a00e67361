// How an open picture stands: beside the page, which makes room and stays in use; or over it, where there is no room or somebody wants
// to see it large.

import { focusedBeside } from "../keys.js";

const ROOM = "(min-width: 1000px)"; // of the window; pages/_ui/assets/frame.css makes the room

/** Whether a picture that is opened now stands beside the page. */
export function hasRoom() {
  return matchMedia(ROOM).matches;
}

export class Standing {
  /** Whether it is wanted large, over the page. */
  large = false;
  /** Told in the document as long as room is taken, so that whoever leaves does not take away what another took meanwhile. */
  #own = String(Math.random());
  #dialog;
  #body;

  /**
   * @param {HTMLDialogElement} dialog
   * @param {HTMLElement} body of it, which scrolls
   * @param {() => void} turned it stands otherwise now, for the window changed
   * @param {AbortSignal} signal
   */
  constructor(dialog, body, turned, signal) {
    this.#dialog = dialog;
    this.#body = body;
    matchMedia(ROOM).addEventListener("change", () => dialog.open && this.stand() && turned(), { signal });
  }

  get beside() {
    return this.#dialog.open && !this.#dialog.matches(":modal");
  }

  get hasFocus() {
    const focused = focusedBeside(this.#dialog);
    return focused !== null && this.#dialog.contains(focused);
  }

  /** Open it, or let it stand as it is to now; false where it does already. */
  stand() {
    const dialog = this.#dialog;
    const beside = hasRoom() && !this.large;
    this.#take(hasRoom());
    if (dialog.open && beside === this.beside) return false;
    if (dialog.open) dialog.close(); // whoever hears of that finds it open again
    dialog.classList.toggle("beside", beside);
    // Without `show()`, which moves the focus: whoever clicked goes on among the pictures.
    if (beside) dialog.open = true;
    else {
      dialog.showModal();
      dialog.focus(); // the keys work at once and no button is picked out
    }
    return true;
  }

  /** Let keys go to what it shows. */
  focus() {
    if (this.beside) this.#body.focus({ preventScroll: true });
    else this.#dialog.focus();
  }

  close() {
    this.large = false;
    this.#take(false);
    if (this.#dialog.open) this.#dialog.close();
  }

  /** Take the room beside the page, or give it back. @param {boolean} wanted */
  #take(wanted) {
    const { dataset } = document.documentElement;
    if (wanted) dataset.inspector = this.#own;
    else if (dataset.inspector === this.#own) delete dataset.inspector;
  }
}
