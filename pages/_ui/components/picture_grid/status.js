// The line above the pictures: what is shown, and how long it took.

import { make } from "../shared/drawing.js";

/** @import { GridData } from "./data.d.ts" */

export class Status {
  line = make("div", "status");
  summary = make("span", "summary");
  times = make("span", "times");

  constructor() {
    this.summary.setAttribute("role", "status"); // read out when it changes; the milliseconds beside it are not
    this.times.title = "Time spent on the query by the model, on scoring all pictures, and on drawing the cards";
  }

  /**
   * @param {GridData} data
   * @param {number} drawMs how long drawing the cards took here
   */
  draw({ summary = "", timings }, drawMs) {
    if (this.summary.textContent !== summary) this.summary.textContent = summary;
    this.line.classList.toggle("nothing", !summary);
    this.line.replaceChildren(this.summary);
    if (!summary || !timings) return;
    const parts = timings.encode_ms > 0 ? [`encode ${milliseconds(timings.encode_ms)}`] : [];
    parts.push(`search ${milliseconds(timings.search_ms)}`, `render ${milliseconds(timings.pictures_ms + drawMs)}`);
    this.times.textContent = parts.join(" · ");
    this.line.append(this.times);
  }
}

/** @param {number} value */
function milliseconds(value) {
  return `${value < 0.95 ? value.toFixed(1) : Math.round(value)}\u202fms`;
}
