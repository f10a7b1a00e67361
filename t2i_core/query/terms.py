"""Term and Query: what is asked, as weighted parts."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from t2i_core.errors import QueryError
from t2i_core.query.subjects import GalleryPicture, OutsidePicture, Subject, Words

MAX_WEIGHT = 2.0


@dataclass(frozen=True)
class Term:
    """One part of a query: what it is about, and how much it counts; a negative weight means less of it.

    Raises
    ------
    QueryError
        When the weight is no number from -2 to 2.
    """

    subject: Subject
    weight: float = 1.0

    def __post_init__(self) -> None:
        number = isinstance(self.weight, int | float) and not isinstance(self.weight, bool)
        if not number or not math.isfinite(self.weight) or abs(self.weight) > MAX_WEIGHT:
            raise QueryError(
                f"A term's weight must be in {-MAX_WEIGHT:g}..{MAX_WEIGHT:g}, got {self.weight!r:.40}. "
                "Take a smaller one; weights are relative to each other."
            )
        object.__setattr__(self, "weight", float(self.weight) + 0.0)  # + 0.0 makes a zero of a minus zero


@dataclass(frozen=True)
class Query:
    """What is asked: one term or several.

    Raises
    ------
    QueryError
        When there is no term.

    Examples
    --------
    >>> Query.of("a red car").key == Query((Term(Words("a red car"), 1.0),)).key
    True
    >>> Query.like(["cats/1.jpg", "cats/2.jpg"]).label
    '2 pictures together'
    >>> Query(())
    Traceback (most recent call last):
        ...
    t2i_core.errors.QueryError: A query needs a sentence or a picture, got neither. Type what you want to see.
    """

    terms: tuple[Term, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", tuple(self.terms))
        if not self.terms:
            raise QueryError("A query needs a sentence or a picture, got neither. Type what you want to see.")

    @classmethod
    def of(cls, *subjects: Subject | str) -> Query:
        """A query for several things alike; a string is a sentence."""
        return cls(tuple(Term(Words(one) if isinstance(one, str) else one) for one in subjects))

    @classmethod
    def like(cls, image_ids: Sequence[str]) -> Query:
        """A query for what pictures of the gallery have in common."""
        return cls.of(*(GalleryPicture(image_id) for image_id in image_ids))

    @cached_property
    def key(self) -> str:
        """What the query is known by, 32 hexadecimal digits of a hash of its content.

        Labels and names do not count, nor does the order of terms: what is equal gives equal results.
        """
        content = sorted((term.subject.tag, term.subject.content, term.weight) for term in self.terms)
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:32]

    @property
    def label(self) -> str:
        """What to call the query on a page; two different queries may have the same."""
        subjects, labels = [term.subject for term in self.terms], [term.subject.label for term in self.terms]
        if len(labels) == 1:
            return labels[0]
        if all(isinstance(subject, Words) for subject in subjects):
            return f"{len(labels):,} captions: {' / '.join(labels)}"
        if all(isinstance(subject, GalleryPicture) for subject in subjects):
            return f"{len(labels):,} pictures together"
        return f"{len(labels):,} terms: {' / '.join(labels)}"

    @property
    def pictures(self) -> tuple[str, ...]:
        """The pictures of the gallery that it is made of."""
        return tuple(term.subject.image_id for term in self.terms if isinstance(term.subject, GalleryPicture))

    @property
    def outside(self) -> OutsidePicture | None:
        """The first picture from outside that it is made of."""
        return next((term.subject for term in self.terms if isinstance(term.subject, OutsidePicture)), None)

    @property
    def alike(self) -> bool:
        """Whether it asks for what things of one kind have in common, each as much as the others: the mean of their vectors.

        Such questions have links of their own and rank as they always did; in all others weights count by the spread of scores.
        """
        return len({term.subject.tag for term in self.terms}) == 1 and all(term.weight == 1.0 for term in self.terms)

    @property
    def sentence(self) -> str | None:
        """The sentence, where the query is one sentence and nothing else."""
        first = self.terms[0]
        plain = len(self.terms) == 1 and isinstance(first.subject, Words) and first.weight == 1.0
        return first.subject.content if plain else None

    @property
    def of_gallery(self) -> bool:
        """Whether it means something in one gallery only."""
        return any(term.subject.of_gallery for term in self.terms)

    @property
    def linkable(self) -> bool:
        """Whether a link alone can bring it back elsewhere."""
        return all(term.subject.linkable for term in self.terms)
