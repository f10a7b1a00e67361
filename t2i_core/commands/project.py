"""project: the map of a dataset's pictures, made once and stored beside the embeddings."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.errors import count_of

if TYPE_CHECKING:
    from t2i_core.commands.console import Console
    from t2i_core.projection import Projection, ProjectionProgress

STAGES = {
    "neighbours": "closest pictures",
    "layout": "layout",
    "clusters": "clusters",
    "captions": "map of captions",
}


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "project",
        help="make the map of a dataset's pictures",
        description=(
            "Lay the pictures out in two dimensions (UMAP, cosine, seeded) and store the map beside the embeddings, "
            "with the neighbours it was made from, what of them it keeps, and named clusters. Pictures added since the "
            "last map are put beside their neighbours; the others do not move."
        ),
    )
    options.add_data(parser)
    options.add_images(parser)
    parser.add_argument("--refit", action="store_true", help="make a new layout, in which every picture may move")
    parser.add_argument("--seed", type=int, default=42, help="same seed, same map (default: 42)")
    parser.add_argument("--joint", action="store_true", help="also map captions and pictures together")
    parser.add_argument(
        "--progress", choices=("text", "json"), default="text", help="json: a JSON line a step, for programs"
    )
    options.add_format(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Make and store the map."""
    from t2i_core.projection import make_projection, write_projection
    from t2i_core.projection.given_names import carried_on
    from t2i_core.projection.making import make_joint
    from t2i_core.projection.naming import words_by_model
    from t2i_core.projection.stored import write_joint

    started = time.perf_counter()
    gallery = options.open_gallery(arguments, console)
    told = _progress(console, as_json=arguments.progress == "json")
    projection = make_projection(
        gallery,
        seed=arguments.seed,
        refit=arguments.refit,
        on_progress=told,
        words_near=None if gallery.captions else words_by_model(gallery, on_missing=console.say),
    )
    path = write_projection(projection, gallery.data_dir)
    projection, problem = carried_on(projection, gallery)
    if problem:
        console.say(f"warning: {problem}")
    if arguments.joint:
        write_joint(make_joint(gallery, seed=arguments.seed, on_progress=told), gallery.data_dir)
    record = projection_record(projection) | {"seconds": round(time.perf_counter() - started, 2), "file": str(path)}
    if arguments.format == "json":
        console.write_json(record)
    else:
        console.write(summary(record))
    return 0


def projection_record(projection: Projection) -> dict[str, Any]:
    """A map as JSON."""
    return {
        "pictures": len(projection),
        "placed": int(projection.placed.sum()),
        "method": projection.parameters.get("method"),
        "neighbours_kept": round(float(projection.trust.mean()), 4),
        "clusters": list(projection.cluster_names),
        "parameters": dict(projection.parameters),
    }


def summary(record: dict[str, Any]) -> str:
    """One sentence about a map."""
    placed = f", {record['placed']:,} of them placed beside their neighbours" if record["placed"] else ""
    return (
        f"{count_of(record['pictures'], 'picture')} mapped by {str(record['method']).upper()} in {record['seconds']:.1f} s{placed}; "
        f"{record['neighbours_kept']:.0%} of the closest pictures are close on the map too; "
        f"{count_of(len(record['clusters']), 'cluster')}. Stored as {record['file']}"
    )


def _progress(console: Console, *, as_json: bool) -> Callable[[ProjectionProgress], None]:
    def tell(progress: ProjectionProgress) -> None:
        if as_json:
            console.say(json.dumps({"stage": progress.stage, "done": progress.done, "total": progress.total}))
        else:
            share = progress.done / progress.total if progress.total else 0.0
            console.progress(f"{STAGES[progress.stage]}: {share:.0%}", last=False)

    return tell
