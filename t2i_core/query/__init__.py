"""What can be asked, and how it is written down: terms, queries, requests, and their three forms (text, JSON, link)."""

from t2i_core.query.cutoff import Cutoff, read_cutoff
from t2i_core.query.link_form import LINK_NAMES, request_from_link, request_to_link
from t2i_core.query.request import FORMAT_VERSION, SearchRequest
from t2i_core.query.rewrites import less_of, one_sentence
from t2i_core.query.subjects import SUBJECTS, GalleryPicture, OutsidePicture, Subject, Words
from t2i_core.query.terms import MAX_WEIGHT, Query, Term
from t2i_core.query.text_form import as_typed, parse_query, read_typed, write_query
from t2i_core.query.where import Condition
from t2i_core.query.where_text import read_condition, write_condition

__all__ = [
    "FORMAT_VERSION",
    "LINK_NAMES",
    "MAX_WEIGHT",
    "SUBJECTS",
    "Condition",
    "Cutoff",
    "GalleryPicture",
    "OutsidePicture",
    "Query",
    "SearchRequest",
    "Subject",
    "Term",
    "Words",
    "as_typed",
    "less_of",
    "one_sentence",
    "parse_query",
    "read_condition",
    "read_cutoff",
    "read_typed",
    "request_from_link",
    "request_to_link",
    "write_condition",
    "write_query",
]
