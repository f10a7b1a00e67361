"""How long `serve` takes to answer searches of several clients at once, in a process of its own, over real connections.

    python benchmarks/bench_serving.py [--images 31783] [--clients 8] [--seconds 20] [--data DIR] [--mcp]

Rows are made up and in the dimension of the bundled model, which encodes each sentence anew. Clients ask again as soon as they
have their answer. The intervals resample answers. With --mcp the SDK's client calls a tool over standard input and output.
"""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
import machine
import numpy as np
from large_dataset import WORDS, write_large_dataset

from t2i_core.encoder import open_encoder

LISTENING = re.compile(r"at (http://[^/]+)/v1")


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--images", type=int, default=31_783)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--data", type=Path, help="a dataset that is there already")
    parser.add_argument("--mcp", action="store_true", help="ask `mcp` too, which needs its package")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = arguments.data
        if data is None:
            write_large_dataset(Path(scratch), arguments.images, open_encoder("mini"), pictures=False)
            data = Path(scratch) / "data"
        measure(data, arguments.clients, arguments.seconds)
        if arguments.mcp:
            tell(asyncio.run(ask_agent(data, arguments.seconds)), 1, arguments.seconds)


def measure(data: Path, clients: int, seconds: float) -> None:
    """Ask, and print what the answers took."""
    command = [sys.executable, "-m", "t2i_core", "serve", "--data", str(data), "--port", "0", "--rate", "0"]
    server = subprocess.Popen(command, cwd=machine.ROOT, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        address = next(found[1] for line in server.stderr if (found := LISTENING.search(line)))
        ask(address, clients=1, seconds=3.0)  # the first searches map rows and compile nothing, but are slower
        for together in (1, clients):
            taken = ask(address, clients=together, seconds=seconds)
            tell(taken, together, seconds)
    finally:
        server.terminate()
        server.wait()


def ask(address: str, *, clients: int, seconds: float) -> np.ndarray:
    """Milliseconds of each answer."""
    taken: list[list[float]] = [[] for _ in range(clients)]
    end = time.monotonic() + seconds

    def run(number: int) -> None:
        rng = np.random.default_rng(number)
        with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
            while time.monotonic() < end:
                sentence = "a " + " ".join(WORDS[word] for word in rng.integers(0, len(WORDS), 5).tolist())
                started = time.perf_counter()
                answer = client.get("/v1/search", params={"q": sentence})
                assert answer.status_code == 200, answer.text
                taken[number].append((time.perf_counter() - started) * 1e3)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return np.concatenate([np.array(one) for one in taken])


async def ask_agent(data: Path, seconds: float) -> np.ndarray:
    """Milliseconds from each call of a tool to its answer."""
    from mcp.client import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client

    command = ["-m", "t2i_core", "mcp", "--data", str(data)]
    server = StdioServerParameters(command=sys.executable, args=command, cwd=str(machine.ROOT))
    taken: list[float] = []
    async with Client(stdio_client(server)) as client:
        end = None
        for number in range(1_000_000):
            started = time.perf_counter()
            terms = [{"text": f"a {WORDS[number % len(WORDS)]} {number}"}]
            answer = await client.call_tool("search_pictures", {"terms": terms})
            assert not answer.is_error
            if number >= 5:  # the first wait for what is loaded late
                end = end or started + seconds
                taken.append((time.perf_counter() - started) * 1e3)
            if end is not None and time.perf_counter() > end:
                break
    return np.array(taken)


def tell(taken: np.ndarray, clients: int, seconds: float) -> None:
    rng = np.random.default_rng(0)
    again = [np.percentile(rng.choice(taken, len(taken)), 95) for _ in range(500)]
    low, high = np.percentile(again, [2.5, 97.5])
    print(
        f"{clients} clients: median {np.median(taken):.0f} ms, p95 {np.percentile(taken, 95):.0f} ms "
        f"({low:.0f} to {high:.0f}), {len(taken) / seconds:.0f} answers a second"
    )


if __name__ == "__main__":
    main()
