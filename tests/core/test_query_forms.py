"""Whatever can be asked survives each way of writing it down: text, JSON, link."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from t2i_core.errors import QueryError
from t2i_core.query import (
    SUBJECTS,
    Condition,
    Cutoff,
    GalleryPicture,
    OutsidePicture,
    Query,
    SearchRequest,
    Term,
    Words,
    parse_query,
    read_cutoff,
    request_from_link,
    request_to_link,
    write_query,
)

SHA = hashlib.sha256(b"a picture").hexdigest()
text = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
pieces = st.sampled_from(
    ['"', "[", "]", "\\", "*", " + ", " - ", "-", "+", "2*", ".5", "sha256:", "words:", "dog", " ", "\n", "é"]
)
odd = st.one_of(text, st.lists(pieces, min_size=1, max_size=8).map("".join))
words = odd.filter(lambda value: value.split()).map(Words)
subjects = st.one_of(
    words,
    odd.map(GalleryPicture),
    st.builds(
        OutsidePicture, st.binary(max_size=4).map(lambda data: hashlib.sha256(data).hexdigest()), odd | st.just("")
    ),
)
weights = st.floats(-2, 2) | st.sampled_from([1.0, 1.0, -1.0, 0.5, 2.0, 0.0])
queries = st.lists(st.builds(Term, subjects, weights), min_size=1, max_size=5).map(lambda terms: Query(tuple(terms)))
numbers = st.floats(allow_nan=False, allow_infinity=False)
conditions = st.one_of(
    st.builds(Condition, odd, st.lists(odd, min_size=1, max_size=3).map(tuple), negated=st.booleans()),
    st.builds(Condition, odd, at_least=numbers, at_most=st.none() | numbers, negated=st.booleans()),
)
shares = st.floats(0, 1, exclude_min=True, exclude_max=True)
cutoffs = st.one_of(
    st.just(Cutoff("drop")), shares.map(lambda share: Cutoff("keep", share)),
    st.floats(0, exclude_min=True, allow_infinity=False).map(lambda below: Cutoff("best", below)),
)  # fmt: skip
judged = st.lists(odd, max_size=6, unique=True).flatmap(
    lambda names: st.integers(0, len(names)).map(lambda cut: (tuple(names[:cut]), tuple(names[cut:])))
)
plain_requests = st.builds(
    SearchRequest, queries, st.lists(conditions, max_size=3).map(tuple), st.integers(1, 999_999_999),
    cutoff=st.none() | numbers | cutoffs,
    approximate=st.booleans(), aim=st.sampled_from(["all", "one"]),
)  # fmt: skip
requests = st.builds(lambda request, names: replace(request, liked=names[0], disliked=names[1]), plain_requests, judged)


@given(queries)
def test_any_query_survives_its_text(query: Query) -> None:
    assert parse_query(write_query(query)) == query


@given(requests)
def test_any_request_survives_json_and_link(request: SearchRequest) -> None:
    assert SearchRequest.from_json(request.to_json()) == request
    link = urlencode(request_to_link(request))
    assert request_from_link(dict(parse_qsl(link, keep_blank_values=True))) == request


@given(odd)
def test_any_text_is_a_query_or_a_clear_error(typed: str) -> None:
    try:
        query = parse_query(typed)
    except QueryError as error:
        assert str(error).count(". ") >= 1 or "got" in str(error)  # rule, received, fix
    else:
        assert parse_query(write_query(query)) == query


@pytest.mark.parametrize(
    ("written", "terms"),
    [
        ('2*"red car" - snow + [cats/1.jpg]', [(Words("red car"), 2), (Words("snow"), -1), (GalleryPicture("cats/1.jpg"), 1)]),
        ("a dog on a beach", [(Words("a dog on a beach"), 1)]),
        ("a well-known man's half-open door", [(Words("a well-known man's half-open door"), 1)]),
        ("-snow", [(Words("snow"), -1)]),
        (".5*[a b.jpg] + dog", [(GalleryPicture("a b.jpg"), 0.5), (Words("dog"), 1)]),
        ('"2*3 - 1"', [(Words("2*3 - 1"), 1)]),
        (r"[a\]b\\c.png]", [(GalleryPicture(r"a]b\c.png"), 1)]),
        (f"[sha256:{SHA} my cat.png] - 0.25*dog", [(OutsidePicture(SHA, "my cat.png"), 1), (Words("dog"), -0.25)]),
        (r"[\sha256:x.png]", [(GalleryPicture("sha256:x.png"), 1)]),
        ("[notes:1.png]", [(GalleryPicture("notes:1.png"), 1)]),
    ],
)  # fmt: skip
def test_people_can_write_and_read_it(written: str, terms: list[tuple[object, float]]) -> None:
    query = parse_query(written)
    assert [(term.subject, term.weight) for term in query.terms] == terms
    assert parse_query(write_query(query)) == query


@pytest.mark.parametrize(
    ("written", "place"),
    [('"red', 1), ("red car [a.jpg", 9), ('dog "cat"', 5), ("dog +", 6), ("2*", 3), ("dog ] cat", 5), ("2 * - dog", 5)],
)
def test_errors_say_where(written: str, place: int) -> None:
    with pytest.raises(QueryError, match=rf"at position {place}\b"):
        parse_query(written)


@pytest.mark.parametrize("weight", [2.1, -3, float("nan"), float("inf"), True, "1", None])
def test_weights_have_bounds(weight: object) -> None:
    with pytest.raises(QueryError, match="weight must be in"):
        Term(Words("dog"), weight)  # type: ignore[arg-type]  # what is refused


def test_the_key_is_of_the_content_and_of_nothing_else() -> None:
    one = Query((Term(Words("dog")), Term(OutsidePicture(SHA, "image.png"), 0.5)))
    assert one.key == Query((Term(OutsidePicture(SHA, "other.png"), 0.5), Term(Words(" dog ")))).key
    other = hashlib.sha256(b"another picture").hexdigest()
    different = [
        Query((Term(Words("dog")), Term(OutsidePicture(other, "image.png"), 0.5))),
        Query((Term(Words("dog")), Term(OutsidePicture(SHA, "image.png"), 0.25))),
        Query((Term(Words("dog")),)),
        Query((Term(GalleryPicture("dog")), Term(OutsidePicture(SHA), 0.5))),
        Query.like(["a.png", "b.png", "c.png"]),
        Query.like(["a.png", "b.png", "d.png"]),
    ]
    assert len({query.key for query in [one, *different]}) == 1 + len(different)


@pytest.mark.parametrize(
    ("params", "query"),
    [
        ({"q": "  a dog - or a cat "}, Query.of("a dog - or a cat")),
        ({"together": "one\n\n two "}, Query.of("one", "two")),
        ({"like": "a/b c.jpg"}, Query.like(["a/b c.jpg"])),
        ({"alike": "a.jpg\nb.jpg"}, Query.like(["a.jpg", "b.jpg"])),
        ({"terms": "dog - [a.jpg]"}, parse_query("dog - [a.jpg]")),
        ({"q": " ", "size": "S"}, None),
        ({}, None),
    ],
)
def test_links_of_before_ask_the_same(params: dict[str, str], query: Query | None) -> None:
    request = request_from_link(params | {"k": "7", "data": "other"})
    assert request == (None if query is None else SearchRequest(query, top_k=7))


@pytest.mark.parametrize("top_k", ["0", "-3", "many", "²", "1e3", "", "99999999999"])
def test_a_link_with_no_number_for_top_k_has_the_usual_one(top_k: str) -> None:
    request = request_from_link({"q": "dog", "k": top_k})
    assert request is not None
    assert request.top_k == SearchRequest.of("dog").top_k


def test_the_json_says_everything_in_one_way() -> None:
    request = SearchRequest(parse_query('2*"red car" - [a.jpg]'), (Condition("folder", ("animals",)),), top_k=5)
    assert json.loads(request.to_json()) == {
        "version": 1,
        "query": [{"words": "red car", "weight": 2.0}, {"picture": "a.jpg", "weight": -1.0}],
        "where": [{"field": "folder", "values": ["animals"]}],
        "top_k": 5, "ranking": "cosine", "order": "score", "stacking": "none", "cutoff": None, "approximate": False,
    }  # fmt: skip
    assert SearchRequest.from_json('{"query": [{"words": "a dog"}]}') == SearchRequest.of("a dog")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("dog", "cannot be read"),
        ("[" * 100_000, "cannot be read"),
        ("[]", "is a JSON object"),
        ('{"version": 2, "query": [{"words": "a"}]}', "version 1, got version 2"),
        ('{"version": true, "query": [{"words": "a"}]}', "version"),
        ('{"query": []}', "needs a sentence or a picture"),
        ('{"query": "a dog"}', "are lists"),
        ('{"query": [{"words": "a"}], "topk": 3}', "no setting named 'topk'"),
        ('{"query": [{"words": "a"}], "top_k": "5"}', "top_k must be"),
        ('{"query": [{"words": "a"}], "top_k": 2.5}', "top_k must be"),
        ('{"query": [{"words": "a"}], "ranking": "best"}', "ranking must be one of cosine"),
        ('{"query": [{"words": "a"}], "ranking": ["cosine"]}', "ranking must be one of cosine"),
        ('{"query": [{"words": "a"}], "cutoff": "high"}', "cutoff must be a score"),
        ('{"query": [{"words": "a"}], "approximate": 1}', "approximate must be"),
        ('{"query": [{"words": "a", "picture": "b"}]}', "has one of"),
        ('{"query": [{"words": 3}]}', "must be text"),
        ('{"query": [{"words": "\\ud800"}]}', "half of a character"),
        ('{"query": [{"words": "a", "weight": 5}]}', "weight must be"),
        ('{"query": [{"words": "a", "wieght": 2}]}', "no 'wieght'"),
        ('{"query": [{"sha256": "abc"}]}', "64 hexadecimal digits"),
        ('{"query": [{"words": "a"}], "where": [{"field": "folder"}]}', "values or a range"),
        ('{"query": [{"words": "a"}], "where": [{"field": "f", "values": "x"}]}', "are a list"),
        ('{"query": [{"words": "a"}], "where": [{"field": "f", "at_least": "x"}]}', "must be a number"),
    ],
)
def test_bad_requests_get_a_clear_error(written: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        SearchRequest.from_json(written)


@pytest.mark.parametrize(
    "written", ["best-0", "best+0.1", "best-", "keep-1", "keep-90", "drop-1", "nan", "inf", "", "high"]
)
def test_a_cutoff_that_is_none_is_told_what_there_is(written: str) -> None:
    with pytest.raises(QueryError, match=r"cutoff must be a score, best-0\.05 .*, got"):
        read_cutoff(written)


def test_a_cutoff_is_typed_as_it_is_linked() -> None:
    for cutoff in (Cutoff("best", 0.05), Cutoff("drop"), Cutoff("keep", 0.9), 0.25):
        assert read_cutoff(f" {cutoff} ") == cutoff
    assert request_to_link(SearchRequest.of("a dog", cutoff=Cutoff("keep", 0.9))) == {"q": "a dog", "cut": "keep-0.9"}
    assert '"cutoff":"drop"' in SearchRequest.of("a dog", cutoff=Cutoff("drop")).to_json()
    with pytest.raises(QueryError, match="cutoff must be a score"):
        Cutoff("worst", 0.1)


def test_every_kind_is_tried_here() -> None:
    """A kind that is added must join the strategies above."""
    assert set(SUBJECTS) == {"words", "picture", "sha256"}


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        (Condition("folder", ("animals",)), "folder is animals"),
        (Condition("picture", ("a.jpg", "b.jpg"), negated=True), "the file name is not a.jpg or b.jpg"),
        (Condition("column:who", tuple("abcdefg")), "who is a or b or c or d or e or 2 more"),
        (Condition("column:year", at_least=2001), "year is at least 2001"),
        (Condition("column:year", at_most=1.5), "year is at most 1.5"),
        (Condition("column:year", at_least=1, at_most=3, negated=True), "year is not from 1 to 3"),
    ],
)
def test_a_condition_is_called_what_it_demands(condition: Condition, said: str) -> None:
    assert condition.label == said


@pytest.mark.parametrize(
    ("names", "written"),
    [
        (("cats/1.jpg",), "cats/1.jpg"),
        (("cats/1.jpg", "a b.jpg"), "cats/1.jpg\na b.jpg"),
        (("[1].jpg", "é.jpg"), '["[1].jpg","é.jpg"]'),
        (("two\nlines.jpg",), '["two\\nlines.jpg"]'),
        (("\udcff.jpg",), '["\\udcff.jpg"]'),  # a name that was no UTF-8 on the disk
    ],
)
def test_judged_pictures_stand_in_links_as_short_as_can_be_read(names: tuple[str, ...], written: str) -> None:
    request = SearchRequest.of("a dog", liked=names, disliked=["other.jpg"], aim="one")
    params = request_to_link(request)
    assert params == {"q": "a dog", "liked": written, "disliked": "other.jpg", "aim": "one"}
    assert request_from_link(params) == request
    assert SearchRequest.from_json(request.to_json()) == request


def test_requests_written_before_there_were_likes_are_read() -> None:
    old = (
        '{"version":1,"query":[{"words":"a dog","weight":1.0}],"where":[],"top_k":3,"ranking":"cosine","order":"score"}'
    )
    assert SearchRequest.from_json(old) == SearchRequest.of("a dog", top_k=3)
    assert "liked" not in SearchRequest.of("a dog").to_json()  # nor does an older program meet what it does not know


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"liked": ["a.jpg"], "disliked": ["b.jpg", "a.jpg"]}, "liked or disliked, got both for 'a.jpg'"),
        ({"liked": "a.jpg"}, "liked must be a list of names, got 'a.jpg'"),
        ({"disliked": [3]}, "disliked holds the names of pictures, got 3"),
        ({"liked": [""]}, "liked holds the names of pictures, got ''"),
        ({"liked": [f"{n}.jpg" for n in range(401)]}, "At most 400 pictures are liked, got 401"),
        ({"aim": "some"}, "aim must be one of all, one, got 'some'"),
    ],
)
def test_judgements_that_mean_nothing_are_refused(settings: dict[str, object], said: str) -> None:
    with pytest.raises(QueryError, match=re.escape(said)):
        SearchRequest.of("a dog", **settings)
    with pytest.raises(QueryError, match=re.escape(said)):
        SearchRequest.from_record({"query": [{"words": "a dog"}], **settings})


def test_a_picture_that_is_judged_twice_alike_counts_once() -> None:
    assert SearchRequest.of("a dog", liked=["b.jpg", "a.jpg", "b.jpg"]).liked == ("b.jpg", "a.jpg")
