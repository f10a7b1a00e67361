"""Captions files at random: what a program wrote comes back, and nothing ends in a traceback."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2i_core.dataset.captions_file import NO_CAPTIONS, parse_captions
from t2i_core.errors import DatasetError

PATH = Path("captions.csv")
letters = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters="\n\r\t"), max_size=30)
caption = letters.map(str.strip).filter(lambda text: text not in NO_CAPTIONS and ".jpg" not in text)
pieces = st.sampled_from(
    ['"', '""', ",", ";", "\t", "|", "\n", "\r", "\r\n", " ", "p1.jpg", "p2.PNG", "image", "caption", "sep=;", "{", "}", "[", "]", ":",
     '"image"', "#0", "a dog", "Café", "\ufeff", "\x00", "\u2028", "null", "..", "/", "\\", "C:"]
)  # fmt: skip


@pytest.mark.slow
@given(
    st.lists(caption, min_size=1, max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]),
    st.booleans(),
)
def test_what_a_program_wrote_comes_back(captions: list[str], mark: str, end: str, encoding: str, quoted: bool) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerow(["image", "caption"])
    # The csv module leaves a carriage return that stands alone without quotes.
    rows = [text if quoted else text.replace("\r", " ").strip() for text in captions]
    rows = [text for text in rows if text]
    writer.writerows((f"{number}.jpg", text) for number, text in enumerate(rows))
    table = parse_captions(out.getvalue().encode(encoding), PATH)
    assert table.captions == tuple(rows)


@given(st.lists(pieces, max_size=60).map("".join), st.sampled_from(["utf-8", "utf-16", "latin-1", "utf-32-be"]))
def test_pieces_of_tables_and_json_never_end_in_a_traceback(text: str, encoding: str) -> None:
    for start in ("", "image,caption\n"):
        try:
            table = parse_captions((start + text).encode(encoding, errors="replace"), PATH)
        except DatasetError as error:
            assert str(error).endswith((".", ")"))
        else:
            assert len(table.images) == len(table.captions) == len(table.file_rows)


@given(st.binary(max_size=400))
def test_any_bytes_never_end_in_a_traceback(data: bytes) -> None:
    for start in (b"", b"image,caption\n", "image,caption\n".encode("utf-16"), b'{"image": "'):
        try:
            parse_captions(start + data, PATH)
        except DatasetError:
            continue


@pytest.mark.parametrize("mark", [",", "\t"])
def test_rows_after_any_stray_quote_are_kept(mark: str) -> None:
    """Whichever of ten rows get a quote in front, ten rows come back."""
    for which in range(0, 2**10, 7):
        rows = [f"p{row}.jpg{mark}{chr(34) * (which >> row & 1)}text {row}" for row in range(10)]
        table = parse_captions(f"image{mark}caption\n{chr(10).join(rows)}\n".encode(), PATH)
        assert [text.lstrip('"') for text in table.captions] == [f"text {row}" for row in range(10)]
