"""How cases are called: their kind, their heading, and the number that was measured."""

from __future__ import annotations

from t2i_core.audit import Finding

ONE = {
    "damaged": "Damaged picture", "leakage": "On both sides of a split", "copy": "Copy", "caption_text": "Text of a caption",
    "caption_mismatch": "Caption that does not fit", "rotated": "Turned picture", "dark": "Dark picture",
    "light": "Light picture", "blurred": "Blurred picture", "low_information": "Picture empty of information",
    "odd_shape": "Odd shape", "odd_size": "Odd size", "look_alike": "Look-alike", "outlier": "Outlier", "gap": "Gap",
}  # fmt: skip
# As the list of kinds calls them.
SEVERAL = {
    "": "All", "damaged": "Damaged", "leakage": "Leakage", "copy": "Copies", "caption_text": "Text of captions",
    "caption_mismatch": "Captions that do not fit", "rotated": "Turned", "dark": "Dark", "light": "Light",
    "blurred": "Blurred", "low_information": "Empty of information", "odd_shape": "Odd shape", "odd_size": "Odd size",
    "look_alike": "Look-alikes", "outlier": "Outliers", "gap": "Gaps",
}  # fmt: skip
MEASURES = {
    "copy": "bits that differ", "leakage": "cosine", "look_alike": "cosine", "caption_text": "words", "caption_mismatch": "fit",
    "odd_size": "pixels a side", "odd_shape": "shorter side by longer", "outlier": "distance", "gap": "measure",
    "rotated": "gain when turned",
}  # fmt: skip
WHOLE = frozenset({"copy", "caption_text", "odd_size"})


def heading(case: Finding) -> str:
    """The caption where one is meant, else the picture's name."""
    return case.caption or case.image_id


def number(case: Finding) -> str:
    """What was measured and its place among all, for a person to read."""
    if case.kind == "damaged":
        return "it cannot be read whole"
    value = f"{case.value:,.0f}" if case.kind in WHOLE else f"{case.value:.3f}"
    return f"{MEASURES.get(case.kind, 'score')} {value}, above {case.percentile:.0f} of 100"
