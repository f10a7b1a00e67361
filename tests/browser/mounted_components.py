"""Our components with the scripts and data that the app gives them, and Streamlit's order of calls to replay with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

from tests.browser.served_app import ROOT

PAGES = ("/?q=a+mill", "/embedding_map?q=a+mill", "/captions", "/saved", "/lab", "/build")
NAMES = sorted(
    {
        name
        for file in (ROOT / "pages").rglob("*.py")
        for name in re.findall(r"v2\.component\(\s*\"(\w+)\"", file.read_text(encoding="utf-8"))
    }
)

# Streamlit makes a module of each script and imports it. Ours comes in between: it waits for window.opened where a test
# closes the gate, and notes which component was called with what.
BETWEEN = """
window.called = {};
const madeUrl = URL.createObjectURL;
URL.createObjectURL = (blob) => {
  const url = madeUrl.call(URL, blob);
  if (blob.type !== 'text/javascript') return url;
  const between = `await window.opened;
    const { default: draw } = await import(${JSON.stringify(url)});
    export default (component) => {
      const shadow = component.parentElement instanceof ShadowRoot;
      window.called[component.name] = { url: ${JSON.stringify(url)}, data: component.data, shadow };
      return draw(component);
    };`;
  return madeUrl.call(URL, new Blob([between], { type: 'text/javascript' }));
};
"""
GATE = "window.opened = new Promise((resolve) => { window.openGate = resolve; });" + BETWEEN

# What outlives an element: listeners on the window and the document, timers, frames asked for, and observers. Only those
# that our own script asked for are counted, by the file that the browser names for it.
WATCH = """
window.live = new Map();
const ours = () => /at [^\\n]*under-test/.test((new Error().stack || '').split('\\n')[4] || '');
const note = (key, what) => { if (ours()) window.live.set(key, what); };
const lasting = (target) => !(target instanceof Node) || target === document || target === document.documentElement;
const add = EventTarget.prototype.addEventListener, remove = EventTarget.prototype.removeEventListener;
const keys = new WeakMap();
EventTarget.prototype.addEventListener = function (type, listener, options) {
  const target = this || window;
  if (listener && lasting(target) && !(target instanceof AbortSignal)) {
    const key = { type };
    note(key, `listener for ${type}`);
    keys.set(listener, [...(keys.get(listener) || []), key]);
    const signal = options && options.signal;
    if (signal) add.call(signal, 'abort', () => window.live.delete(key));
  }
  return add.call(target, type, listener, options);
};
EventTarget.prototype.removeEventListener = function (type, listener, options) {
  for (const key of keys.get(listener) || []) if (key.type === type) window.live.delete(key);
  return remove.call(this || window, type, listener, options);
};
const pairs = { setTimeout: 'clearTimeout', setInterval: 'clearInterval', requestAnimationFrame: 'cancelAnimationFrame' };
for (const [start, stop] of Object.entries(pairs)) {
  const begin = window[start], end = window[stop];
  window[start] = (act, ...rest) => {
    const id = begin.call(window, (...told) => {
      if (start !== 'setInterval') window.live.delete(`${start} ${id}`);
      act(...told);
    }, ...rest);
    note(`${start} ${id}`, start);
    return id;
  };
  window[stop] = (id) => { window.live.delete(`${start} ${id}`); end.call(window, id); };
}
for (const kind of ['ResizeObserver', 'IntersectionObserver', 'MutationObserver']) {
  window[kind] = class extends window[kind] {
    observe(...told) { note(this, kind); super.observe(...told); }
    disconnect() { window.live.delete(this); super.disconnect(); }
  };
}
window.alive = (parent) => {
  const lasting = [...window.live.values()].filter((one) => !(one in pairs));
  return { elements: parent.childElementCount, live: lasting.sort() };
};
window.place = (name, script, shadow) => {
  const code = `${script}\\n//# sourceURL=under-test-${name}.js`;
  const loaded = import(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
  return () => {
    const host = document.createElement('div');
    document.body.replaceChildren(host);
    const parentElement = shadow ? host.attachShadow({ mode: 'open' }) : host;
    const rest = { name, key: name, parentElement, setTriggerValue: () => {}, setStateValue: () => {} };
    return { parentElement, call: async (data) => (await loaded).default({ ...rest, data }) };
  };
};
"""

# Each story plays the calls (1, 2) and clean-ups (a, b) of one parentElement in the order in which Streamlit may run them.
# `still` is what is there while the page is shown, `left` once it was left.
REPLAY = """
async ([name, { script, data, shadow }, stories]) => {
  const put = window.place(name, script, shadow);
  const told = {};
  // What a script does once a window, whichever component is there (history.js), is done by then and is nobody's to end.
  (await put().call(structuredClone(data)))();
  await new Promise((resolve) => setTimeout(resolve, 400));
  window.live.clear();
  for (const [story, { shown, leave }] of Object.entries(stories)) {
    const { parentElement, call } = put();
    const ends = {};
    const play = async (steps) => {
      for (const step of steps) {
        if (step === '1' || step === '2') ends[step] = await call(structuredClone(data));
        else ends[{ a: '1', b: '2' }[step]]();
        await Promise.resolve();
      }
    };
    await play(shown);
    const still = window.alive(parentElement);
    // What was begun by a person must end as well: fields are typed in, keys pressed, the mouse moved.
    for (const one of parentElement.querySelectorAll('input, button, canvas, svg')) {
      if (one.type === 'file' || one.tagName === 'BUTTON') continue;
      if (one.focus) one.focus();
      if (one.type === 'text') one.value = 'dog';
      for (const kind of ['input', 'keydown']) one.dispatchEvent(new KeyboardEvent(kind, { key: 'g', bubbles: true, composed: true }));
      one.dispatchEvent(new PointerEvent('pointermove', { bubbles: true, composed: true }));
    }
    document.body.replaceChildren();  // React takes the element off the page before it runs clean-ups
    await play(leave);
    // A component that loads something goes on to its next look at whether it is still wanted.
    const at_once = [...window.live.values()].filter((one) => one !== 'requestAnimationFrame').sort();
    await new Promise((resolve) => setTimeout(resolve, 400));
    told[story] = { still, left: { elements: parentElement.childElementCount, at_once, later: [...window.live.values()].sort() } };
    window.live.clear();
  }
  return told;
}
"""
STORIES = {
    "one call": {"shown": "1", "leave": "a"},
    "two calls": {"shown": "12", "leave": "b"},
    "late first call": {"shown": "12a", "leave": "b"},
    "late first call, cleaned up before the second": {"shown": "1a2", "leave": "b"},
    "left while both are under way": {"shown": "12", "leave": "ab"},
    "second call first": {"shown": "21a", "leave": "b"},
    "both clean-ups after both calls, second call first": {"shown": "21a", "leave": "ba"},
    "left while the second is under way": {"shown": "1", "leave": "a2b"},
    "left and come back": {"shown": "1a2", "leave": "ab"},
    "cleaned up twice": {"shown": "12aa", "leave": "bb"},
}


@dataclass(frozen=True)
class Given:
    """What the app gave a component."""

    script: str
    data: Any
    shadow: bool


def read_given(page: Page) -> dict[str, Given]:
    """What the components of a page that is open were called with last."""
    told = page.evaluate(
        """async () => Object.fromEntries(await Promise.all(Object.entries(window.called).map(
          async ([name, { url, ...rest }]) => [name, { script: await (await fetch(url)).text(), ...rest }])))"""
    )
    return {name: Given(**one) for name, one in told.items()}
