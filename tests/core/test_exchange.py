"""Formats of other programs, out and back in without loss; each export is also read by a client that is not ours."""

from __future__ import annotations

import csv
import json
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as parquet
import pytest
from PIL import Image

from t2i_core.api import Dataset
from t2i_core.cli import main
from t2i_core.commands import export_data, import_data
from t2i_core.dataset import read_captions, read_gallery, write_dataset
from t2i_core.dataset.tags_file import read_tag_marks
from t2i_core.errors import DatasetError
from t2i_core.exchange import FORMATS, export_dataset, exporting
from t2i_core.importers import IMPORTERS, import_dataset
from t2i_core.marks import read_tags, tag_pictures
from t2i_core.marks.importing import carry_tags
from t2i_core.types import Gallery
from tests.core.small_galleries import ColourEncoder
from tests.hostile_texts import HOSTILE_TEXTS

COLOURS = {
    "birds/swan.png": (250, 250, 250),
    "Vögel/Schwan, zwei.png": (240, 250, 250),
    "boats/red.PNG": (220, 20, 20),
    "boats/deep/blue.png": (20, 20, 220),
    "bare.png": (1, 2, 3),  # without a caption
}
ODD = ['She said "yes", twice', "a, b; c\td", "=1+1", "'quoted'", "Ä 🦢 swan", "null and void", "1"]
CARRIES_COLUMNS = [name for name in FORMATS if name not in {"coco", "clip-retrieval"}]


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    """Captions that mean something to some format, columns that differ by caption, by picture, and by nothing."""
    images = tmp_path / "images"
    for name, colour in COLOURS.items():
        (images / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (6, 4), colour).save(images / name)
    names = [name for name in COLOURS if name != "bare.png"]
    captions = [" ".join(text.split()) for text in (*ODD, *HOSTILE_TEXTS) if text.split()]
    frame = pd.DataFrame(
        {
            "image": [names[place % len(names)] for place in range(len(captions))],
            "caption": captions,
            "author": [("ada", "bob", "")[place % 3] for place in range(len(captions))],
            "title": [f"{place}" for place in range(len(captions))],
            "score": ["0.5"] * len(captions),
            "licence": ["CC0"] * len(captions),
        }
    ).sort_values("image", key=lambda column: column.map(names.index), kind="stable", ignore_index=True)
    encoder = ColourEncoder()
    pictures = [Image.new("RGB", (6, 4), colour) for colour in COLOURS.values()]
    write_dataset(
        tmp_path / "data",
        image_ids=list(COLOURS),
        image_embeddings=encoder.encode_image(pictures),
        image_sizes=np.full((len(COLOURS), 2), (6, 4)),
        captions=frame,
        text_embeddings=encoder.encode_text(captions),
        encoder_id=encoder.model_id,
        weights_sha256=encoder.weights_sha256,
        preprocessing=encoder.preprocessing,
        images_dir=images,
    )
    return read_gallery(tmp_path / "data", images)


def told(gallery: Gallery, *, columns: bool = True) -> list[dict[str, Any]]:
    """Every caption with its picture and columns."""
    others = gallery.caption_columns if columns else {}
    return [
        {
            "image": gallery.picture_name(place),
            "caption": text,
            **{name: values[place] for name, values in others.items()},
        }
        for place, text in enumerate(gallery.captions)
    ]


def read_back(folder: Path, to: str, data_dir: Path) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """Captions and pictures as the importer of a format takes them over."""
    source = folder / exporting.FILES[to] if to in exporting.FILES else folder
    named = folder / FORMATS[to].pictures if FORMATS[to].pictures else None
    report = import_dataset(FORMATS[to].layout, source, data_dir, images_dir=named)
    table = read_captions(data_dir / "captions_tokenized.csv")
    rows = [
        {"image": image, "caption": caption, **{name: values[place] for name, values in table.other_columns.items()}}
        for place, (image, caption) in enumerate(zip(table.images, table.captions, strict=True))
    ]
    assert report.images_dir is not None
    pictures = {
        name: path.read_bytes()
        for path in report.images_dir.rglob("*")
        if path.is_file() and path.suffix.lower() == ".png"
        for name in [path.relative_to(report.images_dir).as_posix()]
    }
    return rows, pictures


@pytest.mark.parametrize("to", FORMATS)
def test_what_is_written_is_read_back_without_loss(to: str, gallery: Gallery, tmp_path: Path) -> None:
    report = export_dataset(gallery, to, tmp_path / "out")
    assert (report.images, report.captions) == (len(COLOURS), len(gallery.captions))
    assert report.without_file == ()
    rows, pictures = read_back(tmp_path / "out", to, tmp_path / "again")
    expected = told(gallery, columns=to in CARRIES_COLUMNS)
    if to == "coco":
        rows = [{name: row[name] for name in ("image", "caption")} for row in rows]  # it notes the file's name
    assert rows == expected
    originals = {name: (gallery.images_dir / name).read_bytes() for name in COLOURS}
    assert pictures == originals


@pytest.mark.parametrize("to", FORMATS)
def test_hits_are_exported_with_rank_and_score(to: str, gallery: Gallery, tmp_path: Path) -> None:
    hits = Dataset(gallery, encoder=ColourEncoder()).search("Ä 🦢 swan", top_k=2)
    hits.dataset.export(to, tmp_path / "out", hits=hits, progress=False)
    rows, _ = read_back(tmp_path / "out", to, tmp_path / "again")
    assert {row["image"] for row in rows} <= {hit.image_id for hit in hits}
    if to in {"parquet", "atlas"}:
        [path] = (tmp_path / "out").rglob("*.parquet")
        table = parquet.read_table(path).to_pylist()
        assert [(row["image_id"], row["rank"], row["score"]) for row in table] == [
            (hit.image_id, hit.rank, hit.score) for hit in hits
        ]


def test_embeddings_travel_with_clip_retrieval(gallery: Gallery, tmp_path: Path) -> None:
    export_dataset(gallery, "clip-retrieval", tmp_path / "out")
    import_dataset("clip-retrieval", tmp_path / "out", tmp_path / "again")
    again = read_gallery(tmp_path / "again", tmp_path / "out" / "images")
    for name, row in gallery.rows_by_id.items():
        np.testing.assert_allclose(
            again.image_embeddings[again.rows_by_id[name]], gallery.image_embeddings[row], atol=1e-6
        )


def test_what_other_programs_see(gallery: Gallery, tmp_path: Path) -> None:
    """Arrow, tarfile, csv and json are not ours."""
    for to in FORMATS:
        export_dataset(gallery, to, tmp_path / to)
    table = parquet.read_table(tmp_path / "parquet" / "data" / "train-00000-of-00001.parquet")
    features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    assert features["image"] == {"_type": "Image"}
    assert features["captions"] == {"feature": {"dtype": "string", "_type": "Value"}, "length": -1, "_type": "Sequence"}
    assert set(features) == set(table.column_names)
    np.testing.assert_allclose(np.array(table["embedding"].to_pylist()), gallery.image_embeddings, atol=1e-6)
    with tarfile.open(tmp_path / "webdataset" / "00000.tar") as tar:
        names = tar.getnames()
    assert names[:3] == ["000000000.png", "000000000.json", "000000000.txt"]
    coco = json.loads((tmp_path / "coco" / "annotations" / "captions_export.json").read_text(encoding="utf-8"))
    assert {note["image_id"] for note in coco["annotations"]} <= {image["id"] for image in coco["images"]}
    samples = json.loads((tmp_path / "fiftyone" / "samples.json").read_text(encoding="utf-8"))["samples"]
    assert all((tmp_path / "fiftyone" / sample["filepath"]).is_file() for sample in samples)
    assert len({sample["_id"]["$oid"] for sample in samples}) == len(COLOURS)
    fields = json.loads((tmp_path / "fiftyone" / "metadata.json").read_text(encoding="utf-8"))["sample_fields"]
    kinds = {field["db_field"]: field["ftype"].rpartition(".")[2] for field in fields}
    assert all(name in kinds or name.startswith("_") for sample in samples for name in sample)
    assert {kinds[name] for sample in samples for name, value in sample.items() if isinstance(value, list)} == {
        "ListField"
    }
    with (tmp_path / "openclip" / "captions.tsv").open(encoding="utf-8", newline="") as file:
        assert [row["title"] for row in csv.DictReader(file, delimiter="\t")] == list(gallery.captions)


def test_the_map_goes_to_embedding_atlas(gallery: Gallery, tmp_path: Path) -> None:
    made = Dataset(gallery).project(progress=False)
    export_dataset(gallery, "atlas", tmp_path / "out")
    rows = parquet.read_table(tmp_path / "out" / "atlas.parquet").to_pylist()
    np.testing.assert_allclose(
        [[row["projection_x"], row["projection_y"]] for row in rows], made.coordinates, atol=1e-5
    )
    assert [row["neighbors"]["ids"] for row in rows] == made.projection.neighbours.tolist()


def test_pictures_that_are_not_there_are_told_and_their_captions_kept(gallery: Gallery, tmp_path: Path) -> None:
    (gallery.images_dir / "birds" / "swan.png").unlink()
    report = export_dataset(gallery, "imagefolder", tmp_path / "out")
    assert report.without_file == ("birds/swan.png",)
    assert "birds/swan.png" in (tmp_path / "out" / "metadata.jsonl").read_text(encoding="utf-8")


@pytest.mark.parametrize("to", FORMATS)
def test_nothing_is_not_exported(to: str, gallery: Gallery, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="at least one picture, and the request finds none"):
        export_dataset(gallery, to, tmp_path / "out", hits=())
    assert not (tmp_path / "out").exists()


def test_an_export_is_whole_or_not_there(gallery: Gallery, tmp_path: Path) -> None:
    def stop(done: int, _total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_dataset(gallery, "imagefolder", tmp_path / "out", on_progress=stop)
    assert not (tmp_path / "out").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x", encoding="utf-8")
    with pytest.raises(DatasetError, match="a new or an empty folder"):
        export_dataset(gallery, "imagefolder", tmp_path / "mine")
    with pytest.raises(DatasetError, match="one of imagefolder, parquet"):
        export_dataset(gallery, "zip", tmp_path / "new")
    outside = Dataset(gallery, encoder=ColourEncoder()).search("a", top_k=1)
    hits = [replace(outside[0], row=None)]
    with pytest.raises(DatasetError, match="outside the sample"):
        export_dataset(gallery, "coco", tmp_path / "new", hits=hits)


def test_commands_name_every_format() -> None:
    assert tuple(export_data.FORMATS) == tuple(FORMATS)
    assert tuple(import_data.LAYOUTS) == tuple(IMPORTERS)
    assert {one.layout for one in FORMATS.values()} <= set(IMPORTERS)


def test_export_on_the_command_line(
    gallery: Gallery, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("T2I_IMAGES", raising=False)
    out = tmp_path / "out"
    assert main(["export", "--to", "coco", "--data", str(gallery.data_dir), "--out", str(out)]) == 0
    told = capsys.readouterr()
    assert f"5 pictures and {len(gallery.captions)} captions written as coco to {out}" in told.out
    assert f"python -m t2i_core import coco {out} --data DIR --images {out / 'images'}" in told.out
    assert "Not carried over" in told.err
    back = ["import", "coco", str(out), "--images", str(out / "images"), "--data", str(tmp_path / "again")]
    assert main(back) == 0
    assert main(["export", "--to", "coco", "--data", str(gallery.data_dir), "--out", str(out)]) == 1
    assert "which holds something" in capsys.readouterr().err
    assert main(["export", "--to", "openclip", "--data", str(gallery.data_dir), "--out", str(tmp_path / "bare"),
                 "--no-pictures", "--format", "json"]) == 0  # fmt: skip
    assert json.loads(capsys.readouterr().out)["images"] == 5
    assert [path.name for path in (tmp_path / "bare").iterdir()] == ["captions.tsv"]


@pytest.mark.parametrize("to", FORMATS)
def test_tags_travel_with_their_pictures(to: str, gallery: Gallery, tmp_path: Path) -> None:
    tag_pictures(
        gallery.data_dir, ["birds/swan.png", "boats/red.PNG"], add=["keep", "=1+1"], when="2026-01-02T03:04:05+00:00"
    )
    tag_pictures(gallery.data_dir, ["gone.png"], add=["keep"])
    report = export_dataset(gallery, to, tmp_path / "out")
    rows, _ = read_back(report.folder, to, tmp_path / "again")  # the table of tags is in no importer's way
    assert len(rows) == len(gallery.captions)
    source = report.folder / exporting.FILES[to] if to in exporting.FILES else report.folder
    carry_tags(source, tmp_path / "again")
    expected = [mark for mark in read_tag_marks(gallery.data_dir) if mark.image_id != "gone.png"]
    assert len(expected) == 4
    assert list(read_tag_marks(tmp_path / "again")) == expected


def test_tags_are_taken_over_by_import_and_tables_of_others_are_not(
    gallery: Gallery, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, again = tmp_path / "out", tmp_path / "again"
    tag_pictures(gallery.data_dir, ["birds/swan.png"], add=["keep"])
    hits = Dataset(gallery, encoder=ColourEncoder()).search("Ä 🦢 swan", top_k=len(COLOURS))
    export_dataset(gallery, "imagefolder", out, hits=[hit for hit in hits if hit.image_id != "birds/swan.png"])
    assert not (out / "tags.csv").exists()  # of the hits none has a tag
    export_dataset(gallery, "imagefolder", tmp_path / "all")
    assert main(["import", "imagefolder", str(tmp_path / "all"), "--data", str(again)]) == 0
    assert "1 tag of pictures taken over" in capsys.readouterr().err
    assert read_tags(again).of_picture == {"birds/swan.png": ("keep",)}
    (out / "tags.csv").write_text("tag,colour\nkeep,red\n", encoding="utf-8")
    assert main(["import", "imagefolder", str(out), "--data", str(tmp_path / "other")]) == 0
    assert not (tmp_path / "other" / "tags.csv").exists()
