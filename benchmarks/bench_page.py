"""What a person waits for on the Search page, in headless Chromium: the start of the app, and Enter to the cards painted.

    python benchmarks/bench_page.py [--images 31783] [--queries 20] [--starts 3] [--folder DIR] [--request]

- start: the process is started as `make run` starts it once everything is installed; from there to the first hits of a
  linked query, their pictures painted, in a browser that is open already. Over the bundled gallery, median of the starts. Beside
  each stands what importing torch and streamlit takes in bare Python, and what both take of a processor;
- Enter: the app over a made-up dataset of pictures of Flickr30k's size (large_dataset.py; kept with --folder), the model
  warm. From the key to the frame in which all cards in view show the new hits with their pictures, median of
  different queries, most of whose pictures have no thumbnail yet; with --request
  each has three terms: words, words that are taken off, and a picture of the gallery;
- a like: from the key on a card to the frame in which the cards in view are those of the new ranking, with their pictures,
  after each query once.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import machine
from serving import PATIENCE_S, chromium, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Taken = tuple[float, float]  # seconds, and seconds of a processor

FIRST = "a castle by the sea"
FIELD = "What the pictures should show"
SUBJECTS = ("dog", "cat", "boat", "street", "mountain", "child", "bird", "tower", "flower", "horse")
# Whether the grid shows the hits of this query, and every card in view its picture.
PAINTED = """(query) => {
  const roots = [document, ...[...document.querySelectorAll('*')].map((one) => one.shadowRoot).filter(Boolean)];
  const found = (pattern) => roots.flatMap((root) => [...root.querySelectorAll(pattern)]);
  if (!found('[aria-label]').some((one) => one.ariaLabel.startsWith(`Pictures for ${query},`))) return false;
  const cards = found('.card[data-id]').filter((one) => {
    const box = one.getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight && box.width > 0;
  });
  return cards.length > 0 && cards.every((card) => {
    const picture = card.querySelector('img');
    return picture !== null && picture.complete && picture.naturalWidth > 0;
  });
}"""
NAMES = """() => [...document.querySelectorAll('*')].flatMap((one) => [...(one.shadowRoot?.querySelectorAll('.card[data-id]') ?? [])])
  .map((card) => card.dataset.id)"""
# The cards in their order, with how far each moved: changes with every like.
ORDER = """() => [...document.querySelectorAll('*')].map((one) => one.shadowRoot).filter(Boolean)
  .flatMap((root) => [...root.querySelectorAll('.card[data-id]')])
  .map((card) => `${card.dataset.id} ${card.querySelector('.move')?.textContent}`).join()"""
CLOCK = f"""([query, other]) => {{
  const order = {ORDER}, before = order();
  const shown = {PAINTED};
  const painted = (query) => (!other || order() !== before) && shown(query);
  window.took = null; window.begun = null;
  addEventListener('keydown', () => {{ window.begun = performance.now(); }}, {{capture: true, once: true}});
  const look = () => {{
    if (window.begun !== null && painted(query)) window.took = performance.now() - window.begun;
    else requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}}"""


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--images", type=int, default=31_783)
    parser.add_argument("--queries", type=int, default=20)
    parser.add_argument("--starts", type=int, default=3)
    parser.add_argument("--request", action="store_true", help="ask for three weighted terms instead of a sentence")
    parser.add_argument("--folder", type=Path, help="where the dataset is kept; a temporary folder when left out")
    arguments = parser.parse_args()
    print(machine.describe())
    with chromium() as browser:
        if arguments.starts:
            tell_starts([(start(browser), bare_imports()) for _ in range(arguments.starts)])
        if not arguments.queries:
            return
        with tempfile.TemporaryDirectory() as temporary:
            folder = arguments.folder or Path(temporary)
            if not (folder / "data" / "manifest.json").exists():
                write_dataset(folder, arguments.images)
            took, liked = enter(browser, folder, arguments.queries, terms=arguments.request)
        kind, goals = ("three terms, ", "0.35, goal 0.2") if arguments.request else ("", "0.5, goal 0.25")
        print(
            f"  Enter to cards painted, {kind}{arguments.images:,} pictures, mini, warm: median {statistics.median(took):.3f} s of "
            f"{len(took)} queries, best {min(took):.3f} s, slowest {max(took):.3f} s (floor {goals})"
        )
        print(
            f"  a like to re-ranked cards, {arguments.images:,} pictures: median {statistics.median(liked):.3f} s of "
            f"{len(liked)}, slowest {max(liked):.3f} s (floor 0.3, goal 0.15)"
        )


def tell_starts(rounds: Sequence[tuple[Taken, Taken]]) -> None:
    (starts, processor), (imports, bare_processor) = (zip(*one, strict=True) for one in zip(*rounds, strict=True))
    print(
        f"  start to first hits, bundled gallery: median {statistics.median(starts):.2f} s of {len(starts)}, "
        f"best {min(starts):.2f} s (floor 8, goal 4)\n"
        f"    ÷ importing torch and streamlit, {statistics.median(imports):.2f} s: {machine.median_ratio(starts, imports):.2f} "
        f"(floor 1.7, goal 1.2)\n"
        f"    of the processor: server {statistics.median(processor):.2f} s, imports {statistics.median(bare_processor):.2f} s"
    )


def bare_imports() -> Taken:
    before = os.times()
    took = machine.seconds(lambda: subprocess.run([sys.executable, "-c", "import torch, streamlit"], check=True))
    after = os.times()
    return took, after.children_user + after.children_system - before.children_user - before.children_system


def start(browser: Browser) -> Taken:
    """Seconds, and those of a processor that the server takes meanwhile."""
    page = new_page(browser)
    started = time.perf_counter()
    with served() as app:
        page.goto(f"{app.url}/?{urlencode({'q': FIRST})}")
        page.wait_for_function(PAINTED, arg=FIRST, polling="raf")
        took = time.perf_counter() - started, app.processor_s()
        page.context.close()
    return took


def enter(browser: Browser, folder: Path, queries: int, *, terms: bool) -> tuple[list[float], list[float]]:
    """Seconds of each query, and of a like after it."""
    with served(folder / "data", folder / "pictures") as app:
        page = new_page(browser)
        page.goto(f"{app.url}/?{urlencode({'q': FIRST})}")
        page.wait_for_function(PAINTED, arg=FIRST, polling="raf")
        page.wait_for_function("!document.body.innerText.includes('is loading')")
        pictures = page.evaluate(NAMES)
        took, liked = [], []
        for number in range(queries + 2):
            query = f"a {SUBJECTS[number % len(SUBJECTS)]} number {number}"
            label = ""
            if terms:
                picture = pictures[number % len(pictures)]
                label = f"3 terms: {query} / snow / {picture}"
                query = f"1.5*{query} - 0.5*snow + [{picture}]"
            took.append(ask(page, query, label=label))
            liked.append(like(page, label or query))
        page.context.close()
    return took[2:], liked[2:]


def ask(page: Page, query: str, *, label: str = "") -> float:
    """Seconds from Enter to the cards, by the browser's clock; ``label`` is what the page calls a query of terms."""
    clear = page.get_by_role("button", name="Clear the query")
    if label and clear.is_visible():
        clear.click()  # or what is typed would be one more term
        page.wait_for_function(f"!({PAINTED})({json.dumps(label)}) && location.search.indexOf('terms=') < 0")
    field = page.get_by_role("combobox", name=FIELD)
    field.evaluate("(field, text) => { field.value = text; }", query)  # so that Enter and not the typing asks
    field.focus()
    took = pressed(page, "Enter", label or query, other=False)
    # The run that answered is over.
    page.wait_for_url(lambda address: urlencode({"terms" if label else "q": query}) in address)
    return took


def like(page: Page, query: str) -> float:
    """Seconds from liking the tenth card to another ranking."""
    page.locator(".card .picture").nth(9).focus()
    took = pressed(page, "+", query, other=True)
    page.wait_for_url(lambda address: "liked=" in address)
    return took


def pressed(page: Page, key: str, query: str, *, other: bool) -> float:
    """Seconds from a key to the cards of a query, in another order than before where that is waited for."""
    page.evaluate(CLOCK, [query, other])
    page.keyboard.press(key)
    page.wait_for_function("window.took !== null")
    return float(page.evaluate("window.took")) / 1e3


def new_page(browser: Browser) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(PATIENCE_S * 1e3)
    return context.new_page()


def write_dataset(folder: Path, images: int) -> None:
    from large_dataset import write_large_dataset

    from t2i_core.encoder import open_encoder

    write_large_dataset(folder, images, open_encoder("mini"), pictures=True)


if __name__ == "__main__":
    main()
