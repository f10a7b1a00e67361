"""What `index --balanced` measures and keeps: pictures for sentences, pictures for a few words, captions for pictures."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.errors import DatasetError, ModelError, QueryError

if TYPE_CHECKING:
    from t2i_core.commands.console import Console
    from t2i_core.dataset import Balance
    from t2i_core.types import Gallery


def measure_and_keep(gallery: Gallery, arguments: argparse.Namespace, console: Console) -> dict[str, Balance]:
    """Every balance the dataset is fit for, by what is balanced; that of pictures is always among them.

    Raises
    ------
    QueryError
        When there are too few captions for that one.
    DatasetError
        When the folder may not be written to.
    """
    from t2i_core.dataset import CAPTIONS, FEW_WORDS, PICTURES
    from t2i_core.engine.balance import measure_balance
    from t2i_core.engine.other_balances import measure_caption_balance, measure_word_balance

    # Without a manifest nobody knows who made the captions' rows.
    texts = None if gallery.manifest is None else gallery.text_embeddings
    measured = {
        PICTURES: measure_balance(
            gallery,
            texts,
            on_progress=lambda share: console.progress(f"balanced ranking: {share:.0%}", last=share >= 1.0),
        )
    }
    _keep(gallery, measured[PICTURES], PICTURES)
    others: dict[str, Callable[[], Balance]] = {
        CAPTIONS: lambda: measure_caption_balance(gallery, texts),
        FEW_WORDS: lambda: measure_word_balance(gallery, options.open_model(arguments, gallery).encode_text),
    }
    for of, measure in others.items():
        try:
            measured[of] = measure()
        except (QueryError, ModelError) as error:
            console.say(f"note: {error}")
        else:
            _keep(gallery, measured[of], of)
    return measured


def to_record(balance: Balance) -> dict[str, Any]:
    """The figures for programs."""
    figures = {"gain": balance.gain, "low": balance.low, "high": balance.high, "queries": balance.queries}
    return figures | {"offered": balance.offered}


def told(measured: dict[str, Balance]) -> list[str]:
    """The figures for people, a line each."""
    from t2i_core.dataset import CAPTIONS, FEW_WORDS, PICTURES
    from t2i_core.engine.balance import in_words

    begins = {
        PICTURES: "Balanced ranking adds {} on the dataset's captions: ",
        FEW_WORDS: "For questions of one to three words it adds {}: ",
        CAPTIONS: "For the captions closest to a picture it adds {}: ",
    }
    offers = {
        PICTURES: "search --ranking balanced offers it.",
        FEW_WORDS: "it does so there.",
        CAPTIONS: "it does so there.",
    }
    return [
        begins[of].format(in_words(balance, of))
        + (offers[of] if balance.offered else "not surely above zero, so it is not offered.")
        for of, balance in measured.items()
    ]


def _keep(gallery: Gallery, balance: Balance, of: str) -> None:
    from t2i_core.dataset import balance_path, write_balance

    if not write_balance(gallery, balance, of):
        raise DatasetError(f"{balance_path(gallery, of)} must be writable. Allow it, or copy the dataset elsewhere.")
