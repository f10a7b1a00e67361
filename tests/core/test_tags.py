"""Tags: given, taken, taken back, read as they were written, by many at once, and as conditions of a search."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from t2i_core.dataset import read_gallery, tags_file
from t2i_core.dataset.holding import held
from t2i_core.dataset.tags_file import TagMark, read_tag_marks, tag_name, tags_path
from t2i_core.engine import FolderSource, SearchEngine
from t2i_core.errors import DatasetError, QueryError
from t2i_core.marks import apply_change, read_tags, tag_pictures, tagged
from t2i_core.marks.importing import import_tags
from t2i_core.query import Condition, SearchRequest
from t2i_core.query.link_form import request_from_link, request_to_link
from tests.architecture.source_tree import ROOT
from tests.core.small_galleries import COLOURS, ColourEncoder, save_ours, save_pictures

SWAN, RED, BLUE, MEADOW = COLOURS
THEN = "2026-01-02T03:04:05+00:00"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    save_ours(tmp_path / "data")
    return tmp_path / "data"


def test_given_and_taken(data: Path) -> None:
    assert read_tags(data).pictures == {}
    change = tag_pictures(data, [RED, BLUE, RED], add=["  keep ", "boats"], when=THEN)
    assert change.added == tuple(TagMark(name, tag, THEN) for tag in ("keep", "boats") for name in (RED, BLUE))
    assert read_tags(data).pictures == {"boats": (RED, BLUE), "keep": (RED, BLUE)}
    assert read_tags(data).of_picture == {RED: ("keep", "boats"), BLUE: ("keep", "boats")}
    again = tag_pictures(data, [RED, MEADOW], add=["keep"], remove=["boats", "never given"])
    assert [mark.image_id for mark in again.added] == [MEADOW]
    assert again.removed == (TagMark(RED, "boats", THEN),)


def test_a_change_is_taken_back_to_the_last_byte_of_what_it_meant(data: Path) -> None:
    tag_pictures(data, [RED], add=["keep"], when=THEN)
    before = set(read_tag_marks(data))
    change = tag_pictures(data, list(COLOURS), add=["boats"], remove=["keep"])
    assert apply_change(data, change.undo) == change.undo
    assert set(read_tag_marks(data)) == before


def test_taking_back_leaves_what_somebody_else_gave_since(data: Path) -> None:
    mine = tag_pictures(data, [RED], add=["keep"], when=THEN)
    tag_pictures(data, [RED], remove=["keep"])
    theirs = tag_pictures(data, [RED], add=["keep"], when="2026-02-02T03:04:05+00:00")
    assert apply_change(data, mine.undo).removed == ()
    assert read_tag_marks(data) == theirs.added


def test_last_used(data: Path) -> None:
    for second, tag in enumerate(["one", "two", "three", "one"]):
        tag_pictures(data, [list(COLOURS)[second]], add=[tag], when=f"2026-01-01T00:00:0{second}+00:00")
    assert read_tags(data).last_used(2) == ("one", "three")


@pytest.mark.parametrize(
    "name", ["=1+1.png", "'a.png", "''=b.png", "'=c.png", "-1/x.png", 'say "no", never.png', "＝d.png"]
)
def test_names_and_tags_survive_and_no_spreadsheet_runs_them(data: Path, name: str) -> None:
    tag_pictures(data, [name], add=[name[:40]], when=THEN)
    assert read_tag_marks(data) == (TagMark(name, tag_name(name), THEN),)
    for line in tags_path(data).read_text(encoding="utf-8").splitlines():
        assert line.lstrip('"')[0] not in "=+-@＝"


@pytest.mark.parametrize("tag", ["", "   ", "x" * 81, "a\x00b", "a\u202eb"])
def test_what_can_be_no_tag_is_refused_and_nothing_changes(data: Path, tag: str) -> None:
    with pytest.raises(DatasetError, match="A tag h"):
        tag_pictures(data, [RED], add=["keep", tag])
    assert not tags_path(data).exists()


@pytest.mark.parametrize("name", ["../outside.png", "/etc/passwd", "", "a\nb.png"])
def test_what_can_be_no_picture_is_refused(data: Path, name: str) -> None:
    with pytest.raises(DatasetError, match="path inside its folder"):
        tag_pictures(data, [name], add=["keep"])
    assert not tags_path(data).exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"image,caption\na.png,words\n",
        b"image,tag,when,note\na.png,keep,,mine\n",
        b"image,tag,when\na.png,keep\n",
        b"image,tag,when\n../a.png,keep,\n",
        b'image,tag,when\n"a.png,keep,\n',
        b"\xff\xfe\x00\xd8\x00",
    ],
)
def test_a_file_of_something_else_is_refused_and_left(data: Path, content: bytes) -> None:
    tags_path(data).write_bytes(content)
    with pytest.raises(DatasetError, match=r"tags\.csv"):
        tag_pictures(data, [RED], add=["keep"])
    assert tags_path(data).read_bytes() == content


def test_a_table_that_a_spreadsheet_saved_is_read(data: Path) -> None:
    tags_path(data).write_bytes("Tag;Image;When\r\nkeep;boats/red.png;\r\n;;\r\n".encode("utf-8-sig"))
    assert read_tag_marks(data) == (TagMark(RED, "keep"),)


@pytest.mark.slow
def test_no_mark_is_lost_by_threads_and_processes_at_once(data: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from t2i_core.marks import tag_pictures\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "for n in range(15): tag_pictures(Path(sys.argv[1]), [f'{sys.argv[2]}/{n}.png'], add=['process'])"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(data), str(who)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for who in range(2)
    ]
    assert [process.stdout.readline() for process in processes if process.stdout] == [b"ready\n"] * 2
    for process in processes:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    with ThreadPoolExecutor(6) as pool:
        marks = [(f"t{who}/{n}.png", who) for n in range(15) for who in range(6)]
        changes = list(pool.map(lambda mark: tag_pictures(data, [mark[0]], add=[f"thread {mark[1]}"]), marks))
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0]
    assert [len(change.added) for change in changes] == [1] * 90
    counts = {tag: len(names) for tag, names in read_tags(data).pictures.items()}
    assert counts == {"process": 30} | {f"thread {who}": 15 for who in range(6)}
    assert sorted(path.name for path in data.glob("*tags*.tmp")) == []


def test_a_file_that_others_hold_is_told(data: Path) -> None:
    with (
        held(tags_path(data)),
        pytest.raises(DatasetError, match="others held it for more than"),
        held(tags_path(data), patience=0.05),
    ):
        pass


def test_rebuilds_keep_tags_and_pictures_that_are_gone_keep_theirs(data: Path) -> None:
    from t2i_core.dataset import write_dataset

    tag_pictures(data, [RED, BLUE], add=["keep"])
    before = tags_path(data).read_bytes()
    encoder = ColourEncoder()
    names = [SWAN, RED]
    write_dataset(
        data, image_ids=names, image_embeddings=read_gallery(data).image_embeddings[:2].copy(),
        image_sizes=np.full((2, 2), 6), captions=None, text_embeddings=None, encoder_id=encoder.model_id,
        weights_sha256=encoder.weights_sha256, preprocessing=encoder.preprocessing,
        images_dir=save_pictures(data.parent / "images"),
    )  # fmt: skip
    gallery = read_gallery(data)
    assert tags_path(data).read_bytes() == before
    assert read_tags(data).gone(gallery) == (BLUE,)
    assert tagged(gallery, ["keep"]).tolist() == [False, True]


def found(engine: SearchEngine, *where: Condition) -> set[str]:
    return {hit.image_id for hit in engine.search(SearchRequest.of("a boat", where=where, top_k=4)).hits}


def test_tags_are_conditions_and_count_from_the_moment_they_are_given(data: Path) -> None:
    engine = SearchEngine(ColourEncoder(), FolderSource(read_gallery(data)))
    keep, boats = Condition("tag", ("keep",)), Condition("tag", ("boats", "birds"))
    assert found(engine, keep) == set()
    tag_pictures(data, [RED, MEADOW], add=["keep"])
    assert found(engine, keep) == {RED, MEADOW}
    tag_pictures(data, [RED, BLUE], add=["boats"])
    tag_pictures(data, [SWAN], add=["birds"])
    assert found(engine, boats) == {RED, BLUE, SWAN}
    assert found(engine, keep, boats) == {RED}
    assert found(engine, boats, Condition("tag", ("keep",), negated=True)) == {BLUE, SWAN}
    tag_pictures(data, [RED], remove=["keep"])
    assert found(engine, keep) == {MEADOW}
    assert found(engine, Condition("tag", (" meadow ", "x" * 200, "  keep "))) == {MEADOW}
    with pytest.raises(QueryError, match="A tag is a name, got a range"):
        found(engine, Condition("tag", at_least=1))


def test_a_condition_on_tags_survives_link_and_json() -> None:
    request = SearchRequest.of("a boat", where=(Condition("tag", ("for the cover",), negated=True),))
    assert request_from_link(request_to_link(request)) == request
    assert SearchRequest.from_json(request.to_json()) == request


def test_tags_are_imported_under_their_pictures_names(data: Path, tmp_path: Path) -> None:
    table = tmp_path / "theirs.csv"
    table.write_text(
        "file_name,label\nred.png,keep\n/home/me/images/boats/red.png,cover\nred.png,keep\nunknown.png,keep\n,keep\n'=x.png,a\n",
        encoding="utf-8",
    )
    done = import_tags(read_gallery(data), table)
    assert read_tags(data).pictures == {"cover": (RED,), "keep": (RED,)}
    assert (done.rows, len(done.change.added), done.unknown) == (5, 2, ("unknown.png", "=x.png"))
    assert import_tags(read_gallery(data), table).change.added == ()
    apply_change(data, done.change.undo)
    assert read_tags(data).pictures == {}


def test_an_import_without_its_columns_is_refused(data: Path, tmp_path: Path) -> None:
    (tmp_path / "captions.csv").write_text("image,caption\na.png,words\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="a column of pictures and one of tags"):
        import_tags(read_gallery(data), tmp_path / "captions.csv")


def test_a_state_of_the_file_is_read_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tag_pictures(data, [RED], add=["keep"])
    first = read_tags(data)
    monkeypatch.setattr(tags_file, "MOST_BYTES", 0)  # another reading would be refused
    assert read_tags(data) is first
