"""run: the app in the browser, from a checkout or from an installed package."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from t2i_core import __version__
from t2i_core.commands import options
from t2i_core.config import typed_path
from t2i_core.errors import T2IError

if TYPE_CHECKING:
    from t2i_core.commands.console import Console

PACKAGE = Path(__file__).resolve().parents[1]
IN_THE_WHEEL = PACKAGE / "app"  # what setup.py puts there: Home.py, pages, .streamlit
STARTED_FROM = "Home.py"
BECOMES_ANOTHER = os.name == "posix"  # on Windows the console would not wait for the new process


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "run",
        help="open the app in the browser",
        description="Serve the app and open it in the browser, until Ctrl-C. Who else can use it: see --host.",
    )
    options.add_data(parser)
    options.add_images(parser)
    parser.add_argument("--host", help="address to listen at; 0.0.0.0 for every computer (default: this computer only)")
    parser.add_argument("--port", type=int, help="default: 8501, or the next that is free")
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    parser.add_argument(
        "--app-dir",
        type=typed_path,
        metavar="DIR",
        help="where an installed package keeps its copy of the app, thumbnails included (default: a folder of the user's cache)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Start the server and wait for it."""
    if arguments.port is not None and not 0 < arguments.port <= 65_535:
        raise T2IError(f"A port is 1 to 65535, got {arguments.port}. Leave it out for 8501.")
    folder = app_folder(arguments.app_dir)
    command = [sys.executable, "-m", "streamlit", "run", str(folder / STARTED_FROM)]
    if arguments.host:
        command += ["--server.address", arguments.host]
    if arguments.port:
        command += ["--server.port", str(arguments.port)]
    if arguments.no_browser:
        command += ["--server.headless", "true"]
    environment = dict(os.environ)
    if arguments.data is not None:
        environment["T2I_DATA"] = str(arguments.data)
    if arguments.images is not None:
        environment["T2I_IMAGES"] = str(arguments.images)
    console.say(f"Serving {folder}; Ctrl-C stops it.")
    console.flush()
    return _start(command, environment)


def _start(command: list[str], environment: dict[str, str]) -> int:
    """Become the server where a process can, so that whoever ends this one ends it; else wait for it."""
    if BECOMES_ANOTHER:
        os.execve(command[0], command, environment)
    server = subprocess.Popen(command, env=environment)
    while True:
        try:
            return server.wait()
        except KeyboardInterrupt:
            continue  # the server was told, too, and ends by itself


def app_folder(wanted: Path | None = None) -> Path:
    """Where the app lies: the checkout, or a copy of what the package holds that may be written, for thumbnails.

    Raises
    ------
    T2IError
        When there is neither, or the copy cannot be made.
    """
    checkout = PACKAGE.parent
    if (checkout / STARTED_FROM).is_file() and (checkout / "pages" / "_ui").is_dir():
        return checkout
    if not (IN_THE_WHEEL / STARTED_FROM).is_file():
        raise T2IError(
            f"The app must lie beside the package or in it, got neither {checkout / STARTED_FROM} nor {IN_THE_WHEEL}. "
            "Install it again: python -m pip install ."
        )
    folder = wanted or user_cache() / f"app-{__version__}"
    try:
        # Copied anew each time: a package of the same version may have been installed again.
        for name in (STARTED_FROM, "pages", ".streamlit"):
            source, target = IN_THE_WHEEL / name, folder / name
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                folder.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)
        (folder / "static").mkdir(exist_ok=True)
    except OSError as error:
        raise T2IError(
            f"The app is copied to {folder}, which failed ({error.strerror or error}). Name another folder: --app-dir DIR"
        ) from error
    return folder


def user_cache() -> Path:
    """The folder of a user's caches for this program, as each system has it."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "t2i"
