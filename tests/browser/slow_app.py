"""The app, served as always, but that opening a dataset and loading a model begin some seconds later.

python tests/browser/slow_app.py OPTIONS OF STREAMLIT

SIGUSR1 has it forget all that was opened, which is quicker than another cold server, and open nothing until SIGUSR2 comes: what
is to be seen meanwhile can be looked at however slow the machine is.
"""

import signal
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402
from streamlit.web import cli  # noqa: E402

from t2i_core import dataset, encoder  # noqa: E402

OPENING_S, LOADING_S = 2.5, 4.0
LONGEST_HELD_S = 600
may_open = threading.Event()


def slower(module: object, name: str, seconds: float) -> None:
    """Let a function begin so many seconds later."""
    real = getattr(module, name)

    def later(*arguments: object, **options: object) -> object:
        time.sleep(seconds)
        may_open.wait(LONGEST_HELD_S)
        return real(*arguments, **options)

    setattr(module, name, later)


def forget(*_: object) -> None:
    may_open.clear()
    st.cache_data.clear()
    st.cache_resource.clear()


if __name__ == "__main__":
    may_open.set()
    signal.signal(signal.SIGUSR1, forget)
    signal.signal(signal.SIGUSR2, lambda *_: may_open.set())
    slower(dataset, "read_gallery", OPENING_S)
    slower(encoder, "open_encoder", LOADING_S)
    sys.argv = ["streamlit", "run", str(ROOT / "Home.py"), *sys.argv[1:]]
    cli.main()
