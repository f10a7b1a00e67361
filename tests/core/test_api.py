"""The core for notebooks: the verbs, tables and arrays of hits, and what a notebook shows of them."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import t2i_core
import t2i_core as t2i
from t2i_core.api import Dataset, PictureMap, progress, showing
from t2i_core.audit import KINDS
from t2i_core.dataset import read_gallery
from t2i_core.errors import DatasetError, ExtraMissingError, QueryError
from t2i_core.query import Condition, Query, SearchRequest, parse_query
from tests.architecture.source_tree import ROOT
from tests.core.mini_weights import save_tiny_mini
from tests.core.small_galleries import CAPTIONS, COLOURS, ColourEncoder, save_ours, save_pictures
from tests.core.small_maps import grouped_gallery, grouped_rows

EMBEDDED = re.compile(r'src="data:image/jpeg;base64,([^"]+)"')


@pytest.fixture
def boats(tmp_path: Path) -> Dataset:
    encoder = ColourEncoder()
    save_ours(tmp_path / "data", encoder)
    return Dataset(read_gallery(tmp_path / "data", tmp_path / "images"), encoder=encoder)


def test_a_sentence_a_query_and_a_request_are_asked_alike(boats: Dataset) -> None:
    by_sentence = boats.search("A red boat", top_k=2)
    assert [hit.image_id for hit in by_sentence] == [
        hit.image_id for hit in boats.engine.search(by_sentence.request).hits
    ]
    assert list(boats.search(parse_query("A red boat"), top_k=2)) == list(by_sentence)
    assert list(boats.search(by_sentence.request)) == list(by_sentence)
    assert boats.search(by_sentence.request, top_k=1).request == replace(by_sentence.request, top_k=1)
    assert len(boats.search("A red boat")) == len(boats) == len(COLOURS)  # fewer than the twelve that are usual
    [only] = boats.search("A red boat", where=(Condition("folder", values=("birds",)),))
    assert only.image_id == "birds/swan.png"


def test_pictures_like_one_by_name_and_by_file(boats: Dataset, tmp_path: Path) -> None:
    by_name = boats.similar("boats/red.png")
    assert "boats/red.png" not in [hit.image_id for hit in by_name]
    assert len(by_name) == len(COLOURS) - 1
    by_file = boats.similar(tmp_path / "images" / "boats" / "red.png", top_k=1)
    assert by_file[0].image_id == "boats/red.png"
    assert by_file[0].score == pytest.approx(1, abs=1e-5)
    with pytest.raises(QueryError, match="No picture of this gallery is named 'red'"):
        boats.similar("red")


def test_hits_as_tables_and_arrays(boats: Dataset) -> None:
    hits = boats.search("A red boat", top_k=3)
    table = hits.to_pandas()
    assert table.columns.tolist() == ["rank", "image_id", "score", "caption", "width", "height"]
    assert table["image_id"].tolist() == [hit.image_id for hit in hits]
    assert table["width"].tolist() == [6, 6, 6]
    arrow = hits.to_arrow()
    assert arrow.column_names == table.columns.tolist()
    assert arrow.to_pydict()["image_id"] == table["image_id"].tolist()
    assert arrow.to_pydict()["rank"] == [1, 2, 3]
    rows = hits.embeddings()
    assert rows.shape == (3, boats.gallery.dimension)
    assert not rows.flags.writeable
    query = hits.result.query_embedding
    assert query is not None
    np.testing.assert_allclose(rows @ query, table["score"], atol=1e-6)
    assert SearchRequest.from_record(json.loads(hits.to_json())["request"]) == hits.request
    assert boats.search("A red boat", cutoff=0.999).embeddings().shape == (0, boats.gallery.dimension)


def test_a_size_nobody_knows_is_missing_from_tables(boats: Dataset) -> None:
    found = boats.search("A red boat", top_k=1)
    [hit] = found
    unknown = t2i.Hits(replace(found.result, hits=(replace(hit, width=0, height=0),)), boats)
    assert unknown.to_pandas()["width"].isna().all()
    assert unknown.to_arrow().to_pydict()["height"] == [None]


def test_without_pyarrow_the_install_line_is_told(boats: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExtraMissingError, match="python -m pip install pyarrow"):
        boats.search("A red boat").to_arrow()


def test_a_notebook_shows_the_pictures_themselves(boats: Dataset) -> None:
    found = boats.search("A red boat", top_k=3)
    shown = found._repr_html_()
    pictures = [Image.open(io.BytesIO(base64.b64decode(data))) for data in EMBEDDED.findall(shown)]
    assert [picture.format for picture in pictures] == ["JPEG"] * 3
    assert all(f"<br>{hit.image_id}" in shown for hit in found)
    assert "3 pictures of 4 for &#x27;A red boat&#x27;" in shown
    assert len(EMBEDDED.findall(boats._repr_html_())) == len(COLOURS)


def test_a_notebook_shows_fifty_pictures_at_most(boats: Dataset) -> None:
    found = boats.search("A red boat", top_k=1)
    many = t2i.Hits(replace(found.result, hits=found.result.hits * 60), boats)
    shown = many._repr_html_()
    assert shown.count("<figure") == 50
    assert "The first 50 are shown; to_pandas() has all 60." in shown


def test_nothing_that_comes_from_files_is_html(boats: Dataset) -> None:
    evil = "<img src=x onerror=alert(1)>"
    found = boats.search(evil, top_k=1)
    [hit] = found
    hits = t2i.Hits(
        replace(found.result, hits=(replace(hit, image_id=f"{evil}.png", caption=evil),), notes=(evil,)), boats
    )
    for shown in (hits._repr_html_(), Dataset(replace(boats.gallery, name=evil), encoder=boats.encoder)._repr_html_()):
        assert "<img src=x" not in shown
        assert "&lt;img src=x onerror=alert(1)&gt;" in shown
    assert "must exist" in hits._repr_html_()  # why there is no picture


def test_a_caption_finds_its_picture_as_evaluate_says(boats: Dataset) -> None:
    scores = boats.evaluate()
    assert scores.captions == len(CAPTIONS)
    assert boats.evaluate(encode_again=True).text_to_image == scores.text_to_image


def test_an_audit_finds_what_is_wrong(boats: Dataset) -> None:
    (boats.gallery.images_dir / "meadow.png").write_bytes(b"no picture")
    found = boats.audit("damaged", progress=False)
    assert [(finding.kind, finding.image_id) for finding in found.findings] == [("damaged", "meadow.png")]
    assert boats.audit(progress=False).kinds == KINDS
    with pytest.raises(QueryError, match="A kind of finding must be one of"):
        boats.audit("ugly")
    away = Dataset(replace(boats.gallery, address="milvus+http://localhost:1/boats"))
    with pytest.raises(DatasetError, match="audit works on a dataset folder"):
        away.audit()


def test_a_map_is_made_once_and_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = grouped_gallery(grouped_rows(12), tmp_path)
    made = Dataset(gallery).project(progress=False)
    assert len(made) == 12
    monkeypatch.setattr("t2i_core.api.maps.make_projection", None)  # what is stored is not made again
    again = Dataset(gallery).project()
    np.testing.assert_array_equal(made.coordinates, again.coordinates)
    table = again.to_pandas()
    assert table["image_id"].tolist() == list(gallery.image_ids)
    shown = again._repr_html_()
    [data] = re.findall(r'src="data:image/png;base64,([^"]+)"', shown)
    colours = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB").getcolors() or []
    assert len(colours) > 1


def test_names_of_clusters_are_no_html(tmp_path: Path) -> None:
    gallery = grouped_gallery(grouped_rows(12), tmp_path)
    made = Dataset(gallery).project(progress=False)
    evil = replace(made.projection, cluster_names=("<script>",), cluster_labels=np.zeros(12, dtype=np.int32))
    assert "<script>" not in PictureMap(evil, gallery)._repr_html_()
    assert "&lt;script&gt; (12)" in PictureMap(evil, gallery)._repr_html_()


def test_a_map_of_other_embeddings_is_made_anew(tmp_path: Path) -> None:
    gallery = grouped_gallery(grouped_rows(12), tmp_path)
    Dataset(gallery).project(progress=False)
    other = grouped_gallery(grouped_rows(14, seed=1), tmp_path, key="other")
    assert len(Dataset(other).project(progress=False)) == 14


def test_push_refuses_what_is_no_index_before_it_looks_for_a_server(boats: Dataset) -> None:
    with pytest.raises(DatasetError, match="index must be one of FLAT"):
        boats.push("http://127.0.0.1:1", index="TREE")


def test_progress_is_told_by_stage(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.bar() as tell:
        tell("pictures", 1, 4)
        tell("pictures", 4, 4)
        tell("captions", 1, 2)
    told = capsys.readouterr().err
    assert "pictures: 100%" in told
    assert "captions:  50%" in told
    with progress.bar(shown=False) as tell:
        tell("pictures", 1, 4)
    assert capsys.readouterr().err == ""


def test_without_tqdm_nothing_is_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    with progress.bar() as tell:
        tell("pictures", 1, 4)
    assert capsys.readouterr().err == ""


def test_verbs_stand_at_the_door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_ours(tmp_path / "photos")
    for name in ("T2I_DATA", "T2I_IMAGES"):
        monkeypatch.delenv(name, raising=False)
    opened = t2i.open(tmp_path / "photos", images=tmp_path / "images")
    assert len(opened) == len(COLOURS)
    assert repr(opened) == "<Dataset 'photos': 4 pictures, 6 captions, model colours>"
    monkeypatch.setenv("T2I_DATA", str(tmp_path / "photos"))
    assert t2i.open().name == "photos"
    assert {"open", "build", "Dataset", "Hits"} <= set(dir(t2i_core))
    with pytest.raises(AttributeError, match="no attribute 'close'"):
        t2i_core.close  # noqa: B018
    assert (ROOT / "t2i_core" / "py.typed").is_file()


def test_shown_lines_are_few() -> None:
    assert showing.lines(["a", "b", "c"], most=2) == ["a", "b", "and 1 more"]
    assert showing.lines(["a"], most=2) == ["a"]


@pytest.mark.slow
def test_a_build_opens_what_it_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("T2I_DATA", "T2I_IMAGES", "T2I_MODEL", "T2I_MODEL_DIR"):
        monkeypatch.delenv(name, raising=False)
    save_tiny_mini(tmp_path / "tiny.safetensors")
    images = save_pictures(tmp_path / "images")
    built = t2i.build(images, tmp_path / "data", model=str(tmp_path / "tiny.safetensors"), device="cpu")
    assert built.built is not None
    assert built.built.encoded == len(COLOURS) == len(built)
    assert "pictures: 100%" in capsys.readouterr().err
    assert len(built.search(Query.of("a boat"), top_k=2)) == 2  # the model file was named by who built


@pytest.mark.slow
def test_the_notebook_runs_from_beginning_to_end(tmp_path: Path) -> None:
    """In a process of its own, each cell as a notebook runs it; what ends a cell must show itself."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.core.run_notebook", str(ROOT / "docs" / "notebook.ipynb")],
        capture_output=True, text=True, cwd=ROOT, env={**_bare_environment(), "TMPDIR": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["shown"] >= 4
    assert told["pictures"] > 10


def _bare_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("T2I_")}
