"""Twenty browser tabs at once, each searching every two seconds for a minute: the worst answer, errors, memory.

    python benchmarks/bench_sessions.py [--data DIR] [--images DIR] [--sessions 20] [--seconds 60] [--every 2]

The app is served over the bundled gallery, or another. The tabs talk Streamlit's own protocol (tests/app_session.py), so
that what is measured is the app and not twenty drawings of it. An answer is timed from Enter to the end of the run
that shows its hits; each of a tab's queries is another. Memory is read after a first round and at the end.
"""

from __future__ import annotations

import asyncio
import statistics
from pathlib import Path

import machine
from serving import Served, served

from tests.app_session import AppSession

SUBJECTS = (
    "dog",
    "castle",
    "mountain",
    "boat",
    "child",
    "flower",
    "windmill",
    "cat",
    "bridge",
    "fish",
    "bird",
    "street",
)
PLACES = (
    "by the sea",
    "in the snow",
    "under a blue sky",
    "at night",
    "on a table",
    "in a forest",
    "from above",
    "in rain",
)
COLOURS = ("red", "old", "small", "white", "green", "two", "yellow", "large")


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--images", type=Path)
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--every", type=float, default=2.0)
    arguments = parser.parse_args()
    print(machine.describe())
    searches = max(1, round(arguments.seconds / arguments.every))
    with served(arguments.data, arguments.images) as app:
        asyncio.run(measure(app, arguments.sessions, searches, arguments.every))


async def measure(app: Served, sessions: int, searches: int, every: float) -> None:
    queries = [f"a {colour} {subject} {place}" for place in PLACES for colour in COLOURS for subject in SUBJECTS]
    async with AppSession(app.url) as session:  # the model is loaded before anybody is timed
        await session.search("a first search")
    answers: list[float] = []
    errors: list[str] = []

    async def tab(number: int) -> None:
        async with AppSession(app.url) as session:
            await asyncio.sleep(every * number / sessions)  # people do not press Enter together
            for search in range(searches):
                started = asyncio.get_running_loop().time()
                try:
                    await session.search(queries[(number + search * sessions) % len(queries)])
                except RuntimeError as error:
                    errors.append(str(error))
                took = asyncio.get_running_loop().time() - started
                answers.append(took)
                await asyncio.sleep(max(0.0, every - took))

    async def look() -> None:
        await asyncio.sleep(every * searches / 3)
        print(f"  memory after a third {app.resident_mb()[0]:8.0f} MB")

    await asyncio.gather(look(), *(tab(number) for number in range(sessions)))
    print(f"  memory at the end    {app.resident_mb()[0]:8.0f} MB")
    print(
        f"  {sessions} sessions, {len(answers):,} searches, one every {every:g} s each: "
        f"worst {max(answers):.2f} s (floor 3, goal 1.5), median {statistics.median(answers):.2f} s; "
        f"{len(errors)} errors (floor and goal 0)"
    )
    for error in errors[:5]:
        print(f"    {error}")


if __name__ == "__main__":
    main()
