"""Which model a dataset is opened with: a file that only its manifest names is opened when a person named it too."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from t2i_core.encoder.names import MINI_NAME, OPENAI_MODELS
from t2i_core.errors import UnvouchedModelError


def model_to_open(built_with: str | None, *, configured: str | None, vouched: Collection[str] = ()) -> str | None:
    """The model of a dataset, for `open_encoder`.

    Parameters
    ----------
    built_with : str or None
        What the dataset's manifest says; None where there is none.
    configured : str or None
        What ``T2I_MODEL`` says. It is for datasets that name no model, and vouches for the file it names.
    vouched : collection of str, optional
        Files that a person named otherwise.

    Returns
    -------
    str or None
        None means the bundled model.

    Raises
    ------
    UnvouchedModelError
        When the manifest names a file and no person did: a dataset comes from somewhere else and must not decide which
        files of this machine are opened.
    """
    if built_with is None:
        return configured
    if built_with == MINI_NAME or built_with in OPENAI_MODELS:
        return built_with
    if built_with in vouched or configured == built_with:
        return built_with
    if configured is not None and _is_that_file(configured, built_with):
        return configured
    raise UnvouchedModelError(
        f"A model file that a dataset's manifest names is opened only when you name it too, got {built_with!r}. "
        "If it is yours, name it: --model PATH, or T2I_MODEL=PATH.",
        model=built_with,
    )


def _is_that_file(configured: str, built_with: str) -> bool:
    """Whether ``configured`` is the file, wherever it lies now; its weights are compared when it is opened."""
    return configured not in (MINI_NAME, *OPENAI_MODELS) and Path(configured).name == Path(built_with).name
