"""Builds in parts: each of n machines encodes its share of the batches, and `merge` makes them one dataset.

    build_shard(options, Shard(2, 8))    # on the second of eight machines, in any order, at any time
    merge(options)                       # once, when all are done

A shard takes whole batches of the one build there would be otherwise, so the merged arrays are the same to the last
bit. Machines need to see the same picture folder and dataset folder, and nothing of each other.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

from t2i_core.building.building import begin_run, build_in, list_folder, made_by, open_model
from t2i_core.building.journal import Journal, hash_texts
from t2i_core.building.run import embedding_settings
from t2i_core.building.selecting import Batches, Item, Kept, Part
from t2i_core.building.types import BuildOptions, BuildReport, OnProgress, ShouldStop
from t2i_core.building.workshop import WORKSHOP_NAME, open_workshop
from t2i_core.dataset import list_some, replace_file
from t2i_core.errors import BuildError, count_of
from t2i_core.types import Encoder

MOST_SHARDS = 10_000
_RECORD = "shard.json"
_FIRST_BATCH = 1_000_000  # merged batches stand behind those of a build on one machine that was stopped


@dataclass(frozen=True)
class Shard:
    """Part ``number`` (from 1) of ``count``."""

    number: int
    count: int

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.count <= MOST_SHARDS:
            raise BuildError(
                f"A shard must be I/N with 1 <= I <= N <= {MOST_SHARDS:,}, got {self.number}/{self.count}. "
                "Number the machines from 1."
            )

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def select(self, batches: Batches[Item], *, known: int, kept: Kept[Item]) -> Part[Item]:
        """Every ``count``-th batch, under the number it has in the whole build; what that one knows is no shard's work."""
        mine = [(_FIRST_BATCH + place, items) for place, items in enumerate(batches) if self._takes(place)]
        done = kept()
        left = tuple((number, items) for number, items in mine if done.get(number) != items)
        return Part(left, ready=sum(len(items) for _, items in mine) - sum(len(items) for _, items in left))

    def _takes(self, batch: int) -> bool:
        return batch % self.count == self.number - 1

    def folder(self, data_dir: Path) -> Path:
        """Where its work lies until it is merged."""
        return data_dir / WORKSHOP_NAME / f"shard-{self.number}-of-{self.count}"


def parse_shard(text: str) -> Shard:
    """``2/8`` as a Shard; BuildError when it is none."""
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", text.strip())
    if found is None:
        raise BuildError(f"A shard must be written I/N, for instance 2/8, got {text!r}. Number the machines from 1.")
    return Shard(int(found[1]), int(found[2]))


def build_shard(
    options: BuildOptions,
    shard: Shard,
    *,
    encoder: Encoder | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> BuildReport:
    """Encode one part of a folder; stopped or killed, the same call goes on from there.

    Takes what `t2i_core.building.build` takes. The report has no manifest: there is no dataset before `merge`.

    Raises
    ------
    BuildError
        As `build` does.
    """
    contents = list_folder(options.images_dir)
    with open_workshop(shard.folder(options.data_dir)) as own:
        (shard.folder(options.data_dir) / _RECORD).unlink(missing_ok=True)
        run = begin_run(
            own, contents, options, encoder=encoder, selector=shard, on_progress=on_progress, should_stop=should_stop
        )
        finished = run.encode_pictures() and run.encode_texts()
        if finished:
            record = {
                "shard": asdict(shard),
                "model": run.encoder.model_id,
                "settings": made_by(options, run.encoder, run.batch_size),
                "pictures": _hash_names(run.plan.todo),
                "captions": "" if run.table is None else _hash_names(run.table.captions),
            }
            _write_record(shard.folder(options.data_dir) / _RECORD, record)
    return BuildReport(
        manifest=None,
        encoded=run.encoded,
        reused=run.ready,
        removed=0,
        skipped=tuple(run.skipped),
        seconds=time.monotonic() - run.started,
        rate=run.rate,
        captions_encoded=run.captions_encoded,
        stopped=not finished,
        notes=tuple(run.told),
        left_out=contents.left_out,
    )


def merge(
    options: BuildOptions,
    *,
    encoder: Encoder | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> BuildReport:
    """Make one dataset of the shards in ``options.data_dir``: the bytes one build would have written.

    Pictures that changed after their shard was built are encoded again here.

    Raises
    ------
    BuildError
        When shards are missing, not finished, or were made from different pictures, captions, models or settings.
    """
    contents = list_folder(options.images_dir)
    with open_workshop(options.data_dir) as workshop:
        shards, record = _finished_shards(options)
        encoder = encoder or open_model(options, str(record["model"]))
        settings: dict[str, Any] = record["settings"]
        for name, value in embedding_settings(encoder).items():
            if settings.get(name) != value:
                raise BuildError(
                    f"Shards must be merged with the model that built them: their {name} is {settings.get(name)}, "
                    f"and {encoder.model_id} has {value}. Name it with --model."
                )
        journal = Journal(workshop, settings)
        for shard in shards:
            journal.adopt(Journal(shard.folder(options.data_dir) / WORKSHOP_NAME, settings))
        report = build_in(
            workshop,
            contents,
            replace(options, batch_size=int(settings["batch_size"])),
            encoder=encoder,
            settings=settings,
            on_progress=on_progress,
            should_stop=should_stop,
        )
        if report.manifest is not None:
            for shard in shards:
                shutil.rmtree(shard.folder(options.data_dir), ignore_errors=True)
    return report


def _finished_shards(options: BuildOptions) -> tuple[list[Shard], dict[str, Any]]:
    """All shards of a folder and what they have in common."""
    records: dict[Shard, dict[str, Any]] = {}
    unfinished = []
    for folder in sorted((options.data_dir / WORKSHOP_NAME).glob("shard-*-of-*")):
        part, _, parts = folder.name.removeprefix("shard-").partition("-of-")
        if not 1 <= _number(part) <= _number(parts) <= MOST_SHARDS:
            continue
        shard = Shard(int(part), int(parts))
        try:
            records[shard] = _checked_record(json.loads((folder / _RECORD).read_bytes()))
        except (OSError, ValueError, RecursionError):
            unfinished.append(str(shard))
    counts = {shard.count for shard in records}
    if not records or len(counts) > 1 or unfinished:
        got = f"{list_some(unfinished)} not finished" if unfinished else f"shards of {sorted(counts) or 'no build'}"
        raise BuildError(
            f"A merge needs every shard of one build finished in {options.data_dir}, got {got}. "
            "Run build --shard I/N for the missing ones, and remove left-over shard folders from .build."
        )
    count = counts.pop()
    missing = [str(number) for number in range(1, count + 1) if Shard(number, count) not in records]
    if missing:
        raise BuildError(
            f"A merge needs all {count} shards, and {count_of(len(missing), 'shard')} are not there: {list_some(missing)}. "
            f"Build them: python -m t2i_core build --shard {missing[0]}/{count}"
        )
    shards = sorted(records, key=lambda shard: shard.number)
    first = records[shards[0]]
    for shard in shards[1:]:
        for made_from in ("settings", "pictures", "captions"):
            if records[shard].get(made_from) != first.get(made_from):
                raise BuildError(
                    f"All shards must have the same {made_from}, and shard {shard} has {_short(records[shard].get(made_from))}, "
                    f"shard {shards[0]} {_short(first.get(made_from))}. "
                    "Build it again with the same pictures, captions, model, --batch-size and --device."
                )
    return shards, first


def _number(text: str) -> int:
    """A number in the name of a shard's folder; 0 where there is none that a shard could have."""
    return int(text) if text.isdecimal() and len(text) <= len(str(MOST_SHARDS)) else 0


def _checked_record(record: Any) -> dict[str, Any]:
    """A shard's record as it was written; ValueError for anything else."""
    if not isinstance(record, dict) or not isinstance(record.get("settings"), dict):
        raise ValueError("no record of a shard")
    if type(record.get("model")) is not str or type(record["settings"].get("batch_size")) is not int:
        raise ValueError("no record of a shard")
    return record


def _write_record(path: Path, record: dict[str, Any]) -> None:
    def write(file: BinaryIO) -> None:
        file.write(json.dumps(record, indent=1).encode())

    replace_file(path, write)


def _hash_names(names: Sequence[str]) -> str:
    return hashlib.sha256(hash_texts(names).tobytes()).hexdigest()


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {str(item)[:12]}" for name, item in sorted(value.items()))
    return str(value)[:12]
