"""The app, served as always, but that opening a dataset and loading a model begin some seconds later.

python tests/browser/slow_app.py OPTIONS OF STREAMLIT

SIGUSR1 has it forget all that was opened: quicker than another cold server, which first imports everything.
"""

import signal
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import streamlit as st  # noqa: E402
from streamlit.web import cli  # noqa: E402

from t2i_core import dataset, encoder  # noqa: E402

OPENING_S, LOADING_S = 2.5, 4.0


def slower(module: object, name: str, seconds: float) -> None:
    """Let a function begin so many seconds later."""
    real = getattr(module, name)

    def later(*arguments: object, **options: object) -> object:
        time.sleep(seconds)
        return real(*arguments, **options)

    setattr(module, name, later)


def forget(*_: object) -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, forget)
    slower(dataset, "read_gallery", OPENING_S)
    slower(encoder, "open_encoder", LOADING_S)
    sys.argv = ["streamlit", "run", str(ROOT / "Home.py"), *sys.argv[1:]]
    cli.main()
