"""Filling in the Build page and waiting for a build."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

OpenApp = Callable[..., AppTest]
SECONDS = 300


def open_build(open_app: OpenApp, data_dir: Path) -> AppTest:
    return open_app(data_dir, settled=False, page="pages/build.py")


def fill(app: AppTest, **values: str) -> AppTest:
    for name, value in values.items():
        app.text_input(key=f"build_{name}").set_value(value)
    return app.run()


def use_checkpoint(app: AppTest, checkpoint: Path) -> AppTest:
    app.selectbox(key="build_model").select("A checkpoint file").run()
    return fill(app, checkpoint=str(checkpoint))


def wait(app: AppTest) -> AppTest:
    """Run until no build is running any more."""
    from pages._ui import resources

    job = resources.build_jobs().current
    assert job is not None
    job.future.exception(timeout=SECONDS)
    return app.run()
