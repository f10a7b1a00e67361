"""A report on a dataset and a model: one HTML file that needs nothing else, and the same as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from t2i_core.errors import count_of
from t2i_core.lab import plots
from t2i_core.lab.comparing import Compared
from t2i_core.lab.examining import Findings
from t2i_core.lab.measuring import MEANINGS, TOLD_KS, Direction
from t2i_core.lab.slicing import SLICE_K, Slice
from t2i_core.lab.wording import (
    comparison_sentence,
    in_decimals,
    in_percent,
    in_points,
    in_words,
    k_sentence,
    left_out_sentence,
    part_name,
    rank_in_words,
)

STYLE = Path(__file__).with_name("report.css")
MOST_ROWS = 25
_NUMBER = re.compile(r"[-+]?[\d.,]+( %| points)?( \([^)]*\))?")


def report_json(findings: Findings, about: dict[str, object], compared: Compared | None = None) -> str:
    """Everything as indented JSON; ``about`` says what it is of (`examining.provenance`)."""
    record = {"about": about, **findings.as_dict()}
    if compared is not None:
        record["comparison"] = compared.as_dict()
    return json.dumps(record, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def report_html(findings: Findings, about: dict[str, object], compared: Compared | None = None) -> str:
    """Everything as one page; ``about`` says what it is of (`examining.provenance`)."""
    measured = findings.measured
    marked = f" {count_of(measured.marked, 'pair')} marked as also right count as right." if measured.marked else ""
    parts = [
        f"<h1>How well {escape(str(about['model']))} finds the pictures of {escape(str(about['dataset']))}</h1>",
        f'<p class="quiet">{measured.images:,} pictures, {measured.captions:,} captions of '
        f"{count_of(measured.pictures_asked, 'picture')}. {escape(str(about['created']))}.{marked}</p>",
        "<p>Every figure stands with its 95 % interval: how far it may lie off for other pictures of this kind. "
        "Pictures are drawn again, each with all its captions.</p>",
        _curve_part(measured.text_to_image),
        "<h2>How good it is</h2>",
        _figures_table(measured.text_to_image, measured.image_to_text),
        *([_compared_part(compared)] if compared is not None else []),
        _slices_part(findings),
        _worst_part(findings),
        _health_part(findings),
        "<h2>What this is of</h2>",
        _table(
            ("", ""),
            [(escape(name.replace("_", " ")), escape(str(value or "unknown"))) for name, value in about.items()],
        ),
    ]
    title = escape(f"Retrieval report: {about['dataset']}")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE.read_text(encoding='utf-8')}</style></head>\n<body>"
        + "\n".join(parts)
        + "</body></html>\n"
    )


def _curve_part(direction: Direction) -> str:
    curve = direction.curve
    rows = [
        (str(k), in_percent(curve.hits[k - 1]), in_percent(curve.recall[k - 1]), in_percent(curve.precision[k - 1]))
        for k in TOLD_KS
        if k <= len(curve)
    ]
    return (
        "<h2>How many to look at</h2>"
        f"<p><strong>{k_sentence(direction)}</strong></p>"
        f"{plots.curve_plot(curve)}"
        '<p class="quiet"><span class="key"></span>queries answered among the first k, with interval'
        '<span class="key other"></span>how much of what is shown is right</p>'
        + _folded("The numbers", _table(("k", "answered", "recall", "precision"), rows))
    )


def _figures_table(captions: Direction, pictures: Direction) -> str:
    rows = [
        (
            f"{name}<br><span class='quiet'>{MEANINGS[name]}</span>",
            in_words(name, captions.figures[name]),
            in_words(name, pictures.figures[name]),
        )
        for name in MEANINGS
    ]
    return _table(
        ("", f"text → image<br>{captions.queries:,} captions", f"image → text<br>{pictures.queries:,} pictures"), rows
    )


def _compared_part(compared: Compared) -> str:
    rows = [
        (name, f"{100 * compared.values[name][0]:.1f} %", f"{100 * compared.values[name][1]:.1f} %", in_points(figure))
        for name, figure in compared.differences.items()
    ]
    head = ("", escape(compared.before), escape(compared.after), "difference")
    changes = [
        (escape(one.caption), escape(one.image_id), rank_in_words(one.before), rank_in_words(one.after))
        for one in (*compared.gained[:MOST_ROWS], *compared.lost[:MOST_ROWS])
    ]
    return (
        f"<h2>Compared with {escape(compared.after)}</h2>"
        f"<p><strong>{escape(comparison_sentence(compared))}</strong></p>"
        f"<p>{compared.queries:,} captions, each asked both ways. {len(compared.gained):,} find their picture among the first 10 "
        f"that did not before, {len(compared.lost):,} no longer do. Rank-biased overlap {in_decimals(compared.overlap)}: 1 is the "
        "same order.</p>"
        + _table(head, rows)
        + _alone_part(compared)
        + _folded("Gained and lost", _table(("caption", "picture", "rank before", "after"), changes))
    )


def _alone_part(compared: Compared) -> str:
    """Both datasets by themselves, where they hold other pictures or captions."""
    if not compared.alone:
        return ""
    before, after = compared.alone
    rows = [
        (name, in_words(name, before.figures[name]), in_words(name, after.figures[name])) for name in before.figures
    ]
    head = ("", *(one.of for one in compared.alone))
    return "<p>Each by itself, over all its captions and pictures:</p>" + _table(head, rows)


def _slices_part(findings: Findings) -> str:
    worst, lowering = findings.slices.worst, findings.slices.lowering
    if not worst:
        return "<h2>Where it fails</h2><p>There are too few captions to look at parts of them.</p>"
    shown = worst[:12]
    return (
        "<h2>Where it fails</h2>"
        f"<p>hit@{SLICE_K} of parts of the captions, worst first. Each interval is for its part alone: of many parts some look "
        "worse by chance.</p>"
        + plots.bars_plot([part_name(one) for one in shown], [one.hits for one in shown], "The worst parts")
        + _folded("All parts", _slice_table(worst))
        + "".join(f'<p class="quiet">{escape(told)}</p>' for told in (left_out_sentence(findings.slices),) if told)
        + "<p>Words whose captions are found less often than the others:</p>"
        + _slice_table(lowering[:MOST_ROWS])
    )


def _slice_table(slices: Sequence[Slice]) -> str:
    rows = [
        (
            escape(part_name(one)),
            f"{one.hits.queries:,}",
            f"{one.pictures:,}",
            in_percent(one.hits),
            in_points(one.difference),
        )
        for one in slices
    ]
    return _table(("part", "captions", "pictures", f"hit@{SLICE_K}", "against the others"), rows)


def _worst_part(findings: Findings) -> str:
    names = findings.gallery.image_ids
    rows = [
        (escape(one.caption), escape(names[one.row]), f"{one.rank:,}", escape(names[one.first_row]))
        for one in findings.worst[:MOST_ROWS]
    ]
    if not rows:
        return "<h2>The worst queries</h2><p>Every caption finds its picture first.</p>"
    return "<h2>The worst queries</h2>" + _table(("caption", "its picture", "rank", "first instead"), rows)


def _health_part(findings: Findings) -> str:
    health = findings.health
    hubs = [(escape(hub.image_id), f"{hub.captions:,}", f"{hub.own:,}") for hub in health.hubs]
    return (
        "<h2>Health of the space</h2>"
        + "".join(f"<p>{escape(sentence)}</p>" for sentence in health.sentences().values())
        + plots.scores_plot(health.bins)
        + '<p class="quiet"><span class="key"></span>right pairs<span class="key other"></span>wrong pairs</p>'
        + _folded(
            "Pictures that come up most often",
            _table(("picture", f"among the first 10 of so many of {health.asked:,} captions", "of them its own"), hubs),
        )
    )


def _folded(title: str, content: str) -> str:
    return f"<details><summary>{title}</summary>{content}</details>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Cells are HTML; columns of numbers stand at the right."""
    lines = list(rows)
    numbers = [all(_NUMBER.fullmatch(cell) for cell in column) for column in zip(*lines, strict=True)] or [False] * len(
        head
    )

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f'<{tag} class="number">{cell}</{tag}>' if number else f"<{tag}>{cell}</{tag}>"
            for cell, number in zip(row, numbers, strict=True)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in lines)
    return f'<div class="wide"><table><thead><tr>{cells("th", head)}</tr></thead><tbody>{body}</tbody></table></div>'
