"""build: embeddings of a picture folder, made or brought up to date."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from t2i_core.commands import options
from t2i_core.config import Settings, read_settings, typed_path
from t2i_core.errors import count_of

if TYPE_CHECKING:
    from t2i_core.building import BuildOptions, BuildProgress, BuildReport
    from t2i_core.commands.console import Console
    from t2i_core.types import Manifest

EPILOG = """\
Only new and changed pictures are encoded. Ctrl-C stops after the batch at hand, twice at once; the same
command goes on from there, as it does after a crash.

examples:
  python -m t2i_core build --images photos --data photos-data
  python -m t2i_core build --images photos --captions captions.csv --data photos-data --model ViT-B/32
  python -m t2i_core build --images photos --data photos-data --shard 2/8   # then, once: merge"""
SHOWN_SKIPPED = 20
STOPPED = 130  # what shells give a command that Ctrl-C ended


def add_parser(commands: Any) -> None:
    """Describe the command to argparse."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "build",
        help="make or update the embeddings of a picture folder",
        description="Encode the pictures of a folder, and their captions where there are any, into a dataset folder.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_what_is_built(
        parser,
        captions="CSV with the columns image and caption, one caption a row, or JSON lines (default: the dataset's own, if any)",
        model="the one the dataset was built with, else T2I_MODEL, else mini",
    )
    parser.add_argument(
        "--batch-size", type=_positive, metavar="N", help="pictures encoded at once (default: fits the device)"
    )
    parser.add_argument(
        "--shard",
        metavar="I/N",
        help="encode part I of N, on one of N machines that see the same folders; `merge` makes the dataset of them",
    )
    options.add_format(parser)
    parser.set_defaults(run=run)


def add_what_is_built(parser: argparse.ArgumentParser, *, captions: str, model: str) -> None:
    """--images, --captions, --captions-may-miss, --data, --model; what --help says of captions, and of no model."""
    options.add_images(parser)
    parser.add_argument("--captions", type=typed_path, metavar="FILE", help=captions)
    parser.add_argument(
        "--captions-may-miss",
        action="store_true",
        help="build although no caption names a picture of the folder (otherwise nothing is encoded then)",
    )
    options.add_data(parser, folder_only=True)
    options.add_model(parser, default=model)


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Build, showing progress; pictures that had to be skipped are listed, and are no failure."""
    options.refuse_address(arguments, command="build")
    build_options = find_options(arguments, read_settings())
    if arguments.shard is None:
        from t2i_core.building import build

        return show(lambda **watched: build(build_options, **watched), arguments, console)
    from t2i_core.building.shards import build_shard, parse_shard

    shard = parse_shard(arguments.shard)
    return show(lambda **watched: build_shard(build_options, shard, **watched), arguments, console)


def show(work: Callable[..., BuildReport], arguments: argparse.Namespace, console: Console) -> int:
    """Run something that builds, with progress, and tell what it did; the exit code."""
    shown = _Progress(console)
    with _noticed_interrupt() as interrupted:
        try:
            report = work(on_progress=shown, should_stop=interrupted)
        except KeyboardInterrupt as interrupt:
            raise KeyboardInterrupt(shown.kept()) from interrupt
    for left_out in report.left_out:
        console.say(str(left_out))
    _tell_skipped(report, console)
    for note in report.notes:
        console.say_once(f"note: {note}")
    if report.manifest is None:
        if arguments.shard is None or report.stopped:
            return STOPPED
        _tell_shard(report, arguments, console)  # a part makes no dataset
        return 0
    if arguments.format == "json":
        console.write_json(report_record(report, report.manifest))
    else:
        console.write(summary(report, report.manifest))
    return 0


@contextmanager
def _noticed_interrupt() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C was pressed, to be asked between batches; pressed again it interrupts as usual."""
    pressed = threading.Event()

    def note(_number: int, _frame: object) -> None:
        pressed.set()
        signal.signal(signal.SIGINT, usual)

    # Only the main thread may handle signals, and only where nobody chose to ignore this one (nohup).
    usual = signal.getsignal(signal.SIGINT)
    ours = threading.current_thread() is threading.main_thread() and usual is signal.default_int_handler
    if ours:
        signal.signal(signal.SIGINT, note)
    try:
        yield pressed.is_set
    finally:
        if ours:
            signal.signal(signal.SIGINT, usual)


class _Progress:
    """Shows how far a build is, and remembers it for when it is stopped at once."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: BuildProgress | None = None

    def __call__(self, progress: BuildProgress) -> None:
        self._last = progress
        self._console.progress(progress_line(progress), last=progress.done == progress.total)

    def kept(self) -> str:
        """What a person who stopped the build wants to know."""
        again = "Run the same command again to go on from there."
        if self._last is None:
            return f"stopped before the first batch. {again}"
        return (
            f"stopped at {self._last.done:,} of {self._last.total:,} {self._last.stage}; "
            f"finished batches are kept. {again}"
        )


def find_options(arguments: argparse.Namespace, settings: Settings) -> BuildOptions:
    """What a build is asked to do by options, environment and the dataset that is there."""
    from t2i_core.building import BuildOptions
    from t2i_core.dataset.manifest_file import find_images_dir, read_manifest

    data_dir = options.data_dir(arguments, settings)
    stored, _ = read_manifest(data_dir)
    return BuildOptions(
        images_dir=find_images_dir(data_dir, arguments.images, stored),
        data_dir=data_dir,
        captions=arguments.captions,
        # T2I_MODEL is for datasets that name no model: a build keeps the one a dataset has.
        model=arguments.model or (None if stored else settings.model),
        model_dir=settings.model_dir,
        device=arguments.device or settings.device,
        batch_size=arguments.batch_size,
        max_pixels=settings.max_pixels,
        captions_may_miss=arguments.captions_may_miss,
    )


def progress_line(progress: BuildProgress) -> str:
    """Done, total, rate, time left and skipped in one line."""
    parts = [f"{progress.stage}: {progress.done:,} of {progress.total:,}"]
    if progress.rate > 0:
        parts.append(f"{progress.rate:.1f} a second")
    if progress.seconds_left is not None and progress.done < progress.total:
        parts.append(f"{duration(progress.seconds_left)} left")
    if progress.skipped:
        parts.append(f"{progress.skipped:,} skipped")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Seconds as ``45 s``, ``3 min 05 s`` or ``2 h 10 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def summary(report: BuildReport, manifest: Manifest) -> str:
    """One sentence about a finished build."""
    rate = f" ({report.rate:.1f} a second)" if report.rate > 0 else ""
    return (
        f"{count_of(manifest.images, 'picture')} and {count_of(manifest.captions, 'caption')} ready, encoded with {manifest.model_id} "
        f"in {duration(report.seconds)}: {report.encoded:,} new or changed{rate}, "
        f"{report.reused:,} reused, {report.removed:,} removed, {len(report.skipped):,} skipped."
    )


def _tell_shard(report: BuildReport, arguments: argparse.Namespace, console: Console) -> None:
    if arguments.format == "json":
        console.write_json({"shard": arguments.shard, **_counts(report)})
    else:
        console.write(
            f"Shard {arguments.shard} is ready after {duration(report.seconds)}: {count_of(report.encoded, 'picture')} encoded, "
            f"{report.reused:,} there already, {len(report.skipped):,} skipped. When all are: python -m t2i_core merge"
        )


def report_record(report: BuildReport, manifest: Manifest) -> dict[str, Any]:
    """A finished build as JSON."""
    return {
        "images": manifest.images,
        "captions": manifest.captions,
        "model": manifest.model_id,
        **_counts(report),
    }


def _counts(report: BuildReport) -> dict[str, Any]:
    return {
        "encoded": report.encoded,
        "reused": report.reused,
        "removed": report.removed,
        "skipped": [{"image_id": skipped.image_id, "reason": skipped.reason} for skipped in report.skipped],
        "left_out": [asdict(left_out) for left_out in report.left_out],
        "seconds": round(report.seconds, 2),
        "rate": round(report.rate, 2),
    }


def _tell_skipped(report: BuildReport, console: Console) -> None:
    for skipped in report.skipped[:SHOWN_SKIPPED]:
        console.say(f"skipped {skipped.image_id}: {skipped.reason}")
    more = len(report.skipped) - SHOWN_SKIPPED
    if more > 0:
        console.say(f"and {more:,} more; --format json lists them all")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, got {number}. Leave it out to fit the device.")
    return number
