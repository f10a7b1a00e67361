"""The train command: the recipe of the bundled model, and fine-tuning on a person's own captions."""

from __future__ import annotations

import argparse
import logging
import sys

from t2i_core.errors import T2IError
from t2i_core.index.address import refuse_address
from t2i_core.typed_path import typed_path

RECIPES = ("mini",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of ``python -m t2i_core train``."""
    parser.add_argument(
        "--data", type=typed_path, required=True, help="dataset folder; with --recipe, the source folder"
    )
    parser.add_argument("--out", type=typed_path, required=True, help="where the trained model goes (.safetensors)")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--recipe", choices=RECIPES, help="rebuild a bundled model from its sources")
    what.add_argument("--model", default="mini", help="what to fine-tune: mini, an OpenAI name or a path")
    parser.add_argument("--images", type=typed_path, help="folder of the pictures, when not the dataset's own")
    parser.add_argument("--epochs", type=int, default=5, help="rounds of fine-tuning (default: 5)")
    parser.add_argument("--work", type=typed_path, help="folder for what can be resumed (default: OUT.work)")


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
        if arguments.recipe:
            from t2i_core.training.recipe import make_mini

            make_mini(arguments.data, arguments.out, work=work)
        else:
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
