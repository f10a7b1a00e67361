"""What axe finds on a page, and what those who listen to a page are told."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

# The newest axe comes with the scripts' tools, where there is Node; the one from the package index is behind it.
_NEWEST = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
_PACKAGED = files("axe_playwright_python").joinpath("axe.min.js")
AXE = (_NEWEST if _NEWEST.is_file() else _PACKAGED).read_text(encoding="utf-8")
# Every rule axe runs by itself is kept, best practices too, and no part of the page is left out.
# A run that begins meanwhile fades what it has not drawn again yet, so nothing that was found then counts: null.
_FINDINGS = """async () => {
  const app = document.querySelector("[data-test-script-state]");
  let ran = false;
  const watch = new MutationObserver(() => { ran = true; });
  if (app) watch.observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] });
  const found = await axe.run(document, { resultTypes: ["violations"] });
  watch.disconnect();
  return ran ? null : found.violations.flatMap(
    (one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}"""


# What moves for a moment is half see-through, which would be told as too little contrast; so is a page that is being drawn.
_AT_REST = """() => {
  const app = document.querySelector("[data-test-script-state]");
  return (!app || app.dataset.testScriptState === "notRunning") && document.getAnimations().every(
    (one) => one.playState !== "running" || one.effect.getTiming().iterations === Infinity);
}"""


def violations(page: Page) -> list[str]:
    """Every violation on the page once it rests."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)
    for _ in range(60):
        page.wait_for_function(_AT_REST)
        found: list[str] | None = page.evaluate(_FINDINGS)
        if found is not None:
            return found
    raise AssertionError("The page is drawn again all the time.")


def headings(page: Page) -> list[tuple[int, str]]:
    """Level and words of every heading, in the page's order."""
    return [(one["level"], one["text"]) for one in page.evaluate(_HEADINGS)]


_HEADINGS = """() => {
  const found = [];
  const walk = (root) => {
    for (const one of root.children) {
      const level = /^H[1-6]$/.test(one.tagName) && one.offsetParent !== null ? Number(one.tagName[1]) : 0;
      if (level) found.push({ level, text: one.innerText.trim() });
      walk(one);
      if (one.shadowRoot) walk(one.shadowRoot);
    }
  };
  walk(document.body);
  return found;
}"""


def tree(page: Page) -> list[dict[str, Any]]:
    """The page as the browser tells it to those who listen: role and name of everything that has one."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        {"role": one.get("role", {}).get("value", ""), "name": one.get("name", {}).get("value", "")}
        for one in nodes
        if not one["ignored"]
    ]
