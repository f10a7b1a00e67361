"""Many people at once: sessions of the running app over Streamlit's own protocol, each searching every two seconds.

    python benchmarks/bench_sessions.py [--data DIR] [--sessions 20] [--seconds 60] [--every 2]

Serves the app, connects as browsers do, and asks a different sentence in every search. Prints the worst, median and 95th
percentile answer (from sending the query to the end of the script run that shows its hits), how many failed, and
the server's memory over time: flat after the first quarter, or something leaks.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import machine
from session_client import ask, connect

ROOT = Path(__file__).resolve().parents[1]
WORDS = ("dog", "boat", "street", "mountain", "child", "bird", "car", "lake", "tree", "house", "snow", "market")
WARM_UP_SECONDS = 120


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT / "data")
    parser.add_argument("--sessions", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--every", type=float, default=2)
    arguments = parser.parse_args()
    print(machine.describe())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "Home.py", "--server.headless", "true"]
    command += ["--server.port", str(port), "--server.address", "127.0.0.1"]
    environment = os.environ | {"T2I_DATA": str(arguments.data.resolve())}
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        asyncio.run(watch(port, server.pid, arguments))
    finally:
        server.terminate()
        server.wait()


async def watch(port: int, pid: int, arguments: argparse.Namespace) -> None:
    await warm_up(port)
    answers: list[float] = []
    failures: list[str] = []
    memory: list[float] = []
    end = time.monotonic() + arguments.seconds

    async def look() -> None:
        while time.monotonic() < end:
            memory.append(resident(pid))
            await asyncio.sleep(1)

    async def person(number: int) -> None:
        await asyncio.sleep(arguments.every * number / arguments.sessions)
        async with connect(port) as socket:
            asked = 0
            while time.monotonic() < end:
                text = f"{WORDS[(number + asked) % 12]} and {WORDS[(number * 5 + asked // 12) % 12]} {number} {asked}"
                started = time.monotonic()
                try:
                    await ask(socket, text)
                    answers.append(time.monotonic() - started)
                except Exception as error:  # noqa: BLE001 - whatever went wrong is what is counted
                    failures.append(f"{type(error).__name__}: {error}")
                    return
                asked += 1
                await asyncio.sleep(max(0.0, arguments.every - (time.monotonic() - started)))

    await asyncio.gather(look(), *(person(number) for number in range(arguments.sessions)))
    ranked = sorted(answers)
    print(
        f"{arguments.sessions} sessions, a search every {arguments.every:g} s for {arguments.seconds:g} s: {len(ranked)} answers"
    )
    print(
        f"  worst {ranked[-1]:.2f} s, 95th percentile {ranked[int(0.95 * (len(ranked) - 1))]:.2f} s, "
        f"median {statistics.median(ranked):.2f} s, errors {len(failures)} {failures[:1] or ''}"
    )
    quarter = len(memory) // 4
    print(
        f"  memory of the server: {memory[0]:.0f} MB at first, {statistics.median(memory[quarter : 2 * quarter + 1]):.0f} MB "
        f"in the second quarter, {statistics.median(memory[-quarter - 1 :]):.0f} MB in the last"
    )


async def warm_up(port: int) -> None:
    """Until the server answers a search with hits: the model is loaded by then."""
    until = time.monotonic() + WARM_UP_SECONDS
    while True:
        try:
            async with connect(port) as socket:
                while not await ask(socket, "a dog"):
                    await asyncio.sleep(0.5)
                return
        except OSError:
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.5)


def resident(pid: int) -> float:
    """Megabytes a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1e3 * 1.024
    return 0.0


if __name__ == "__main__":
    main()
