"""evaluate: how well a dataset's own captions find their pictures, and pictures their captions."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from t2i_core import opening
from t2i_core.commands import lab_tables, options
from t2i_core.config import typed_path
from t2i_core.errors import DatasetError, count_of

if TYPE_CHECKING:
    from t2i_core.commands.console import Console
    from t2i_core.evaluation import Evaluation
    from t2i_core.lab.comparing import Compared
    from t2i_core.lab.examining import Findings
    from t2i_core.types import FloatArray, Gallery

DIRECTIONS = {"text_to_image": "text → image", "image_to_text": "image → text"}
RANKINGS = ("balanced", "approximate")
MOST_FAULTS = 10


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "evaluate",
        help="measure recall@k on the dataset's own captions",
        description=(
            "Recall@1, 5 and 10 and median rank, from captions to pictures and back, counted as in the CLIP paper. "
            "JSON gives recall as fractions of 1."
        ),
    )
    options.add_data(parser)
    options.add_images(parser)
    options.add_model(parser, default="none: the stored caption rows are used; given, captions are encoded again")
    parser.add_argument(
        "--details",
        action="store_true",
        help="every measure with its 95%% interval, how many to look at, where it fails, and the health of the space; pairs "
        "marked in relevance.csv count as right",
    )
    parser.add_argument(
        "--report",
        type=typed_path,
        metavar="FILE",
        help="write the details as one HTML page that needs nothing else, and beside it as JSON with the same name",
    )
    parser.add_argument(
        "--compare",
        metavar="OTHER",
        help="query by query with another dataset of the same pictures (a folder), with another ranking of this one "
        f'({" or ".join(RANKINGS)}), or with its captions written into a form ("a photo of {{}}")',
    )
    parser.add_argument(
        "--queries",
        type=typed_path,
        metavar="FILE",
        help="measure on questions of your own: a CSV with the columns query and image, one line for each right picture",
    )
    options.add_format(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Measure and show."""
    gallery = options.open_gallery(arguments, console)
    if arguments.queries is not None:
        return _ask_own(arguments, gallery, console)
    texts, model = _texts(arguments, gallery)
    findings = _findings(arguments, gallery, texts, model, console)
    evaluation = _evaluation(gallery, texts, model, findings, console)
    compared = _compared(arguments, gallery, console)
    record: dict[str, Any] = evaluation.as_dict()
    lines = table(record)
    if compared is not None:
        record["comparison"] = compared.as_dict()
        lines += ["", *lab_tables.comparison(compared)]
    if findings is not None and arguments.details:
        record["details"] = findings.as_dict()
        lines += ["", *lab_tables.details(findings)]
    if findings is not None and arguments.report is not None:
        _write_report(arguments.report, findings, compared, console)
    if arguments.format == "json":
        console.write_json(record)
        return 0
    for line in lines:
        console.write(line)
    return 0


def _texts(arguments: argparse.Namespace, gallery: Gallery) -> tuple[FloatArray | None, str | None]:
    """Captions encoded again, and by which model, where one was named; None for the stored rows."""
    from t2i_core.dataset import check_model_matches

    if arguments.model is None:
        if gallery.manifest is None and gallery.text_embeddings is not None:
            opening.check_one_space(gallery, options.open_model(arguments, gallery))
        return None, None
    encoder = options.open_model(arguments, gallery)
    check_model_matches(encoder, gallery)
    return encoder.encode_text(gallery.captions), encoder.model_id


def _findings(
    arguments: argparse.Namespace, gallery: Gallery, texts: FloatArray | None, model: str | None, console: Console
) -> Findings | None:
    """What the lab finds, where it is asked for."""
    if not arguments.details and arguments.report is None:
        return None
    from t2i_core.dataset import read_relevance
    from t2i_core.lab.examining import examine

    marks = read_relevance(gallery.data_dir)
    return examine(gallery, marks, texts=texts, model=model, on_progress=lambda share: _counting(console, share))


def _evaluation(
    gallery: Gallery, texts: FloatArray | None, model: str | None, findings: Findings | None, console: Console
) -> Evaluation:
    """The figures of the dataset's own pairs; ranks that the lab counted are not counted again."""
    from t2i_core.evaluation import best_by_picture, evaluate, of_ranks

    if findings is None:
        return evaluate(
            gallery, text_embeddings=texts, model=model, on_progress=lambda share: _counting(console, share)
        )
    pairs = findings.pairs
    own = slice(len(pairs.captions))
    image_ranks = best_by_picture(pairs.caption_ranks[own], pairs.rows)
    return of_ranks(pairs.picture_ranks[own], image_ranks, images=len(gallery), model=findings.model)


def _counting(console: Console, share: float) -> None:
    console.progress(f"counting ranks: {share:.0%}", last=share >= 1.0)


def _compared(arguments: argparse.Namespace, gallery: Gallery, console: Console) -> Compared | None:
    if arguments.compare is None:
        return None
    from t2i_core.lab.comparing import compare_datasets, compare_rankings
    from t2i_core.lab.prompt_forms import compare_forms, is_form

    if is_form(arguments.compare):
        encoder = options.open_model(arguments, gallery)
        return compare_forms(gallery, arguments.compare, encoder, on_progress=lambda share: _counting(console, share))
    if arguments.model is not None:
        raise DatasetError(
            f"--compare takes the rows that datasets hold, got it with --model {arguments.model}. Build a dataset with that model, "
            "and compare with it."
        )
    if arguments.compare in RANKINGS:
        return compare_rankings(gallery, arguments.compare, on_progress=lambda share: _counting(console, share))
    other = opening.open_gallery(typed_path(arguments.compare), arguments.images)
    if other.manifest is None and other.text_embeddings is not None:
        opening.check_one_space(other, options.open_model(arguments, other))
    return compare_datasets(gallery, other, on_progress=lambda share: _counting(console, share))


def _write_report(path: Path, findings: Findings, compared: Compared | None, console: Console) -> None:
    """The page and, under the same name, its JSON."""
    from t2i_core.dataset import replace_file
    from t2i_core.lab.examining import provenance
    from t2i_core.lab.report import report_html, report_json

    about = provenance(findings.gallery, findings.model, shlex.join(["python", "-m", "t2i_core", *sys.argv[1:]]))
    page = path if path.suffix.lower() in {".html", ".htm"} else path.with_name(f"{path.name}.html")
    written = {
        page: report_html(findings, about, compared),
        page.with_suffix(".json"): report_json(findings, about, compared),
    }
    for file, content in written.items():
        data = content.encode("utf-8")
        replace_file(file, lambda out, data=data: out.write(data))  # type: ignore[misc]
    console.say(f"wrote {' and '.join(str(file) for file in written)}")


def _ask_own(arguments: argparse.Namespace, gallery: Gallery, console: Console) -> int:
    """Questions of a person in place of the dataset's captions."""
    from t2i_core.dataset import marks_of, read_mark_lines
    from t2i_core.lab import questions as own

    written = read_mark_lines(arguments.queries)
    asked = own.questions_of(gallery, marks_of(written))
    if arguments.compare or arguments.report or arguments.details:
        raise DatasetError(
            "--queries measures questions of your own alone, got it with details of the captions. Ask for one of them."
        )
    encoder = options.open_model(arguments, gallery)
    engine = options.open_engine(encoder, gallery, console)
    answers = own.ask(engine.gallery, asked, encoder.encode_text)
    unknown = own.unknown_pictures(asked, gallery)
    for told in (*([] if unknown is None else [unknown]), *own.line_faults(written, gallery)[:MOST_FAULTS]):
        console.say(told)
    if arguments.format == "json":
        console.write_json(answers.as_dict(gallery))
        return 0
    for line in lab_tables.answers(answers, gallery):
        console.write(line)
    return 0


def table(record: dict[str, Any]) -> list[str]:
    """An evaluation as aligned lines; recall in percent."""
    recalls = ("recall@1", "recall@5", "recall@10")
    lines = [f"{'':<14}" + "".join(f"{name:>11}" for name in recalls) + f"{'median rank':>13}"]
    for direction, label in DIRECTIONS.items():
        scores = record[direction]
        percent = "".join(f"{scores[name]:>11.1%}" for name in recalls)
        lines.append(f"{label:<14}{percent}{scores['median_rank']:>13g}")
    return [
        *lines,
        f"{count_of(record['images'], 'picture')}, {count_of(record['captions'], 'caption')}, model {record['model']}",
    ]
