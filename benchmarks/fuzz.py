"""Thousands of broken files of every kind: how many end in a traceback, take long, or take much memory.

    python benchmarks/fuzz.py --cases 3000

Each case is read in a process of its own. The files are those of tests/core/mutated_files.py, where the short test
takes its from; a case that is named here is there as `write_case(room, target, KIND, SEED)`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # threads do not survive the fork
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from t2i_core.errors import T2IError  # noqa: E402
from tests.core.mutated_files import KINDS, make_room, read_case, write_case  # noqa: E402

LONG_S, LARGE_MB, PATIENCE_S = 20.0, 1500.0, 60.0
READ, REFUSED, TRACEBACK = 0, 1, 2


@dataclass(frozen=True)
class Outcome:
    """How one case ended."""

    kind: str
    seed: int
    ending: str
    seconds: float
    megabytes: float
    told: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=3000)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--kind", choices=sorted(KINDS), default=None)
    arguments = parser.parse_args()
    kinds = [arguments.kind] if arguments.kind else sorted(KINDS)
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        in_child(lambda: int(make_room(folder / "room") is None), folder / "told")
        with suppress(KeyboardInterrupt):  # what was found until then is told
            for number in range(arguments.cases):
                found += [run(folder, kinds[number % len(kinds)], arguments.first_seed + number // len(kinds))]
    tell(found)


def run(folder: Path, kind: str, seed: int) -> Outcome:
    """Read one case in a process of its own."""
    target, told = folder / "case", folder / "told"

    def read() -> int:
        warnings.simplefilter("ignore")
        path = write_case(folder / "room", target, kind, seed)
        try:
            read_case(target, path, kind)
        except T2IError as error:
            str(error).encode()
            return REFUSED
        return READ

    status, seconds, megabytes = in_child(read, told)
    shutil.rmtree(target, ignore_errors=True)
    endings = {READ: "read", REFUSED: "refused", TRACEBACK: "traceback"}
    return Outcome(kind, seed, endings.get(status, f"ended by {status}"), seconds, megabytes, told.read_text()[-1500:])


def in_child(work: Callable[[], int], told: Path) -> tuple[int, float, float]:
    """Exit status, seconds and peak megabytes of a task in a fork of this process."""
    started = time.monotonic()
    child = os.fork()
    if not child:
        with told.open("w") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
            try:
                status = work()
            except BaseException:  # noqa: BLE001 - this is what is counted
                traceback.print_exc()
                status = TRACEBACK
            sys.stderr.flush()
        os._exit(status)
    while True:
        done, status, used = os.wait4(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status), time.monotonic() - started, used.ru_maxrss / 1024
        if time.monotonic() - started > PATIENCE_S:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.002)


def tell(found: list[Outcome]) -> None:
    """Figures, and every case that should not be."""
    for kind in sorted({one.kind for one in found}):
        mine = [one for one in found if one.kind == kind]
        count = Counter(one.ending for one in mine)
        longest, largest = max(one.seconds for one in mine), max(one.megabytes for one in mine)
        print(f"{kind:<11}{len(mine):>6} cases, {dict(count)}, at most {longest:.1f} s and {largest:.0f} MB")
    bad = [one for one in found if one.ending not in ("read", "refused")]
    slow = [one for one in found if one.seconds > LONG_S]
    large = [one for one in found if one.megabytes > LARGE_MB]
    print(
        f"{len(found):,} cases: {len(bad)} tracebacks, {len(slow)} over {LONG_S:.0f} s, {len(large)} over {LARGE_MB:.0f} MB"
    )
    for one in (*bad, *slow, *large):
        print(f"\n{one.kind} {one.seed}: {one.ending}, {one.seconds:.1f} s, {one.megabytes:.0f} MB\n{one.told}")


if __name__ == "__main__":
    main()
