"""How fast the map page is in headless Chromium with WebGL drawn by the processor.

    python benchmarks/bench_map.py [--pictures 31783] [--rounds 3] [--million]

Serves the app over a made-up dataset (tests/demo_maps.py) and prints the figures: bytes of the points, a cold browser to
the first picture on hover, Enter to the marker drawn, a lasso's release to its cards, and a mouse move while it is drawn.
``--million`` measures the first picture of a map of 1,000,000 points instead.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import machine
from playwright.sync_api import Browser, Page
from serving import chromium, served

PATIENCE_MS = 600_000
READY = '.t2i-map[data-state="ready"]'
MAP = "document.querySelector('.t2i-map').embeddingMap"
QUERIES = ("an old mill", "a castle by the sea", "two dogs", "a rocket", "snow", "red flowers")
Figures = dict[str, list[float]]


def main() -> None:
    from tests import demo_dataset, demo_maps

    parser = machine.options(__doc__)
    parser.add_argument("--pictures", type=int, default=31_783)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--million", action="store_true")
    arguments = parser.parse_args()
    pictures = 1_000_000 if arguments.million else arguments.pictures
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        checkpoint = demo_dataset.write_checkpoint(folder / "tiny.pt")
        demo_maps.write_large_dataset(folder / "data", checkpoint, images=pictures)
        with served(folder / "data", model=checkpoint) as app:
            with chromium(webgl=True) as browser:
                first_picture(browser, app.url)  # the server is warm from here on
            for _ in range(arguments.rounds):
                with chromium(webgl=True) as browser:
                    measure(browser, app.url, figures, many=arguments.million)
    tell(pictures, figures, many=arguments.million)


def first_picture(browser: Browser, url: str) -> tuple[Page, float]:
    """A page of its own; milliseconds from going there to the map drawn."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(PATIENCE_MS)
    started = time.perf_counter()
    page.goto(f"{url}/embedding_map")
    page.wait_for_selector(READY)
    return page, (time.perf_counter() - started) * 1e3


def measure(browser: Browser, url: str, figures: Figures, *, many: bool) -> None:
    page, ready_ms = first_picture(browser, url)
    note(figures, "cold browser to the map drawn", ready_ms)
    if many:
        note(figures, "bytes of the map", page.evaluate(_MEDIA_BYTES))
        return
    note(figures, "bytes of the points", page.evaluate(_MEDIA_BYTES))
    started = time.perf_counter()
    x, y = page.evaluate(_spot(0))
    page.mouse.move(x - 5, y - 5)
    page.mouse.move(x, y)
    page.wait_for_function("(document.querySelector('.t2i-map .point.hover img') || {}).naturalWidth > 0")
    note(figures, "cold browser to the first picture on hover", ready_ms + (time.perf_counter() - started) * 1e3)
    page.wait_for_function("!document.body.innerText.includes('is loading')")
    field = page.get_by_role("combobox", name="What the pictures should show")
    for query in QUERIES:
        # Typed in one go, so that Enter and not the typing asks.
        field.evaluate("(field, text) => { field.value = text; }", query)
        shown = clocked(page, lambda: field.press("Enter"), f"{MAP}.root.dataset.query === {query!r}")
        note(figures, "Enter to marker drawn", shown)
    page.get_by_role("button", name="Lasso", exact=True).click()
    note(figures, "points in the lasso", lasso(page, figures))


def lasso(page: Page, figures: Figures) -> float:
    """Around some five thousand points in the map's middle; how many there were."""
    corners = page.evaluate(_AROUND_5000)
    page.mouse.move(*corners[0])
    page.mouse.down()
    page.evaluate(_WATCH_MOVES)
    for x, y in corners[1:]:
        page.mouse.move(x, y, steps=6)
    for move in page.evaluate("window.moves"):
        note(figures, "a mouse move while drawing", move)
    shown = "document.querySelector('[data-testid=stMain]').innerText.includes('pictures selected')"
    note(figures, "mouse released to cards shown", clocked(page, page.mouse.up, shown))
    return float(page.evaluate(f"{MAP}.selector.rows.length"))


def clocked(page: Page, act: Callable[[], Any], shown: str) -> float:
    """Milliseconds from an action to what it brings, by the browser's clock, looked at every frame."""
    page.evaluate(
        "shown => { window.took = null; window.begun = null;"
        " const begin = () => { if (window.begun === null) window.begun = performance.now(); };"
        " addEventListener('keydown', begin, {capture: true, once: true});"
        " addEventListener('pointerup', begin, {capture: true, once: true});"
        " const look = () => { if (window.begun !== null && eval(shown)) window.took = performance.now() - window.begun;"
        " else requestAnimationFrame(look); }; requestAnimationFrame(look); }",
        shown,
    )
    act()
    page.wait_for_function("window.took !== null")
    return float(page.evaluate("window.took"))


_MEDIA_BYTES = (
    "performance.getEntriesByType('resource').filter(one => one.name.endsWith('.bin'))"
    ".reduce((sum, one) => sum + one.encodedBodySize, 0)"
)
_AROUND_5000 = f"""(() => {{
  const map = {MAP}, box = map.root.getBoundingClientRect();
  const [x, y] = [map.points.x, map.points.y];
  const away = Array.from(x, (one, i) => Math.hypot(one, y[i])).sort((a, b) => a - b);
  const reach = away[Math.min(away.length - 1, 5000)];
  return Array.from({{length: 25}}, (_, i) => {{
    const turn = (i / 24) * 2 * Math.PI;
    const [left, top] = map.toPixels(reach * Math.cos(turn), reach * Math.sin(turn));
    return [box.left + left, box.top + top];
  }});
}})()"""
_WATCH_MOVES = f"""(() => {{
  window.moves = [];
  const selector = {MAP}.selector, go = selector.go.bind(selector);
  selector.go = (event) => {{
    const begun = performance.now();
    go(event);
    requestAnimationFrame(() => setTimeout(() => window.moves.push(performance.now() - begun)));
  }};
}})()"""


def _spot(row: int) -> str:
    return (
        f"(() => {{ const map = {MAP}, b = map.root.getBoundingClientRect();"
        f" const [l, t] = map.toPixels(map.points.x[{row}], map.points.y[{row}]); return [b.left + l, b.top + t]; }})()"
    )


def note(figures: Figures, name: str, value: float) -> None:
    figures.setdefault(name, []).append(float(value))


def tell(pictures: int, figures: Figures, *, many: bool) -> None:
    goals = {
        "bytes of the points": "floor 600,000, goal 300,000",
        "cold browser to the first picture on hover": "floor 5,000, goal 3,000",
        "Enter to marker drawn": "floor 500, goal 200",
        "a mouse move while drawing": "floor 100, goal 30",
        "mouse released to cards shown": "floor 1,000, goal 400",
    }
    if many:
        goals = {"cold browser to the map drawn": "floor 8,000, goal 3,000"}
    print(machine.describe())
    print(f"plotly {version('plotly')}; Chromium with WebGL on the processor; N = {pictures:,}, medians")
    for name, values in figures.items():
        unit = "" if name.startswith(("bytes", "points")) else " ms"
        goal = f"   ({goals[name]})" if name in goals else ""
        print(f"{name:44} {statistics.median(values):12,.0f}{unit}{goal}")


if __name__ == "__main__":
    main()
