// Numbers of things in sentences, as t2i_core/counting.py writes them.

function countOf(number, noun) {
  return `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;
}
