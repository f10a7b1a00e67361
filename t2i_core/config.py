"""Settings from T2I_* environment variables, read once by whoever composes the application; and paths as people type them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from t2i_core.errors import T2IError

# What "Copy as path" of Windows and some shells put around a path, and what word processors make of it.
_QUOTES = (('"', '"'), ("'", "'"), ("\u201c", "\u201d"), ("\u201e", "\u201c"), ("\u2018", "\u2019"))


@dataclass(frozen=True)
class Settings:
    """Where things are and which limits hold.

    Attributes
    ----------
    data_dir : Path
        Folder of the dataset (``T2I_DATA``, default ``data``), or the address of a collection in Milvus.
    images_dir : Path or None
        Folder of the pictures (``T2I_IMAGES``). None means the one the dataset names, else ``static/images``.
    model : str or None
        Model to use when a dataset names none (``T2I_MODEL``): ``mini``, a name of
        ``clip.available_models()``, or a path. None means the manifest's, else ``mini``. A path vouches for that
        file where a manifest names it.
    model_dir : Path or None
        Folder that holds OpenAI's weight files (``T2I_MODEL_DIR``).
    device : str
        ``auto``, ``cpu`` or ``cuda`` (``T2I_DEVICE``).
    max_pixels : int
        Pictures with more pixels are refused (``T2I_MAX_PIXELS``, default 100,000,000).
    float32 : bool
        Models compute everything in float32, though this machine may have something quicker (``T2I_FLOAT32=1``).
    """

    data_dir: Path = Path("data")
    images_dir: Path | None = None
    model: str | None = None
    model_dir: Path | None = None
    device: str = "auto"
    max_pixels: int = 100_000_000
    float32: bool = False


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment (``os.environ`` when none is given).

    Raises
    ------
    T2IError
        When a number, a device or a switch cannot be understood.
    """
    env = os.environ if environ is None else environ
    defaults = Settings()
    device = env.get("T2I_DEVICE") or defaults.device
    if device not in {"auto", "cpu", "cuda"}:
        raise T2IError(
            f"T2I_DEVICE must be auto, cpu or cuda, got {device!r}. Unset it to use a GPU where there is one."
        )
    pixels = env.get("T2I_MAX_PIXELS") or str(defaults.max_pixels)
    if not pixels.isdecimal() or int(pixels) < 1:
        raise T2IError(
            f"T2I_MAX_PIXELS must be a whole number above 0, got {pixels!r}. Unset it to use {defaults.max_pixels}."
        )
    float32 = env.get("T2I_FLOAT32") or "0"
    if float32 not in {"0", "1"}:
        raise T2IError(
            f"T2I_FLOAT32 must be 1 (compute in float32 only) or 0, got {float32!r}. "
            "Unset it to use quicker numbers where the machine has them."
        )
    return Settings(
        data_dir=typed_path(env.get("T2I_DATA") or str(defaults.data_dir)),
        images_dir=typed_path(env["T2I_IMAGES"]) if env.get("T2I_IMAGES") else None,
        model=env.get("T2I_MODEL") or None,
        model_dir=typed_path(env["T2I_MODEL_DIR"]) if env.get("T2I_MODEL_DIR") else None,
        device=device,
        max_pixels=int(pixels),
        float32=float32 == "1",
    )


def typed_path(text: str) -> Path:
    """The path a person means: without blanks and quotes around it, ``~`` as their home; as it stands where that exists.

    Examples
    --------
    >>> typed_path(' "holiday pictures" ').as_posix()
    'holiday pictures'
    """
    text = str(text)
    if _exists(Path(text)):
        return Path(text)
    bare = text.strip()
    while len(bare) > 1 and (bare[0], bare[-1]) in _QUOTES:
        bare = bare[1:-1].strip()
    try:
        return Path(bare).expanduser()
    except RuntimeError:  # "~somebody" whom this machine does not know
        return Path(bare)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False
