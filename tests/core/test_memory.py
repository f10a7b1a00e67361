"""Memory that was let go of goes back to the system.

For Linux and glibc, as the whole suite is: sizes are read from /proc, and the server the suite starts is made for both.
"""

from __future__ import annotations

import ctypes
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from t2i_core import memory

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
# Pieces too small for pages of their own, and a last one that keeps the heap from shrinking by itself.
FREED = """
from pathlib import Path
import numpy as np
from t2i_core import memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

pieces = [np.ones(60_000, dtype=np.uint8) for _ in range(2_000)]
last = np.ones(60_000, dtype=np.uint8)
del pieces
before = resident()
memory.give_back()
print(before - resident())
"""
# Each row touched brings 64 KB of the file with it.
MAPPED = """
import sys
from pathlib import Path
import numpy as np
from t2i_core import memory

def of_files():
    return int(Path("/proc/self/statm").read_text().split()[2]) * 4096

rows = np.load(sys.argv[1], mmap_mode="r").view(np.ndarray)
total = rows[::16].sum()
before = of_files()
memory.let_go(rows)
print(before - of_files())
assert rows[::16].sum() == total
memory.let_go(np.ones(3))
"""


def test_free_pages_are_given_back() -> None:
    ran = subprocess.run([sys.executable, "-c", FREED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(ran.stdout) > 50 * 2**20


# What a network does with its maps: as large again and again. The last number is what is kept of them afterwards.
AGAIN = """
import resource
from pathlib import Path
import numpy as np
from t2i_core import memory

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

before = resident()
memory.keep_large_blocks()
np.ones((3, 40 * 2**20), dtype=np.uint8)
begun = faults()
for _ in range(5):
    np.ones(40 * 2**20, dtype=np.uint8)
print(faults() - begun)
memory.give_back()
print(resident() - before)
"""


def test_large_blocks_are_used_again_and_given_back() -> None:
    told = []
    for code in (AGAIN, AGAIN.replace("memory.keep_large_blocks()", "")):
        ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        told.append([int(number) for number in ran.stdout.split()])
    (kept, left), (new, _) = told
    assert kept < new / 10
    assert left < 20 * 2**20


def test_another_allocator_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    assert memory.give_back() is None  # type: ignore[func-returns-value]  # that is what is asked
    assert memory.share_heap() is None  # type: ignore[func-returns-value]  # that is what is asked
    assert memory.keep_large_blocks() is None  # type: ignore[func-returns-value]  # that is what is asked


def test_what_was_read_of_a_mapped_file_is_let_go(tmp_path: Path) -> None:
    np.save(tmp_path / "rows.npy", np.ones((20_000, 512), dtype=np.float32))
    command = [sys.executable, "-c", MAPPED, str(tmp_path / "rows.npy")]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(ran.stdout) > 30 * 2**20


# malloc_stats lists the heaps on standard error.
THREADS = """
import ctypes, threading
from t2i_core import memory

memory.share_heap()
together = threading.Barrier(6)

def allocate():
    kept = [ctypes.create_string_buffer(50_000) for _ in range(20)]
    together.wait()

threads = [threading.Thread(target=allocate) for _ in range(6)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
ctypes.CDLL(None).malloc_stats()
"""


def test_threads_share_one_heap() -> None:
    heaps = []
    for code in (THREADS, THREADS.replace("memory.share_heap()", "")):
        ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        heaps.append(ran.stderr.count("Arena "))
    assert heaps[0] == 1
    assert heaps[1] > 1
