"""The bar below a score: where it begins, where it is full, and what both mean."""

from __future__ import annotations

from t2i_core.query import Words
from t2i_core.types import SearchResult


def score_part(score: float, result: SearchResult) -> float | None:
    """Where a score lies between the gallery's median for the query (0) and what a good hit scores (1); None where unknown.

    The end is a fixed reference and not the best hit, so that the bars of a query that finds nothing stay short.
    """
    if result.good_score is None:
        return None
    spread = result.good_score - result.median_score
    return 1.0 if spread <= 0 else min(1.0, max(0.0, (score - result.median_score) / spread))


def score_help(result: SearchResult) -> str:
    """What score and bar mean, for whoever points at them."""
    said = "Cosine similarity to the query, at most 1."
    if result.good_score is None:
        return f"{said} No bar: nothing in this dataset tells what a good score is."
    low = f"{said} The bar begins at {result.median_score:.3f}, the median of this gallery's pictures for this query,"
    if not any(isinstance(term.subject, Words) for term in result.query.terms):
        return f"{low} and is full at 1, the same picture."
    return (
        f"{low} and is full at {result.good_score:.3f}, a good score here: measured with this model on the dataset's own captions, "
        "or on common words where it has none. A short first bar means that nothing fits well."
    )
