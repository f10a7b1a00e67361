"""What narrows a search on the command line: conditions, an order, stacks, and counts of what there is to narrow by."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

from t2i_core.errors import QueryError, count_of
from t2i_core.query import read_condition
from t2i_core.query.request import ORDERS, STACKINGS, check_order
from t2i_core.query.where import COLUMN, FIELDS

if TYPE_CHECKING:
    from t2i_core.engine import SearchEngine
    from t2i_core.facets.counting import Facet
    from t2i_core.types import SearchResult

Read = TypeVar("Read")


def add_options(parser: argparse.ArgumentParser) -> None:
    """--where, --order, --stack, --diversity, --facets"""
    parser.add_argument(
        "--where",
        type=read_with(read_condition),
        action="append",
        default=[],
        metavar="CONDITION",
        help="only pictures for which this holds, before the best are taken: folder=animals, megapixels>=2, taken=2019..2021, "
        f"not colour=red|orange (repeat it: all must hold). Fields: {', '.join(FIELDS)}, {COLUMN}NAME",
    )
    parser.add_argument(
        "--order",
        type=read_with(_order),
        metavar="FIELD",
        help="in which order to list the best: by a field, with -FIELD (written --order=-FIELD) the largest first "
        f"(default: {ORDERS[0]}, or what the request says)",
    )
    parser.add_argument(
        "--stack",
        choices=STACKINGS,
        help="copies count as one picture; look_alikes too, where `index --look-alikes` found them "
        f"(default: {STACKINGS[0]}, or what the request says)",
    )
    parser.add_argument(
        "--diversity",
        type=_diversity,
        metavar="D",
        help="0 to 1: how much a picture loses by being like those before it (default: 0, or what the request says)",
    )
    parser.add_argument(
        "--facets",
        nargs="*",
        metavar="FIELD",
        help="also tell how many pictures have each value of these fields (default: of all), in the dataset, under the conditions, "
        "and of those listed",
    )


def read_with(read: Callable[[str], Read]) -> Callable[[str], Read]:
    """For argparse, which wants errors of its own."""

    def reading(text: str) -> Read:
        try:
            return read(text)
        except QueryError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return reading


def _order(text: str) -> str:
    check_order(text)
    return text


def _diversity(text: str) -> float:
    number = float(text)
    if not 0.0 <= number <= 1.0:
        raise argparse.ArgumentTypeError(f"must be from 0 to 1, got {text}. 0 ranks by score alone.")
    return number


def notes(result: SearchResult) -> Iterator[str]:
    """What a person should know of how a search was narrowed."""
    if result.fitting is not None and result.fitting < result.request.top_k:
        yield f"Only {count_of(result.fitting, 'picture')} {'fits' if result.fitting == 1 else 'fit'} the conditions."
    if result.stacked:
        yield f"{count_of(result.stacked, 'picture')} {'is' if result.stacked == 1 else 'are'} stacked behind these."


def counted(engine: SearchEngine, result: SearchResult, arguments: argparse.Namespace) -> tuple[Facet, ...]:
    """The facets that were asked for; all that count few values where none is named."""
    if arguments.facets is None:
        return ()
    names = arguments.facets or [name for name in engine.narrowing.facets.names if name not in ("picture", "words")]
    return engine.narrowing.count(result, names)


def table(facets: Sequence[Facet]) -> Iterator[str]:
    """Facets as aligned lines: how many pictures there are, how many fit, how many are listed."""
    for facet in facets:
        width = max([len(facet.name), *(len(count.label) for count in facet.counts)])
        yield ""
        yield f"{facet.name:<{width}}  {'dataset':>9}  {'fitting':>9}  {'listed':>6}"
        for count in facet.counts:
            label = "".join(letter if letter.isprintable() else " " for letter in count.label)
            yield f"{label:<{width}}  {count.gallery:>9,}  {count.fitting:>9,}  {count.hits:>6,}"
        if facet.more:
            yield f"and {facet.more:,} more"
