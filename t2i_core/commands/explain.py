"""explain: why a picture was found. Where the query is seen in it, which words count, and what would move it."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.config import read_settings, typed_path
from t2i_core.errors import QueryError
from t2i_core.query import Query, parse_query

if TYPE_CHECKING:
    from PIL import Image

    from t2i_core.commands.console import Console
    from t2i_core.engine import SearchEngine
    from t2i_core.engine.explained import Crowd, Moves, TermHeat, WordFall

DRAWN_SIDE = 1_200
DRAWN_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")
DIGITS = 4
EPILOG = """\
examples:
  python -m t2i_core explain --picture cats/1.jpg "a cat on a red sofa" --out heat.png
  python -m t2i_core explain --picture cats/1.jpg --terms '"a cat" - 0.5*sofa' --format json"""


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "explain",
        help="tell why a picture was found",
        description=(
            "Why a picture stands where it does for a query: where the model sees the query in it (a heat map), how far the score "
            "falls without each word, which words would raise or lower it, and how it stands among all pictures."
        ),
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("text", nargs="?", metavar="SENTENCE", help="what was looked for")
    parser.add_argument("--terms", metavar="QUERY", help="in place of SENTENCE: terms with weights, as for search")
    parser.add_argument("--picture", required=True, metavar="NAME", help="name of the picture in the dataset")
    parser.add_argument(
        "--out",
        type=typed_path,
        metavar="FILE",
        help=f"draw the picture with its heat map over it ({', '.join(DRAWN_SUFFIXES)})",
    )
    parser.add_argument(
        "--of",
        metavar="TERM",
        help="draw where this term, or this word of the query, is seen (default: the whole query)",
    )
    options.add_data(parser)
    options.add_images(parser)
    options.add_model(parser, default="the one the dataset was built with; a checkpoint is named here or by T2I_MODEL")
    options.add_format(parser)
    parser.set_defaults(run=run, usage_error=parser.error)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Explain, draw and tell."""
    from t2i_core.pictures.images import open_image, picture_path

    if (arguments.text is None) == (arguments.terms is None):
        arguments.usage_error("give one of SENTENCE and --terms QUERY")
    if arguments.out is not None:
        _check_out(arguments.out)
    query = parse_query(arguments.terms) if arguments.terms is not None else Query.of(arguments.text)
    gallery = options.open_gallery(arguments, console)
    engine = options.open_engine(options.open_model(arguments, gallery), gallery, console)
    engine.source.picture_embedding(arguments.picture)  # an unknown name is told before a picture is opened
    path = picture_path(engine.gallery.images_dir, arguments.picture)
    image = open_image(path, max_pixels=read_settings().max_pixels, name=arguments.picture)
    image.thumbnail((DRAWN_SIDE, DRAWN_SIDE))
    explainer = engine.explainer
    heats = explainer.heat(query, arguments.picture, image)
    if arguments.out is not None:
        _draw(_chosen(heats, engine, query, image, arguments), image, arguments.out)
    words = explainer.words(query, arguments.picture)
    moves, crowd = explainer.moves(query, arguments.picture), explainer.crowd(query, arguments.picture)
    if arguments.format == "json":
        console.write_json(record(arguments.picture, query, heats, words, moves, crowd, explainer.misleads))
        return 0
    for line in told(query, heats, words, moves, crowd):
        for part in _fitting("".join(letter if letter.isprintable() else " " for letter in line), console.width):
            console.write(part)
    console.say(f"note: {explainer.misleads}")
    return 0


def record(
    picture: str, query: Query, heats: tuple[TermHeat, ...], words: tuple[WordFall, ...], moves: Moves, crowd: Crowd, misleads: str
) -> dict[str, Any]:  # fmt: skip
    """All of it as JSON; heat as rows from top to bottom, 0 to 1, of the part of the picture that ``seen`` names."""

    def short(number: float) -> float:
        return round(number, DIGITS) + 0.0

    return {
        "query": query.label,
        "image_id": picture,
        "rank": crowd.rank,
        "images": crowd.images,
        "counted": crowd.exact,
        "score": short(crowd.score),
        "median_score": short(crowd.median),
        "heat": [
            {
                "of": one.label,
                "share": None if one.share is None else short(one.share),
                "where": one.heat.where,
                "seen": [short(edge) for edge in one.heat.seen],
                "values": [[short(value) for value in row] for row in one.heat.values.tolist()],
            }
            for one in heats
        ],
        "heat_misleads": misleads,
        "words": [
            {"term": one.term, "word": one.word, "falls": short(one.falls), "rank_without": one.rank} for one in words
        ],
        "raising": [{"word": one.word, "rank": one.rank} for one in moves.raising],
        "lowering": [{"word": one.word, "rank": one.rank} for one in moves.lowering],
        "before": None
        if moves.apart is None
        else {"image_id": moves.apart.other, "more": list(moves.apart.more), "less": list(moves.apart.less)},
        "captions_of_others": [{"caption": caption, "score": short(score)} for caption, score in moves.captions],
        "nearness": short(crowd.nearness),
        "hub": crowd.hub,
        "caption": crowd.caption,
        "agreement": None if crowd.agreement is None else short(crowd.agreement),
        "told": list(crowd.told),
    }


def told(
    query: Query, heats: tuple[TermHeat, ...], words: tuple[WordFall, ...], moves: Moves, crowd: Crowd
) -> Iterator[str]:
    """All of it as lines for people."""
    yield from crowd.told
    yield "where"
    for one in heats:
        share = "" if one.share is None else f"  gives {one.share:+.3f} to the score"
        yield f"  {one.label}: {one.heat.where}{share}"
    if words:
        yield "without the word, the score falls by"
        for fall in words:
            yield f"  {fall.falls:+.3f}  {fall.word} (rank {fall.rank:,})"
    for heading, found in (("asked for too, raises it", moves.raising), ("lowers it", moves.lowering)):
        if found:
            yield heading + ": " + ", ".join(f"{one.word} (rank {one.rank:,})" for one in found)
    if moves.apart is not None and moves.apart.told:
        yield moves.apart.told
    if moves.captions:
        yield "captions of other pictures near it"
        yield from (f"  {score:.3f}  {caption}" for caption, score in moves.captions)


def _fitting(line: str, width: int | None) -> list[str]:
    """A line in as many as a terminal of this width needs: sentences go on below, a step further in."""
    inset = line[: len(line) - len(line.lstrip())] + "  "
    if width is None or len(line) <= width or len(inset) >= width:
        return [line]
    return textwrap.wrap(line, width, subsequent_indent=inset, break_long_words=True)


def _check_out(path: Path) -> None:
    if path.suffix.lower() not in DRAWN_SUFFIXES:
        raise QueryError(f"--out must end with one of {', '.join(DRAWN_SUFFIXES)}, got {path.name}. Name it heat.png.")
    if not path.resolve().parent.is_dir():
        raise QueryError(f"--out must lie in a folder that is there, got {path}. Make its folder first.")


def _chosen(
    heats: tuple[TermHeat, ...], engine: SearchEngine, query: Query, image: Image.Image, arguments: argparse.Namespace
) -> TermHeat:
    if arguments.of is None:
        return heats[0]
    found = next((one for one in heats if one.label == arguments.of), None)
    if found is None:
        of_words = engine.explainer.word_heat([arguments.of], arguments.picture, image)
        if not of_words or arguments.of.lower() not in query.label.lower():
            raise QueryError(
                f"--of must be a term of the query, or a telling word of it, got {arguments.of!r}. "
                f"Its terms are: {', '.join(one.label for one in heats)}."
            )
        found = of_words[0]
    return found


def _draw(drawn: TermHeat, image: Image.Image, path: Path) -> None:
    from t2i_core.pictures.heat import draw_heat

    picture = draw_heat(image, drawn.heat.values, drawn.heat.seen)
    try:
        picture.save(path)
    except OSError as error:
        raise QueryError(
            f"--out must be a file that can be written, got {path} ({error}). Choose another place."
        ) from error
