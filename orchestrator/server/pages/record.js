// What this page has taken from a conversation's event streams: no event twice, and where to go on after a lost connection.

/** One conversation as this page follows it. */
export class Record {
  constructor(id, hasBegun = false) {
    /** Held here, as another tab of the same visitor may have begun a conversation of its own. */
    this.id = id;
    this.hasBegun = hasBegun;
    this.language = "";
    this.ticket = "";
    this.isHumans = false;
    this.unseen = 0;
    /** The last event that ends something whole; streams go on from here, as a turn that was interrupted is run again. */
    this.settled = 0;
    /** Events up to this number were already in the transcript when the page opened. */
    this.known = 0;
    this.onFirstWords = null;
    this.taken = new Map();
  }

  /** Whether the event has not come before, on this stream or the other; it counts as taken from then on. */
  isNew({ turn_id: turn, number, kind }) {
    if (number <= (this.taken.get(turn) ?? 0)) return false;
    this.taken.set(turn, number);
    if (kind === "TurnCompleted" || kind === "HumanReplied") this.settled = Math.max(this.settled, number);
    return true;
  }

  /** The server does not know our place: all events come again, from the first. */
  restart() {
    this.taken.clear();
    this.settled = 0;
    this.known = 0;
  }

  isReplay({ number }) {
    return number <= this.known;
  }

  /** The first words of an answer have come. */
  firstWords() {
    this.onFirstWords?.();
    this.onFirstWords = null;
  }
}
