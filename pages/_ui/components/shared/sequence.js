// The numbers of messages, by which a stale answer is told from the one that is waited for.

export class Sequence {
  /** Number of the latest message, ours or one that the server has answered. */
  latest = 0;

  /** The number of a new message. */
  next() {
    this.latest += 1;
    return this.latest;
  }

  /**
   * Whether an answer with this number is to be followed: it is not older than our latest message.
   *
   * @param {number} answered
   */
  follow(answered) {
    if (answered < this.latest) return false;
    this.latest = answered;
    return true;
  }
}
