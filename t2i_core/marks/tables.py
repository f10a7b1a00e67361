"""Handouts as tables: CSV, JSON and Parquet, each with the request and the dataset that made it."""

from __future__ import annotations

import csv
import io
import json

from t2i_core.export import SCORE_DIGITS, spreadsheet_cell
from t2i_core.marks.handouts import Handout

COLUMNS = ("rank", "image", "score", "caption", "tags", "width", "height", "dataset", "dataset_sha256", "request")
ABOUT_KEY = b"t2i"  # under which a Parquet file keeps what made it


def handout_csv(handout: Handout) -> bytes:
    """One row a picture, UTF-8 with the mark that Excel wants; the last columns say what made the row, in each of them.

    A CSV has no other place for it that programs do not stumble over. Cells that a spreadsheet would take for a formula
    get a leading apostrophe.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    request = handout.request.to_json() if handout.request is not None else ""
    made_by = [spreadsheet_cell(handout.gallery.name), handout.about["dataset_sha256"] or "", spreadsheet_cell(request)]
    for one in handout.pictures:
        writer.writerow(
            [
                one.rank or "",
                spreadsheet_cell(one.image_id),
                "" if one.score is None else f"{one.score:.{SCORE_DIGITS}f}",
                spreadsheet_cell(one.caption),
                spreadsheet_cell("; ".join(one.tags)),
                one.width or "",
                one.height or "",
                *made_by,
            ]
        )
    return text.getvalue().encode("utf-8-sig", "backslashreplace")


def handout_json(handout: Handout) -> bytes:
    """What made it, and ``hits``, as indented JSON; ``search --request`` reads it where a search found the pictures."""
    record = handout.about | {"hits": list(handout.records())}
    return (json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2) + "\n").encode(
        "utf-8", "backslashreplace"
    )


def handout_parquet(handout: Handout) -> bytes:
    """The pictures as a table, ``tags`` a list; what made it stands in the schema's metadata under ``t2i``, as JSON."""
    import pyarrow
    import pyarrow.parquet

    schema = pyarrow.schema(
        [
            ("rank", pyarrow.int32()),
            ("image_id", pyarrow.string()),
            ("score", pyarrow.float32()),
            ("caption", pyarrow.string()),
            ("tags", pyarrow.list_(pyarrow.string())),
            ("width", pyarrow.int32()),
            ("height", pyarrow.int32()),
        ],
        metadata={ABOUT_KEY: json.dumps(handout.about, allow_nan=False).encode("ascii")},
    )
    content = io.BytesIO()
    pyarrow.parquet.write_table(
        pyarrow.Table.from_pylist(list(handout.records()), schema=schema), content, compression="zstd"
    )
    return content.getvalue()
