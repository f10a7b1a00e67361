"""clusters: the clusters of a dataset's map, and the names that people give them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.commands.keeping import write_lines
from t2i_core.errors import ProjectionError

if TYPE_CHECKING:
    from t2i_core.commands.console import Console
    from t2i_core.projection import Projection, Renamed
    from t2i_core.types import Gallery

EPILOG = """\
A cluster is meant by its name or by its number, as they are listed. Given names lie in the dataset's cluster_names.json, each with
pictures of its cluster: when the map is made again, a name stays with the cluster that has at least half of them and is hardly larger.

examples:
  python -m t2i_core clusters
  python -m t2i_core clusters --rename "windmill, field" Mills
  python -m t2i_core clusters --rename Mills ""           # the name that was made for it again"""


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "clusters",
        help="list the clusters of a map, and give them names",
        description="List the clusters of a dataset's map with how many pictures each has, or give them names of your own.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--rename",
        nargs=2,
        action="append",
        default=[],
        metavar=("CLUSTER", "NAME"),
        help="call a cluster so; an empty name gives back the one that was made for it (repeat it for more clusters)",
    )
    options.add_data(parser)
    options.add_images(parser)
    options.add_format(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Rename what is to be renamed, one after the other, or list all."""
    from t2i_core.projection import read_made, rename_cluster, with_given_names

    gallery = options.open_gallery(arguments, console)
    projection = read_made(gallery)
    if projection is None:
        raise ProjectionError(
            "Clusters are those of the map, which is not made yet. "
            f"Make it: python -m t2i_core project --data {gallery.address or gallery.data_dir}"
        )
    for cluster, name in arguments.rename:
        label = _label(with_given_names(projection, gallery), cluster)
        _tell(rename_cluster(gallery, projection, label, name), arguments, console)
    if not arguments.rename:
        _list(with_given_names(projection, gallery), gallery, arguments, console)
    return 0


def _label(projection: Projection, cluster: str) -> int:
    """The number of the cluster that a name or a number means; a name before a number."""
    names = [name.casefold() for name in projection.cluster_names]
    wanted = " ".join(cluster.split()).casefold()
    if wanted in names:
        return names.index(wanted)
    if wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:9]) <= len(names):
        return int(wanted[:9]) - 1
    known = ", ".join(repr(name) for name in projection.cluster_names[:12]) or "no cluster at all"
    raise ProjectionError(
        f"A cluster is meant by its name or its number, got {cluster!r:.100}. There are {len(names)}: {known}"
        f"{', …' if len(names) > 12 else ''}. List them: python -m t2i_core clusters"
    )


def _tell(done: Renamed, arguments: argparse.Namespace, console: Console) -> None:
    if arguments.format == "json":
        console.write_json({"cluster": done.label + 1, "before": done.before, "name": done.after})
    elif done.before == done.after:
        write_lines([f"{done.after!r} is called so already."], console)
    else:
        write_lines([f"{done.before!r} is {done.after!r} now."], console)


def _list(projection: Projection, gallery: Gallery, arguments: argparse.Namespace, console: Console) -> None:
    made = projection.made_names or projection.cluster_names
    for label, name in enumerate(projection.cluster_names):
        pictures = int((projection.cluster_labels == label).sum())
        if arguments.format == "json":
            console.write_json({"cluster": label + 1, "name": name, "made": made[label], "pictures": pictures})
        else:
            of = f"  (made: {made[label]})" if name != made[label] else ""
            write_lines([f"{label + 1:>4}  {pictures:>9,}  {name}{of}"], console)
    if not projection.cluster_names:
        console.say(f"note: The map of {len(gallery):,} pictures has no clusters: too few pictures to group.")
