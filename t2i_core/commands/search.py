"""search: the pictures that fit a sentence, many sentences, or a picture."""

from __future__ import annotations

import argparse
import hashlib
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from t2i_core.commands import against, narrowing, options
from t2i_core.commands.keeping import add_keeping, check_keeping, keep, printable
from t2i_core.commands.narrowing import read_with
from t2i_core.commands.queries_file import read_queries
from t2i_core.commands.request_file import read_request
from t2i_core.config import read_settings, typed_path
from t2i_core.errors import QueryError, count_of
from t2i_core.export import hit_record, judged_record, term_record
from t2i_core.query import OutsidePicture, Query, SearchRequest, less_of, one_sentence, parse_query, write_query
from t2i_core.query.cutoff import FORMS, read_cutoff
from t2i_core.query.request import AIMS, ORDERS, RANKINGS, STACKINGS

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

    from t2i_core.commands.console import Console
    from t2i_core.engine import SearchEngine
    from t2i_core.types import Hit, SearchResult

DEFAULT_TOP_K = 10
EPILOG = """\
examples:
  python -m t2i_core search "a dog on a beach"
  python -m t2i_core search --queries sentences.txt --top-k 5 --format json > hits.jsonl
  python -m t2i_core search --image photo.jpg
  python -m t2i_core search "a dog on a beach" --top-k 50 --cutoff drop
  python -m t2i_core search "a dog" --where folder=animals --where "megapixels>=2" --where "not colour=red" --stack copies
  python -m t2i_core search --terms '2*"red car" - snow + [cats/1.jpg]'
  python -m t2i_core search "a dog" --like dogs/3.jpg --dislike cats/1.jpg   # words that pictures say more of
  python -m t2i_core search "a dog on a beach" --save beaches --out beaches.html   # kept by name, and a contact sheet
  python -m t2i_core search --request pictures.json   # what made an export, asked again
  python -m t2i_core search "a dog" --against balanced.json   # what another request gains, loses and moves"""


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "search",
        help="find pictures by a sentence or a picture",
        description="Rank the pictures of a dataset by how well they fit a sentence or a picture.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("text", nargs="?", metavar="SENTENCE", help="what to look for, in your own words")
    parser.add_argument(
        "--queries",
        type=typed_path,
        metavar="FILE",
        help='one sentence a line, or JSON lines like {"query": "a dog"} (- reads standard input)',
    )
    parser.add_argument(
        "--image",
        metavar="PICTURE",
        help="look for pictures like this: a file, or the name of a picture of the dataset, which is then not among the hits",
    )
    parser.add_argument(
        "--terms",
        metavar="QUERY",
        help="sentences and [pictures of the dataset] with weights, joined by + and -, in one line",
    )
    parser.add_argument(
        "--request",
        type=typed_path,
        metavar="FILE",
        help="a whole request as JSON: that of an export, or one you write (- reads standard input); a picture from outside "
        "that it names is given with --image",
    )
    parser.add_argument(
        "--top-k",
        type=int,
        metavar="N",
        help=f"how many pictures, 1 to the dataset's size (default: {DEFAULT_TOP_K}, or what the request says)",
    )
    parser.add_argument(
        "--ranking",
        choices=RANKINGS,
        help="balanced ranks lower what is near every sentence, where `index --balanced` found that to help "
        f"(default: {RANKINGS[0]}, or what the request says)",
    )
    narrowing.add_options(parser)
    _add_judged(parser)
    parser.add_argument(
        "--cutoff",
        type=read_with(read_cutoff),
        metavar="CUTOFF",
        help=f"leave out pictures that score too little: {FORMS} (default: none, or what the request says)",
    )
    parser.add_argument(
        "--approximate", action="store_true", help="ask the approximate index, where `index --ann` made one"
    )
    against.add_options(parser)
    add_keeping(parser)
    options.add_data(parser)
    options.add_images(parser)
    options.add_model(parser, default="the one the dataset was built with; a checkpoint is named here or by T2I_MODEL")
    options.add_format(parser)
    parser.set_defaults(run=run, usage_error=parser.error)


def _add_judged(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--like",
        action="append",
        default=[],
        metavar="NAME",
        help="a picture of the dataset that is right: what is like it comes first (repeat it for more pictures)",
    )
    parser.add_argument(
        "--dislike",
        action="append",
        default=[],
        metavar="NAME",
        help="a picture of the dataset that is wrong: it is left out, and what is like it comes later (repeat it)",
    )
    parser.add_argument(
        "--aim",
        choices=AIMS,
        help="whether all pictures of a kind are looked for, or one picture, where what is liked alone counts for less and a "
        f"single like and dislike are told apart (default: {AIMS[0]}, or what the request says)",
    )


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Answer the query, or each of them; 1 when one of many could not be answered."""
    given = [name for name in ("text", "queries", "terms", "request") if getattr(arguments, name) is not None]
    if arguments.image is not None and given != ["request"]:
        given.append("image")
    if len(given) != 1:
        arguments.usage_error(
            "give one of SENTENCE, --queries FILE, --terms QUERY, --request FILE and --image PICTURE, got "
            + (" and ".join("SENTENCE" if name == "text" else f"--{name}" for name in given) or "none")
        )
    check_keeping(arguments)
    against.check(arguments)
    # Read before the model is: a missing file should not take seconds to be told.
    lines, problems = read_queries(arguments.queries) if arguments.queries is not None else ([], ())
    for problem in problems:
        console.say(str(problem))
    asked = None if arguments.terms is None else SearchRequest(parse_query(arguments.terms))
    if arguments.request is not None:
        asked = read_request(arguments.request)
    second = against.wanted(arguments)
    gallery = options.open_gallery(arguments, console)
    encoder = options.open_model(arguments, gallery)
    engine = options.open_engine(encoder, gallery, console)
    if engine.could_judge:
        console.say(
            "note: No verdict on whether anything fits yet. Measure what it goes by: python -m t2i_core index --verdict"
        )
    top_k = min(DEFAULT_TOP_K, engine.images) if arguments.top_k is None else arguments.top_k
    if arguments.queries is not None:
        return _run_queries(engine, lines, top_k=top_k, arguments=arguments, console=console)
    result = _answer(engine, asked, top_k=top_k, arguments=arguments)
    compared = against.ask(
        second, result, engine, pictures=lambda one: _outside(one, arguments.image if one.query.outside else None),
        arguments=arguments, console=console,
    )  # fmt: skip
    _show(result, engine, arguments=arguments, console=console, compared=compared)
    keep(result, gallery, arguments, console)
    return 0


def _answer(
    engine: SearchEngine, asked: SearchRequest | None, *, top_k: int, arguments: argparse.Namespace
) -> SearchResult:
    """What a whole request, a picture or a sentence finds."""
    if asked is None and arguments.image is not None:
        return _search_picture(engine, arguments.image, **_settings(arguments, top_k))
    if asked is None:
        return engine.search(SearchRequest.of(arguments.text, **_settings(arguments, top_k)))
    request = replace(
        asked,
        top_k=asked.top_k if arguments.request is not None and arguments.top_k is None else top_k,
        approximate=asked.approximate or arguments.approximate,
        ranking=arguments.ranking or asked.ranking,
        cutoff=asked.cutoff if arguments.cutoff is None else arguments.cutoff,
        liked=(*asked.liked, *arguments.like),
        disliked=(*asked.disliked, *arguments.dislike),
        aim=arguments.aim or asked.aim,
        where=(*asked.where, *arguments.where),
        order=arguments.order or asked.order,
        stacking=arguments.stack or asked.stacking,
        diversity=asked.diversity if arguments.diversity is None else arguments.diversity,
    )
    return engine.search(request, pictures=_outside(request, arguments.image))


def _run_queries(
    engine: SearchEngine,
    lines: Iterable[tuple[int, str | QueryError]],
    *,
    top_k: int,
    arguments: argparse.Namespace,
    console: Console,
) -> int:
    """One bad line does not keep the others from being answered."""
    failed = 0
    for number, line in lines:
        try:
            if isinstance(line, QueryError):
                raise line
            result = engine.search(SearchRequest.of(line, **_settings(arguments, top_k)))
        except QueryError as error:
            console.say(f"error: line {number}: {error}")
            failed = 1
            continue
        _show(result, engine, arguments=arguments, console=console, heading=True)
    return failed


def _settings(arguments: argparse.Namespace, top_k: int) -> dict[str, Any]:
    """What a request made here is asked with."""
    return {
        "top_k": top_k,
        "approximate": arguments.approximate,
        "ranking": arguments.ranking or RANKINGS[0],
        "cutoff": arguments.cutoff,
        "liked": tuple(arguments.like),
        "disliked": tuple(arguments.dislike),
        "aim": arguments.aim or AIMS[0],
        "where": tuple(arguments.where),
        "order": arguments.order or ORDERS[0],
        "stacking": arguments.stack or STACKINGS[0],
        "diversity": arguments.diversity or 0.0,
    }


def _search_picture(engine: SearchEngine, picture: str, **settings: Any) -> SearchResult:
    """A file is looked at by the model; a name of the dataset has its embedding already."""
    from t2i_core.pictures.folder import is_there

    path = typed_path(picture)
    if picture in engine.gallery.image_ids and not (is_there(path) and path.is_file()):
        return engine.search(SearchRequest.of(Query.like([picture]), **settings))
    if not is_there(path):
        raise QueryError(
            f"--image needs a picture file or the name of a picture of the dataset, got {picture}, which is neither. "
            "Check its name."
        )
    asked, image = _open_outside(path, picture)
    return engine.search(SearchRequest.of(Query.of(asked), **settings), pictures={asked.sha256: image})


def _outside(request: SearchRequest, picture: str | None) -> dict[str, Image.Image]:
    """The picture from outside that a request names, which only its file can bring."""
    named = request.query.outside
    if named is None and picture is None:
        return {}
    if named is None or picture is None:
        wanted = "names no picture from outside" if named is None else f"names {named.label}, a picture from outside"
        raise QueryError(f"The request {wanted}, got {picture or 'no --image'}. Give --image for such a picture only.")
    asked, image = _open_outside(typed_path(picture), picture)
    if asked.sha256 != named.sha256:
        raise QueryError(
            f"--image must be the picture the request names (SHA-256 {named.sha256[:12]}…), got {picture} "
            f"({asked.sha256[:12]}…). Name the same file."
        )
    return {asked.sha256: image}


def _open_outside(path: Path, name: str) -> tuple[OutsidePicture, Image.Image]:
    from t2i_core.pictures.images import open_image

    image = open_image(path, max_pixels=read_settings().max_pixels, name=name)
    return OutsidePicture(hashlib.sha256(path.read_bytes()).hexdigest(), name), image


def _show(
    result: SearchResult,
    engine: SearchEngine,
    *,
    arguments: argparse.Namespace,
    console: Console,
    heading: bool = False,
    compared: against.Second | None = None,
) -> None:
    facets = narrowing.counted(engine, result, arguments)
    for note in (*result.notes, *_offered(result.query)):
        console.say(f"note: {note}")
    if result.left_out:
        console.say("note: The picture asked with is not among the hits.")
    for note in narrowing.notes(result):
        console.say(f"note: {note}")
    if disliked := len(result.request.disliked):
        console.say(f"note: {count_of(disliked, 'disliked picture')} {'is' if disliked == 1 else 'are'} left out.")
    if arguments.format == "json":
        # Terms tell what each gave; questions for one thing, or for several alike, are told as they always were.
        hits = [hit_record(hit) | ({} if result.query.alike else term_record(hit)) for hit in result.hits]
        counted: dict[str, Any] = (
            {"facets": [one.to_record() for one in facets]} if arguments.facets is not None else {}
        )
        if compared is not None:
            counted["against"] = compared.to_record()
        console.write_json({"query": result.query.label, "hits": hits} | judged_record(result) | counted)
        return
    if heading:
        console.write(f"# {result.query.label}")
    for line in table(result.hits, width=console.width):
        console.write(line)
    for line in narrowing.table(facets):
        console.write(line)
    if compared is not None:
        console.write("")
        for line in compared.table(width=console.width):
            console.write(line)
        console.write(compared.compared.sentence)
    for line in judged(result):
        console.say(line)


def judged(result: SearchResult) -> Iterator[str]:
    """Whether there is anything, and where a cutoff fell: a line each."""
    if result.verdict is not None:
        yield result.verdict.sentence
    if result.cut is not None:
        belong = f"{'about ' if result.cut.estimated else ''}{count_of(result.cut.belong, 'picture')}"
        yield f"cutoff at {result.cut.score:.3f}: {belong} of {result.images:,} score as much, {result.cut.left_out:,} left out here"


def _offered(query: Query) -> Iterator[str]:
    """What the person may have meant instead; it is asked only by them."""
    if query.sentence is not None and (rewritten := less_of(query.sentence)) is not None:
        yield (
            "A model passes over words like without and no, and ranks more of what they name. To rank less of it: "
            f"--terms {shlex.quote(write_query(rewritten))}"
        )
    if (sentence := one_sentence(query)) is not None:
        yield f"Words asked together find what they have in common. As one sentence they may find more: {shlex.quote(sentence)}"


def table(hits: Sequence[Hit], *, width: int | None) -> Iterator[str]:
    """Hits as aligned lines, cut to ``width`` columns where given."""
    longest = max([len("image"), *(len(hit.image_id) for hit in hits)])
    lines = [f"{'rank':>4}  {'score':>6}  {'image':<{longest}}  caption"]
    lines += [f"{hit.rank:>4}  {hit.score:>6.3f}  {hit.image_id:<{longest}}  {hit.caption or ''}" for hit in hits]
    for line in lines:
        yield printable(line, width=width)
