"""Choosing among many pictures, in headless Chromium: filters, stacks, tags, and hits and pictures on the map.

    python benchmarks/bench_choosing.py [--images 31783] [--rounds 12] [--folder DIR] [--only search|map]

Over a made-up dataset of Flickr30k's size (large_dataset.py; kept with --folder), mini, warm, in one window each:

- Enter to the cards painted, with a filter, copies stacked and a cutoff, beside the same queries plain: in each round one
  of each, so that a busy machine hurts both alike, with the server's own processor time;
- a filter of the panel turned on or off, to the cards;
- 100 selected pictures tagged by a key: to the dot on each card, and to the answer that it is written;
- the pointer on a hit beside the map: to the frame that has its mark on the map;
- the map moved with pictures in place of its points: frames a second in which it is elsewhere, and with points at the
  same place.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import machine
import numpy as np
from bench_page import FIRST, PAINTED, ask, new_page, write_dataset
from serving import Served, chromium, served

if TYPE_CHECKING:
    from playwright.sync_api import Page

SUBJECTS = ("dog", "cat", "boat", "street", "mountain", "child", "bird", "tower", "flower", "horse")
NARROWED = {"where": '[{"field":"orientation","values":["landscape"]}]', "stack": "copies", "cut": "best-0.3"}
STACKED = 5  # pictures a stack, of a tenth of all
TAGGED = 100
MAP = "document.querySelector('.t2i-map').embeddingMap"
IN_VIEW = 30  # pictures in place of points, at least


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--images", type=int, default=31_783)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--folder", type=Path, help="where the dataset is kept; a temporary folder when left out")
    parser.add_argument("--only", choices=("search", "map"), help="measure on one of both pages alone")
    arguments = parser.parse_args()
    print(machine.describe())
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        if not (folder / "data" / "manifest.json").exists():
            write_dataset(folder, arguments.images)
        prepare(folder / "data", folder / "pictures", mapped=arguments.only != "search")
        with served(folder / "data", folder / "pictures") as app:
            if arguments.only != "map":
                with chromium() as browser:
                    plain, narrowed = new_page(browser), new_page(browser)
                    enter(app, plain, narrowed, rounds=arguments.rounds)
                    filters(plain, rounds=arguments.rounds)
                    tags(narrowed, app.url, rounds=arguments.rounds)
            if arguments.only != "search":
                with chromium(webgl=True) as browser:
                    on_map(new_page(browser), app.url, rounds=arguments.rounds)


def prepare(data: Path, pictures: Path, *, mapped: bool) -> None:
    """Stacks, a tag and a map, as commands would leave them; made up, for nothing depends on what is in them."""
    from t2i_core.dataset import read_gallery
    from t2i_core.dataset.stacks_file import Stacks, write_stacks
    from t2i_core.marks import tag_pictures
    from t2i_core.projection import PROJECTION_NAME
    from tests import demo_maps

    gallery = read_gallery(data, pictures)
    stacks = np.arange(len(gallery))
    for first in range(0, len(gallery) - STACKED, 10 * STACKED):
        stacks[first : first + STACKED] = first
    write_stacks(gallery, Stacks(copies=stacks))
    (data / "tags.csv").unlink(missing_ok=True)
    tag_pictures(data, gallery.image_ids[:1], add=["keep"])
    if mapped and not (data / PROJECTION_NAME).exists():
        from t2i_core.projection.layout import pca_layout

        demo_maps.write_map(data, coordinates=pca_layout(gallery.image_embeddings))


def enter(app: Served, plain: Page, narrowed: Page, *, rounds: int) -> None:
    """Enter to cards, plain and with everything that narrows, one after the other."""
    opened: tuple[tuple[Page, dict[str, str]], ...] = ((plain, {}), (narrowed, NARROWED))
    for page, more in opened:
        page.goto(f"{app.url}/?{urlencode({'q': FIRST, **more})}")
        page.wait_for_function(PAINTED, arg=FIRST, polling="raf")
        page.wait_for_function("!document.body.innerText.includes('is loading')")
    took: list[list[float]] = [[], []]
    used: list[list[float]] = [[], []]
    for number in range(rounds + 2):
        for way, (page, _) in enumerate(opened):
            before = cpu_seconds(app)
            took[way].append(ask(page, f"a {SUBJECTS[number % len(SUBJECTS)]} number {number}"))
            used[way].append(cpu_seconds(app) - before)
    for what, way in (("plain", 0), ("filter, stacks and cutoff", 1)):
        tell(f"Enter to cards, {what}", took[way][2:], "(floor 0.35, goal 0.2)" if way else "")
        tell("  the server's processor time of it", used[way][2:])
    ratio = machine.median_ratio(took[1][2:], took[0][2:])
    print(f"  narrowed ÷ plain: × {ratio:.2f}; processor time × {machine.median_ratio(used[1][2:], used[0][2:]):.2f}")


def filters(page: Page, *, rounds: int) -> None:
    """A value of the panel turned on and off."""
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    value = page.get_by_role("checkbox", name="portrait,")
    value.wait_for()
    took = []
    for number in range(rounds):
        on = number % 2 == 0
        page.evaluate(CLOCK, [f"({PAINTED})", query_of(page), "click"])
        value.click()
        page.wait_for_function("window.took !== null")
        took.append(float(page.evaluate("window.took")) / 1e3)
        page.wait_for_function("on => location.search.includes('portrait') === on", arg=on)
    tell("a filter turned on or off to cards", took, "(floor 0.3, goal 0.15, at 1,000,000)")


def tags(page: Page, url: str, *, rounds: int) -> None:
    """A key that tags 100 selected pictures, or takes the tag from them."""
    page.goto(f"{url}/?{urlencode({'q': FIRST, 'k': TAGGED, 'size': 'S'})}")
    page.wait_for_function(PAINTED, arg=FIRST, polling="raf")
    cards = page.locator(".card .picture")
    cards.nth(0).focus()
    page.keyboard.press("x")
    cards.nth(TAGGED - 1).focus()
    page.keyboard.press("Shift+X")
    page.wait_for_function(f"({SELECTED})() === {TAGGED}")
    dotted, written = [], []
    for number in range(rounds):
        wanted = TAGGED if number % 2 == 0 else 0
        before = page.evaluate(TOLD)
        page.evaluate(MARKS, [wanted, before])
        page.keyboard.press("1")
        page.wait_for_function("window.written !== null")
        dotted.append(float(page.evaluate("window.dotted")) / 1e3)
        written.append(float(page.evaluate("window.written")) / 1e3)
    tell(f"{TAGGED} pictures tagged to their marks", dotted, "(floor 0.3, goal 0.1)")
    tell("  to the answer that it is written", written)


def on_map(page: Page, url: str, *, rounds: int) -> None:
    """Marks of hits, and the map moved with pictures and with points."""
    page.goto(f"{url}/embedding_map?{urlencode({'q': FIRST})}")
    page.wait_for_selector('.t2i-map[data-state="ready"]')
    page.wait_for_function(f"{MAP}.data.hits.length > 0 && !document.body.innerText.includes('is loading')")
    cards = page.locator(".card .picture")
    cards.nth(5).wait_for()
    took = []
    for number in range(2 * rounds):
        page.mouse.move(2, 2)
        page.wait_for_function(f"{MAP}.pointed.element.hidden")
        page.evaluate(HOVERED)
        cards.nth(number % 6).hover()
        page.wait_for_function("window.took !== null")
        took.append(float(page.evaluate("window.took")) / 1e3)
    tell("pointer on a hit to its mark on the map", took, "(floor 0.060, goal 0.016)")
    page.mouse.move(2, 2)
    page.evaluate(NEAR)
    page.wait_for_function(f"Number({MAP}.root.dataset.thumbnails) >= {IN_VIEW}", timeout=300_000)
    page.wait_for_timeout(1500)  # until those that are in view came
    told: dict[bool, list[dict[str, float]]] = {}
    for number in range(2 * max(2, rounds // 3)):
        with_pictures = number % 2 == 0
        told.setdefault(with_pictures, []).append(panned(page))
        page.locator(".t2i-map .thumbnails").click()
    for with_pictures, what in ((True, "pictures"), (False, "points")):
        frames = [one["fps"] for one in told[with_pictures]]
        print(
            f"  moving the map with {what}: median {statistics.median(frames):.0f} frames a second, "
            f"worst frame {max(one['worst'] for one in told[with_pictures]):.0f} ms; "
            f"{statistics.median(one['own'] for one in told[with_pictures]):.1f} ms of our own drawing a frame; "
            f"{max(one['pictures'] for one in told[with_pictures]):.0f} pictures in view"
            + ("   (floor 20, goal 50)" if with_pictures else "")
        )


def panned(page: Page) -> dict[str, float]:
    """Drag the map to and fro: frames a second in which it was elsewhere, the longest, and what our drawing takes of one."""
    box = page.locator(".t2i-map").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 5, y + 5)
    page.evaluate(PANNING)
    for way in (90, -90, 60, 0):
        page.mouse.move(x + way, y + way / 2, steps=25)
    told: dict[str, float] = page.evaluate("window.panned()")
    page.mouse.up()
    return told


def cpu_seconds(app: Served) -> float:
    """Processor time the app's process has used."""
    fields = Path(f"/proc/{app.process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def query_of(page: Page) -> str:
    """What the page asks, by its field."""
    return str(page.get_by_role("combobox", name="What the pictures should show").input_value())


def tell(what: str, took: list[float], goal: str = "") -> None:
    print(
        f"  {what}: median {statistics.median(took):.3f} s of {len(took)}, best {min(took):.3f}, slowest {max(took):.3f}   {goal}",
        flush=True,
    )


ROOTS = "[document, ...[...document.querySelectorAll('*')].map((one) => one.shadowRoot).filter(Boolean)]"
CARDS = f"{ROOTS}.flatMap((root) => [...root.querySelectorAll('.card[data-id]')])"
SELECTED = f"() => {CARDS}.filter((card) => card.classList.contains('selected')).length"
TOLD = f"() => {ROOTS}.map((root) => root.querySelector('.tray .told')?.textContent ?? '').join('')"
# From an event to other cards in view, painted.
CLOCK = f"""([shown, query, kind]) => {{
  const painted = eval(shown), order = () => {CARDS}.map((card) => card.dataset.id).join(), before = order();
  window.took = null; window.begun = null;
  addEventListener(kind, () => {{ window.begun ??= performance.now(); }}, {{ capture: true, once: true }});
  const look = () => {{
    if (window.begun !== null && order() !== before && painted(query)) window.took = performance.now() - window.begun;
    else requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}}"""
# From a key to a dot on so many cards, and to another answer of the tray.
MARKS = f"""([wanted, before]) => {{
  const told = {TOLD}, dots = () => {CARDS}.filter((card) => card.querySelector('.dots')?.childElementCount > 0).length;
  window.dotted = window.written = window.begun = null;
  addEventListener('keydown', () => {{ window.begun = performance.now(); }}, {{ capture: true, once: true }});
  const look = () => {{
    const passed = window.begun === null ? null : performance.now() - window.begun;
    if (passed !== null && window.dotted === null && dots() === wanted) window.dotted = passed;
    if (window.dotted !== null && told() !== before) window.written = passed;
    else requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}}"""
# From the pointer's coming onto a card to the frame that has the mark.
HOVERED = f"""() => {{
  window.took = null; window.begun = null;
  const onto = (event) => {{
    if (!event.composedPath().some((one) => one.classList?.contains('card'))) return;
    window.begun ??= performance.now();
  }};
  addEventListener('pointerover', onto, {{ capture: true }});
  const look = () => {{
    if (window.begun !== null && !{MAP}.pointed.element.hidden) {{
      removeEventListener('pointerover', onto, {{ capture: true }});
      setTimeout(() => {{ window.took = performance.now() - window.begun; }});
    }} else requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}}"""
# Into the map, so far that each point has room for its picture.
NEAR = f"""() => {{
  const map = {MAP}, [x, y] = [map.points.x[0], map.points.y[0]];
  const far = Array.from(map.points.x, (one, i) => Math.max(Math.abs(one - x), Math.abs(map.points.y[i] - y))).sort((a, b) => a - b);
  const [reach, wide] = [far[60], map.width / map.height];
  map.viewport.show({{ x0: x - reach * wide, x1: x + reach * wide, y0: y - reach, y1: y + reach }});
}}"""
# Frames in which the map is elsewhere, from now on, and what our own drawing takes.
PANNING = f"""() => {{
  const map = {MAP}, draw = map.draw.bind(map), frames = [];
  let [own, draws, last, going] = [0, 0, '', true];
  map.draw = () => {{ const begun = performance.now(); draw(); own += performance.now() - begun; draws += 1; }};
  const look = (now) => {{
    const at = JSON.stringify(map.view);
    if (at !== last) frames.push(now);
    last = at;
    if (going) requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
  window.panned = () => {{
    going = false;
    map.draw = draw;
    const gaps = frames.slice(1).map((one, i) => one - frames[i]);
    return {{
      fps: 1000 * gaps.length / (frames.at(-1) - frames[0]), worst: Math.max(...gaps), own: own / Math.max(1, draws),
      pictures: map.thumbnails.drawn.size,
    }};
  }};
}}"""


if __name__ == "__main__":
    main()
