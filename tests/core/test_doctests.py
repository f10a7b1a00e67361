"""The examples in the public functions' docstrings are what those functions do."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT, below

PROMPT = ">>> "
WITH_EXAMPLES = sorted(source.module for source in below("t2i_core/") if PROMPT in source.text)
# What scripts of others call; each of these has an example at least.
PUBLIC = {
    "t2i_core.api.verbs",
    "t2i_core.arrays",
    "t2i_core.captions.word_query",
    "t2i_core.errors",
    "t2i_core.evaluation",
    "t2i_core.opening",
    "t2i_core.query.link_form",
    "t2i_core.query.request",
    "t2i_core.query.terms",
    "t2i_core.query.text_form",
    "t2i_core.query.where",
}


def test_the_public_modules_have_examples() -> None:
    assert set(WITH_EXAMPLES) >= PUBLIC


# They open the bundled model.
WITH_MODEL = ("t2i_core.api.verbs", "t2i_core.opening")


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow if name in WITH_MODEL else ()) for name in WITH_EXAMPLES],
)
def test_examples_are_true(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(ROOT))  # where the bundled dataset is `data`
    for setting in ("T2I_IMAGES", "T2I_MODEL", "T2I_MODEL_DIR"):
        monkeypatch.delenv(setting, raising=False)
    done = doctest.testmod(importlib.import_module(name))
    assert done.attempted > 0
    assert done.failed == 0, "see what is printed above"
