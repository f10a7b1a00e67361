"""CaptionWork: what the Captions page needs of a gallery, made behind the page: its sheet, words and ranks."""

from __future__ import annotations

from concurrent.futures import Future

from pages._ui.jobs.job import Job, Progress, Run, Work
from t2i_core.captions import fit
from t2i_core.captions.sheet import CaptionSheet, caption_sheet
from t2i_core.captions.word_index import WordIndex
from t2i_core.types import Gallery


class CaptionWork:
    """Three jobs on one gallery. The sheet comes first, then the words, then the ranks.

    Attributes
    ----------
    gallery : Gallery
    sheet : Future of CaptionSheet
        Without ranks.
    index : Future of WordIndex
    ranks : Job of CaptionSheet
        The same sheet with ranks, and how many of them are counted.
    """

    def __init__(self, gallery: Gallery) -> None:
        self.gallery = gallery
        self.sheet: Future[CaptionSheet] = Job(Work("captions", _make_sheet), gallery).future
        self.index: Future[WordIndex] = Job(Work("words of captions", self._make_index), gallery).future
        self.ranks: Job[Gallery, CaptionSheet] = Job(Work("ranks of captions", self._make_ranked), gallery)

    @property
    def best_sheet(self) -> CaptionSheet | None:
        """The sheet as far as it is; None while there is none."""
        if self.ranks.error is not None:
            raise self.ranks.error
        return self.ranks.outcome or (self.sheet.result() if self.sheet.done() else None)

    @property
    def words(self) -> WordIndex | None:
        """The words, once they are there."""
        return self.index.result() if self.index.done() else None

    @property
    def stage(self) -> tuple[bool, bool, bool, int]:
        """What is done, and how many twentieths of the ranks: it changes when the page has something new to show."""
        return self.sheet.done(), self.index.done(), not self.ranks.running, int(20 * self.ranks.fraction)

    def _make_index(self, gallery: Gallery, run: Run) -> WordIndex:
        self.sheet.exception()  # one after the other: each is quicker alone, and the first is shown sooner
        return WordIndex(gallery.captions)

    def _make_ranked(self, gallery: Gallery, run: Run) -> CaptionSheet:
        """Ranks that are stopped are not there, and counted anew next time."""
        sheet = self.sheet.result()
        self.index.exception()

        def note(fraction: float) -> None:
            run.tell(Progress("Counting ranks", fraction, f"{fraction:.0%}"))
            run.end_if_stopping()

        return sheet.with_ranks(fit.kept_caption_ranks(gallery, on_progress=note))


def _make_sheet(gallery: Gallery, run: Run) -> CaptionSheet:
    return caption_sheet(gallery, fit.caption_similarities(gallery))
