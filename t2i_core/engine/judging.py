"""What is said of a search's scores as a whole: a verdict, their histogram, and where a cutoff falls."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from t2i_core.arrays import l2_normalize
from t2i_core.dataset import Evidence, read_evidence
from t2i_core.dataset.evidence_file import HOW
from t2i_core.engine.embedding import EmbeddedQuery
from t2i_core.engine.source import Found, Source
from t2i_core.errors import DatasetError, QueryError
from t2i_core.query import Cutoff, Query, SearchRequest, Words
from t2i_core.query.cutoff import DROP, KEEP
from t2i_core.relevance.background import opened
from t2i_core.relevance.cutting import DROP_AMONG, cut_at, histogram_of, least_score
from t2i_core.relevance.gaps import SHORTEST_SENTENCE, verdict_of, wanted_for
from t2i_core.scores import Cut, ScoreHistogram, Verdict
from t2i_core.types import FloatArray, MaskArray


@dataclass(frozen=True)
class Judged:
    """What is said of one search."""

    median: float
    histogram: ScoreHistogram
    cut: Cut | None
    verdict: Verdict | None


class Judge:
    """Judges the searches of one source by the scores of a sample of its pictures.

    Parameters
    ----------
    source : Source
    sample : ndarray of shape (S, D), float32
        Every ``step``-th row of the gallery.
    """

    def __init__(self, source: Source, sample: FloatArray, *, step: int) -> None:
        self._source, self._sample, self._step = source, sample, step
        self._kept: Evidence | None = None

    @property
    def evidence(self) -> Evidence | None:
        """What verdicts go by, where it was measured for this dataset; looked for again until it was."""
        gallery = self._source.gallery
        if self._kept is None and not gallery.searched_by and gallery.manifest is not None:
            with contextlib.suppress(DatasetError):
                self._kept = opened(read_evidence(gallery), gallery.manifest.weights_sha256)
        return self._kept

    def wanted(self, request: SearchRequest) -> int:
        """How many of the best must be found so that a request can be answered and judged."""
        by_drop = isinstance(request.cutoff, Cutoff) and request.cutoff.kind == DROP
        return min(max(request.top_k, DROP_AMONG if by_drop else 0, wanted_for(self.evidence)), self._source.images)

    def judge(
        self, request: SearchRequest, embedded: EmbeddedQuery, found: Found, *, where: MaskArray | None,
        left_out: Sequence[str], by_score: bool,
    ) -> Judged:  # fmt: skip
        """Say it, of what was found for a request.

        Parameters
        ----------
        request : SearchRequest
        embedded : EmbeddedQuery
        found : Found
            The best `wanted` pictures.
        where : ndarray of shape (N,), bool, optional
            Rows of all pictures a search looks at that could be found.
        left_out : sequence of str
            The query's own pictures, which could not.
        by_score : bool
            Whether they were ranked by the score that is shown.
        """
        scores = self._sample @ embedded.embedding
        ranked = [one.score for one in found.pictures]
        best_first = sorted(ranked, reverse=True)
        counted = self._counted(where, left_out)
        others = self._counted(None, left_out)
        histogram = histogram_of(
            scores if others is None else scores[others], best_first[0] if best_first else None,
            images=self._source.images - len(left_out),
        )  # fmt: skip
        cut = None
        if request.cutoff is not None:
            least = least_score(request.cutoff, best_first, reach=self._reach(request.cutoff))
            among = scores if counted is None else scores[counted]
            possible = self._source.images - len(left_out) if where is None else int(where.sum())
            cut = cut_at(least, found=ranked, among=among, asked=request.top_k, images=possible, by_score=by_score)
        verdict = self._verdict(request.query, embedded, found if by_score else None, where)
        return Judged(float(np.median(scores)), histogram, cut, verdict)

    def _counted(self, where: MaskArray | None, left_out: Sequence[str]) -> MaskArray | None:
        """Which of the sample's pictures could be found: (S,), bool; None for all."""
        if where is None and not left_out:
            return None
        counted = (
            np.ones(len(self._sample), dtype=np.bool_)
            if where is None
            else self._source.at_hand(where)[:: self._step].copy()
        )
        for image_id in left_out:
            row = self._source.gallery.rows_by_id.get(image_id)
            if row is not None and row % self._step == 0:
                counted[row // self._step] = False
        return counted

    def _reach(self, cutoff: float | Cutoff) -> float | None:
        if not isinstance(cutoff, Cutoff) or cutoff.kind != KEEP:
            return None
        evidence = self.evidence
        reach = None if evidence is None else evidence.reach(cutoff.value)
        if reach is None:
            measured = "none were measured" if evidence is None else f"{len(evidence.reaches):,} were measured"
            raise QueryError(
                f"A cutoff that keeps {100 * cutoff.value:g} % of right pictures goes by captions of the dataset, and {measured}. "
                f"Take another cutoff, or measure them: {HOW}"
            )
        return reach

    def _verdict(
        self, query: Query, embedded: EmbeddedQuery, found: Found | None, where: MaskArray | None
    ) -> Verdict | None:
        """Of what is wished for in words; None where nothing is, or nothing was measured."""
        evidence = self.evidence
        wished = [
            place for place, term in enumerate(query.terms) if isinstance(term.subject, Words) and term.weight > 0
        ]
        if evidence is None or not wished:
            return None
        direction = embedded.embedding
        if len(wished) < len(query.terms):
            direction = l2_normalize(embedded.parts[wished].sum(axis=0, keepdims=True))[0]
            found = None
        if found is None:
            found = self._source.find(
                direction, min(wanted_for(evidence), self._source.images), where=where, left_out=(), approximate=False,
                texts=None,
            )  # fmt: skip
        best = sorted(((one.score, one.row) for one in found.pictures if one.row is not None), key=lambda one: -one[0])
        if not best:
            return None
        few = all(
            len(term.subject.text.split()) < SHORTEST_SENTENCE
            for term in query.terms
            if isinstance(term.subject, Words) and term.weight > 0
        )
        scores, rows = zip(*best, strict=True)
        return verdict_of(evidence, direction, scores, rows=rows, few_words=few)
