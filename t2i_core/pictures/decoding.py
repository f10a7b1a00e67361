"""Picture files opened and decoded, with what that takes known beforehand; the only file that opens them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from PIL import Image, UnidentifiedImageError

from t2i_core.errors import ImageError
from t2i_core.pictures import kinds
from t2i_core.pictures.cost import GATE, WHOLE_PIXELS, decoding_bytes, most_bytes, reduction
from t2i_core.pictures.cut_short import (
    COARSE_NOTE,
    CUT_NOTE,
    FINE_ENOUGH_BITS,
    missing_grey_rows,
    missing_rows,
    tolerable,
)
from t2i_core.pictures.depth import SCALED_NOTE, Samples, SixteenBitColours, few_bits
from t2i_core.pictures.folder import regular_file
from t2i_core.pictures.gif_file import LongGifHeader, check_gif
from t2i_core.pictures.jpeg_file import END, JpegFacts, LongJpegHeader, read_jpeg
from t2i_core.pictures.pixels import DAMAGE, UPRIGHT, read_orientation, to_rgb
from t2i_core.pictures.png_file import PngParts, TooManyChunks, open_png
from t2i_core.pictures.refusals import AVIF_HEAD_BYTES, LONGEST_AVIF_SIDE, avif_side, damaged, not_decoded, plain
from t2i_core.pictures.tiff_file import BadTiff, TiffFacts, read_tiff

# Pillow reads many more (EPS would start an interpreter); these are the ones people keep pictures in.
# Its JPEG reader opens MPO, the cameras' pairs of pictures, as well.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
# Scans times pixels: every scan passes over the whole picture, whatever few bytes it is made of.
MOST_SCAN_PIXELS = 2_000_000_000
USUAL_SCANS = 20
# Both are checked here from the header of every picture, with limits that can be raised.
Image.MAX_IMAGE_PIXELS = None


class Decoded(NamedTuple):
    """A decoded picture, the width and height of the whole one, and what a person should know; empty nearly always."""

    image: Image.Image
    size: tuple[int, int]
    note: str


@dataclass(frozen=True)
class Opened:
    """A picture whose header was read, and what its file says besides."""

    image: Image.Image
    file: BinaryIO
    label: str
    facts: PngParts | TiffFacts | JpegFacts | None = None


@contextmanager
def opened(source: Path | bytes, *, label: str, max_pixels: int | None) -> Iterator[Opened]:
    """A picture whose header was read and whose pixel count is allowed, not decoded yet.

    Raises
    ------
    ImageError
        When it is missing, empty, no picture, damaged, or asks for too much.
    """
    size = len(source) if isinstance(source, bytes) else regular_file(source, label=label).st_size
    if size == 0:
        raise ImageError(f"A picture must hold data, got an empty file: {label}. Copy it again or remove it.")
    try:
        file: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    except PermissionError as error:
        raise ImageError(f"A picture must be readable, got no permission: {label}. Change its permissions.") from error
    except OSError as error:
        raise damaged(label, plain(error)) from error
    with file:
        picture = _open(file, label)
        with picture.image as image:
            width, height = image.size
            if width < 1 or height < 1:
                raise ImageError(
                    f"A picture must have pixels, got {width} × {height}: {label}. Replace it or remove it."
                )
            if max_pixels is not None and width * height > max_pixels:
                raise ImageError(
                    f"A picture may have at most {max_pixels:,} pixels, "
                    f"got {width:,} × {height:,} = {width * height:,}: {label}. "
                    "Make it smaller, or raise the limit with T2I_MAX_PIXELS."
                )
            yield picture


def decode(picture: Opened, *, max_pixels: int, draft_side: int | None) -> Decoded:
    """Upright RGB of an opened picture, as `t2i_core.pictures.images.open_image` tells.

    Raises
    ------
    ImageError
        When it is damaged, or decoding it would take too much memory or time.
    """
    image, label = picture.image, picture.label
    orientation = read_orientation(image)
    width, height = image.size
    _refuse_scans(picture)
    _draft(image, draft_side)
    cost = _cost(picture)
    if cost > (limit := most_bytes(max_pixels)):
        raise ImageError(
            f"Opening a picture may take at most {limit / 1e6:,.0f} MB of memory, {label} would take about "
            f"{cost / 1e6:,.0f} MB ({width:,} × {height:,} pixels, {image.format}). Save it smaller or as a plain "
            "JPEG, or raise the limit with T2I_MAX_PIXELS: it grows by 5.3 bytes a pixel."
        )
    with GATE.held(cost):
        image, note = _load(picture, draft_side)
        factor = reduction(image.size)
        try:
            colours = None if note else _sixteen_bits(picture, image, factor)
            if colours is not None:
                image.im = Image.new("L", (1, 1)).im  # the next decoding must not stand beside this one
                image, scaled = _all_bits(picture, colours)
                rgb, _ = to_rgb(image, name=label)
                note = SCALED_NOTE if scaled else ""
            else:
                rgb, scaled_note = to_rgb(image, name=label, factor=factor, samples=_samples(picture))
                note = note or scaled_note
            if rgb is image and image.format != "JPEG":  # a decoded JPEG has let go of its file already
                rgb = image.copy()
        except DAMAGE as error:
            raise not_decoded(image, error, label=label) from error
        del image
        if orientation != 1:
            rgb = rgb.transpose(UPRIGHT[orientation])
    return Decoded(rgb, (height, width) if orientation >= 5 else (width, height), note)


def _open(file: BinaryIO, label: str) -> Opened:
    head = file.read(kinds.HEAD_BYTES)
    kind = kinds.kind_of(head)
    facts: PngParts | TiffFacts | JpegFacts | None = None
    formats: tuple[str, ...] = FORMATS
    try:
        if kind == "PNG":
            facts = open_png(file)
        elif kind == "TIFF":
            facts = read_tiff(file)
        elif kind == "JPEG":
            facts = read_jpeg(file, most_scans=MOST_SCAN_PIXELS // 1_000_000)
        elif kind == "GIF":
            check_gif(file)
        elif kind == "HEIF":
            _register_heif(label)
            formats = (*FORMATS, "HEIF")
        image = Image.open(facts.file if isinstance(facts, PngParts) else file, formats=formats)
    except (TooManyChunks, BadTiff, LongGifHeader, LongJpegHeader) as error:
        raise ImageError(
            f"A picture must be readable in a few seconds, {label} has {error}. Save it again with another program."
        ) from error
    except UnidentifiedImageError as error:
        if isinstance(facts, JpegFacts) and facts.bits > 8:
            raise ImageError(
                f"A JPEG must have 8 bits a sample, got {facts.bits}: {label}. Save it as an ordinary JPEG or as PNG."
            ) from error
        if kind == "AVIF":
            file.seek(0)
            side = avif_side(file.read(AVIF_HEAD_BYTES))
            if side > LONGEST_AVIF_SIDE:
                raise ImageError(
                    f"An AVIF may have at most {LONGEST_AVIF_SIDE:,} pixels a side, got {side:,}: {label}. "
                    "Save it smaller, or as PNG."
                ) from error
        if kind:
            raise damaged(label, f"it begins as {kind}, and what follows cannot be read") from error
        raise ImageError(
            f"A picture must be a JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF file, got something else: {label}. "
            "Replace it or remove it."
        ) from error
    except DAMAGE as error:
        raise not_decoded(None, error, label=label) from error
    return Opened(image, file, label, facts)


def _register_heif(label: str) -> None:
    if not kinds.heif_is_read():
        raise ImageError(f"HEIC needs the package pillow-heif, which is not installed: {label}. {kinds.HEIF_ADVICE}")
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)


def _refuse_scans(picture: Opened) -> None:
    """A JPEG may say again and again what there is to see; each time takes a pass over all of it."""
    if not isinstance(picture.facts, JpegFacts) or picture.facts.scans <= USUAL_SCANS:
        return
    width, height = picture.image.size
    most = max(USUAL_SCANS, MOST_SCAN_PIXELS // (width * height))
    if picture.facts.scans > most:
        counted = MOST_SCAN_PIXELS // 1_000_000  # no further than that
        scans = f"more than {counted:,}" if picture.facts.scans > counted else f"{picture.facts.scans:,}"
        raise ImageError(
            f"A JPEG of {width:,} × {height:,} pixels may have at most {most:,} scans, got {scans}: "
            f"{picture.label}. Save it again as an ordinary JPEG."
        )


def _draft(image: Image.Image, side: int | None) -> None:
    """Let the JPEG decoder shrink: to what the caller needs, and a very large one in any case."""
    if image.format not in ("JPEG", "MPO"):
        return
    if side is not None:
        image.draft("RGB", (side, side))
    width, height = image.size
    if width * height > WHOLE_PIXELS:
        step = 2 if width * height <= 4 * WHOLE_PIXELS else 4
        image.draft("RGB", (max(1, width // step), max(1, height // step)))


def _cost(picture: Opened) -> int:
    image, facts, beside = picture.image, picture.facts, 0
    if isinstance(facts, JpegFacts):
        beside = facts.coefficient_bytes
    elif isinstance(facts, TiffFacts):
        beside = facts.piece_bytes
        if facts.turned:  # Pillow turns these itself, all of it at once
            beside += 4 * image.width * image.height
    return decoding_bytes(image.format, image.mode, image.size, beside=beside)


def _load(picture: Opened, draft_side: int | None) -> tuple[Image.Image, str]:
    """The decoded picture; one that lacks no more than its last rows is taken without them, and noted."""
    image, facts = picture.image, picture.facts
    try:
        image.load()
    except DAMAGE as error:
        if not isinstance(error, OSError) or "truncated" not in str(error):
            raise not_decoded(image, error, label=picture.label) from error
        if isinstance(facts, PngParts) and not facts.interlaced:
            missing, rows = missing_rows(image.im), image.height
            image.tile = []  # type: ignore[attr-defined]
        elif isinstance(facts, JpegFacts):
            image = _with_end(picture, draft_side)
            missing, rows = missing_grey_rows(image), image.height
            if facts.lacking_bits > FINE_ENOUGH_BITS:
                raise damaged(picture.label, f"{plain(error)}: it ends before all of it was sent") from error
            if facts.lacking_bits:
                return image, COARSE_NOTE
        else:
            raise damaged(picture.label, plain(error)) from error
        if not tolerable(missing, rows):
            told = f"about {missing / rows:.0%} of its rows are missing"
            raise damaged(picture.label, f"{plain(error)}: {told}") from error
        return image, CUT_NOTE if missing or isinstance(facts, PngParts) else ""
    return image, ""


def _with_end(picture: Opened, draft_side: int | None) -> Image.Image:
    """A JPEG that stops early, decoded as if its end mark stood there: what is missing comes out grey."""
    picture.file.seek(0)
    whole = picture.facts.whole_bytes if isinstance(picture.facts, JpegFacts) else -1
    image = Image.open(io.BytesIO(picture.file.read(whole) + END), formats=("JPEG",))
    _draft(image, draft_side)
    try:
        image.load()
    except DAMAGE as error:
        raise not_decoded(image, error, label=picture.label) from error
    return image


def _samples(picture: Opened) -> Samples:
    facts = picture.facts
    if isinstance(facts, PngParts):
        return Samples(significant=facts.significant)
    if isinstance(facts, TiffFacts):
        declared = facts.most or ((1 << facts.bits) - 1 if facts.bits in range(9, 16) else 0)
        return Samples(most=declared, unsigned=facts.unsigned and facts.bits == 32)
    return Samples()


def _sixteen_bits(picture: Opened, image: Image.Image, factor: tuple[int, int]) -> SixteenBitColours | None:
    """The upper bytes of 16-bit colours that may have fewer bits; None for all other pictures."""
    facts = picture.facts
    deep = isinstance(facts, PngParts | TiffFacts) and facts.bits == 16
    if not deep or image.mode not in ("RGB", "RGBA") or not few_bits(image):
        return None
    return SixteenBitColours(image, factor)


def _all_bits(picture: Opened, colours: SixteenBitColours) -> tuple[Image.Image, bool]:
    """The lower bytes as well, from a second decoding in which the two are exchanged."""
    file = picture.facts.file if isinstance(picture.facts, PngParts) else picture.file
    image = Image.open(file, formats=("PNG", "TIFF"))
    grey = False
    tiles = []
    for tile in image.tile:
        args = tile.args if isinstance(tile.args, tuple) else (tile.args,)
        grey = grey or args[0] == "LA;16B"
        exchanged = (_OTHER_BYTES[args[0]], *args[1:])
        tiles.append(tile._replace(args=exchanged if isinstance(tile.args, tuple) else exchanged[0]))
    image.tile = tiles
    image.load()
    colours.add_lower(image, grey=grey)
    return colours.eight_bits(_samples(picture))


_OTHER_BYTES = {
    "LA;16B": "RGBA",
    **{f"{mode};16B": f"{mode};16L" for mode in ("RGB", "RGBX", "RGBA", "RGBa")},
    **{f"{mode};16L": f"{mode};16B" for mode in ("RGB", "RGBX", "RGBA", "RGBa")},
    **{f"{mode};16N": f"{mode};16B" for mode in ("RGB", "RGBX", "RGBA", "RGBa")},
}
