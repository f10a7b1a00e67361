"""Command blocks of README and docs are run, one page after the other, on a small dataset; those that are not have a reason."""

from __future__ import annotations

import re
import shlex
import shutil
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from t2i_core import cli, encoder
from t2i_core.dataset import audit_file, read_gallery
from tests.architecture.cli_pages import parsers
from tests.architecture.source_tree import ROOT

PAGES = ("README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md") if path.name != "cli.md"))
LINE = re.compile(r"^ {4}(?P<line>\S.*)$", re.MULTILINE)
OURS = re.compile(r"^(?:\w+=\S+ )*(?:python -m t2i_core|t2i) (?P<words>.+)$")
# What begins so is not run here, and why.
LEFT_OUT = {
    "run ": "opens the app: tests/core/test_installing.py and tests/serving do",
    "serve ": "answers until it is stopped: tests/core/test_serving.py asks it",
    "mcp ": "answers until it is stopped: tests/core/test_agents.py asks it",
    "push ": "needs a server: tests/core/test_cli_push.py has one",
    "doctor": "says what this computer lacks, and fails where it lacks something: tests/core/test_doctor.py",
    "train ": "takes minutes: tests/core/test_training_fine_tuning.py",
    "build --images ~/photos --data data/photos-tuned": "takes the model that train makes",
}
# Names of other computers, how many machines there are, and a model that would have to be fetched.
HERE = {"$SLURM_ARRAY_TASK_ID/8": "1/1", "/shared/": "shared/", "ViT-B/32": "mini"}
PHOTOS = ("dogs/1.jpg", "dogs/3.jpg", "cats/1.jpg", "trips/a.jpg", "trips/b.jpg", "5.jpg", "6.jpg", "7.jpg")


def commands() -> list[tuple[str, str]]:
    """Page and command of every line that calls this program, comments and settings before it left out."""
    found = []
    for page in PAGES:
        for line in LINE.finditer((ROOT / page).read_text(encoding="utf-8")):
            call = OURS.match(line["line"])
            if call:
                found.append((page, call["words"].partition("  #")[0].strip()))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_call_is_understood(page: str) -> None:
    """By argparse itself: each option, each number of values, each choice."""
    for where, words in commands():
        if where == page:
            command, *arguments = shlex.split(words)
            parsers()[command].parse_args(arguments)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's home with ``photos``, ``dogs`` as Hugging Face lays them out, and ``captions.csv`` beside them."""
    pictures = sorted((ROOT / "static" / "images" / "animals").glob("*.jpg"))
    for folder in ("photos", "dogs", "shared/photos"):
        for name, picture in zip(PHOTOS, pictures, strict=False):
            (tmp_path / folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(picture, tmp_path / folder / name)
    captions = "".join(f"{name},an animal called {number}\n" for number, name in enumerate(PHOTOS))
    (tmp_path / "captions.csv").write_text(f"image,caption\n{captions}", encoding="utf-8")
    (tmp_path / "dogs" / "metadata.csv").write_text(f"file_name,text\n{captions}", encoding="utf-8")
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("T2I_IMAGES", "T2I_MODEL", "T2I_MODEL_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("T2I_DATA", "data/photos")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_every_block_runs(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command once, in the order in which the pages tell them."""
    monkeypatch.setattr(encoder, "open_encoder", cache(encoder.open_encoder))
    asked = dict.fromkeys(words for _, words in commands())
    assert [start for start in LEFT_OUT if not any(words.startswith(start) for words in asked)] == []
    failed = []
    for words in asked:
        if words.startswith(tuple(LEFT_OUT)):
            continue
        here = words
        for theirs, ours in HERE.items():
            here = here.replace(theirs, ours)
        if words.startswith("fix "):  # what the Audit page writes
            decision = ("dark", PHOTOS[-1], "", "exclude", "", "2026-01-01T00:00:00+00:00")
            audit_file.write_decisions(home / "data" / "photos", [audit_file.Decision(*decision)])
        if words.startswith("import embeddings "):  # what somebody handed on
            gallery = read_gallery(home / "data" / "photos")
            np.save(home / "vectors.npy", gallery.image_embeddings)
            (home / "vectors.txt").write_text("\n".join(gallery.image_ids), encoding="utf-8")
        code = cli.main(shlex.split(here))
        said = capsys.readouterr()
        if code != 0:
            failed.append(f"{words}: {said.err or said.out}")
    assert not failed, "\n".join(failed)
    for made in (
        "report.html",
        "beaches.html",
        "faults.csv",
        "data/photos-fixed",
        "dogs-parquet",
        "shared/photos-data",
    ):
        assert (home / made).exists(), made
