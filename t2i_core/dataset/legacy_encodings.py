"""Which 8-bit encoding a text has that is no UTF-8: by the letters that words of one language are made of."""

from __future__ import annotations

import re
from pathlib import Path

from t2i_core.errors import DatasetError

LATIN1 = ("cp1252", "Latin-1")  # Windows-1252 is what programs mean by it
# Letters beside a to z, of the languages that are written in each.
_WESTERN = (
    "àâæçèéêëîïôœùûüÿ",
    "äöüß",
    "áéíñóúü",
    "àáâãçéêíóôõúü",
    "àáèéìíîòóùú",
    "åäöé",
    "åæøé",
    "áðéíóúýþæö",
    "äëïéèöüó",
)
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţșț", "ëç")
_CANDIDATES = (
    (LATIN1, _WESTERN),
    (("cp1250", "Windows-1250"), _CENTRAL),
    (("iso8859-2", "Latin-2"), _CENTRAL),
    (("mac_roman", "Mac Roman"), _WESTERN),
)
_HIGH = re.compile(rb"[\x80-\xff]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]{4,}")
_LETTERS = re.compile(r"[^\W\d_]", re.UNICODE)
# A sign in a word, as ³ in "¿ó³w": the mark of a text read in the wrong encoding.
_SIGN_IN_WORD = re.compile(r"(?<=[^\W\d_])[^\w\s'’\u2010-\u2014/.,;:!?()\"&+-](?=[^\W\d_])")


def guess_encoding(data: bytes, path: Path, *, line: int) -> tuple[str, str]:
    """Python's and people's name of the encoding; Latin-1 where nothing speaks for another.

    Raises
    ------
    DatasetError
        When most of its letters are of another script: only whoever wrote it knows which.
    """
    in_runs = sum(len(run) for run in _HIGH_RUN.findall(data))
    if in_runs > 0.5 * len(_HIGH.findall(data)):
        raise DatasetError(
            f"Text must be UTF-8 where its letters are not Latin, and {path} is not (line {line}). "
            "Save it as UTF-8 in the program that made it."
        )
    old_mac = b"\r" in data and b"\n" not in data  # Excel for Mac, once
    candidates = [_CANDIDATES[-1], *_CANDIDATES[:-1]] if old_mac else _CANDIDATES[:-1]
    readable = []
    for name, alphabets in candidates:
        try:
            text = data.decode(name[0])
        except UnicodeDecodeError:
            continue
        if _SIGN_IN_WORD.search(text):
            continue
        readable.append(name)
        letters = {letter.lower() for letter in _LETTERS.findall(text) if not letter.isascii()}
        if any(letters <= set(alphabet) for alphabet in alphabets):
            return name
    if LATIN1 in readable or not readable:
        try:
            data.decode("cp1252")
        except UnicodeDecodeError:
            return ("latin-1", "Latin-1")  # the five bytes that Windows-1252 lacks exist only there
        return LATIN1
    return readable[0]
