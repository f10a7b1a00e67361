"""The recipe as a command, from a checkout: ``python -m recipes.mini --data SOURCES --out mini.safetensors``."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence

from t2i_core.cli import FAILED, INTERRUPTED
from t2i_core.config import typed_path
from t2i_core.errors import T2IError
from t2i_core.index.address import refuse_address


def build_parser() -> argparse.ArgumentParser:
    """The options."""
    parser = argparse.ArgumentParser(
        prog="python -m recipes.mini",
        description="Make the bundled model again from its sources; a run that was stopped goes on where it stopped.",
    )
    parser.add_argument("--data", type=typed_path, required=True, help="folder of the sources: flickr8k, more, pool")
    parser.add_argument("--out", type=typed_path, required=True, help="where the model goes (.safetensors)")
    parser.add_argument("--work", type=typed_path, help="folder for what can be resumed (default: OUT.work)")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Make the model; the exit code, as those of ``python -m t2i_core``."""
    arguments = build_parser().parse_args(argv)
    work = arguments.work or arguments.out.with_name(arguments.out.name + ".work")
    try:
        refuse_address(arguments.data, task="The recipe")
        from recipes.mini.recipe import make_mini  # torch and more, which --help need not wait for

        make_mini(arguments.data, arguments.out, work=work)
    except T2IError as error:
        sys.stderr.write(f"error: {error}\n")
        return FAILED
    except KeyboardInterrupt:
        sys.stderr.write("stopped; the same command goes on from there\n")
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(message)s")
    for room in ("recipes.mini", "t2i_core.training"):
        logging.getLogger(room).setLevel(logging.INFO)
    raise SystemExit(main())
