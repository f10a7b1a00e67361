"""CaptionWork: what the Captions page needs of a gallery, made behind the page: its sheet, words and ranks."""

from __future__ import annotations

from concurrent.futures import Future

from pages._ui.jobs import background
from t2i_core.captions import fit
from t2i_core.captions.sheet import CaptionSheet, caption_sheet
from t2i_core.captions.word_index import WordIndex
from t2i_core.types import Gallery


class CaptionWork:
    """Three pieces of work on one gallery. The sheet comes first, then the words, then the ranks.

    Attributes
    ----------
    gallery : Gallery
    sheet : Future of CaptionSheet
        Without ranks.
    index : Future of WordIndex
    ranked : Future of CaptionSheet
        The same sheet with ranks.
    share : float
        How much of the ranks is counted, 0 to 1.
    """

    def __init__(self, gallery: Gallery) -> None:
        self.gallery = gallery
        self.share = 0.0
        self.sheet: Future[CaptionSheet] = background.start(self._make_sheet, name="captions")
        self.index: Future[WordIndex] = background.start(self._make_index, name="words of captions")
        self.ranked: Future[CaptionSheet] = background.start(self._make_ranked, name="ranks of captions")

    @property
    def best_sheet(self) -> CaptionSheet | None:
        """The sheet as far as it is; None while there is none."""
        if self.ranked.done():
            return self.ranked.result()
        return self.sheet.result() if self.sheet.done() else None

    @property
    def words(self) -> WordIndex | None:
        """The words, once they are there."""
        return self.index.result() if self.index.done() else None

    @property
    def stage(self) -> tuple[bool, bool, bool, int]:
        """What is done, and how many twentieths of the ranks: it changes when the page has something new to show."""
        return self.sheet.done(), self.index.done(), self.ranked.done(), int(20 * self.share)

    def _make_sheet(self) -> CaptionSheet:
        return caption_sheet(self.gallery, fit.caption_similarities(self.gallery))

    def _make_index(self) -> WordIndex:
        self.sheet.exception()  # one after the other: each is quicker alone, and the first is shown sooner
        return WordIndex(self.gallery.captions)

    def _make_ranked(self) -> CaptionSheet:
        sheet = self.sheet.result()
        self.index.exception()
        return sheet.with_ranks(fit.kept_caption_ranks(self.gallery, on_progress=self._note))

    def _note(self, share: float) -> None:
        self.share = share
