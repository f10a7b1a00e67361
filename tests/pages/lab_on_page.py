"""What tests of the Lab page share: a dataset with something to find, and waiting for what is measured behind the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages._ui.jobs.lab_work import PARTS
from t2i_core.arrays import l2_normalize
from tests import demo_dataset
from tests.pages.page_parts import texts, until

PAGE = "pages/lab.py"
OpenApp = Callable[..., AppTest]


def plots(app: AppTest) -> dict[str, dict[str, Any]]:
    """What each plot was given, by its kind."""
    given = [
        json.loads(one.proto.json) for one in app.get("bidi_component") if one.proto.component_name == "t2i_lab_plot"
    ]
    return {one["kind"]: one for one in given}


def measured(app: AppTest) -> AppTest:
    """Run until every part is made, behind the page, and was there when its place was drawn."""
    return until(app, lambda app: "scores" in plots(app) and not any(part in texts(app) for part in PARTS.values()))


def write_hard(folder: Path, checkpoint: Path, images: int = 12) -> Path:
    """A dataset whose pictures lie less near their captions, so that some are not found first."""
    rng = np.random.default_rng(0)

    def away(rows: np.ndarray) -> np.ndarray:
        return l2_normalize(l2_normalize(rows) + 0.1 * rng.standard_normal(rows.shape))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(demo_dataset, "l2_normalize", away)
        demo_dataset.write_demo_dataset(folder, checkpoint, images=images)
    return folder
