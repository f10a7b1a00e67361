// Plotly's script, loaded once a page, and whether this browser can draw with it.

/** @import { Plotly } from "./types.d.ts" */

/** @type {Promise<Plotly> | null} */
let loading = null;

/** Plotly, where its script has come. @returns {Plotly | undefined} */
export function plotly() {
  return /** @type {{ Plotly?: Plotly }} */ (/** @type {unknown} */ (window)).Plotly;
}

/**
 * @param {string} address
 * @returns {Promise<Plotly>}
 */
export function loadPlotly(address) {
  const there = plotly();
  if (there) return Promise.resolve(there);
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const fail = () => {
      loading = null;
      reject(new Error("Plotly's script could not be loaded"));
    };
    script.src = new URL(address, document.baseURI).href;
    script.onload = () => {
      const come = plotly();
      if (come) resolve(come);
      else fail();
    };
    script.onerror = fail;
    document.head.append(script);
  });
  return loading;
}

export function hasWebGL() {
  try {
    const context = document.createElement("canvas").getContext("webgl");
    if (!context) return false;
    context.getExtension("WEBGL_lose_context")?.loseContext(); // a page may hold only a few
    return true;
  } catch {
    return false;
  }
}
