"""The score strip on Search: whether anything fits, how all scores lie, and where they are cut."""

from __future__ import annotations

from pages._ui import components
from pages._ui.session import events
from pages._ui.session.visit import visit
from t2i_core.dataset.evidence_file import HOW
from t2i_core.engine import SearchEngine
from t2i_core.errors import count_of
from t2i_core.query import Cutoff
from t2i_core.query.cutoff import DROP, KEEP, USUAL_SHARE
from t2i_core.relevance.cutting import before_largest_drop
from t2i_core.scores import SOME, STRONG, WEAK
from t2i_core.types import SearchResult

_EVIDENCE = {STRONG: "Strong evidence", SOME: "Some evidence", WEAK: "Weak evidence: the nearest pictures are shown"}
_CLEAR = 0.1  # of the way from the best score down to the median: a smaller drop is not spoken of


def score_strip(engine: SearchEngine, result: SearchResult, *, everything: SearchResult) -> None:
    """Draw it for a result; ``everything`` is the ranking it was sliced from."""
    if result.histogram is None:
        return
    histogram, hits = result.histogram, [round(hit.score, 6) for hit in result.hits]
    components.score_strip(
        {
            "seq": visit().opened.strip_seq,
            "sentence": sentence(result, everything),
            "evidence": "" if result.verdict is None else result.verdict.evidence,
            "about": about(engine, result),
            "histogram": {
                "low": histogram.low, "high": histogram.high, "counts": list(histogram.counts),
                "pictures": histogram.pictures, "of": result.images - len(result.left_out),
            },
            "median": result.median_score,
            "best": everything.hits[0].score if everything.hits else histogram.high,
            "hits": hits,
            "cut": None if result.cut is None else result.cut.score,
            "ways": ways(engine),
        },
        on_event=events.on_strip_event,
    )  # fmt: skip


def waiting_strip() -> None:
    """The strip's line while nothing is known of the scores yet, so that it pushes nothing down later."""
    none: dict[str, object] = {"low": 0.0, "high": 1.0, "counts": [], "pictures": 0, "of": 0}
    components.score_strip(
        {
            "seq": visit().opened.strip_seq, "sentence": "Scores", "evidence": "", "about": "", "histogram": none,
            "median": 0.0, "best": 1.0, "hits": [], "cut": None, "ways": [],
        },
        on_event=events.on_strip_event,
    )  # fmt: skip


def sentence(result: SearchResult, everything: SearchResult) -> str:
    """The verdict where there is one, then how many pictures belong, or stand before a clear drop."""
    told = [] if result.verdict is None else [_EVIDENCE[result.verdict.evidence]]
    if result.cut is not None:
        belong = f"{'about ' if result.cut.estimated else ''}{count_of(result.cut.belong, 'picture')}"
        told.append(f"{belong} from {result.cut.score:.2f} up, {result.cut.left_out:,} left out")
    elif result.verdict is None or result.verdict.evidence != WEAK:
        told += _clear_drop(everything)
    text = " · ".join(told) or f"Scores of {count_of(result.images, 'picture')}"
    return text[:1].upper() + text[1:]


def _clear_drop(everything: SearchResult) -> list[str]:
    """How many pictures stand before the largest drop, where that is no small one."""
    scores = sorted((hit.score for hit in everything.hits), reverse=True)
    before = before_largest_drop(scores)
    if not 0 < before < len(scores):
        return []
    upper, lower = scores[before - 1], scores[before]
    if upper - lower < _CLEAR * (scores[0] - everything.median_score):
        return []
    return [f"{count_of(before, 'picture')}, then a drop ({upper:.2f} → {lower:.2f})"]


def about(engine: SearchEngine, result: SearchResult) -> str:
    """What the strip means, once it is opened."""
    told = []
    if result.verdict is not None:
        told.append(result.verdict.sentence)
    elif engine.could_judge:
        told.append(f"Whether anything fits is told once it is measured: {HOW}")
    cutoff = result.request.cutoff
    if isinstance(cutoff, Cutoff) and cutoff.kind == KEEP and engine.evidence is not None:
        told.append(
            f"{100 * cutoff.value:g} % of right pictures lie above the cutoff, for queries like the dataset's captions: "
            f"conformal risk control on {count_of(len(engine.evidence.reaches), 'caption')}, one a picture."
        )
    if result.histogram is not None and result.histogram.sampled:
        told.append(f"The bars count {result.histogram.pictures:,} evenly spread pictures of {result.images:,}.")
    return " ".join(told)


def ways(engine: SearchEngine) -> list[dict[str, object]]:
    """The cutoffs to choose by a button."""
    asked = visit().asked.cutoff
    evidence = engine.evidence
    offered: list[tuple[Cutoff | None, str, str]] = [
        (None, "No cutoff", "Show top k pictures, whatever they score"),
        (Cutoff(DROP), "Largest drop", "Leave out what comes after the largest drop from one score to the next"),
    ]
    if evidence is not None and evidence.reach(USUAL_SHARE) is not None:
        offered.append(
            (Cutoff(KEEP, USUAL_SHARE), "9 of 10 right", "Leave out only so much that nine of ten right pictures stay")
        )
    return [
        {"cut": "" if cutoff is None else str(cutoff), "label": label, "help": told, "chosen": cutoff == asked}
        for cutoff, label, told in offered
    ]
