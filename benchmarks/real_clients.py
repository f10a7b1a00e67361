"""Our exports opened by the programs they are for, and what those write read back here; each that is installed.

    python benchmarks/real_clients.py [--pictures 24] [--only fiftyone]

datasets, DuckDB, webdataset, embedding-atlas and fiftyone are no requirements of this project: install them somewhere else than
in .venv. What is not installed is said. Exit code 1 if one that is finds something else than was written.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import machine
import numpy as np

from t2i_core.dataset import read_captions, read_gallery
from t2i_core.exchange import export_dataset
from t2i_core.importers import import_dataset, import_embeddings
from t2i_core.types import Gallery, Hit

CLIENTS: dict[str, Callable[[Gallery, list[Hit], Path], str]] = {}


def client(
    name: str,
) -> Callable[[Callable[[Gallery, list[Hit], Path], str]], Callable[[Gallery, list[Hit], Path], str]]:
    """A check for who has a package; what it returns says what was compared."""

    def known(check: Callable[[Gallery, list[Hit], Path], str]) -> Callable[[Gallery, list[Hit], Path], str]:
        CLIENTS[name] = check
        return check

    return known


@client("datasets")
def with_datasets(gallery: Gallery, hits: list[Hit], folder: Path) -> str:
    """Hugging Face's: our table and our imagefolder, and theirs, saved and as Parquet."""
    from datasets import Dataset, Image, load_dataset

    export_dataset(gallery, "parquet", folder / "parquet", hits=hits)
    table = load_dataset(str(folder / "parquet"), split="train", cache_dir=str(folder / "cache"))
    assert table["image_id"][:] == [hit.image_id for hit in hits], table["image_id"][:3]
    sizes = [picture.size for picture in table["image"]]
    assert sizes == [(hit.width, hit.height) for hit in hits]
    rows = np.array(table["embedding"][:], dtype=np.float32)
    np.testing.assert_allclose(
        rows, np.stack([gallery.image_embeddings[hit.row] for hit in hits if hit.row is not None])
    )
    export_dataset(gallery, "imagefolder", folder / "imagefolder", hits=hits)
    files = load_dataset(
        "imagefolder", data_dir=str(folder / "imagefolder"), split="train", cache_dir=str(folder / "cache")
    )
    assert sorted(tuple(one) for one in files["captions"]) == sorted(tuple(one) for one in table["captions"])
    captions = [f"a {hit.rank}" for hit in hits]
    files_named = [str(gallery.images_dir / hit.image_id) for hit in hits]
    named = Dataset.from_dict({"image": files_named, "caption": captions}).cast_column("image", Image())
    named.save_to_disk(str(folder / "saved"))  # as Arrow, which takes the files in
    held = [{"bytes": Path(name).read_bytes(), "path": None} for name in files_named]
    whole = Dataset.from_dict({"image": held, "caption": captions}).cast_column("image", Image())
    whole.to_parquet(str(folder / "theirs.parquet"))
    for source in (folder / "saved", folder / "theirs.parquet"):
        report = import_dataset("parquet", source, folder / f"data-{source.name}")
        assert report.images == len(hits), report
        assert report.captions_path is not None
        assert list(read_captions(report.captions_path).captions) == captions
    return f"{len(hits)} rows with pictures, captions and embeddings both ways"


@client("duckdb")
def with_duckdb(gallery: Gallery, hits: list[Hit], folder: Path) -> str:
    """DuckDB: sums over our Parquet, and a Parquet that it writes."""
    import duckdb

    export_dataset(gallery, "atlas", folder / "atlas", hits=hits)
    table = folder / "atlas" / "atlas.parquet"
    found = duckdb.sql(f"select count(*), sum(len(captions)), max(rank) from '{table}'").fetchall()[0]
    captions = sum(len(gallery.captions_of(hit.row)) for hit in hits if hit.row is not None)
    assert found == (len(hits), captions, len(hits)), found
    duckdb.sql(f"copy (select image_id, captions from '{table}') to '{folder / 'theirs.parquet'}' (format parquet)")
    report = import_dataset("parquet", folder / "theirs.parquet", folder / "data", images_dir=gallery.images_dir)
    assert report.captions == captions
    return f"{captions} captions counted, and written again"


@client("webdataset")
def with_webdataset(gallery: Gallery, hits: list[Hit], folder: Path) -> str:
    """WebDataset's own reader and writer."""
    import webdataset
    from PIL import Image

    export_dataset(gallery, "webdataset", folder / "tars", hits=hits)
    reader = webdataset.WebDataset(str(folder / "tars" / "00000.tar"), shardshuffle=False)
    samples = list(reader.decode("pil"))
    assert [sample["json"]["image_id"] for sample in samples] == [hit.image_id for hit in hits]
    assert all(isinstance(sample["jpg"], Image.Image) for sample in samples)
    with webdataset.TarWriter(str(folder / "theirs.tar")) as tar:
        for sample in samples:
            out = io.BytesIO()
            sample["jpg"].save(out, "JPEG")
            tar.write({"__key__": sample["__key__"], "jpg": out.getvalue(), "txt": sample["txt"]})
    report = import_dataset("webdataset", folder / "theirs.tar", folder / "data")
    assert (report.images, report.captions) == (len(hits), len(hits))
    return f"{len(hits)} samples both ways"


@client("embedding_atlas")
def with_embedding_atlas(gallery: Gallery, hits: list[Hit], folder: Path) -> str:
    """Embedding Atlas's reader of the files it is started with, and what it exports as an application of its own."""
    from embedding_atlas.cli import load_pandas_data

    export_dataset(gallery, "atlas", folder / "atlas")
    frame: Any = load_pandas_data(str(folder / "atlas" / "atlas.parquet"))
    assert len(frame) == len(gallery)
    assert {"image", "projection_x", "projection_y", "neighbors"} <= set(frame.columns)
    assert set(frame["neighbors"][0]) == {"ids", "distances"}
    command = [sys.executable, "-m", "embedding_atlas.cli", str(folder / "atlas" / "atlas.parquet")]
    command += ["--x", "projection_x", "--y", "projection_y", "--neighbors", "neighbors"]
    subprocess.run([*command, "--export-application", str(folder / "app")], check=True, stdout=subprocess.DEVNULL)
    theirs = folder / "app" / "data" / "dataset.parquet"
    report = import_dataset("parquet", theirs, folder / "data")
    assert (report.images, report.captions) == (len(gallery), len(gallery.captions)), report
    import_embeddings(theirs, folder / "rows", images_dir=gallery.images_dir)
    rows = read_gallery(folder / "rows", gallery.images_dir)
    assert rows.image_ids == gallery.image_ids
    np.testing.assert_allclose(rows.image_embeddings, gallery.image_embeddings, atol=1e-6)
    return f"{len(frame)} rows with places and neighbours, and its own export back with captions and embeddings"


@client("fiftyone")
def with_fiftyone(gallery: Gallery, hits: list[Hit], folder: Path) -> str:
    """FiftyOne: our folder as a FiftyOneDataset, and its own export of that."""
    import fiftyone

    export_dataset(gallery, "fiftyone", folder / "out", hits=hits)
    opened = fiftyone.Dataset.from_dir(dataset_dir=str(folder / "out"), dataset_type=fiftyone.types.FiftyOneDataset)
    assert len(opened) == len(hits)
    assert [len(captions) for captions in opened.values("captions")] == [
        len(gallery.captions_of(hit.row)) for hit in hits if hit.row is not None
    ]
    opened.export(export_dir=str(folder / "theirs"), dataset_type=fiftyone.types.FiftyOneDataset)
    report = import_dataset("fiftyone", folder / "theirs", folder / "data")
    assert report.images == len(hits)
    opened.delete()
    return f"{len(hits)} samples both ways"


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--pictures", type=int, default=24)
    parser.add_argument(
        "--only", choices=tuple(CLIENTS), help="one of them; their requirements exclude each other at times"
    )
    arguments = parser.parse_args()
    gallery = read_gallery(machine.ROOT / "data", machine.ROOT / "static" / "images")
    hits = [
        Hit(row + 1, row, gallery.image_ids[row], 0.5, None, *gallery.image_sizes[row].tolist())
        for row in range(arguments.pictures)
    ]
    failed = 0
    for name, check in CLIENTS.items():
        if arguments.only not in {None, name}:
            continue
        if find_spec(name) is None:
            print(f"{name}: not installed")
            continue
        with tempfile.TemporaryDirectory() as folder:
            try:
                print(f"{name}: {check(gallery, hits, Path(folder))}")
            except AssertionError as error:
                failed = 1
                print(f"{name}: differs: {error}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
