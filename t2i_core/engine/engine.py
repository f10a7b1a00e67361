"""SearchEngine: a request goes in, ranked pictures come out."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from t2i_core.arrays import check_top_k
from t2i_core.dataset import (
    CAPTIONS,
    FEW_WORDS,
    PICTURES,
    Balance,
    Evidence,
    check_model_matches,
    text_rows_fit,
)
from t2i_core.engine import score_scale
from t2i_core.engine.balance import SHORTEST_WORDS, Bias, bias_of, in_words
from t2i_core.engine.embedding import EmbeddedQuery, QueryEmbedder
from t2i_core.engine.explaining import Explainer
from t2i_core.engine.feedback import Steered, steer
from t2i_core.engine.judging import Judge
from t2i_core.engine.narrowing import Narrowing
from t2i_core.engine.source import Found, Source
from t2i_core.engine.standardising import ScoreSpreads
from t2i_core.errors import QueryError
from t2i_core.memory import let_go
from t2i_core.query import GalleryPicture, Query, SearchRequest, Words
from t2i_core.relevance.measuring import FEWEST_PICTURES
from t2i_core.scores import Cut
from t2i_core.types import CaptionHit, Encoder, FloatArray, Gallery, Hit, MaskArray, SearchResult, Timings

if TYPE_CHECKING:
    from PIL import Image

    from t2i_core.index.ann import AnnIndex

MEDIAN_SAMPLE = 4_096
BALANCED = "balanced"
_NOT_BALANCED = f"Balanced ranking is for sentences of {SHORTEST_WORDS} words or more; pictures and fewer words are ranked by cosine."


class SearchEngine:
    """Encodes queries with one model and ranks the pictures of one source with them.

    Safe to share between threads: gallery and index are read-only, the encoder is locked.

    Raises
    ------
    ModelError
        When the source was built with another model than ``encoder``.
    """

    def __init__(self, encoder: Encoder, source: Source) -> None:
        check_model_matches(encoder, source.gallery)
        self.encoder, self.source = encoder, source
        self._balances: dict[str, Balance] = {}
        gallery = source.gallery
        # Without a manifest nobody knows who made the text rows (the original project: a language model).
        known = gallery.manifest is not None or text_rows_fit(gallery, encoder)
        self._texts = gallery.text_embeddings if known else None
        # The median is a scale for score bars, so a sample of a large gallery is enough.
        step = max(1, len(gallery) // MEDIAN_SAMPLE)
        self.sample_rows = np.arange(0, len(gallery), step)
        sampled = gallery.image_embeddings[::step]
        self._sample = np.array(sampled) if len(sampled) < len(gallery) else sampled
        self._spreads = ScoreSpreads(self._sample)
        self._embedder = QueryEmbedder(encoder, source.picture_embedding, self._spreads)
        self._judge = Judge(source, self._sample, step=step)
        self.narrowing = Narrowing(source)
        let_go(gallery.image_embeddings)

    def search(
        self,
        request: SearchRequest,
        *,
        pictures: Mapping[str, Image.Image] | None = None,
        among: MaskArray | None = None,
        passed_over: Sequence[str] = (),
    ) -> SearchResult:
        """Rank the pictures by a request; pictures of the gallery that are part of the query are not among the hits.

        Nor are those that are disliked. Likes and dislikes move the ranking only: scores stay those of the query.

        Parameters
        ----------
        request : SearchRequest
        pictures : mapping of SHA-256 to picture, optional
            The pictures from outside that the query names.
        among : ndarray of shape (N,), bool, optional
            Rows that may be returned, beside the request's own conditions.
        passed_over : sequence of str, optional
            Pictures of the gallery that are not to be returned in this search alone: they were seen already.

        Returns
        -------
        SearchResult
            With as many hits as asked for, or all that fit where they are fewer.

        Raises
        ------
        QueryError
            When the query cannot be asked, a picture is unknown, top_k out of range, or there is no approximate index, nor
            a balance that helps, where one is asked for.
        """
        check_top_k(request.top_k, images=self.images)
        embedded = self._embedder.embed(request.query, pictures or {})
        started = time.perf_counter()
        bias = self._bias(request, embedded)
        steered = self._steered(request, embedded)
        own = _own_pictures(request.query)
        where, left_out = (
            self.narrowing.where(request, among),
            tuple(dict.fromkeys((*own, *request.disliked, *passed_over))),
        )
        find = partial(
            self.source.find, embedded.embedding, where=where, left_out=left_out, approximate=request.approximate,
            texts=self._texts, bias=bias if bias is None or steered is None else bias.scaled(steered.query_part),
            ranked_by=None if steered is None else steered.embedding,
        )  # fmt: skip
        found = self.narrowing.found(request, self._judge.wanted(request), find)
        judged = self._judge.judge(
            request,
            embedded,
            found,
            where=where,
            left_out=left_out,
            by_score=bias is None and steered is None and not request.diversity,
        )
        hits = self.narrowing.arranged(request, self._hits(request, found, embedded, least=judged.cut), where, left_out)
        notes = (_NOT_BALANCED,) if request.ranking == BALANCED and bias is None else ()
        timings = Timings(embedded.encode_ms, (time.perf_counter() - started) * 1e3)
        return SearchResult(
            request, hits, timings, self.images, judged.median, (*embedded.notes, *found.notes, *notes), own,
            verdict=judged.verdict, histogram=judged.histogram, cut=judged.cut, query_embedding=embedded.embedding,
            passed_over=tuple(passed_over), typical_shares=embedded.typical,
            fitting=self.narrowing.fitting(request, where, left_out),
        )  # fmt: skip

    def prepare(self) -> None:
        """Take beforehand what the first query of weighted terms, or with likes, would have to wait for."""
        self._spreads.moments()

    def embedding_of(self, query: Query, pictures: Mapping[str, Image.Image] | None = None) -> FloatArray:
        """The unit vector a query is ranked by: ndarray of shape (D,), float32; QueryError as `search`."""
        return self._embedder.embed(query, pictures or {}).embedding

    def embedded(self, query: Query, pictures: Mapping[str, Image.Image] | None = None) -> EmbeddedQuery:
        """A query as vectors, with what each term gives; QueryError as `search`."""
        return self._embedder.embed(query, pictures or {})

    @property
    def embedder(self) -> QueryEmbedder:
        """What makes vectors of terms here."""
        return self._embedder

    @property
    def texts(self) -> FloatArray | None:
        """The captions' embeddings (M, D), where this model is known to have made them."""
        return self._texts

    @property
    def sample(self) -> FloatArray:
        """Rows of the gallery, all of a small one or evenly spread: ndarray of shape (S, D), float32."""
        return self._sample

    @cached_property
    def explainer(self) -> Explainer:
        """What tells why a picture was found."""
        return Explainer(self)

    def _steered(self, request: SearchRequest, embedded: EmbeddedQuery) -> Steered | None:
        """What likes and dislikes make of the query; None where there are none."""
        if not request.judged:
            return None
        # By name: which picture was judged first changes nothing, to the last bit.
        liked, disliked = (
            np.array([self.source.picture_embedding(name) for name in sorted(names)], dtype=np.float32)
            for names in (request.liked, request.disliked)
        )
        return steer(embedded.embedding, liked, disliked, self._spreads, aim=request.aim)

    def _bias(self, request: SearchRequest, embedded: EmbeddedQuery) -> Bias | None:
        """What is added to scores for the ranking that is asked."""
        if request.ranking != BALANCED:
            return None
        few_words = self.balance_of(FEW_WORDS)
        offered = few_words if few_words is not None and few_words.offered else None
        return bias_of(self._balance, request.query, embedded, few_words=offered)

    def _hits(
        self, request: SearchRequest, found: Found, embedded: EmbeddedQuery, *, least: Cut | None
    ) -> tuple[Hit, ...]:
        kept = [one for one in found.pictures[: request.top_k] if least is None or one.score >= least.score]
        several = len(request.query.terms) > 1
        rows = None if request.query.alike else embedded.rows.astype(np.float64)
        return tuple(
            Hit(
                rank, one.row, one.image_id, one.score, one.caption, one.width, one.height,
                shares=self._products(one.image_id, embedded.parts) if several else (),
                cosines=self._products(one.image_id, rows) if several and rows is not None else (),
            )
            for rank, one in enumerate(kept, start=1)
        )  # fmt: skip

    def _products(self, image_id: str, of_terms: np.ndarray) -> tuple[float, ...]:
        """A picture's product with something of each term (T, D), in the query's order."""
        row = self.gallery.rows_by_id.get(image_id)
        if row is None:
            return ()  # outside the sample its row is not at hand
        return tuple((of_terms @ self.gallery.image_embeddings[row].astype(np.float64)).tolist())

    @property
    def gallery(self) -> Gallery:
        """The pictures of the source, or its stated sample of them."""
        return self.source.gallery

    @property
    def approximate(self) -> AnnIndex | None:
        """The approximate index, where there is one to choose."""
        return self.source.approximate

    @property
    def images(self) -> int:
        """Pictures a search looks at."""
        return self.source.images

    @property
    def balance(self) -> Balance | None:
        """What balanced ranking goes by, where it was measured for this dataset."""
        return self.balance_of(PICTURES)

    def balance_of(self, of: str) -> Balance | None:
        """The balance of pictures, of few words or of captions; looked for again until it was measured."""
        if of not in self._balances and (balance := self.source.balance(of)) is not None:
            self._balances[of] = balance
        return self._balances.get(of)

    @property
    def evidence(self) -> Evidence | None:
        """What verdicts go by, where it was measured for this dataset."""
        return self._judge.evidence

    @property
    def could_judge(self) -> bool:
        """Whether searches have no verdict and could have, once it is measured what that goes by."""
        known = self.gallery.manifest is not None and not self.gallery.searched_by
        return known and len(self.gallery) >= FEWEST_PICTURES and self.evidence is None

    @property
    def _balance(self) -> Balance:
        balance = self.balance
        if balance is None and self.gallery.searched_by:
            raise QueryError(
                "Balanced ranking is for datasets in a folder, got a collection that was pushed without a balance or is searched "
                "approximately. Measure it (python -m t2i_core index --balanced --data DIR) and push that with --replace."
            )
        if balance is None:
            raise QueryError(
                f"Balanced ranking needs a measurement of the dataset, and {self.gallery.name} has none. "
                "Make it: python -m t2i_core index --balanced"
            )
        if not balance.offered:
            raise QueryError(
                "Balanced ranking must be sure to find more of the dataset's captions, and here it adds "
                f"{in_words(balance)}. Rank by cosine."
            )
        return balance

    @property
    def compares_captions(self) -> bool:
        """Whether captions have embeddings of this model, so that they can be ranked too."""
        return self._texts is not None and len(self._texts) > 0

    def captions_of(self, row: int) -> tuple[str, ...]:
        """All captions of the picture at ``row``, in file order."""
        return tuple(self.gallery.captions[position] for position in self.gallery.captions_of(row))

    def closest_captions(self, row: int, *, top_k: int = 8, balanced: bool = False) -> tuple[CaptionHit, ...]:
        """The captions of the whole gallery closest to one picture, best first; equal sentences once.

        Empty when the captions have no embeddings, or those of another model. ``own`` marks those that describe this picture.
        ``balanced`` ranks lower what is near every picture, where that surely helps this dataset, and is as plain elsewhere; the score
        stays the cosine.
        """
        if self._texts is None:
            return ()
        scores = self._texts @ self.gallery.image_embeddings[row]
        balance = self.balance_of(CAPTIONS) if balanced else None
        surely = balance is not None and balance.offered
        ranked = scores - np.float32(balance.share) * balance.nearness if balance is not None and surely else scores
        own = set(self.gallery.captions_of(row))
        hits: list[CaptionHit] = []
        seen: set[str] = set()
        for position in np.argsort(-ranked, kind="stable")[: 8 * top_k].tolist():
            caption = self.gallery.captions[position]
            if caption in seen:
                continue
            seen.add(caption)
            hits.append(CaptionHit(len(hits) + 1, position, caption, float(scores[position]), position in own))
            if len(hits) == top_k:
                break
        return tuple(hits)

    def good_score(self, result: SearchResult) -> float | None:
        """What a good hit of this query scores, by which score bars end; None where nothing tells.

        For pictures alone it is 1, which the same picture scores. With words it lies a fixed distance above the query's
        median score: 95 of 100 captions of the dataset find their own picture within it (see `score_scale`).
        """
        if not any(isinstance(term.subject, Words) for term in result.query.terms):
            return score_scale.SAME_PICTURE
        return None if self._text_reach is None else result.median_score + self._text_reach

    @cached_property
    def _text_reach(self) -> float | None:
        return score_scale.text_reach(self.gallery, self._texts, self._sample, self._embedder.encode_texts)


def _own_pictures(query: Query) -> tuple[str, ...]:
    """The pictures of the gallery that a query asks for more of."""
    subjects = (term.subject for term in query.terms if term.weight > 0)
    return tuple(dict.fromkeys(subject.image_id for subject in subjects if isinstance(subject, GalleryPicture)))
