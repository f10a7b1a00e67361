"""What stands above the pictures: counts of small galleries, where one is one."""

from __future__ import annotations

import pytest

from pages._ui.grid import cards
from t2i_core.query import SearchRequest
from t2i_core.types import Hit, SearchResult, Timings


def found(images: int, *, hits: int, left_out: tuple[str, ...] = ()) -> SearchResult:
    shown = tuple(Hit(rank, rank, f"{rank}.jpg", 0.1) for rank in range(1, hits + 1))
    return SearchResult(SearchRequest.of("a"), shown, Timings(), images, 0.0, left_out=left_out)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (found(1, hits=1), "1 of 1 picture, closest first"),
        (found(5, hits=5), "5 of 5 pictures, closest first"),
        (found(2, hits=1, left_out=("a",)), "1 of 1 other picture, closest first; the query's own picture is left out"),
        (found(1, hits=0, left_out=("a",)), "There is no other picture; the query is made of all there are"),
    ],
)
def test_hits_of_small_galleries(result: SearchResult, said: str) -> None:
    assert cards._summary(result) == said


def test_a_gallery_of_one() -> None:
    assert cards._sample_summary(1, 1) == "1 picture"
    assert cards._sample_summary(5, 5) == "5 of 5 pictures, a varied choice"
