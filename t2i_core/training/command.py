"""The train command: fine-tuning on a person's own captions."""

from __future__ import annotations

import argparse
import logging
import sys
from typing import Any, NoReturn

from t2i_core.config import typed_path
from t2i_core.errors import T2IError
from t2i_core.index.address import refuse_address

MOVED = (
    "train fine-tunes a model, got --recipe. The bundled model is made again, in a checkout of the project, by: "
    "python -m recipes.mini --data SOURCES --out OUT"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``python -m t2i_core train``."""
    parser.add_argument("--data", type=typed_path, required=True, help="dataset folder")
    parser.add_argument("--out", type=typed_path, required=True, help="where the trained model goes (.safetensors)")
    parser.add_argument("--recipe", nargs="?", action=_Moved, help=argparse.SUPPRESS)
    parser.add_argument("--model", default="mini", help="what to fine-tune: mini, an OpenAI name or a path")
    parser.add_argument("--images", type=typed_path, help="folder of the pictures, when not the dataset's own")
    parser.add_argument("--epochs", type=int, default=5, help="rounds of fine-tuning (default: 5)")
    parser.add_argument("--work", type=typed_path, help="folder for what can be resumed (default: OUT.work)")


class _Moved(argparse.Action):
    """An option of before: says where what it did is done now."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        parser.error(MOVED)


def run(arguments: argparse.Namespace) -> int:
    """Train; 0 when the model was written, 1 when something stopped it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger = logging.getLogger("t2i_core.training")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    work = arguments.work or arguments.out.with_name(arguments.out.name + ".work")
    try:
        refuse_address(arguments.data, task="train")
        from t2i_core.training.fine_tuning import fine_tune

        fine_tune(
            arguments.data,
            arguments.out,
            model=arguments.model,
            images_dir=arguments.images,
            epochs=arguments.epochs,
            work=work,
        )
    except T2IError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    finally:
        logger.removeHandler(handler)
    return 0
