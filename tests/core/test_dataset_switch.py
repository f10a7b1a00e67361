"""A dataset is the old one or the new one, whole, whenever a writer is killed and whenever a reader comes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from t2i_core.dataset import dataset_stamp, list_datasets, read_gallery, read_name
from t2i_core.dataset.switch_record import SWITCH_NAME, current_path
from t2i_core.dataset.switching import finish_switch, remove_leftovers
from t2i_core.errors import DatasetError
from t2i_core.types import Gallery
from tests.core.kill_steps import PICTURES, write_version

ROOT = Path(__file__).parents[2]
FILES = ["aligned_embeddings.npz", "captions_tokenized.csv", "manifest.json"]
HARMLESS = {"images_dir_missing"}


def version_of(gallery: Gallery) -> int:
    """Which version all parts of a gallery are of; -1 for a mixture."""
    assert {problem.code for problem in gallery.problems} <= HARMLESS
    assert gallery.manifest is not None
    version = int(gallery.manifest.weights_sha256)
    rows = np.eye(PICTURES, 8, k=version % 3, dtype=np.float32)
    assert gallery.text_embeddings is not None
    whole = (
        gallery.manifest.model_id == f"version {version}"
        and gallery.image_ids == tuple(f"{version}/{number}.jpg" for number in range(PICTURES))
        and set(gallery.captions) == {f"version {version}"}
        and gallery.caption_rows.tolist() == list(range(PICTURES))
        and np.array_equal(gallery.image_embeddings, rows)
        and np.array_equal(gallery.text_embeddings, rows)
    )
    return version if whole else -1


def run_script(*arguments: object) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.core.kill_steps", *map(str, arguments)],
        capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    return done.stdout


@pytest.mark.slow
def test_killed_at_every_step_it_is_old_or_new(tmp_path: Path) -> None:
    steps = int(run_script(tmp_path, 1, 2))
    assert steps >= 15  # three files written, flushed and renamed, three second names, the record and its removal
    found = []
    for step in range(1, steps + 1):
        for side in "ab":
            folder = tmp_path / f"{step}{side}" / "data"
            stamp = dataset_stamp(folder)
            found.append(version_of(read_gallery(folder)))
            assert dataset_stamp(folder) == stamp  # reading changes nothing
            assert read_name(folder) == "data"
            assert list_datasets(folder) == [folder]
            # Whoever writes next finishes what was begun; the content stays the one that readers saw.
            remove_leftovers(folder)
            assert version_of(read_gallery(folder)) == found[-1]
            assert dataset_stamp(folder) == stamp
            assert sorted(path.name for path in folder.iterdir()) == FILES  # nothing is left over, nothing was copied
        write_version(folder, 3)
        assert version_of(read_gallery(folder)) == 3
        assert sorted(path.name for path in folder.iterdir()) == FILES
    assert found == sorted(found)  # there is one moment before which all are old and after which all are new
    assert set(found) == {1, 2}


@pytest.mark.slow
def test_killed_while_the_first_dataset_is_written(tmp_path: Path) -> None:
    """Where there was none, there is none or the new one."""
    script = (
        "import os, signal, sys; from pathlib import Path; from tests.core.kill_steps import kill_at, write_version\n"
        "for step in range(1, 40):\n"
        "    child = os.fork()\n"
        "    if not child:\n"
        "        kill_at(step, after=False); write_version(Path(sys.argv[1]) / str(step) / 'data', 1); os._exit(0)\n"
        "    os.waitpid(child, 0)\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, check=True)
    found = []
    for step in range(1, 40):
        folder = tmp_path / str(step) / "data"
        if list_datasets(folder):
            found.append(version_of(read_gallery(folder)))
        else:
            found.append(0)
            with pytest.raises(DatasetError):
                read_gallery(folder)
    assert found == sorted(found)
    assert set(found) == {0, 1}


@pytest.mark.slow
def test_a_reader_that_comes_at_any_moment_sees_one_version(tmp_path: Path) -> None:
    folder, enough = tmp_path / "data", tmp_path / "enough"
    write_version(folder, 0)
    script = (
        "import sys, time; from itertools import count; from pathlib import Path; from tests.core.kill_steps import write_version\n"
        "for version in count(1):\n"
        "    write_version(Path(sys.argv[1]), version)\n"
        "    if Path(sys.argv[2]).exists(): sys.exit(0)\n"
        "    time.sleep(version * 0.02)\n"  # ever longer, so that a slow reader gets its turn too
    )
    writer = subprocess.Popen([sys.executable, "-c", script, str(folder), str(enough)], cwd=ROOT)
    seen: list[int] = []
    while len(set(seen)) < 12 and writer.poll() is None:
        seen.append(version_of(read_gallery(folder)))
    enough.touch()
    assert writer.wait() == 0
    assert -1 not in seen
    assert seen == sorted(seen)
    assert version_of(read_gallery(folder)) >= seen[-1]


def test_a_file_that_could_not_be_put_in_its_place_brings_all_old_ones_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, rename = tmp_path / "data", Path.replace
    for failing in FILES:
        write_version(folder, 1)
        with monkeypatch.context() as patch:

            def fail(self: Path, target: Path, failing: str = failing) -> Path:
                if Path(target).name == failing and ".old." not in self.name:
                    raise OSError(13, "Permission denied")
                return rename(self, target)

            patch.setattr(Path, "replace", fail)
            with pytest.raises(DatasetError, match=f"{failing} could not be written: Permission denied"):
                write_version(folder, 2)
        assert version_of(read_gallery(folder)) == 1
        assert sorted(path.name for path in folder.iterdir()) == FILES


def test_where_no_file_can_have_two_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then there is no way back, and the new dataset waits to be put in its place."""
    folder = tmp_path / "data"
    write_version(folder, 1)
    with monkeypatch.context() as patch:
        rename = Path.replace

        def fail(self: Path, target: Path) -> Path:
            if Path(target).name == "manifest.json":
                raise OSError(32, "The process cannot access the file because it is being used by another process")
            return rename(self, target)

        def refuse(self: Path, target: Path) -> None:
            raise OSError(95, "Operation not supported")

        patch.setattr(Path, "replace", fail)
        patch.setattr(Path, "hardlink_to", refuse)
        write_version(folder, 2)
        assert version_of(read_gallery(folder)) == 2
    finish_switch(folder)
    assert version_of(read_gallery(folder)) == 2
    assert sorted(path.name for path in folder.iterdir()) == FILES


def test_captions_edited_after_a_kill_are_kept_when_it_is_finished(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    write_version(folder, 1)
    new = tmp_path / "new"
    write_version(new, 2)
    waiting = {name: f".{name}.999999999.1.tmp" for name in FILES}
    for name, temporary in waiting.items():
        (new / name).replace(folder / temporary)
    (folder / SWITCH_NAME).write_text(json.dumps({"files": waiting, "replaced": {}}))
    (folder / FILES[1]).write_text("image,caption\n1/0.jpg,my own words\n")
    assert version_of(read_gallery(folder)) == 2
    write_version(folder, 3)
    assert "my own words" in (folder / "captions_tokenized.1.csv").read_text()
    assert version_of(read_gallery(folder)) == 3


@pytest.mark.parametrize(
    "record",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        '{"files": 3}',
        '{"files": {"manifest.json": "../secret"}}',
        '{"files": {"manifest.json": "secret"}}',
        '{"files": {"manifest.json": ".captions_tokenized.csv.1.2.tmp"}}',
        '{"files": {"manifest.json": ".manifest.json.1.2.tmp/../../secret"}}',
        '{"files": {"../manifest.json": ".../manifest.json.1.2.tmp"}}',
        '{"files": {"manifest.json": 3, "captions_tokenized.csv": null}}',
        '{"files": {"manifest.json": "' + "x" * 100_000,
    ],
)
def test_a_record_from_elsewhere_chooses_no_file(tmp_path: Path, record: str) -> None:
    folder = tmp_path / "data"
    write_version(folder, 1)
    (tmp_path / "secret").write_text("{}")
    (folder / "secret").write_text("{}")
    (folder / SWITCH_NAME).write_text(record)
    for name in FILES:
        assert current_path(folder / name) == folder / name
    assert version_of(read_gallery(folder)) == 1
    write_version(folder, 2)
    assert version_of(read_gallery(folder)) == 2
    assert not (folder / SWITCH_NAME).exists()
    assert (tmp_path / "secret").read_text() == (folder / "secret").read_text() == "{}"


def test_a_folder_that_is_always_written_to_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data"
    write_version(folder, 1)
    read_bytes = Path.read_bytes

    def touch(self: Path) -> bytes:
        os.utime(folder / FILES[0], ns=(1, (folder / FILES[0]).stat().st_mtime_ns + 1))
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", touch)
    with pytest.raises(
        DatasetError, match=r"must stay the same while they are read, and those in .* were replaced 20 times"
    ):
        read_gallery(folder)
