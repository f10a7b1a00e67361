"""evaluate: how well a dataset's own captions find their pictures, and pictures their captions."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from t2i_core import opening
from t2i_core.commands import options
from t2i_core.errors import count_of

if TYPE_CHECKING:
    from t2i_core.commands.console import Console

DIRECTIONS = {"text_to_image": "text → image", "image_to_text": "image → text"}


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
    options.add_format(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Measure and show."""
    from t2i_core.dataset import check_model_matches
    from t2i_core.evaluation import evaluate

    gallery = options.open_gallery(arguments, console)
    if arguments.model is None:
        if gallery.manifest is None and gallery.text_embeddings is not None:
            opening.check_one_space(gallery, options.open_model(arguments, gallery))
        evaluation = evaluate(gallery)
    else:
        encoder = options.open_model(arguments, gallery)
        check_model_matches(encoder, gallery)
        texts = encoder.encode_text(gallery.captions)
        evaluation = evaluate(gallery, text_embeddings=texts, model=encoder.model_id)
    record = evaluation.as_dict()
    if arguments.format == "json":
        console.write_json(record)
        return 0
    for line in table(record):
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
