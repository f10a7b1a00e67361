// How Streamlit and our components meet: one object for each parentElement, made at the first call and told of every later one.
//
// Streamlit imports a component's module anew whenever its data changes, and calls it when the import has come. Data that
// comes before that begins a second call; the first is made all the same, late, and the clean-up it returned is run at once,
// before or after the second call. Browsers end imports of one module in any order, so the late call, with the older data, may
// also be the last one made. Of calls that were not late only the last clean-up is ever run, when the page is left.
// So a clean-up ends the object only when its call was the last one made for that parentElement, and either no other call is
// left or the element was taken off the page; on a page that is still shown the object is told again what the call before said.
//
// What an object sends goes through an outbox, so that the server hears of everything in order and of nothing twice.
//
// Data that comes between a press and its release waits for the click, which would be lost with the element that was pressed.

import { Outbox } from "./outbox.js";
import { Pressing } from "./pressing.js";

/** @import { Call, Message, Mounted, Parent } from "./types.d.ts" */

const MOST_CALLS = 4; // that may be under way at once: those of calls that were not late are never ended, and hold their data

/** @type {WeakMap<Parent, Mount<any, any>>} */
const mounted = new WeakMap();

/**
 * One object, and the calls that told it something and were not ended, the last one last.
 *
 * @template Data
 * @template Said
 */
class Mount {
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
    this.outbox.hear(/** @type {{ heard?: number } | undefined} */ (data)?.heard);
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
}

/**
 * The default export of a component: `open(parentElement)` makes its object, which is told data and sends under `name`.
 *
 * @template Data
 * @template [Said=Message]
 * @param {(parent: Parent) => Mounted<Data, Said>} open
 * @param {string} [name] as the Python that mounts the component reads it
 * @returns {(call: Call<Data, Said>) => () => void}
 */
export function mounting(open, name = "event") {
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
      // No clean-up comes of this call, so it leaves its turn to the one before, or ends what it began.
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
