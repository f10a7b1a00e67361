"""The command line: names the commands, runs one, and turns what happens into an exit code.

0: done. 1: failed, with one message on standard error. 2: called the wrong way. 130: stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from t2i_core import __version__
from t2i_core.commands import (
    audit,
    batch,
    build,
    clusters,
    doctor,
    evaluate,
    explain,
    export_data,
    fix,
    import_data,
    index,
    mcp,
    merge,
    project,
    push,
    run_app,
    search,
    searches,
    serve,
    tag,
    train,
    validate,
)
from t2i_core.commands.console import Console
from t2i_core.commands.parser import CommandParser
from t2i_core.errors import T2IError

COMMANDS = (
    search,
    searches,
    batch,
    tag,
    explain,
    build,
    merge,
    index,
    push,
    project,
    clusters,
    evaluate,
    validate,
    audit,
    fix,
    import_data,
    export_data,
    train,
    serve,
    mcp,
    run_app,
    doctor,
)
FAILED, INTERRUPTED = 1, 130

DESCRIPTION = "Find pictures by describing them. Every command works on a dataset (--data)."
EPILOG = """\
examples:
  python -m t2i_core build --images photos --data photos-data
  python -m t2i_core search "a dog on a beach" --data photos-data
  python -m t2i_core COMMAND --help

Settings come from the environment where an option is left out: T2I_DATA, T2I_IMAGES, T2I_MODEL,
T2I_MODEL_DIR, T2I_DEVICE. T2I_MAX_PIXELS is the most pixels a picture may have; T2I_FLOAT32=1 makes
models compute in float32 only, so that rows are the same on every machine."""


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command; loads no model and no library of one."""
    parser = CommandParser(
        prog="python -m t2i_core",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"t2i_core {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=CommandParser)
    for command in COMMANDS:
        command.add_parser(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the exit code comes back (wrong usage leaves through SystemExit with code 2)."""
    arguments = build_parser().parse_args(argv)
    console = Console(sys.stdout, sys.stderr)
    try:
        with _told(console, "t2i_core.encoder"), _told(console, "t2i_core.building"):
            code: int = arguments.run(arguments, console)
        console.flush()
    except T2IError as error:
        console.say(f"error: {error}")
        return FAILED
    except KeyboardInterrupt as interrupt:
        console.say(str(interrupt) or "stopped")
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough (`… | head`). Python would complain once more when it
        # flushes at exit, so what is left goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code


@contextmanager
def _told(console: Console, logger_name: str) -> Iterator[None]:
    """What a room logs (a download that takes minutes, a file that is not the published one) goes to the person."""
    handler = logging.Handler()
    handler.emit = lambda record: console.say(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger(logger_name)
    usual = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.setLevel(usual)
        logger.removeHandler(handler)
