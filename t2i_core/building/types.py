"""What a build is asked to do, how far it is, and what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from t2i_core.pictures.left_out import LeftOut
from t2i_core.types import Manifest


@dataclass(frozen=True)
class BuildOptions:
    """What to build, where, and with which model.

    Attributes
    ----------
    images_dir : Path
        Folder of the pictures, at any depth.
    data_dir : Path
        Folder the dataset is written to; made when it does not exist.
    captions : Path or None
        CSV with the columns image and caption. None takes ``captions_tokenized.csv`` of ``data_dir``
        where there is one, and builds without captions where there is none.
    model : str or None
        What `t2i_core.encoder.open_encoder` understands. None keeps the model ``data_dir`` was built
        with, and takes the bundled one for a new folder.
    model_dir : Path or None
        Folder of weight files.
    device : str
        ``auto``, ``cpu`` or ``cuda``.
    batch_size : int or None
        Pictures encoded at once; None fits the device.
    max_pixels : int
        Pictures with more pixels are skipped.
    captions_may_miss : bool
        Whether to build although no caption names a picture of the folder.
    """

    images_dir: Path
    data_dir: Path
    captions: Path | None = None
    model: str | None = None
    model_dir: Path | None = None
    device: str = "auto"
    batch_size: int | None = None
    max_pixels: int = 100_000_000
    captions_may_miss: bool = False


@dataclass(frozen=True)
class BuildProgress:
    """How far a build is.

    ``stage`` is ``"pictures"``, ``"captions"``, ``"writing"`` or, where that takes long, ``"facts"``;
    ``rate`` is in items a second over the last seconds, 0 until it is known;
    ``skipped`` counts the pictures that could not be used so far.
    """

    stage: str
    done: int
    total: int
    rate: float
    seconds_left: float | None
    skipped: int


@dataclass(frozen=True)
class SkippedPicture:
    """A picture that is not in the dataset, and why."""

    image_id: str
    reason: str


@dataclass(frozen=True)
class BuildReport:
    """What a build did.

    Attributes
    ----------
    manifest : Manifest or None
        Of the dataset as written; None when the build was stopped before the end.
    encoded : int
        Pictures encoded by this run.
    reused : int
        Pictures whose embeddings an earlier run had made.
    removed : int
        Pictures of the earlier dataset that are no longer in the folder.
    skipped : tuple of SkippedPicture
    seconds : float
        The whole run.
    rate : float
        Pictures encoded a second, while pictures were being encoded.
    captions_encoded, captions_reused : int
        Different captions, likewise.
    stopped : bool
        Whether ``should_stop`` ended it; what was done is kept, and the same build goes on from there.
    notes : tuple of str
        Sentences a person should read: another model, captions without a picture, captions that were cut. What is
        known before anything is encoded goes to the log of ``t2i_core.building`` at once, too.
    left_out : tuple of LeftOut
        What the folder holds that is not taken as a picture: by kind, with counts and examples.
    """

    manifest: Manifest | None
    encoded: int
    reused: int
    removed: int
    skipped: tuple[SkippedPicture, ...]
    seconds: float
    rate: float
    captions_encoded: int = 0
    captions_reused: int = 0
    stopped: bool = False
    notes: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


OnProgress = Callable[[BuildProgress], None]
ShouldStop = Callable[[], bool]
