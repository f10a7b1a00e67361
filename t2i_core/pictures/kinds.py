"""Kinds of picture files: which are read, by name and by their first bytes, and what to do with the others."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import PurePath

HEIF_INSTALL = "python -m pip install pillow-heif==1.8.1"
HEIF_ADVICE = f"Install their reader, then do the same again: {HEIF_INSTALL}"
HEIF_SUFFIXES = frozenset({".heic", ".heif", ".hif"})
ALWAYS_READ = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
HEAD_BYTES = 32
# One name for a kind, however its files end.
SUFFIX_NAMES = {"jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "tiff": "tif", "heif": "heic", "hif": "heic"}

_SAVE = "Save them as JPEG or PNG to have them in."
_RAW = "crw cr2 cr3 nef nrw arw srf sr2 dng orf rw2 raf pef srw x3f 3fr erf kdc dcr mrw mef mos iiq rwl fff gpr"
_OTHER = (
    "apng mpo tga ico cur pcx ppm pgm pbm pnm pfm dds exr hdr qoi sgi xbm xpm jxr wdp djvu icns bpg flif dib fits dcm"
)
_UNREAD: tuple[tuple[tuple[str, str], str, str], ...] = (
    (("camera raw file", "camera raw files"), _RAW, "Export them as JPEG or TIFF to have them in."),
    (("vector drawing", "vector drawings"), "svg svgz ai eps ps wmf emf cdr", _SAVE),
    (("layered picture", "layered pictures"), "psd psb xcf kra clip afphoto", _SAVE),
    (("PDF document", "PDF documents"), "pdf", "Save their pages as JPEG or PNG to have them in."),
    (("JPEG XL picture", "JPEG XL pictures"), "jxl", _SAVE),
    (("JPEG 2000 picture", "JPEG 2000 pictures"), "jp2 j2k jpx jpf j2c jpc", _SAVE),
    (("HEIC sequence", "HEIC sequences"), "heics heifs avci avcs", _SAVE),
    (
        ("video", "videos"),
        "mp4 mov avi mkv m4v webm mts m2ts 3gp wmv mpg mpeg flv",
        "Save single pictures of them to have those in.",
    ),
    (("picture of a kind that is not read", "pictures of kinds that are not read"), _OTHER, _SAVE),
)
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"})


def heif_is_read() -> bool:
    """Whether the optional package that reads HEIC is installed."""
    return _installed("pillow_heif")


@lru_cache(maxsize=1)
def avif_is_read() -> bool:
    """Whether this Pillow was built with AVIF."""
    from PIL import features

    return bool(features.check("avif"))


def read_suffixes() -> frozenset[str]:
    """Endings of the files that are taken as pictures here, in small letters, with their dot."""
    return (
        ALWAYS_READ
        | (frozenset({".avif"}) if avif_is_read() else frozenset())
        | (HEIF_SUFFIXES if heif_is_read() else frozenset())
    )


def unread_kind(name: str) -> tuple[tuple[str, str], str] | None:
    """What a picture-like file is (in the singular and the plural) and what to do; None for any other file."""
    suffix = PurePath(name).suffix.lower()
    if suffix in HEIF_SUFFIXES:
        return ("HEIC picture", "HEIC pictures"), HEIF_ADVICE
    if suffix == ".avif":
        return ("AVIF picture", "AVIF pictures"), "Install a Pillow that reads AVIF, or save them as JPEG or PNG."
    return _unread_by_suffix().get(suffix)


def looks_like_heif(head: bytes) -> bool:
    """Whether a file begins as HEIC does, whatever it is called. ``head`` are its first ``HEAD_BYTES``."""
    if head[4:8] != b"ftyp":
        return False
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, len(head) - 3, 4))}
    return bool(brands & _HEIF_BRANDS)


def kind_of(head: bytes) -> str:
    """The format a file's first bytes claim, in Pillow's words; empty where they claim none that is read."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "GIF"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "TIFF"
    if looks_like_heif(head):
        return "HEIF"
    if head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis", b"mif1", b"msf1"):
        return "AVIF"
    return "BMP" if head[:2] == b"BM" else ""


@lru_cache(maxsize=1)
def _unread_by_suffix() -> dict[str, tuple[tuple[str, str], str]]:
    return {f".{suffix}": (kind, advice) for kind, suffixes, advice in _UNREAD for suffix in suffixes.split()}


@lru_cache(maxsize=8)
def _installed(package: str) -> bool:
    return find_spec(package) is not None
