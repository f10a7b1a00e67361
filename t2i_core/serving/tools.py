"""Tools for agents: what each is called, what it takes, what it answers; `agents.py` carries them over MCP."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from t2i_core.arrays import MAX_TOP_K
from t2i_core.dataset import list_some
from t2i_core.errors import ImageError, QueryError
from t2i_core.query import MAX_WEIGHT, Condition, GalleryPicture, Query, Term, Words
from t2i_core.query.cutoff import FORMS, read_cutoff
from t2i_core.serving.answers import Answers
from t2i_core.serving.contact_sheet import CELL, contact_sheet
from t2i_core.serving.openapi import schemas

MOST_SEEN = 24
USUAL_TOP_K = 12
_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS: dict[str, Any] = {"type": "array", "items": _TEXT}
_CUTOFF = {"type": ["number", "string"], "description": FORMS}
_DATASET = {"type": "string", "description": "name of a dataset, see list_datasets; the first when left out"}
_TOP_K = {"type": "integer", "minimum": 1, "maximum": MAX_TOP_K, "default": USUAL_TOP_K}


@dataclass(frozen=True)
class Reply:
    """What a tool answers: a record, and a picture where it shows some."""

    record: dict[str, Any]
    picture: bytes | None = None


@dataclass(frozen=True)
class Tool:
    """One tool. ``takes`` and ``answers`` are JSON schemas of objects."""

    name: str
    title: str
    told: str
    takes: dict[str, Any]
    answers: dict[str, Any]
    run: Callable[..., Reply] = field(compare=False)


class Toolbox:
    """The tools over some datasets, by their names. All of them only read."""

    def __init__(self, datasets: Mapping[str, Answers]) -> None:
        self._datasets = dict(datasets)
        self.tools = {tool.name: tool for tool in self._made()}

    def call(self, name: str, arguments: Mapping[str, Any]) -> Reply:
        """Run one tool.

        Raises
        ------
        T2IError
            When there is no such tool, dataset or picture (the message names candidates), or arguments do not fit.
        """
        tool = self.tools.get(name)
        if tool is None:
            raise QueryError(f"A tool is one of {', '.join(self.tools)}, got {name!r:.80}. Call one of these.")
        known = tool.takes["properties"]
        if unknown := sorted(set(arguments) - set(known)):
            raise QueryError(f"{name} takes {', '.join(known) or 'nothing'}, got {unknown[0]!r:.80} too. Leave it out.")
        if missing := [one for one in tool.takes.get("required", ()) if one not in arguments]:
            raise QueryError(f"{name} needs {', '.join(missing)}, got none. Give it.")
        for one, value in arguments.items():
            _check(name, one, value, known[one])
        return tool.run(**arguments)

    def list_datasets(self) -> Reply:
        return Reply({"datasets": [{**one.about(), "name": name} for name, one in self._datasets.items()]})

    def search_pictures(
        self, terms: Sequence[Any], top_k: int | None = None, where: Sequence[Any] = (),
        cutoff: float | str | None = None, liked: Sequence[str] = (), disliked: Sequence[str] = (), dataset: str = "",
    ) -> Reply:  # fmt: skip
        answers = self._dataset(dataset)
        settings = {
            "where": tuple(map(Condition.from_record, where)),
            "cutoff": read_cutoff(cutoff) if isinstance(cutoff, str) else cutoff,
            "liked": tuple(liked),
            "disliked": tuple(disliked),
        }
        query = Query(tuple(map(_term, terms)))
        return Reply(answers.search(answers.fitted(query, top_k=top_k, usual=USUAL_TOP_K, **settings)))

    def similar_to(self, image_id: str, top_k: int | None = None, dataset: str = "") -> Reply:
        answers = self._dataset(dataset)
        return Reply(answers.search(answers.fitted(Query.like([image_id]), top_k=top_k, usual=USUAL_TOP_K)))

    def find_captions(self, words: str = "", image_id: str = "", top_k: int = USUAL_TOP_K, dataset: str = "") -> Reply:
        return Reply(self._dataset(dataset).captions(words=words, picture=image_id, top_k=top_k))

    def view_pictures(self, ids: Sequence[str], dataset: str = "") -> Reply:
        if not 1 <= len(ids) <= MOST_SEEN:
            raise QueryError(f"1 to {MOST_SEEN} pictures are shown at once, got {len(ids)}. Name fewer.")
        answers = self._dataset(dataset)
        made: list[bytes | None] = []
        told = []
        for number, image_id in enumerate(ids, start=1):
            row = answers.check_picture(image_id)
            captions = [] if row is None else list(answers.dataset.engine.captions_of(row))
            problem = None
            try:
                made.append(answers.thumbnail(image_id, side=CELL))
            except ImageError as error:
                made.append(None)
                problem = str(error)
            told.append({"number": number, "image_id": image_id, "captions": captions, "problem": problem})
        columns = min(6, math.ceil(math.sqrt(len(ids))))
        return Reply({"pictures": told}, contact_sheet(made, columns=columns))

    def evaluate(self, dataset: str = "") -> Reply:
        return Reply(self._dataset(dataset).evaluate().result())

    def _dataset(self, name: str) -> Answers:
        if not name:
            return next(iter(self._datasets.values()))
        found = self._datasets.get(name)
        if found is None:
            raise QueryError(
                f"A dataset is one of {list_some(list(self._datasets), limit=12)}, got {name!r:.80}. Name one of these."
            )
        return found

    def _made(self) -> list[Tool]:
        known = schemas("#/$defs/")
        answer, captions = _standing_alone("Answer", known), _standing_alone("Captions", known)
        shown = _object(
            {
                "number": {"type": "integer"},
                "image_id": _TEXT,
                "captions": {"type": "array", "items": _TEXT},
                "problem": {"type": ["string", "null"]},
            }
        )
        term = {
            "type": "object",
            "properties": {
                "text": {**_TEXT, "description": "a sentence that describes a picture"},
                "image_id": {**_TEXT, "description": "a picture of the dataset"},
                "weight": {"type": "number", "minimum": -MAX_WEIGHT, "maximum": MAX_WEIGHT, "default": 1},
            },
            "additionalProperties": False,
        }
        where = {"type": "array", "items": known["Condition"]}
        return [
            Tool(
                "list_datasets", "List datasets", "Names and sizes of the datasets, their models, and what conditions can look at.",
                _object({}), _object({"datasets": {"type": "array", "items": known["About"]}}), self.list_datasets,
            ),
            Tool(
                "search_pictures", "Search pictures",
                "Rank pictures by terms with weights (negative: less of it). Describe pictures, e.g. 'a dog on a beach'; words like "
                "'without' do not work, a negative weight does. Scores are cosines: compare them with median_score and good_score of "
                "the same answer. Something is always found: read the verdict where there is one, and look at the hits "
                "before you trust them. liked and disliked name pictures you saw that show what is meant, or do not.",
                _object(
                    {"terms": {"type": "array", "items": term}, "top_k": _TOP_K, "where": where, "cutoff": _CUTOFF,
                     "liked": _TEXTS, "disliked": _TEXTS, "dataset": _DATASET},
                    needed=["terms"],
                ),
                answer, self.search_pictures,
            ),
            Tool(
                "similar_to", "Pictures like one", "Rank pictures by how much they look like one of the dataset.",
                _object({"image_id": _TEXT, "top_k": _TOP_K, "dataset": _DATASET}, needed=["image_id"]), answer, self.similar_to,
            ),
            Tool(
                "view_pictures", "Look at pictures",
                f"One image with up to {MOST_SEEN} pictures on it, numbered in the order of ids, and their captions.",
                _object({"ids": {"type": "array", "items": _TEXT}, "dataset": _DATASET}, needed=["ids"]),
                _object({"pictures": {"type": "array", "items": shown}}), self.view_pictures,
            ),
            Tool(
                "find_captions", "Find captions",
                'Captions that hold words ("phrases", -exclusions, beginnings*), or those of a picture. Words count, not meanings.',
                _object({"words": _TEXT, "image_id": _TEXT, "top_k": _TOP_K, "dataset": _DATASET}, needed=[]), captions,
                self.find_captions,
            ),
            Tool(
                "evaluate", "Measure recall", "Recall@1, 5, 10 and median rank on the dataset's own captions; may take a minute.",
                _object({"dataset": _DATASET}, needed=[]), _standing_alone("Evaluation", known), self.evaluate,
            ),
        ]  # fmt: skip


def _term(record: Any) -> Term:
    if (
        not isinstance(record, Mapping)
        or set(record) - {"text", "image_id", "weight"}
        or len({"text", "image_id"} & set(record)) != 1
    ):
        raise QueryError(
            f'A term has text or image_id, and a weight where it is not 1, got {record!r:.80}. Write {{"text": "a dog", "weight": 1}}'
        )
    subject = Words(record["text"]) if "text" in record else GalleryPicture(record["image_id"])
    return Term(subject, record.get("weight", 1.0))


_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "string": ((str,), "text"),
    "integer": ((int,), "a whole number"),
    "number": ((int, float), "a number"),
    "array": ((list,), "a list"),
}


def _check(tool: str, name: str, value: Any, schema: Mapping[str, Any]) -> None:
    """Whether an argument is of its kind, and so are the things in a list of plain ones."""
    wanted = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    kinds = tuple(kind for one in wanted for kind in _KINDS[one][0])
    told = " or ".join(_KINDS[one][1] for one in wanted)
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise QueryError(f"{name} of {tool} must be {told}, got {value!r:.80}. Write it so.")
    items = schema.get("items", {}).get("type")
    if isinstance(value, list) and items in _KINDS:
        for one in value:
            _check(tool, f"each of {name}", one, schema["items"])


def _object(properties: dict[str, Any], *, needed: list[str] | None = None) -> dict[str, Any]:
    required = list(properties) if needed is None else needed
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _standing_alone(name: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """A schema with all that it refers to."""
    return {
        **known[name],
        "$defs": {one: known[one] for one in ("SearchRequest", "Term", "Condition", "Hit", "Verdict", "Cut")},
    }
