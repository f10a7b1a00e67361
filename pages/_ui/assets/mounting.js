// How Streamlit and our components meet: one object for each parentElement, made at the first call and told of every later one.
//
// Streamlit imports a component's module anew whenever its data changes, and calls it when the import has come. Data that
// comes before that begins a second call; the first is made all the same, late, and the clean-up it returned is run at once,
// before or after the second call. Of calls that were not late only the last clean-up is ever run, when the page is left.
// So a clean-up ends the object only when its call was the last one made for that parentElement.

const mounted = new WeakMap(); // parentElement: the object and the last call that told it something

/** The default export of a component: `open(parentElement)` makes an object with destroy(), `tell(object, component)` shows data. */
function mounting(open, tell) {
  return (component) => {
    const { parentElement } = component;
    let mount = mounted.get(parentElement);
    if (!mount) {
      mount = { object: open(parentElement), call: null };
      mounted.set(parentElement, mount);
    }
    const call = {};
    const end = () => {
      if (mounted.get(parentElement) !== mount || mount.call !== call) return;
      mounted.delete(parentElement);
      mount.object.destroy();
    };
    const before = mount.call;
    mount.call = call;
    try {
      tell(mount.object, component);
    } catch (error) {
      // No clean-up comes of this call, so it leaves its turn to the one before, or ends what it began.
      if (before) mount.call = before;
      else end();
      throw error;
    }
    return end;
  };
}
