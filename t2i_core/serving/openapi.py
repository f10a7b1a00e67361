"""The description of the HTTP server in OpenAPI 3.1, which clients are generated from; tests compare answers with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from t2i_core import __version__
from t2i_core.arrays import MAX_TOP_K
from t2i_core.query import LINK_NAMES, MAX_WEIGHT, SUBJECTS, OutsidePicture, Words
from t2i_core.query.cutoff import BELOW_BEST, DROP, FORMS, KEEP
from t2i_core.query.judged import MAX_JUDGED
from t2i_core.query.request import AIMS, DEFAULT_TOP_K, ORDERS, RANKINGS, STACKINGS
from t2i_core.query.where import COLUMN
from t2i_core.scores import SOME, STRONG, WEAK
from t2i_core.serving.answers import LARGE_SIDE, MEDIA_TYPES, SCORE_MEANS, SMALLEST_SIDE, THUMBNAIL_SIDE

_TEXT, _NUMBER = {"type": "string"}, {"type": "number"}
_SOME_TEXT = {"type": "string", "minLength": 1}
_PLACE = "#/components/schemas/"
_TOLD = {
    "q": "a sentence",
    "together": "sentences, one a line, for what they have in common",
    "like": "a picture of the dataset",
    "alike": "pictures of the dataset, one a line",
    "terms": 'terms with weights: 2*"red car" - snow + [cats/1.jpg]',
    "k": f"how many pictures, 1 to {MAX_TOP_K}",
    "approximate": "1 asks the approximate index, where there is one",
    "where": 'conditions as JSON: [{"field": "folder", "values": ["cats"]}]',
    "ranking": f"one of {', '.join(RANKINGS)}",
    "order": f"one of {', '.join(ORDERS)}, {COLUMN}NAME; after a minus the largest first",
    "stack": f"one of {', '.join(STACKINGS)}",
    "cut": f"leave out pictures that score too little: {FORMS}",
    "liked": "pictures that say what is meant beside the query, one a line",
    "disliked": "pictures that say what is not meant, which are left out, one a line",
    "aim": f"one of {', '.join(AIMS)}: all pictures of a kind, or one picture",
    "varied": "0 to 1: how much a picture loses by being like those before it",
}
_ORDER = f"^({ORDERS[0]}|-?({'|'.join(ORDERS[1:])}|{COLUMN}.+))$"
_BLANKLESS = {"type": "string", "pattern": r"\S"}
_FLOAT = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?"
_SHARE = r"0*\.(?=0*[1-9])[0-9]+|[1-9](\.[0-9]+)?e-(0?[1-9]|[1-9][0-9])"  # between 0 and 1, both left out
_CUTOFF = rf"^\s*({DROP}|{BELOW_BEST}-(?=[0-9.]*[1-9])[0-9]*\.?[0-9]+(e-?[0-9]{{1,2}})?|{KEEP}-({_SHARE})|{_FLOAT})\s*$"


def openapi(*, images: int = MAX_TOP_K, fields: Sequence[str] = ()) -> dict[str, Any]:
    """The whole description, of a dataset of so many pictures whose conditions can look at these fields."""
    known = schemas()
    if fields:
        known["Condition"]["properties"]["field"] = {"enum": list(fields)}
    known["SearchRequest"]["properties"]["top_k"] = _whole(1, min(MAX_TOP_K, images), min(DEFAULT_TOP_K, images))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Text to image search",
            "version": __version__,
            "description": f"Pictures of one dataset, found by describing them; read only. {SCORE_MEANS}",
        },
        "paths": {
            "/health": {"get": _operation("whether the server is ready", _object({"status": {"type": "string"}}), codes=())},
            "/v1": {"get": _operation("what the dataset holds", _ref("About"), codes=())},
            "/v1/openapi.json": {"get": _operation("this description", {"type": "object"}, codes=())},
            "/v1/search": {
                "get": _operation(
                    "pictures for the parameters of a page's link", _ref("Answer"), parameters=[_query(name) for name in LINK_NAMES],
                    codes=("400", "404", "422", "503"),
                ),
                "post": _operation(
                    "pictures for a whole request", _ref("Answer"), body=_ref("SearchRequest"),
                    codes=("400", "404", "413", "422", "503"),
                ),
            },
            "/v1/captions": {
                "get": _operation(
                    "captions of a picture, or that hold words", _ref("Captions"), codes=("400", "404", "503"),
                    parameters=[
                        _parameter("q", _SOME_TEXT, 'words, "phrases" and -exclusions'),
                        _parameter("picture", _SOME_TEXT, "the name of a picture"),
                        _parameter("k", _whole(1, MAX_TOP_K, DEFAULT_TOP_K), "how many at most"),
                    ],
                )
            },
            "/v1/evaluate": {
                "get": _operation("recall@k on the dataset's own captions", _ref("Evaluation"), codes=("422", "503"))
            },
            "/v1/pictures/{image_id}": {"get": _picture("a picture", tuple(MEDIA_TYPES.values()))},
            "/v1/thumbnails/{image_id}": {
                "get": _picture(
                    "a small JPEG of a picture", ("image/jpeg",),
                    _parameter("side", _whole(SMALLEST_SIDE, LARGE_SIDE, THUMBNAIL_SIDE), "pixels of the longer side"),
                )
            },
        },
        "components": {"schemas": known, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{}, {"token": []}],
    }  # fmt: skip


def schemas(place: str = _PLACE) -> dict[str, Any]:
    """What requests and answers are made of, by name; they refer to each other at ``place``."""
    made = _asked() | _answered()
    moved: dict[str, Any] = json.loads(json.dumps(made).replace(_PLACE, place))
    return moved


def _asked() -> dict[str, Any]:
    """What a request is made of."""
    number, texts = _NUMBER, _list(_TEXT)
    weight = {"type": "number", "minimum": -MAX_WEIGHT, "maximum": MAX_WEIGHT, "default": 1}
    condition = {
        "field": _SOME_TEXT,
        "values": texts,
        "at_least": number,
        "at_most": number,
        "negated": {"type": "boolean"},
    }
    ends = [{"required": ["at_least"]}, {"required": ["at_most"]}]
    one_of_both = [
        {"required": ["values"], "properties": {"values": {"minItems": 1}}, "not": {"anyOf": ends}},
        {"anyOf": ends, "properties": {"values": {"maxItems": 0}}},
    ]
    return {
        "Condition": _object(condition, needed=["field"], oneOf=one_of_both),
        "Term": {
            "oneOf": [
                _object({tag: _BLANKLESS if tag == Words.tag else _SOME_TEXT, "weight": weight}, needed=[tag])
                for tag in SUBJECTS
                if tag != OutsidePicture.tag  # nobody can send one here
            ]
        },
        "SearchRequest": _object(
            {
                "version": {"const": 1},
                "query": {**_list(_ref("Term")), "minItems": 1},
                "where": _list(_ref("Condition")),
                "top_k": _whole(1, MAX_TOP_K, DEFAULT_TOP_K),
                "ranking": {"enum": list(RANKINGS)},
                "order": {"type": "string", "pattern": _ORDER},
                "stacking": {"enum": list(STACKINGS)},
                "cutoff": {"type": ["number", "string", "null"], "pattern": _CUTOFF},
                "approximate": {"type": "boolean"},
                "liked": {**_list(_SOME_TEXT), "maxItems": MAX_JUDGED},
                "disliked": {**_list(_SOME_TEXT), "maxItems": MAX_JUDGED},
                "aim": {"enum": list(AIMS)},
                "diversity": {"type": "number", "minimum": 0, "maximum": 1, "default": 0},
            },
            needed=["query"],
        ),
    }


def _answered() -> dict[str, Any]:
    """What answers are made of."""
    text, number, whole, texts = _TEXT, _NUMBER, {"type": "integer"}, _list(_TEXT)
    numbers, maybe_whole = _list(number), {"type": ["integer", "null"]}
    scores = {f"recall@{k}": number for k in (1, 5, 10)} | {"median_rank": number}
    hit = {"rank": whole, "image_id": text, "score": number, "caption": {"type": ["string", "null"]},
           "width": maybe_whole, "height": maybe_whole}  # fmt: skip
    return {
        "Hit": _object(hit | {"shares": numbers, "cosines": numbers, "stack": texts}, needed=list(hit)),
        "Answer": _object(
            {
                "request": _ref("SearchRequest"),
                "link": {"type": ["object", "null"], "additionalProperties": text},
                "images": whole,
                "hits": {"type": "array", "items": _ref("Hit")},
                "median_score": number,
                "good_score": {"type": ["number", "null"]},
                "score_means": text,
                "verdict": {"oneOf": [{"type": "null"}, _ref("Verdict")]},
                "cut": {"oneOf": [{"type": "null"}, _ref("Cut")]},
                "fitting": maybe_whole,
                "left_out": texts,
                "notes": texts,
                "milliseconds": _object({"encode": number, "search": number}),
            }
        ),
        "Verdict": _object({"evidence": {"enum": [STRONG, SOME, WEAK]}, "gap": number, "sentence": text}),
        "Cut": _object({"score": number, "belong": whole, "estimated": {"type": "boolean"}, "left_out": whole}),
        "About": _object(
            {"name": text, "images": whole, "captions": whole, "model": text, "dimension": whole, "key": text,
             "conditions": texts, "problems": texts}
        ),
        "Captions": _object(
            {
                "total": whole,
                "captions": {"type": "array", "items": _object({"position": whole, "image_id": text, "caption": text})},
            }
        ),
        "Evaluation": _object(
            {"text_to_image": _object(scores), "image_to_text": _object(scores), "images": whole, "captions": whole, "model": text}
        ),
        "Error": _object({"error": _object({"code": text, "message": text})}),
    }  # fmt: skip


def _object(properties: dict[str, Any], *, needed: list[str] | None = None, **more: Any) -> dict[str, Any]:
    """All of it is there and nothing else, unless said otherwise."""
    required = list(properties) if needed is None else needed
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False, **more}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"{_PLACE}{name}"}


def _whole(least: int, most: int, usual: int) -> dict[str, Any]:
    return {"type": "integer", "minimum": least, "maximum": most, "default": usual}


# All others are any text: terms, conditions and cutoffs have rules that a schema cannot say.
_LINK_KINDS: dict[str, dict[str, Any]] = {
    "k": _whole(1, MAX_TOP_K, DEFAULT_TOP_K),
    "approximate": {"enum": ["0", "1"]},
    "ranking": {"enum": list(RANKINGS)},
    "order": {"type": "string", "pattern": _ORDER},
    "stack": {"enum": list(STACKINGS)},
    "aim": {"enum": list(AIMS)},
    "varied": {"type": "number", "minimum": 0, "maximum": 1},
}


def _query(name: str) -> dict[str, Any]:
    kind: dict[str, Any] = _LINK_KINDS.get(name, _SOME_TEXT)
    return _parameter(name, kind, _TOLD[name])


def _parameter(name: str, kind: dict[str, Any], told: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": kind, "description": told}


def _operation(
    told: str,
    answer: dict[str, Any],
    *,
    codes: tuple[str, ...],
    parameters: list[dict[str, Any]] | None = None,
    body: dict[str, Any] | None = None,
) -> dict[str, Any]:
    record: dict[str, Any] = {
        "summary": told,
        "parameters": parameters or [],
        "responses": {"200": {"description": told, "content": {"application/json": {"schema": answer}}}}
        | _refusals(codes),
    }
    if body is not None:
        record["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return record


def _picture(told: str, kinds: tuple[str, ...], *parameters: dict[str, Any]) -> dict[str, Any]:
    image_id = {"name": "image_id", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "summary": f"{told}; the name may hold slashes",
        "parameters": [image_id, *parameters],
        "responses": {"200": {"description": told, "content": {kind: {} for kind in kinds}}}
        | _refusals(("400", "404", "503")),
    }


def _refusals(codes: tuple[str, ...]) -> dict[str, Any]:
    told = {
        "400": "the question cannot be asked so",
        "404": "there is no such picture, or it cannot be shown",
        "413": "the request is too long",
        "422": "this dataset cannot answer that",
        "503": "it takes too long, or too many wait; Retry-After says when to ask again",
        "401": "the token is missing or wrong",
        "403": "a foreign Host or Origin",
        "429": "too many requests; Retry-After says when to ask again",
    }
    body = {"content": {"application/json": {"schema": _ref("Error")}}}
    return {code: {"description": told[code], **body} for code in (*codes, "401", "403", "429")}
