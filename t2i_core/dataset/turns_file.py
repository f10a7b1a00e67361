"""Which pictures of a dataset the model finds more usual when they are turned, beside it: finding out takes minutes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from t2i_core.dataset.kept_file import read_kept, write_kept
from t2i_core.errors import DatasetError
from t2i_core.types import Gallery

TURNS_NAME = "turns.npz"


@dataclass(frozen=True, eq=False)
class Turns:
    """What was found out about each picture.

    Attributes
    ----------
    oddness : ndarray of shape (N,), float32
        How much it looks like a turned picture; NaN where that is unknown.
    gain : ndarray of shape (N,), float32
        How much more upright it looks after the best turn, negative where it does not; NaN where no turn was tried.
    turn : ndarray of shape (N,), int8
        That turn, in quarters to the left; 0 where none was tried.
    """

    oddness: npt.NDArray[np.float32]
    gain: npt.NDArray[np.float32]
    turn: npt.NDArray[np.int8]


def read_turns(gallery: Gallery) -> Turns | None:
    """What was kept of these embeddings; None where there is nothing that can be used."""
    fields = ("oddness", "gain", "turn")
    try:
        kept = read_kept(
            gallery, TURNS_NAME, fields, what="Turned pictures", of_others="those", fix="They are looked for again."
        )
    except DatasetError:
        return None
    oddness, gain, turn = (kept[name] for name in fields)
    shape = (len(gallery),)
    fits = oddness.shape == gain.shape == turn.shape == shape and turn.dtype == np.int8
    if not fits or oddness.dtype != np.float32 or gain.dtype != np.float32:
        return None
    return Turns(oddness, gain, turn)


def write_turns(gallery: Gallery, turns: Turns) -> bool:
    """Keep them beside the dataset; False when the folder may not be written to, which costs only time later."""
    return write_kept(gallery, TURNS_NAME, oddness=turns.oddness, gain=turns.gain, turn=turns.turn)
