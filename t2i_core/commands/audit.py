"""audit: what is wrong with a dataset, what is most likely wrong first."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.config import read_settings, typed_path
from t2i_core.errors import count_of

if TYPE_CHECKING:
    from t2i_core.audit import Audit, Finding
    from t2i_core.commands.console import Console
    from t2i_core.types import Encoder, Gallery

# Said again here because --help must not load what an audit needs; a test compares them.
KINDS = (
    "damaged", "leakage", "copy", "caption_text", "caption_mismatch", "rotated", "dark", "light", "blurred",
    "low_information", "odd_shape", "odd_size", "look_alike", "outlier", "gap",
)  # fmt: skip
SHOWN = 20
EPILOG = f"""\
Kinds: {", ".join(KINDS[:8])},
{", ".join(KINDS[8:])}.

Every caption that can be measured is a caption_mismatch, the least fitting first; --top keeps the list short. What is
measured of pictures is kept in the dataset's .cache, so that the next audit measures new and changed files only, and one
that was stopped goes on from there. Nothing else is written.

examples:
  python -m t2i_core audit --data photos-data
  python -m t2i_core audit --data photos-data --only caption_mismatch copy --top 100 --format json
  python -m t2i_core audit --data photos-data --only dark blurred --csv faults.csv --files faults.txt"""


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "audit",
        help="find what is wrong with pictures and captions: captions that do not fit, copies, dark or damaged pictures, …",
        description="Look for what is wrong with a dataset, and list what is most likely wrong first.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_data(parser, folder_only=True)
    options.add_images(parser)
    parser.add_argument(
        "--only",
        nargs="+",
        action="extend",
        choices=KINDS,
        metavar="KIND",
        default=None,
        help="look for these kinds only",
    )
    parser.add_argument(
        "--top",
        type=_positive,
        default=None,
        metavar="N",
        help=f"list the N most likely (default: {SHOWN} as a table, all as JSON)",
    )
    parser.add_argument("--csv", type=typed_path, default=None, metavar="FILE", help="also write what is listed as CSV")
    parser.add_argument(
        "--files",
        type=typed_path,
        default=None,
        metavar="FILE",
        help="also write the names of the pictures listed, one a line",
    )
    options.add_model(parser, default="the one the dataset was built with; tells captions that are too long")
    options.add_format(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Audit and list."""
    from t2i_core.audit import audit
    from t2i_core.audit.lists import file_list, findings_to_csv
    from t2i_core.dataset import replace_file

    options.refuse_address(arguments, command="audit")
    gallery = options.open_gallery(arguments, console)
    report = audit(
        gallery,
        arguments.only or KINDS,
        max_pixels=read_settings().max_pixels,
        open_encoder=lambda: matching_model(arguments, gallery),
        on_progress=lambda stage, done, total: console.progress(f"{stage}: {done:,} of {total:,}", last=done == total),
    )
    for remark in report.remarks:
        console.say(f"note: {remark}")
    listed = report.findings[: arguments.top]
    texts: dict[Path | None, str] = {arguments.csv: findings_to_csv(listed), arguments.files: file_list(listed)}
    for path, text in texts.items():
        if path is not None:
            data = text.encode("utf-8")
            replace_file(path, lambda file, data=data: file.write(data))  # type: ignore[misc]
    if arguments.format == "json":
        console.write_json({"findings": [finding.to_record() for finding in listed]})
        return 0
    for line in table(report, listed[: arguments.top or SHOWN]):
        console.write(line)
    return 0


def matching_model(arguments: argparse.Namespace, gallery: Gallery) -> Encoder:
    """The dataset's model; ModelError where it cannot be had or is another one."""
    from t2i_core.dataset import check_model_matches

    encoder = options.open_model(arguments, gallery)
    check_model_matches(encoder, gallery)
    return encoder


def table(report: Audit, listed: tuple[Finding, ...]) -> list[str]:
    """How many findings there are of each kind, then some of them as aligned lines."""
    counts = Counter(
        finding.kind for finding in report.findings if finding.severity != "note" or finding.kind != KINDS[4]
    )
    lines = [f"{kind:<17}{counts[kind]:>9,}" for kind in report.kinds]
    for finding in listed:
        subject = finding.image_id + (f' "{finding.caption}"' if finding.caption is not None else "")
        lines += [
            "",
            f"{finding.severity}: {finding.kind}, {finding.value:.3f}, percentile {finding.percentile:.1f}: {subject}",
            f"  {finding.advice}",
        ]
    shown = len(listed)
    return [
        *lines,
        "",
        f"{count_of(shown, 'finding')} of {len(report.findings):,} shown; --format json or --csv lists them all.",
    ]


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, got {number}. Leave it out to list all.")
    return number
