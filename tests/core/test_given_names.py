"""Names given to clusters: which cluster each belongs to, changing and taking them back, files of others, two writers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from t2i_core.dataset.cluster_names_file import (
    LONGEST_NAME,
    MOST_NAMES,
    MOST_PICTURES,
    GivenName,
    cluster_names_path,
    read_cluster_names,
    write_cluster_names,
)
from t2i_core.dataset.holding import held
from t2i_core.errors import DatasetError, ProjectionError, T2IError
from t2i_core.projection import (
    Projection,
    read_projection,
    rename_cluster,
    take_back,
    with_given_names,
    write_projection,
)
from t2i_core.projection.given_names import carry_on, likeness, sample_of
from t2i_core.types import Gallery
from tests.core.small_maps import grouped_gallery, grouped_rows
from tests.demo_maps import flat_projection

ROOT = Path(__file__).parents[2]
MADE = ("castle, tower", "fish, coral", "rocket, smoke")


def gallery_of(tmp_path: Path, names: Sequence[str]) -> Gallery:
    return replace(grouped_gallery(grouped_rows(len(names)), tmp_path, captions=False), image_ids=tuple(names))


def mapped(gallery: Gallery, labels: Sequence[int], names: tuple[str, ...] = MADE) -> Projection:
    coordinates = np.zeros((len(gallery), 2), dtype=np.float32)
    made = flat_projection(gallery, coordinates)
    return replace(made, cluster_labels=np.array(labels, dtype=np.int32), cluster_names=names)


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return gallery_of(tmp_path, [f"{row:03d}.jpg" for row in range(90)])


@pytest.fixture
def projection(gallery: Gallery) -> Projection:
    return mapped(gallery, (np.arange(90) // 30).tolist())


def shown(gallery: Gallery, projection: Projection) -> tuple[str, ...]:
    return with_given_names(projection, gallery).cluster_names


def test_a_cluster_gets_a_name_and_the_made_one_back(gallery: Gallery, projection: Projection) -> None:
    assert with_given_names(projection, gallery) is projection
    done = rename_cluster(gallery, projection, 1, "  The  Aquarium ", was="fish, coral")
    assert (done.label, done.before, done.after, done.given) == (1, "fish, coral", "The Aquarium", "")
    named = with_given_names(projection, gallery)
    assert named.cluster_names == ("castle, tower", "The Aquarium", "rocket, smoke")
    assert named.made_names == MADE
    assert with_given_names(named, gallery).cluster_names == named.cluster_names
    again = rename_cluster(gallery, named, 1, "Fish", was="The Aquarium")
    assert (again.before, again.after, again.given) == ("The Aquarium", "Fish", "The Aquarium")
    assert [one.name for one in read_cluster_names(gallery.data_dir)] == ["Fish"]
    for empty in ("", "  \n"):
        rename_cluster(gallery, projection, 1, "Fish")
        assert rename_cluster(gallery, named, 1, empty).after == "fish, coral"
        assert shown(gallery, projection) == MADE
        assert read_cluster_names(gallery.data_dir) == ()


def test_giving_the_made_name_gives_none(gallery: Gallery, projection: Projection) -> None:
    assert rename_cluster(gallery, projection, 0, "castle, tower").after == "castle, tower"
    assert not cluster_names_path(gallery.data_dir).exists()
    rename_cluster(gallery, projection, 0, "Castles")
    rename_cluster(gallery, projection, 0, "castle, tower")
    assert read_cluster_names(gallery.data_dir) == ()


def test_each_step_is_taken_back_unless_somebody_renamed_the_cluster_since(
    gallery: Gallery, projection: Projection
) -> None:
    first = rename_cluster(gallery, projection, 2, "Space")
    second = rename_cluster(gallery, projection, 2, "Launches")
    with pytest.raises(ProjectionError, match="was 'Space' and is 'Launches' by now"):
        take_back(gallery, projection, first)
    assert take_back(gallery, projection, second).after == "Space"
    assert shown(gallery, projection)[2] == "Space"
    assert take_back(gallery, projection, first).after == "rocket, smoke"
    assert shown(gallery, projection) == MADE


@pytest.mark.parametrize(
    ("label", "name", "told"),
    [
        (0, "x" * (LONGEST_NAME + 1), f"1 to {LONGEST_NAME} characters, got {LONGEST_NAME + 1}"),
        (0, "bell\x07", "can be seen"),
        (0, "turned \u202e round", "can be seen"),
        (0, "half \ud800", "can be seen"),
        (0, "FISH, Coral", "'fish, coral' is that of another, of 30 pictures"),
        (3, "Beyond", "in 0..2, got 3"),
        (-1, "Before", "in 0..2, got -1"),
    ],
)
def test_what_cannot_be_a_name_changes_nothing(
    gallery: Gallery, projection: Projection, label: int, name: str, told: str
) -> None:
    rename_cluster(gallery, projection, 2, "Space")
    before = cluster_names_path(gallery.data_dir).read_bytes()
    with pytest.raises(T2IError, match=told):
        rename_cluster(gallery, projection, label, name)
    assert cluster_names_path(gallery.data_dir).read_bytes() == before


def test_a_name_of_letters_of_any_script_and_signs_is_kept_as_it_is(gallery: Gallery, projection: Projection) -> None:
    name = "**Ärger** <b>&</b> 漢字 👩\u200d🚀"
    rename_cluster(gallery, projection, 0, name)
    assert shown(gallery, projection)[0] == name


def test_a_name_stays_with_a_cluster_that_is_mostly_the_same(tmp_path: Path, gallery: Gallery) -> None:
    rename_cluster(gallery, mapped(gallery, (np.arange(90) // 30).tolist()), 0, "Castles")
    # Of the 30: 20 stay, 10 join another cluster, 10 new ones come. 20 of 40 are in both.
    grown = gallery_of(tmp_path, [*gallery.image_ids, *(f"new {row}.jpg" for row in range(10))])
    other = mapped(grown, [2] * 20 + [1] * 40 + [0] * 30 + [2] * 10)
    assert shown(grown, other) == ("castle, tower", "fish, coral", "Castles")
    less = mapped(grown, [2] * 19 + [1] * 41 + [0] * 30 + [2] * 10)
    assert shown(grown, less) == MADE
    assert [one.name for one in read_cluster_names(tmp_path)] == ["Castles"]  # it waits


def test_a_name_that_waits_comes_back_with_its_pictures(gallery: Gallery, projection: Projection) -> None:
    rename_cluster(gallery, projection, 0, "Castles")
    scattered = mapped(gallery, (np.arange(90) % 3).tolist())
    assert shown(gallery, scattered) == MADE
    rename_cluster(gallery, scattered, 1, "Others")
    assert shown(gallery, scattered)[1] == "Others"
    assert shown(gallery, projection)[0] == "Castles"
    # A name that waits is free for another cluster, and then belongs to that.
    rename_cluster(gallery, scattered, 0, "castles")
    assert shown(gallery, scattered) == ("castles", "Others", "rocket, smoke")
    assert shown(gallery, projection) == MADE


def test_of_two_names_for_one_cluster_the_one_that_fits_better_is_shown(
    gallery: Gallery, projection: Projection
) -> None:
    names = tuple(gallery.image_ids)
    write_cluster_names(
        gallery.data_dir,
        [GivenName("well", names[:29]), GivenName("better", names[:30]), GivenName("less", names[:20])],
    )
    assert shown(gallery, projection)[0] == "better"
    rename_cluster(gallery, projection, 0, "")
    assert shown(gallery, projection) == MADE  # and none of the others stands up


def test_made_names_give_way_to_given_ones(gallery: Gallery, projection: Projection) -> None:
    rename_cluster(gallery, projection, 2, "Fish")
    later = mapped(gallery, (np.arange(90) // 30).tolist(), ("fish", "fish 1", "rocket"))
    assert shown(gallery, later) == ("fish 1", "fish 1 2", "Fish")


def test_names_go_on_with_clusters_that_grow(tmp_path: Path, gallery: Gallery, projection: Projection) -> None:
    rename_cluster(gallery, projection, 0, "Castles")
    names, labels = [*gallery.image_ids], (np.arange(90) // 30).tolist()
    for step in range(4):  # by two thirds each time: eight times as many at the end
        more = int(labels.count(0) * 2 / 3)
        names, labels = [*names, *(f"{step} {row}.jpg" for row in range(more))], [*labels, *[0] * more]
        grown = gallery_of(tmp_path, names)
        assert carry_on(grown, mapped(grown, labels)) == 1
    assert shown(grown, mapped(grown, labels))[0] == "Castles"
    [given] = read_cluster_names(tmp_path)
    assert set(given.pictures) == {name for name, label in zip(names, labels, strict=True) if label == 0}
    before = cluster_names_path(tmp_path).stat().st_mtime_ns
    carry_on(grown, mapped(grown, labels))
    assert cluster_names_path(tmp_path).stat().st_mtime_ns == before


def test_without_names_nothing_is_written(gallery: Gallery, projection: Projection) -> None:
    assert carry_on(gallery, projection) == 0
    assert list(gallery.data_dir.iterdir()) == []


def test_a_sample_tells_how_alike_large_clusters_are() -> None:
    names = [f"{row // 1000:03d}/{row:07d}.jpg" for row in range(30_000)]
    whole = sample_of(names[:20_000])
    assert len(whole) == MOST_PICTURES
    assert whole == sample_of(names[:20_000])
    for shared, of_both in ((20_000, 1.0), (15_000, 0.6), (10_000, 1 / 3)):
        other = sample_of(names[20_000 - shared : 40_000 - shared])
        assert likeness(whole, other) == pytest.approx(of_both, abs=0.09)
    assert likeness(whole, sample_of(names[20_000:])) == 0
    assert likeness(names[:40], names[20:60]) == pytest.approx(1 / 3)
    assert likeness(names[:300], sample_of(names[:20_000])) == pytest.approx(300 / 20_000, abs=0.02)
    assert likeness(names[:500], names[100:600]) == pytest.approx(400 / 600)


def test_the_file_is_small_whatever_is_mapped(tmp_path: Path) -> None:
    names = [f"{row // 1000:03d}/{row:07d}.jpg" for row in range(40_000)]
    gallery = gallery_of(tmp_path, names)
    projection = mapped(gallery, (np.arange(40_000) % 2).tolist(), ("even", "odd"))
    rename_cluster(gallery, projection, 0, "Evens")
    assert cluster_names_path(tmp_path).stat().st_size < 20_000
    assert shown(gallery, projection) == ("Evens", "odd")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[" * 100_000,
        b"[]",
        b'{"version": 2, "names": []}',
        b'{"version": true, "names": []}',
        b'{"version": 1}',
        b'{"version": 1, "names": {}}',
        b'{"version": 1, "names": ["Castles"]}',
        b'{"version": 1, "names": [{"name": "Castles"}]}',
        b'{"version": 1, "names": [{"name": 5, "pictures": ["000.jpg"]}]}',
        b'{"version": 1, "names": [{"name": "Castles", "pictures": []}]}',
        b'{"version": 1, "names": [{"name": "Castles", "pictures": ["../../etc/passwd"]}]}',
        b'{"version": 1, "names": [{"name": "Castles", "pictures": ["a.jpg", "a.jpg"]}]}',
        b'{"version": 1, "names": [{"name": "", "pictures": ["a.jpg"]}]}',
        b'{"version": 1, "names": [{"name": "a\\u0000", "pictures": ["a.jpg"]}]}',
        json.dumps({"version": 1, "names": [{"name": "a", "pictures": [f"{n}.jpg" for n in range(MOST_PICTURES + 1)]}]}).encode(),
        json.dumps({"version": 1, "names": [{"name": "a", "pictures": ["a.jpg"]}] * (MOST_NAMES + 1)}).encode(),
        b"\xff\xfe\x00\xd8\x00",
    ],
)  # fmt: skip
def test_a_file_of_something_else_is_refused_left_and_costs_only_its_names(
    gallery: Gallery, projection: Projection, content: bytes
) -> None:
    write_projection(projection, gallery.data_dir)
    cluster_names_path(gallery.data_dir).write_bytes(content)
    with pytest.raises(DatasetError, match=r"cluster_names\.json"):
        rename_cluster(gallery, projection, 0, "Castles")
    with pytest.raises(DatasetError, match=r"cluster_names\.json"):
        carry_on(gallery, projection)
    assert cluster_names_path(gallery.data_dir).read_bytes() == content
    stored = read_projection(gallery)
    assert stored is not None
    assert stored.cluster_names == MADE


def test_names_beyond_the_most_are_refused(gallery: Gallery, projection: Projection) -> None:
    write_cluster_names(gallery.data_dir, [GivenName(f"{n}", ("gone.jpg",)) for n in range(MOST_NAMES)])
    with pytest.raises(DatasetError, match=f"At most {MOST_NAMES} names"):
        rename_cluster(gallery, projection, 0, "Castles")


def test_whoever_writes_waits_for_the_other(gallery: Gallery, projection: Projection) -> None:
    with ThreadPoolExecutor(1) as pool:
        with held(cluster_names_path(gallery.data_dir)):
            done = pool.submit(rename_cluster, gallery, projection, 0, "Castles")
            write_cluster_names(gallery.data_dir, [GivenName("Space", tuple(gallery.image_ids[60:]))])
            assert not done.done()
        done.result(timeout=30)
    assert shown(gallery, projection) == ("Castles", "fish, coral", "Space")


@pytest.mark.slow
def test_no_name_is_lost_by_two_processes_at_once(tmp_path: Path) -> None:
    names = [f"{row:03d}.jpg" for row in range(120)]
    gallery = gallery_of(tmp_path, names)
    projection = mapped(gallery, (np.arange(120) // 4).tolist(), tuple(f"made {n}" for n in range(30)))
    script = (
        "import sys; from pathlib import Path; from tests.core.test_given_names import *\n"
        "gallery = gallery_of(Path(sys.argv[1]), [f'{row:03d}.jpg' for row in range(120)])\n"
        "projection = mapped(gallery, (np.arange(120) // 4).tolist(), tuple(f'made {n}' for n in range(30)))\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "for n in range(int(sys.argv[2]), 30, 3): rename_cluster(gallery, projection, n, f'given {n}')"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path), str(who)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for who in range(2)
    ]
    assert [process.stdout.readline() for process in processes if process.stdout] == [b"ready\n"] * 2
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for n in range(2, 30, 3):
        rename_cluster(gallery, projection, n, f"given {n}")
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0]
    assert shown(gallery, projection) == tuple(f"given {n}" for n in range(30))
    assert list(tmp_path.glob("*.tmp")) == []
