// What a component reports goes out until the server says that it heard of it. A message can be lost: of two that come while the
// server is at work Streamlit keeps the newer one. So each message holds all that was not heard of yet, numbered, and what stays
// without an answer goes out once more.

const AGAIN_MS = 8000;
const LONGER = 4;
const MOST = 50;

/** @template Said */
export class Outbox {
  /** Sends one message. @type {(told: { reports: [number, Said][] }) => void} */
  put = () => {};
  /** @type {[number, Said][]} the oldest first */
  #waiting = [];
  #number = 0;
  #rest = AGAIN_MS;
  #closed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Said} said */
  say(said) {
    this.#number += 1;
    this.#waiting.push([this.#number, said]);
    this.#waiting = this.#waiting.slice(-MOST);
    this.#rest = AGAIN_MS;
    this.#send();
  }

  /** The server has heard of all reports up to this one; of all of them where it numbers none. @param {number | undefined} heard */
  hear(heard) {
    if (heard !== undefined) this.#number = Math.max(this.#number, heard);
    this.#waiting = heard === undefined ? [] : this.#waiting.filter(([number]) => number > heard);
    if (!this.#waiting.length) clearTimeout(this.#timer);
  }

  /** The component is gone: what it still says goes out, once. */
  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #send() {
    clearTimeout(this.#timer);
    this.put({ reports: [...this.#waiting] });
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#rest *= LONGER;
      this.#send();
    }, this.#rest);
  }
}
