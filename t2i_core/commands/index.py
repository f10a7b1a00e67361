"""index: what makes large datasets open at once and searches over millions quick, made beforehand."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from t2i_core.commands import balancing, options
from t2i_core.config import read_settings
from t2i_core.errors import count_of

if TYPE_CHECKING:
    from t2i_core.commands.console import Console
    from t2i_core.dataset import Evidence
    from t2i_core.facets.keeping import KeptFacts
    from t2i_core.types import Gallery

EPILOG = """\
Rows and codes of a large dataset are also made when it is first opened. The approximate index is made here only; the
Search page then offers a switch, and searches stay exact until somebody uses it. Balanced ranking is offered only where
the gain measured here is surely above zero.

examples:
  python -m t2i_core index --data photos-data
  python -m t2i_core index --data photos-data --ann --recall 0.99
  python -m t2i_core index --data photos-data --balanced
  python -m t2i_core index --data photos-data --verdict
  python -m t2i_core index --data photos-data --facts"""


# What is balanced, and where its figures stand in what programs read.
_RECORDED = {"pictures": "balanced", "few words": "balanced_few_words", "captions": "balanced_captions"}


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "index",
        help="prepare a large dataset: memory-mapped rows, codes and, with --ann, an approximate index; measure balanced ranking, "
        "verdicts and facts of pictures",
        description="Prepare a large dataset for opening at once and searching quickly.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_data(parser, folder_only=True)
    options.add_images(parser)
    parser.add_argument("--ann", action="store_true", help="also make an approximate index and measure its recall")
    parser.add_argument(
        "--recall",
        type=_share,
        default=0.98,
        metavar="R",
        help="share of the exact best 50 the approximate index is to find (default: 0.98)",
    )
    parser.add_argument(
        "--balanced", action="store_true", help="also measure what balanced ranking gains on the dataset's own captions"
    )
    parser.add_argument(
        "--verdict", action="store_true", help="also measure how searches tell whether anything fits, as a build does"
    )
    parser.add_argument(
        "--facts",
        action="store_true",
        help="also measure what pictures are filtered and stacked by, as a build does: size, day, camera, colours, light, copies",
    )
    parser.add_argument(
        "--look-alikes",
        action="store_true",
        help="also find which pictures look alike, for searches that stack those as well",
    )
    options.add_model(parser, default="the one the dataset was built with; used with --balanced and --verdict")
    options.add_format(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Open the dataset as a search would, and make the approximate index where it is wanted."""
    from t2i_core.dataset import make_ann, open_codes
    from t2i_core.index.opening import open_index

    options.refuse_address(arguments, command="index")
    gallery = options.open_gallery(arguments, console)
    index = open_index(gallery.image_embeddings, find_codes=lambda: open_codes(gallery))
    kind = type(index).__name__
    record: dict[str, Any] = {"images": len(gallery), "dimension": gallery.dimension, "index": kind, "ann": None}
    if arguments.ann:
        facts = make_ann(
            gallery,
            index,
            recall=arguments.recall,
            on_progress=lambda done: console.progress(
                f"cells: {done:,} of {len(gallery):,}", last=done == len(gallery)
            ),
        )
        record["ann"] = facts.to_record()
    balances = balancing.measure_and_keep(gallery, arguments, console) if arguments.balanced else {}
    for of, name in _RECORDED.items():
        if of in balances:
            record[name] = balancing.to_record(balances[of])
    evidence = _evidence(arguments, gallery) if arguments.verdict else None
    known = (
        _facts(gallery, console, look_alikes=arguments.look_alikes)
        if arguments.facts or arguments.look_alikes
        else None
    )
    if known is not None:
        record["facts"] = asdict(known)
    if evidence is not None:
        record["verdict"] = {
            "captions": evidence.captions, "kept": evidence.kept, "auroc": evidence.auroc, "best": evidence.best,
            "sentences": list(evidence.sentences), "words": list(evidence.words),
        }  # fmt: skip
    if arguments.format == "json":
        console.write_json(record)
        return 0
    verb = "is" if len(gallery) == 1 else "are"
    console.write(
        f"{count_of(len(gallery), 'picture')} with {gallery.dimension} numbers each {verb} ready for exact search."
    )
    if arguments.ann:
        console.write(
            f"Approximate search finds {facts.recall:.1%} of the exact best {facts.top_k} for {facts.queries} of the "
            f"dataset's {facts.queried_with}, looking into {facts.probes:,} of {facts.cells:,} cells."
        )
    for line in balancing.told(balances):
        console.write(line)
    if evidence is not None:
        console.write(_told(evidence))
    if known is not None:
        console.write(_measured(known))
    return 0


def _told(evidence: Evidence) -> str:
    if not evidence.captions:
        return "Searches get a verdict by the model's usual thresholds: the dataset has too few captions for its own."
    return (
        f"Searches get a verdict: at 5 % false alarms {evidence.kept:.0%} of {count_of(evidence.captions, 'caption')} are strong "
        f"evidence (AUROC {evidence.auroc:.2f}), against {count_of(evidence.foreign, 'sentence')} about what no caption names."
    )


def _facts(gallery: Gallery, console: Console, *, look_alikes: bool) -> KeptFacts:
    from t2i_core.facets.keeping import keep_facts

    def tell(stage: str, done: int, total: int) -> None:
        console.progress(f"{stage}: {done:,} of {total:,}", last=done == total)

    max_pixels = read_settings().max_pixels
    if look_alikes:
        from t2i_core.audit.stacking import keep_look_alikes

        keep_look_alikes(gallery, max_pixels=max_pixels, on_progress=tell)
    return keep_facts(gallery, max_pixels=max_pixels, on_progress=tell)


def _measured(known: KeptFacts) -> str:
    unreadable = f", {known.unreadable:,} could not be read" if known.unreadable else ""
    return (
        f"Searches can be filtered by facts of {count_of(known.measured, 'picture')}{unreadable}; "
        f"{known.copies:,} can be stacked behind another that they are copies of."
    )


def _evidence(arguments: argparse.Namespace, gallery: Gallery) -> Evidence:
    from t2i_core.dataset import check_model_matches
    from t2i_core.relevance.measuring import keep_evidence

    encoder = options.open_model(arguments, gallery)
    check_model_matches(encoder, gallery)
    return keep_evidence(gallery, encoder)


def _share(text: str) -> float:
    number = float(text)
    if not 0 < number <= 1:
        raise argparse.ArgumentTypeError(f"must be above 0 and at most 1, got {text}")
    return number
