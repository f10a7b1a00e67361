// One question at a time: what is wanted while an answer is awaited goes out with that answer, and only the newest of it.

import { Settling } from "./settling.js";

/** @template Question */
export class Questions {
  /** @type {Question | null} what was not sent yet */
  wanted = null;
  #asking = false;
  #ask;
  #rest;
  #lost;

  /**
   * @param {(question: Question) => void} ask sends one
   * @param {() => void} rest called with each answer, before the next question goes out
   * @param {number} answerMs an answer can be lost with its connection; after this the next question waits no longer
   */
  constructor(ask, rest, answerMs) {
    this.#ask = ask;
    this.#rest = rest;
    this.#lost = new Settling(answerMs, () => this.answered());
  }

  /** @param {Question} question */
  want(question) {
    this.wanted = question;
    if (!this.#asking) this.#send(question);
  }

  answered() {
    this.#lost.end();
    this.#asking = false;
    this.#rest();
    if (this.wanted !== null) this.#send(this.wanted);
  }

  end() {
    this.#lost.end();
  }

  /** @param {Question} question */
  #send(question) {
    this.wanted = null;
    this.#asking = true;
    this.#lost.stir();
    this.#ask(question);
  }
}
