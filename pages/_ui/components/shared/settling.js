// Waiting until a person rests: each stir begins the wait anew, and what was waited for happens once.

export class Settling {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #rest;
  #act;

  /**
   * @param {number} rest milliseconds without a stir
   * @param {() => void} act
   */
  constructor(rest, act) {
    this.#rest = rest;
    this.#act = act;
  }

  /** @param {number} [rest] another wait for this once */
  stir(rest = this.#rest) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#act, rest);
  }

  end() {
    clearTimeout(this.#timer);
  }
}
