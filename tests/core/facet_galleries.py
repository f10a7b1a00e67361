"""A small dataset of pictures that differ in every fact, and questions to it, for tests of filters and stacks."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from t2i_core.engine import FolderSource, SearchEngine
from t2i_core.query import Query, SearchRequest, read_condition
from t2i_core.types import Gallery, SearchResult
from tests.core.audit_galleries import caption_frame, textured, write_gallery
from tests.core.small_galleries import ColourEncoder

MAX_PIXELS = 10**7


def shot(day: str, make: str, model: str) -> Image.Exif:
    """What a camera writes."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = make, model
    exif.get_ifd(0x8769)[0x9003] = f"{day} 12:00:00"
    return exif


def eight_pictures(folder: Path) -> Gallery:
    """Eight pictures: of two folders, of three kinds of files, some halved or saved again, two with a camera."""
    wide, tall, square = textured(1, (96, 72)), textured(2, (72, 96)), textured(3, (81, 81))
    pictures = {
        "town/wide.png": wide,
        "town/wide-half.jpg": wide.resize((48, 36)),
        "town/old/tall.png": tall,
        "sea/tall-again.jpeg": tall,
        "sea/square.png": square,
        "sea/red.png": Image.new("RGB", (200, 100), "#e01010"),
        "sea/blue.png": Image.new("RGB", (40, 40), "#1030d0"),
        "green.png": Image.new("RGB", (64, 48), "#008000"),
    }
    captions = caption_frame(
        [
            ("town/wide.png", "a dog runs"),
            ("sea/red.png", "a red dog"),
            ("sea/red.png", "paint"),
            ("sea/blue.png", "dogged"),
        ],
        year=["1990", "2001", "2005", "old"],
    )
    made = write_gallery(folder, pictures, captions=captions)
    for name, day, model in (
        ("sea/tall-again.jpeg", "2019:07:01", "NIKON D90"),
        ("town/wide-half.jpg", "2021:05:23", "X100"),
    ):
        path = made.images_dir / name
        with Image.open(path) as image:
            image.load()
            image.save(path, quality=92, exif=shot(day, "NIKON CORPORATION" if "D90" in model else "FUJIFILM", model))
    return made


def engine_of(gallery: Gallery) -> SearchEngine:
    encoder = ColourEncoder(dimension=gallery.dimension)
    assert gallery.manifest is not None
    encoder.weights_sha256 = gallery.manifest.weights_sha256
    return SearchEngine(encoder, FolderSource(gallery))


def asked(engine: SearchEngine, *where: str, top_k: int = 8, **settings: object) -> SearchResult:
    conditions = tuple(map(read_condition, where))
    return engine.search(SearchRequest(Query.of("anything"), conditions, top_k=top_k, **settings))  # type: ignore[arg-type]


def names(result: SearchResult) -> set[str]:
    return {hit.image_id.rpartition("/")[2].partition(".")[0] for hit in result.hits}
