// shared/outbox.js
var AGAIN_MS = 8e3;
var LONGER = 4;
var MOST = 50;
var Outbox = class {
  /** Sends one message. @type {(told: { reports: [number, Said][] }) => void} */
  put = () => {
  };
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
    if (heard !== void 0) this.#number = Math.max(this.#number, heard);
    this.#waiting = heard === void 0 ? [] : this.#waiting.filter(([number]) => number > heard);
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
};

// shared/pressing.js
var STILL_PX = 4;
var LONGEST_MS = 3e3;
var Pressing = class {
  /** Where the press began; null when there is none, or it is no click any more. @type {{ x: number, y: number } | null} */
  #from = null;
  /** @type {(() => void) | null} the last that was to be done meanwhile */
  #waiting = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #stop = new AbortController();
  /** @param {Parent} parent */
  constructor(parent) {
    const watch = { capture: true, passive: true, signal: this.#stop.signal };
    parent.addEventListener("pointerdown", (event) => this.#begin(
      /** @type {PointerEvent} */
      event
    ), watch);
    globalThis.addEventListener("pointermove", (event) => this.#move(event), watch);
    globalThis.addEventListener("pointerup", () => this.#release(0), watch);
    globalThis.addEventListener("pointercancel", () => this.#release(0), watch);
  }
  /** Do this now, or once the press that is under way has ended; then only the last is done. @param {() => void} act */
  undisturbed(act) {
    if (this.#from) this.#waiting = act;
    else act();
  }
  end() {
    this.#stop.abort();
    clearTimeout(this.#timer);
    this.#from = this.#waiting = null;
  }
  /** @param {PointerEvent} event */
  #begin({ clientX, clientY }) {
    this.#from = { x: clientX, y: clientY };
    this.#release(LONGEST_MS);
  }
  /** @param {PointerEvent} event */
  #move({ clientX, clientY }) {
    if (this.#from && Math.hypot(clientX - this.#from.x, clientY - this.#from.y) > STILL_PX) this.#over();
  }
  /** @param {number} rest milliseconds from now */
  #release(rest) {
    clearTimeout(this.#timer);
    if (this.#from) this.#timer = setTimeout(() => this.#over(), rest);
  }
  #over() {
    clearTimeout(this.#timer);
    const act = this.#waiting;
    this.#from = this.#waiting = null;
    act?.();
  }
};

// shared/mounting.js
var MOST_CALLS = 4;
var mounted = /* @__PURE__ */ new WeakMap();
var Mount = class {
  /** @type {Call<Data, Said>[]} */
  calls = [];
  outbox = new Outbox();
  /**
   * @param {Parent} parent
   * @param {(parent: Parent) => Mounted<Data, Said>} open
   * @param {string} name
   */
  constructor(parent, open, name) {
    this.object = open(parent);
    this.pressing = new Pressing(parent);
    this.name = name;
  }
  /** @param {Call<Data, Said>} call */
  tell({ data, setTriggerValue }) {
    this.outbox.put = (told) => setTriggerValue(this.name, told);
    this.outbox.hear(
      /** @type {{ heard?: number } | undefined} */
      data?.heard
    );
    this.object.send = (said) => this.outbox.say(said);
    this.pressing.undisturbed(() => this.object.update(data));
  }
  /** @param {Call<Data, Said>} call */
  take(call) {
    this.calls = [...this.calls, call].slice(-MOST_CALLS);
    this.tell(call);
  }
  /**
   * Whether a call that is ended was the last one.
   *
   * @param {Call<Data, Said>} call
   */
  leave(call) {
    const last = this.calls.at(-1) === call;
    this.calls = this.calls.filter((one) => one !== call);
    return last;
  }
  end() {
    this.pressing.end();
    this.outbox.close();
    this.object.destroy();
  }
};
function mounting(open, name = "event") {
  return (told) => {
    const call = { ...told };
    const { parentElement } = call;
    const mount = mounted.get(parentElement) ?? new Mount(parentElement, open, name);
    mounted.set(parentElement, mount);
    const end = () => {
      if (mounted.get(parentElement) !== mount || !mount.leave(call)) return;
      const before = mount.calls.at(-1);
      if (before && parentElement.isConnected) {
        mount.tell(before);
        return;
      }
      mounted.delete(parentElement);
      mount.end();
    };
    try {
      mount.take(call);
    } catch (error) {
      mount.leave(call);
      if (mount.calls.length === 0) {
        mounted.delete(parentElement);
        mount.end();
      }
      throw error;
    }
    return end;
  };
}

// shared/drawing.js
function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== void 0) element.textContent = String(text);
  return element;
}
function textButton(className, text, title, act) {
  const button = make("button", className, text);
  button.type = "button";
  if (title) button.title = title;
  button.addEventListener("click", act);
  return button;
}
function scoreText(score) {
  return (score < 0 ? "−" : "") + Math.abs(score).toFixed(3);
}

// lab_failures/lab_failures.js
var LabFailures = class {
  /** @type {(said: Message) => void} */
  send = () => {
  };
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
      textButton(
        "act",
        "Search",
        "Open Search with this caption",
        () => this.send({ type: "search", text: row.caption })
      ),
      textButton("act", "Map", "Open the map with this caption", () => this.send({ type: "map", text: row.caption }))
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
      acts
    );
    element.append(told, pictureOf(row.own, "Its picture"), pictureOf(row.first, "First instead"));
    return element;
  }
};
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

// lab_failures/index.js
var index_default = mounting((parent) => new LabFailures(parent));
export {
  index_default as default
};
