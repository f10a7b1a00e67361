"""Visits to all pages, one after the other, and how many stay blank: a component that has not drawn within a bound.

    python benchmarks/soak_pages.py [--visits 1000] [--busy 2] [--bound 60] [--minutes 600] [--seed 0] [--data FOLDER]

Pages are opened by their address, loaded again, and switched to by link and by key, in an order drawn by the seed, in headless
Chromium; every twenty visits in a fresh browser context, as for another person. `--busy` loops keep that many cores at work
meanwhile, because what goes wrong between a page and its components goes wrong on a busy machine. A visit is over when
every component of the page has drawn what it was given. Exit code 1 when a page stayed blank or a script failed.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import machine
from serving import chromium, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

VISITS_OF_A_PERSON = 20
# By address: the name of the link to a page, the key that opens it, and what is there once all its components have drawn.
BAR = 'input[role="combobox"][aria-label="What the pictures should show"]'
PAGES = {
    "/": ("Search", None, (BAR, ".card[data-id] img")),
    "/?q=a+castle": (None, None, (BAR, ".card[data-id] .rank")),
    "/embedding_map": ("Map", "m", (BAR, '.t2i-map[data-state="ready"]', ".card[data-id] img")),
    "/captions": ("Captions", "c", ("tr.row .sentence", ".plot rect")),
    "/saved": ("Saved", "v", (".st-key-saved_nothing, [class*=st-key-saved_search_]",)),
    "/lab": ("Lab", None, (".t2i-lab-plot[data-state=drawn]", ".row .told")),
    "/audit": ("Audit", "a", (".st-key-audit_start button",)),
    "/build": ("Build", None, ('[data-testid="stTextInput"] input',)),
}


@dataclass
class Outcome:
    """What came of the visits."""

    seconds: list[float] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    blank: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--visits", type=int, default=1000)
    parser.add_argument("--busy", type=int, default=2, help="loops that keep a core at work each")
    parser.add_argument("--bound", type=float, default=60, help="seconds after which a page counts as blank")
    parser.add_argument("--minutes", type=float, default=600, help="end earlier, and report the visits made until then")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, help="dataset folder; the bundled gallery when left out")
    arguments = parser.parse_args()
    print(machine.describe())
    outcome = Outcome()
    # Stopped from outside it still ends what it started, and tells what it has seen.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    try:
        with served(arguments.data) as app, chromium(webgl=True) as browser, busy(arguments.busy):
            wander(browser, app.url, outcome, arguments)
    finally:
        report(outcome, arguments.busy)
    sys.exit(1 if outcome.blank or outcome.faults else 0)


def report(outcome: Outcome, loops: int) -> None:
    """Print the figures."""
    if not outcome.seconds:
        return
    told = ", ".join(f"{count} by {kind}" for kind, count in sorted(outcome.kinds.items()))
    print(f"  {len(outcome.seconds)} visits with {loops} busy loops, load {os.getloadavg()[0]:.1f} at the end ({told})")
    ordered = sorted(outcome.seconds)
    print(
        f"  blank: {len(outcome.blank)}; drawn after a median of {statistics.median(ordered):.2f} s, "
        f"99 of 100 within {ordered[int(0.99 * (len(ordered) - 1))]:.2f} s, slowest {ordered[-1]:.2f} s"
    )
    for line in outcome.blank + outcome.faults:
        print(f"  {line}")


def wander(browser: Browser, url: str, outcome: Outcome, arguments: argparse.Namespace) -> None:
    """Make the visits and note what comes of each."""
    chance, bound = random.Random(arguments.seed), arguments.bound
    end = time.perf_counter() + 60 * arguments.minutes
    page, at = None, ""
    for number in range(arguments.visits):
        if time.perf_counter() > end:
            return
        if number % VISITS_OF_A_PERSON == 0:
            if page is not None:
                page.context.close()
            page, at = new_page(browser, outcome), ""
        assert page is not None
        to = chance.choice(list(PAGES))
        kind = chance.choice(["address", "reload", "link", "key"]) if at else "address"
        link, key, _ = PAGES[to]
        if kind == "reload":
            to = at
        elif (kind == "key" and (key is None or to == at)) or (kind == "link" and (link is None or to == at)):
            kind = "address"
        started = time.perf_counter()
        missing = visit(page, url, to, kind, bound)
        outcome.seconds.append(time.perf_counter() - started)
        outcome.kinds[kind] += 1
        at = to
        if missing:
            outcome.blank.append(f"visit {number}, {to} by {kind}: not there after {bound:.0f} s: {', '.join(missing)}")
            at = ""
            page.context.close()
            page = new_page(browser, outcome)


def visit(page: Page, url: str, to: str, kind: str, bound: float) -> list[str]:
    """Go to a page; what of it has not been drawn when the bound is over."""
    from playwright.sync_api import TimeoutError as TooLate

    try:
        go(page, url, to, kind, bound)
    except TooLate as error:
        return [f"the page ({error.message.splitlines()[0]})"]
    return wait_until_drawn(page, to, bound)


def go(page: Page, url: str, to: str, kind: str, bound: float) -> None:
    """Begin a visit."""
    page.set_default_timeout(bound * 1e3)
    link, key, _ = PAGES[to]
    if kind == "address":
        page.goto(url + to)
    elif kind == "reload":
        page.reload()
    else:
        if kind == "link":
            page.get_by_role("link", name=link, exact=True).click()
        else:
            page.evaluate("document.activeElement && document.activeElement.blur()")
            page.keyboard.press(str(key))
        path = to.partition("?")[0]
        page.wait_for_url(lambda address: urlsplit(address).path == path)


def wait_until_drawn(page: Page, to: str, bound: float) -> list[str]:
    """What has not been drawn when the bound is over; empty once everything has."""
    deadline = time.perf_counter() + bound
    wanted = (
        '[data-test-script-state="notRunning"]',
        "html[data-page-keys]",  # every page listens for keys
        *PAGES[to][2],
    )  # all at once: what was drawn may be taken away again
    while True:
        missing = [one for one in wanted if page.locator(one).count() == 0]
        if not missing or time.perf_counter() > deadline:
            return missing
        page.wait_for_timeout(25)


def new_page(browser: Browser, outcome: Outcome) -> Page:
    """A browser of a person who was not here before."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.on("pageerror", lambda error: outcome.faults.append(f"script error: {error}"))
    return page


@contextmanager
def busy(loops: int) -> Iterator[None]:
    """Processes that only spin, until the end."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(loops)]
    try:
        yield
    finally:
        for one in running:
            one.kill()
            one.wait()


if __name__ == "__main__":
    main()
