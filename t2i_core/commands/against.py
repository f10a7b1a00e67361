"""search --against: a second request, or another dataset of the same pictures, beside what was asked."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.commands.keeping import printable
from t2i_core.commands.narrowing import read_with
from t2i_core.commands.request_file import read_request
from t2i_core.config import typed_path
from t2i_core.errors import QueryError
from t2i_core.query import read_condition

if TYPE_CHECKING:
    from PIL import Image

    from t2i_core.commands.console import Console
    from t2i_core.engine import SearchEngine
    from t2i_core.lab.two_results import TwoResults
    from t2i_core.query import SearchRequest
    from t2i_core.types import SearchResult


@dataclass(frozen=True)
class Second:
    """What a search was compared with, and what came of it."""

    result: SearchResult
    compared: TwoResults

    def to_record(self) -> dict[str, Any]:
        """As ``--format json`` has it."""
        hits = [{"rank": hit.rank, "image_id": hit.image_id, "score": round(hit.score, 6)} for hit in self.result.hits]
        return {"request": self.result.request.to_record(), "hits": hits} | self.compared.as_dict()

    def table(self, *, width: int | None) -> Iterator[str]:
        """The second list, each picture with its rank in the first, then what is not in it."""
        names = [*(hit.image_id for hit in self.result.hits), *(name for name, _ in self.compared.lost)]
        longest = max([len("image"), *map(len, names)])
        before = {name: first for name, first, _ in self.compared.both}
        heading = f"{'rank':>4}  {'before':>6}  {'score':>6}  {'image':<{longest}}"
        yield printable(f"{heading}  against: {self.result.query.label}", width=width)
        for hit in self.result.hits:
            moved = before.get(hit.image_id, "new")
            yield printable(f"{hit.rank:>4}  {moved:>6}  {hit.score:>6.3f}  {hit.image_id}", width=width)
        for name, rank in self.compared.lost:
            yield printable(f"{'gone':>4}  {rank:>6}  {'':>6}  {name}", width=width)


def add_options(parser: argparse.ArgumentParser) -> None:
    """--against, --against-where and --against-data"""
    parser.add_argument(
        "--against",
        type=typed_path,
        metavar="FILE",
        help="a second request as JSON, like --request: tells which pictures it gains, loses and moves, for as many pictures",
    )
    parser.add_argument(
        "--against-where",
        type=read_with(read_condition),
        action="append",
        metavar="CONDITION",
        help="ask the second with these conditions in place of its own, like --where (repeat it: all must hold)",
    )
    parser.add_argument(
        "--against-data",
        type=typed_path,
        metavar="DIR",
        help="ask another dataset of the same pictures, for instance one made by another model, and compare",
    )


def check(arguments: argparse.Namespace) -> None:
    """Refuse what cannot be compared, before anything slow begins."""
    if arguments.queries is None:
        return
    if arguments.against is not None or arguments.against_data is not None:
        arguments.usage_error("--against and --against-data compare one search, got --queries. Ask one of them")
    if arguments.against_where is not None:
        arguments.usage_error("--against-where compares one search, got --queries. Ask one of them")


def wanted(arguments: argparse.Namespace) -> SearchRequest | None:
    """The second request, where a file holds one."""
    return None if arguments.against is None else read_request(arguments.against, option="--against")


def ask(
    second: SearchRequest | None,
    result: SearchResult,
    engine: SearchEngine,
    *,
    pictures: Callable[[SearchRequest], Mapping[str, Image.Image]],
    arguments: argparse.Namespace,
    console: Console,
) -> Second | None:
    """Ask the second request, or the same one of the other dataset or under other conditions; None where nothing is compared.

    Raises
    ------
    QueryError
        When it cannot be asked, or the other dataset has none of the pictures.
    """
    if second is None and arguments.against_data is None and arguments.against_where is None:
        return None
    from t2i_core.lab.two_results import compare_results

    asked = result.request if second is None else second
    if arguments.against_where is not None:
        asked = replace(asked, where=tuple(arguments.against_where))
    other = engine if arguments.against_data is None else _other_engine(engine, arguments, console)
    asked = replace(asked, top_k=min(result.request.top_k, other.images))
    found = other.search(asked, pictures=pictures(asked))
    return Second(found, compare_results(result, found))


def _other_engine(engine: SearchEngine, arguments: argparse.Namespace, console: Console) -> SearchEngine:
    there = argparse.Namespace(data=arguments.against_data, images=None, model=None, device=arguments.device)
    gallery = options.open_gallery(there, console)
    if not engine.gallery.rows_by_id.keys() & gallery.rows_by_id.keys():
        raise QueryError(
            f"Two datasets are compared over the same pictures, and {arguments.against_data} has none of those in "
            f"{engine.gallery.name}. Name a dataset of the same folder of pictures."
        )
    return options.open_engine(options.open_model(there, gallery), gallery, console)
