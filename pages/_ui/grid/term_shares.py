"""What each of several terms did for a hit, as its card tells it."""

from __future__ import annotations

from t2i_core.query import Words
from t2i_core.types import Hit, SearchResult

MOST_TERMS = 12  # more would be parts too thin to see


def labels(result: SearchResult) -> list[str]:
    """What the terms are called; none where cards do not tell them apart."""
    terms = result.query.terms
    if not 1 < len(terms) <= MOST_TERMS:
        return []
    subjects = [term.subject for term in terms]
    return [one.label if isinstance(one, Words) else one.label.rsplit("/", 1)[-1] for one in subjects]


def part(hit: Hit, result: SearchResult) -> dict[str, object]:
    """What each term gave the hit beside what it gives a picture on average: these add up to the score less the average score."""
    typical = result.typical_shares
    if not labels(result) or not hit.shares or len(typical) != len(hit.shares):
        return {}
    return {"gave": [round(share - usual, 4) for share, usual in zip(hit.shares, typical, strict=True)]}
