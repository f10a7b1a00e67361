// How Streamlit and our components meet: one object for each parentElement, made at the first call and told of every later one.
//
// Streamlit imports a component's module anew whenever its data changes, and calls it when the import has come. Data that
// comes before that begins a second call; the first is made all the same, late, and the clean-up it returned is run at once,
// before or after the second call. Of calls that were not late only the last clean-up is ever run, when the page is left.
// So a clean-up ends the object only when its call was the last one made for that parentElement.
//
// What an object sends goes through an outbox, so that the server hears of everything in order and of nothing twice.
//
// Data that comes between a press and its release waits for the click, which would be lost with the element that was pressed.

import { Outbox } from "./outbox.js";
import { Pressing } from "./pressing.js";

/** @import { Call, Message, Mounted, Parent } from "./types.d.ts" */

/** @type {WeakMap<Parent, { object: Mounted<any, any>, call: object | null, pressing: Pressing, outbox: Outbox<any> }>} */
const mounted = new WeakMap(); // parentElement: the object and the last call that told it something

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
  return ({ parentElement, data, setTriggerValue }) => {
    let mount = mounted.get(parentElement);
    if (!mount) {
      mount = { object: open(parentElement), call: null, pressing: new Pressing(parentElement), outbox: new Outbox() };
      mounted.set(parentElement, mount);
    }
    const own = mount;
    const call = {};
    const end = () => {
      if (mounted.get(parentElement) !== own || own.call !== call) return;
      mounted.delete(parentElement);
      own.pressing.end();
      own.outbox.close();
      own.object.destroy();
    };
    const before = own.call;
    own.call = call;
    try {
      own.outbox.put = (told) => setTriggerValue(name, told);
      own.outbox.hear(/** @type {{ heard?: number } | undefined} */ (data)?.heard);
      own.object.send = (said) => own.outbox.say(said);
      own.pressing.undisturbed(() => own.object.update(data));
    } catch (error) {
      // No clean-up comes of this call, so it leaves its turn to the one before, or ends what it began.
      if (before) own.call = before;
      else end();
      throw error;
    }
    return end;
  };
}
