"""One run of a build: pictures, captions, writing; each stage can be stopped and goes on next time."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from t2i_core.building.captions import CAPTION_BATCH, caption_notes, caption_rows, encode_captions, plan_captions
from t2i_core.building.journal import CaptionBatch, Journal, hash_settings
from t2i_core.building.ledger import Ledger, remove_other_ledgers, write_ledger
from t2i_core.building.pictures import PictureReader, encode_batches
from t2i_core.building.plan import PicturePlan, Pictures, collect_pictures, picture_notes
from t2i_core.building.progress import ProgressMeter
from t2i_core.building.selecting import EveryBatch, Selector, cut
from t2i_core.building.types import BuildOptions, BuildReport, OnProgress, ShouldStop, SkippedPicture
from t2i_core.dataset import CaptionTable, is_picture_name, write_dataset
from t2i_core.dataset.captions_file import write_captions
from t2i_core.errors import BuildError, DatasetError, count_of
from t2i_core.pictures.images import DECODING_VERSION
from t2i_core.types import Encoder, FloatArray, Manifest


def embedding_settings(encoder: Encoder) -> dict[str, object]:
    """What a picture's embedding depends on, besides the picture."""
    return {
        "weights": encoder.weights_sha256,
        "preprocessing": encoder.preprocessing,
        "decoding": DECODING_VERSION,
    }


@runtime_checkable
class StatingEncoder(Protocol):
    """An encoder that says which numbers it computes pictures in, see `t2i_core.encoder.ClipEncoder`."""

    @property
    def picture_numbers(self) -> str: ...


def computed_in(encoder: Encoder) -> str:
    """Which numbers pictures are computed in; empty where the encoder does not say."""
    return encoder.picture_numbers if isinstance(encoder, StatingEncoder) else ""


@dataclass(eq=False)
class BuildRun:
    """One run of a build: what its stages share, and what it has done so far.

    Attributes
    ----------
    journal : Journal
        Where its batches are kept.
    before : Journal
        That of the whole build: what an earlier run on one machine has kept. The same one, unless this run is a part.
    selector : Selector
        Which batches of the build it encodes.
    told : list of str
        How captions and pictures fit, told before anything is encoded.
    ready : int
        Pictures of this run that need no work.
    """

    options: BuildOptions
    encoder: Encoder
    batch_size: int
    journal: Journal
    before: Journal
    ledger: Ledger
    plan: PicturePlan
    table: CaptionTable | None
    on_progress: OnProgress | None
    should_stop: ShouldStop
    selector: Selector = field(default_factory=EveryBatch)
    told: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)
    ready: int = 0
    encoded: int = 0
    handled: int = 0
    skipped: list[SkippedPicture] = field(default_factory=list)
    picture_seconds: float = 0.0
    captions_encoded: int = 0

    def encode_pictures(self) -> bool:
        """Encode the run's pictures; False when stopped."""
        part = self.selector.select(
            cut(self.plan.todo, self.batch_size),
            known=self.plan.total - len(self.plan.todo),
            kept=lambda: {number: batch.image_ids for number, batch in self.journal.numbered_pictures()},
        )
        self.ready = part.ready
        meter = ProgressMeter(self.on_progress, "pictures", part.total, done=part.ready, skipped=len(self.skipped))
        reader = PictureReader(
            self.options.images_dir,
            self.encoder,
            max_pixels=self.options.max_pixels,
            known=self.ledger.by_content(),
        )
        started = time.monotonic()
        batches = encode_batches([names for _, names in part.left], reader=reader, encoder=self.encoder)
        try:
            for number, _ in part.left:
                if self.should_stop():
                    return False
                batch = next(batches)
                self.journal.add_pictures(batch, number=number, computed_in=computed_in(self.encoder))
                failed = [SkippedPicture(*pair) for pair in zip(batch.image_ids, batch.reasons, strict=True) if pair[1]]
                self.skipped += failed
                self.handled += len(batch)
                self.encoded += int(batch.encoded.sum())
                meter.add(len(batch), skipped=len(failed))
        finally:
            batches.close()
            self.picture_seconds = time.monotonic() - started
        return True

    def encode_texts(self) -> bool:
        """Encode the run's captions that have no embedding yet; False when stopped."""
        if self.table is None:
            return True
        known = set(self.ledger.texts)
        for kept in self.before.captions():
            known |= {digest.tobytes() for digest in kept.digests}
        todo = plan_captions(self.table.captions, known)
        part = self.selector.select(
            cut(tuple(todo), CAPTION_BATCH),
            known=len(set(self.table.captions)) - len(todo),
            kept=lambda: {number: _digests(batch) for number, batch in self.journal.numbered_captions()},
        )
        meter = ProgressMeter(self.on_progress, "captions", part.total, done=part.ready, skipped=len(self.skipped))
        for number, digests in part.left:
            if self.should_stop():
                return False
            batch = encode_captions({digest: todo[digest] for digest in digests}, self.encoder)
            self.journal.add_captions(batch, number=number)
            self.captions_encoded += len(digests)
            meter.add(len(digests))
        return True

    def check_usable(self) -> None:
        """BuildError when not one picture of the folder can be used."""
        if len(self.skipped) == self.plan.total:
            raise BuildError(
                f"A build needs at least one usable picture, and none of the {self.plan.total:,} below "
                f"{self.options.images_dir} is, first {self.skipped[0].image_id}: {self.skipped[0].reason}"
            )

    def write(self) -> BuildReport:
        """Put everything together and write the dataset."""
        plan, table = self.plan, self.table
        meter = ProgressMeter(self.on_progress, "writing", 1, skipped=len(self.skipped))
        pictures = collect_pictures(plan, ledger=self.ledger, journal=self.journal, dimension=self.encoder.dimension)
        texts = None if table is None else self._texts(table)
        self.notes += picture_notes(self.journal)
        if table is not None:
            skipped = {picture.image_id for picture in self.skipped}
            self.notes += caption_notes(table, skipped, sorted(plan.listed), self.encoder)
        self.notes += _numbers_note(self.ledger.computed_in | self.journal.computed_in())
        manifest = self._write(pictures, table, texts)
        meter.add(1)
        return BuildReport(
            manifest=manifest,
            encoded=self.encoded,
            reused=len(pictures.image_ids) - self.encoded,
            removed=len(set(self.ledger.pictures) - plan.listed),
            skipped=tuple(sorted(self.skipped, key=lambda picture: picture.image_id)),
            seconds=time.monotonic() - self.started,
            rate=self.rate,
            captions_encoded=self.captions_encoded,
            captions_reused=0 if table is None else len(set(table.captions)) - self.captions_encoded,
            notes=tuple(self.notes),
        )

    def stopped(self) -> BuildReport:
        """The report of a run that was asked to stop."""
        ready = self.ready + self.handled
        self.notes.append(
            f"Stopped with {ready:,} of {count_of(self.plan.total, 'picture')} ready. What is done is kept: "
            "run the same build again and it goes on from there."
        )
        return BuildReport(
            manifest=None,
            encoded=self.encoded,
            reused=ready - self.encoded - len(self.skipped),
            removed=0,
            skipped=tuple(sorted(self.skipped, key=lambda picture: picture.image_id)),
            seconds=time.monotonic() - self.started,
            rate=self.rate,
            captions_encoded=self.captions_encoded,
            stopped=True,
            notes=tuple(self.notes),
        )

    @property
    def rate(self) -> float:
        """Pictures encoded a second, while pictures were being encoded."""
        return self.encoded / self.picture_seconds if self.picture_seconds > 0 else 0.0

    def _texts(self, table: CaptionTable) -> FloatArray:
        rows = dict(self.ledger.texts)
        for batch in self.journal.captions():
            rows |= {digest.tobytes(): row for digest, row in zip(batch.digests, batch.embeddings, strict=True)}
        return caption_rows(table.captions, rows, dimension=self.encoder.dimension)

    def _write(self, pictures: Pictures, table: CaptionTable | None, texts: FloatArray | None) -> Manifest:
        data_dir, workshop = self.options.data_dir, self.journal.workshop
        kept = write_ledger(
            workshop,
            made_with=hash_settings(embedding_settings(self.encoder)),
            image_ids=pictures.image_ids,
            image_embeddings=pictures.embeddings,
            image_sizes=pictures.sizes,
            text_embeddings=texts,
            stamps=pictures.stamps,
            contents=pictures.contents,
            captions=() if table is None else table.captions,
            captions_file=None if table is None else write_captions(table.frame),
            computed_in=self.ledger.computed_in | self.journal.computed_in(),
        )
        try:
            manifest = write_dataset(
                data_dir,
                image_ids=pictures.image_ids,
                image_embeddings=pictures.embeddings,
                image_sizes=pictures.sizes,
                captions=None if table is None else table.frame,
                text_embeddings=texts,
                encoder_id=self.encoder.model_id,
                weights_sha256=self.encoder.weights_sha256,
                preprocessing=self.encoder.preprocessing,
                images_dir=self.options.images_dir,
                own_files=self.ledger.own_files,
                skipped=sorted(one.image_id for one in self.skipped if is_picture_name(one.image_id)),
            )
        except DatasetError as error:
            raise BuildError(f"{error} Then run the same build again: what is encoded is kept.") from error
        remove_other_ledgers(kept)
        self.journal.clear()
        return manifest


def _numbers_note(computed: frozenset[str]) -> list[str]:
    """What to say of pictures encoded on machines of several kinds."""
    if len(computed) < 2:
        return []
    return [
        f"Pictures were encoded in {' and '.join(sorted(computed))}, by machines of more than one kind. Rows of different "
        "kinds differ a little, so pictures that score nearly the same may change places. "
        "For rows of one kind build into a new folder with T2I_FLOAT32=1."
    ]


def _digests(batch: CaptionBatch) -> tuple[bytes, ...]:
    return tuple(digest.tobytes() for digest in batch.digests)
