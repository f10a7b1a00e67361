"""Cold starts with somebody who clicks: how many of them end in a dead page.

    python benchmarks/soak_cold_starts.py [--starts 200] [--clicks 30] [--slow 4] [--busy CORES] [--seed 0]

Each start is a server process of its own over a fresh copy of the bundled dataset, with no thumbnail, index or map read yet.
A headless Chromium opens one of the pages and goes from page to page at once, by the links and by the keys m and c, a few
times within a tenth of a second, while the model loads. The machine is kept busy meanwhile by one loop a core, and
``--slow`` makes the model take so many seconds longer, in which it holds the server's other threads up; that gives a race more
chances, and 0 leaves it as it is.

A start counts as dead when Streamlit shows an error, its console tells of a message it could not place or did not have,
the connection breaks off, links are disabled, or the page that was asked for last is not there in the end.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import machine
from serving import chromium, wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATHS = ("/", "/?q=a+castle+by+the+sea", "/embedding_map", "/captions", "/saved", "/lab", "/audit", "/build")
# Each page's address by the words on its link.
PAGES = {
    "Search": "", "Map": "embedding_map", "Captions": "captions", "Saved": "saved", "Lab": "lab", "Audit": "audit", "Build": "build",
}  # fmt: skip
KEYS = ("m", "c", "v")
BURST, PAUSES_S, LOOKS_S = (1, 2, 2, 3, 4), (0.0, 0.01, 0.03, 0.1, 0.3), (0.1, 1.2)
ALIVE_WITHIN_S = 60
SWITCH_S = 0.05  # how long a thread of the server waits for the one that loads the model, at each turn
FATAL = (
    "Bad delta path",
    "Cached ForwardMsg MISS",
    "Bad message format",
    "at a delta path",
    "disconnected from server",
)
LINKS = '[data-testid="stSidebar"] a[data-testid="stPageLink-NavLink"]'
# Asked in the page, so that a click lands at once, whatever is drawn over the link.
CLICK = """(label) => {
  const link = [...document.querySelectorAll('[data-testid="stSidebar"] a')].find((one) => one.innerText.trim().endsWith(label));
  if (!link) return false;
  link.click();
  return true;
}"""
# Why the page that was asked for last is not there, or nothing once it is.
MISSING = """([label, path]) => {
  const dialog = document.querySelector('[data-testid="stDialog"], [data-testid="stException"]');
  if (dialog) return `an error is shown: ${dialog.innerText.replaceAll('\\n', ' ').slice(0, 80)}`;
  const links = [...document.querySelectorAll('[data-testid="stSidebar"] a')];
  if (!links.length) return 'the page is empty';
  if (links.some((one) => one.matches('[disabled], [aria-disabled="true"]'))) return 'links are disabled';
  if (location.pathname.replace(/^\\//, '') !== path) return `the address is ${location.pathname}`;
  const main = document.querySelector('[data-testid="stMain"]');
  const own = { Build: 'input', Audit: '[class*=st-key-audit_]', Saved: '[class*=st-key-saved_]' };
  const drawn = main.querySelector(own[label] ?? '.stBidiComponent') !== null;
  return drawn ? '' : 'the page is white';
}"""


@dataclass
class Outcome:
    """What one start came to."""

    faults: list[str] = field(default_factory=list)
    clicks: int = 0
    seconds: float = 0.0


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--starts", type=int, default=200)
    parser.add_argument("--clicks", type=int, default=30, help="so many a start")
    parser.add_argument("--slow", type=float, default=4.0, help="seconds that loading the model takes longer")
    parser.add_argument("--busy", type=int, default=os.cpu_count() or 1, help="loops that keep the machine busy")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--pictures", type=Path, help="a folder for a screenshot of each dead page")
    parser.add_argument("--serve", type=int, metavar="PORT", help="what each start runs; not for people")
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.serve, arguments.slow)
        return
    print(machine.describe())
    rng, dead, clicks = random.Random(arguments.seed), Counter[str](), 0
    died = 0
    with busy(arguments.busy), chromium() as browser:
        for number in range(1, arguments.starts + 1):
            picture = arguments.pictures and arguments.pictures / f"{number}.png"
            outcome = start(browser, rng, clicks=arguments.clicks, slow=arguments.slow, picture=picture)
            clicks += outcome.clicks
            died += bool(outcome.faults)
            dead.update(outcome.faults)
            told = "; ".join(outcome.faults) or "alive"
            print(f"  start {number}: {outcome.clicks} clicks, {outcome.seconds:.0f} s, {told}", flush=True)
    print(f"  {died} dead of {arguments.starts} starts, {clicks:,} clicks (goal 0)")
    for fault, count in dead.most_common():
        print(f"    {count} x {fault}")
    sys.exit(1 if died else 0)


def serve(port: int, slow: float) -> None:
    """The app as `make run` serves it, but for the time its model takes."""
    from streamlit.web import cli

    import t2i_core.encoder

    real = t2i_core.encoder.open_encoder

    def open_encoder(*arguments: Any, **options: Any) -> t2i_core.encoder.ClipEncoder:
        sys.setswitchinterval(SWITCH_S)
        ready = time.monotonic() + slow
        while time.monotonic() < ready:  # no sleep: loading holds all other threads up, as importing torch does
            sum(range(10_000))
        sys.setswitchinterval(0.005)
        return real(*arguments, **options)

    t2i_core.encoder.open_encoder = open_encoder
    sys.argv = ["streamlit", "run", "Home.py", "--server.headless", "true", "--server.address", "127.0.0.1"]
    sys.argv += ["--server.port", str(port)]
    cli.main()


def start(browser: Browser, rng: random.Random, *, clicks: int, slow: float, picture: Path | None) -> Outcome:
    """One cold start, clicked through."""
    outcome, began = Outcome(), time.perf_counter()
    with cold_server(slow) as url:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.set_default_timeout(ALIVE_WITHIN_S * 1e3)
        page = context.new_page()
        told: list[str] = []
        page.on("console", lambda message: told.append(message.text) if message.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: told.append(f"script error: {error}"))
        page.goto(url + rng.choice(PATHS))
        page.wait_for_selector(LINKS)
        last = click_about(page, rng, clicks, outcome)
        reason = alive(page, last, told)
        outcome.faults = fatal(told) + [reason] * bool(reason)
        outcome.faults += sorted({text[:120] for text in told if text.startswith("script error")})
        if outcome.faults and picture:
            page.screenshot(path=picture)
            picture.with_suffix(".txt").write_text("\n".join([page.url, *told, page.inner_html("body")]))
        context.close()
    outcome.seconds = time.perf_counter() - began
    return outcome


def click_about(page: Page, rng: random.Random, clicks: int, outcome: Outcome) -> str:
    """Go from page to page while the model loads, a few clicks at once and then a look; the page that was asked for last."""
    while outcome.clicks < clicks:
        for _ in range(rng.choice(BURST)):
            if rng.random() < 0.25:
                page.keyboard.press(rng.choice(KEYS))
            else:
                page.evaluate(CLICK, rng.choice(list(PAGES)))
            outcome.clicks += 1
            page.wait_for_timeout(rng.choice(PAUSES_S) * 1e3)
        page.wait_for_timeout(rng.uniform(*LOOKS_S) * 1e3)
    last = rng.choice(list(PAGES))
    page.evaluate(CLICK, last)  # keys are for where they are listened to: the last wish is a link's
    return last


def fatal(told: list[str]) -> list[str]:
    """What of the console's words means a dead page."""
    return [one for one in FATAL if any(one in text for text in told)]


def alive(page: Page, label: str, told: list[str]) -> str:
    """Why the page that was asked for is not there in time; nothing when it is, and the model too."""
    deadline, reason = time.monotonic() + ALIVE_WITHIN_S, "nothing was seen"
    while time.monotonic() < deadline:
        reason = page.evaluate(MISSING, [label, PAGES[label]])
        if not reason and "is loading" not in page.inner_text(".st-key-status"):
            page.wait_for_timeout(500)
            reason = page.evaluate(MISSING, [label, PAGES[label]])
            if not reason:
                return ""
        if reason.startswith("an error") or (reason and fatal(told)):
            return str(reason)
        page.wait_for_timeout(100)
    return str(reason) or "the model is still loading"


@contextmanager
def cold_server(slow: float) -> Iterator[str]:
    """A server that nothing was asked of yet, over files that nothing was derived from yet."""
    import socket

    with tempfile.TemporaryDirectory() as temporary:
        data = Path(temporary) / "data"
        shutil.copytree(machine.ROOT / "data", data, ignore=shutil.ignore_patterns(".*"))
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("T2I_")}
        environment |= {"T2I_DATA": str(data), "XDG_CACHE_HOME": str(Path(temporary) / "cache")}
        server = subprocess.Popen(
            [sys.executable, __file__, "--serve", str(port), "--slow", str(slow)],
            cwd=machine.ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=60)


@contextmanager
def busy(loops: int) -> Iterator[None]:
    """Keep so many cores busy."""
    processes = [multiprocessing.Process(target=_turn, daemon=True) for _ in range(loops)]
    for one in processes:
        one.start()
    try:
        yield
    finally:
        for one in processes:
            one.terminate()


def _turn() -> None:
    while True:
        sum(range(100_000))


if __name__ == "__main__":
    main()
