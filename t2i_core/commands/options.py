"""Options that several commands share, and what they default to."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from t2i_core import opening
from t2i_core.config import Settings, read_settings, typed_path
from t2i_core.encoder.names import MINI_NAME, OPENAI_MODELS
from t2i_core.index import address

if TYPE_CHECKING:
    from t2i_core.commands.console import Console
    from t2i_core.engine import SearchEngine
    from t2i_core.types import Encoder, Gallery, Problem

MODEL_HELP = (
    f"{MINI_NAME} (bundled), one of OpenAI's ({', '.join(OPENAI_MODELS)}; downloaded at first use, or taken from "
    "T2I_MODEL_DIR), or the path of a checkpoint"
)


def add_data(parser: argparse.ArgumentParser, *, folder_only: bool = False) -> None:
    """--data; ``folder_only`` for commands that `refuse_address`."""
    collection = "" if folder_only else ", or milvus+http://HOST:PORT/COLLECTION"
    parser.add_argument(
        "--data",
        type=typed_path,
        metavar="DIR",
        help=f"dataset folder{collection} (default: T2I_DATA, else data)",
        default=None,
    )


def add_images(parser: argparse.ArgumentParser) -> None:
    """--images"""
    parser.add_argument(
        "--images",
        type=typed_path,
        metavar="DIR",
        default=None,
        help="picture folder (default: T2I_IMAGES, else the one the dataset was built from, else static/images)",
    )


def add_model(parser: argparse.ArgumentParser, *, default: str) -> None:
    """--model and --device"""
    parser.add_argument("--model", metavar="MODEL", default=None, help=f"{MODEL_HELP} (default: {default})")
    parser.add_argument(
        "--device",
        choices=("auto", "cpu", "cuda"),
        default=None,
        help="where the model runs; auto takes a GPU where there is one (default: T2I_DEVICE, else auto)",
    )


def add_format(parser: argparse.ArgumentParser) -> None:
    """--format"""
    parser.add_argument(
        "--format",
        choices=("table", "json"),
        default="table",
        help="table for people (default), json for programs: JSON and nothing else on standard output",
    )


def data_dir(arguments: argparse.Namespace, settings: Settings) -> Path:
    """The dataset folder asked for, else the environment's, else ``data``."""
    return arguments.data if arguments.data is not None else settings.data_dir


def open_gallery(arguments: argparse.Namespace, console: Console) -> Gallery:
    """Read the dataset a command works on; its warnings go to standard error.

    Raises
    ------
    DatasetError
        When it cannot be read.
    """
    gallery = opening.open_gallery(data_dir(arguments, read_settings()), arguments.images)
    _warn(gallery.problems, console)
    return gallery


def open_model(arguments: argparse.Namespace, gallery: Gallery) -> Encoder:
    """The model asked for, else the one the dataset was built with, else T2I_MODEL, else the bundled one.

    Raises
    ------
    ModelError
        When its weights cannot be had, or only the dataset's manifest names its file.
    """
    return opening.open_model(gallery, model=arguments.model, device=arguments.device)


def refuse_address(arguments: argparse.Namespace, *, command: str) -> None:
    """Refuse a collection where a command works on the files of a folder; DatasetError."""
    address.refuse_address(data_dir(arguments, read_settings()), task=command)


def open_engine(encoder: Encoder, gallery: Gallery, console: Console) -> SearchEngine:
    """What answers queries: over the folder's rows, or over the whole collection a gallery is a sample of."""
    return opening.open_engine(encoder, check_rows(gallery, encoder, console))


def check_rows(gallery: Gallery, encoder: Encoder, console: Console) -> Gallery:
    """`opening.checked_rows`; warns of what it found."""
    checked = opening.checked_rows(gallery, encoder)
    _warn(checked.problems[len(gallery.problems) :], console)
    return checked


def _warn(problems: Iterable[Problem], console: Console) -> None:
    for problem in problems:
        if problem.severity == "warning":
            console.say(str(problem))
