"""Finding the file that holds a model's weights, and knowing it by its hash."""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from t2i_core.encoder.names import MINI_NAME, MINI_PATH, OPENAI_MODELS
from t2i_core.errors import ModelError

CACHE_DIR = Path("~/.cache/clip")  # where openai/CLIP keeps what it downloaded
_TIMEOUT_SECONDS = 30
_CHUNK_BYTES = 1 << 20

_log = logging.getLogger(__name__)
_known_hashes: dict[tuple[str, int, int], str] = {}


def find_weights(model: str, *, model_dir: Path | None) -> Path:
    """The file of a model given by name or path; OpenAI's are downloaded when they are nowhere else.

    Raises
    ------
    ModelError
        When there is no such model or file, or its weights cannot be had.
    """
    if model == MINI_NAME:
        if not MINI_PATH.is_file():
            raise ModelError(
                f"The bundled model must be at {MINI_PATH}, and there is no such file. "
                "Restore it from the repository (git checkout), or name another model: --model PATH"
            )
        return MINI_PATH
    if model in OPENAI_MODELS:
        return _find_openai(model, model_dir=model_dir)
    return _find_path(model, model_dir=model_dir)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file as hexadecimal text, remembered while the file's size and time stay the same."""
    facts = path.stat()
    key = (str(path.resolve()), facts.st_size, facts.st_mtime_ns)
    if key not in _known_hashes:
        with path.open("rb") as file:
            _known_hashes[key] = hashlib.file_digest(file, "sha256").hexdigest()
    return _known_hashes[key]


def _find_path(model: str, *, model_dir: Path | None) -> Path:
    given = _expanded(model)
    # A dataset's manifest may name a file that has moved into the folder of weights since.
    places = [given] if model_dir is None else [given, model_dir / given, model_dir / given.name]
    for place in places:
        if _is(Path.is_file, place):
            return place
    model = model if len(model) <= 200 else f"{model[:200]}…"
    rule = f"A model must be {MINI_NAME}, a name ({', '.join(OPENAI_MODELS)}) or the path of a checkpoint"
    if _is(Path.is_dir, given):
        raise ModelError(f"{rule}, got the folder {model!r}. Give the file in it.")
    looked = "" if model_dir is None else f" (looked in {model_dir} too)"
    raise ModelError(f"{rule}, got {model!r}, and there is no such file{looked}. Check the spelling.")


def _expanded(model: str) -> Path:
    try:
        return Path(model).expanduser()
    except (RuntimeError, ValueError):  # ~somebody, whom this machine does not know
        return Path(model)


def _is(kind: Callable[[Path], bool], path: Path) -> bool:
    """Whether a path leads to such a thing; one that is too long, or no path, does not."""
    try:
        return kind(path)
    except (OSError, ValueError):
        return False


def _find_openai(name: str, *, model_dir: Path | None) -> Path:
    from t2i_core.encoder.openai_clip import download_urls  # knows the addresses, but loads torch

    url = download_urls()[name]
    published_sha256, file_name = url.split("/")[-2:]
    if model_dir is not None and (model_dir / file_name).is_file():
        own = model_dir / file_name
        if file_sha256(own) != published_sha256:
            # A fine-tuned model may lie there under the official name: its owner put it there.
            _log.warning("%s is not the file OpenAI published for %s; using it as it is", own, name)
        return own
    cached = CACHE_DIR.expanduser() / file_name
    # Another hash in the cache means a download that stopped half-way.
    if cached.is_file() and file_sha256(cached) == published_sha256:
        return cached
    try:
        _download(url, cached, published_sha256)
    except (OSError, ValueError) as error:
        reason = str(getattr(error, "reason", "") or error)
        raise ModelError(
            f"The weights of {name} are not on this machine and could not be downloaded ({reason}). "
            f"Use the bundled model (--model {MINI_NAME}), or put {file_name} into the folder that T2I_MODEL_DIR names "
            "or give its path (--model PATH), or run this once where the network reaches "
            f"{urllib.parse.urlsplit(url).netloc}."
        ) from error
    return cached


def _download(url: str, target: Path, sha256: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    _log.info("downloading %s", url)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=target.name, suffix=".tmp")
    try:
        digest = hashlib.sha256()
        with os.fdopen(handle, "wb") as file, urllib.request.urlopen(url, timeout=_TIMEOUT_SECONDS) as source:
            while chunk := source.read(_CHUNK_BYTES):
                file.write(chunk)
                digest.update(chunk)
        if digest.hexdigest() != sha256:
            raise ValueError("what arrived is not the published file: its sha256 differs")
        Path(temporary).replace(target)
    finally:
        Path(temporary).unlink(missing_ok=True)
