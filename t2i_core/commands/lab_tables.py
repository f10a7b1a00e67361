"""What the lab finds as lines for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from t2i_core.errors import count_of

if TYPE_CHECKING:
    from t2i_core.lab.comparing import Change, Compared
    from t2i_core.lab.examining import Findings
    from t2i_core.lab.questions import Answers
    from t2i_core.lab.slicing import Slice
    from t2i_core.types import Gallery

MOST = 10
_LONGEST = 60


def details(findings: Findings) -> list[str]:
    """Figures, the k to take, where it fails, the worst queries, and the health of the space."""
    from t2i_core.lab import wording
    from t2i_core.lab.measuring import MEANINGS

    measured = findings.measured
    lines = [f"{'with 95 % intervals':<20}{'text → image':<28}image → text"]
    for name in MEANINGS:
        one, other = (side.figures[name] for side in (measured.text_to_image, measured.image_to_text))
        lines.append(f"{name:<20}{wording.in_words(name, one):<28}{wording.in_words(name, other)}")
    if measured.marked:
        lines.append(f"{count_of(measured.marked, 'pair')} marked in relevance.csv count as right")
    lines += ["", wording.k_sentence(measured.text_to_image)]
    slices = findings.slices
    if slices.worst:
        shown = slices.worst[:MOST]
        lines += ["", "Worst parts of the captions (hit@10, captions):", *map(_slice, shown)]
        others = [kind for kind in slices.kinds if kind not in {one.kind for one in shown}]
        worst = [next(one for one in slices.worst if one.kind == kind) for kind in others]
        lines += ["The worst of other kinds:", *map(_slice, worst)] if worst else []
    lines += [told for told in (wording.left_out_sentence(slices), *slices.remarks) if told]
    if slices.lowering:
        lines += ["", "Words whose captions are found less often (difference to the others):"]
        lines += [f"  {one.value:<20}{wording.in_points(one.difference)}" for one in slices.lowering[:MOST]]
    if findings.worst:
        names = findings.gallery.image_ids
        lines += ["", "Worst queries (rank of their picture, what came first instead):"]
        lines += [
            f"  {one.rank:>6,}  {_cut(one.caption)}  {names[one.row]} < {names[one.first_row]}"
            for one in findings.worst[:MOST]
        ]
    return [*lines, "", *findings.health.sentences().values()]


def comparison(compared: Compared) -> list[str]:
    """Both ways, their difference, and who gained and lost."""
    from t2i_core.lab import wording

    lines = [
        f"{compared.before} → {compared.after}: {count_of(compared.queries, 'caption')}, {count_of(compared.images, 'picture')}"
    ]
    if compared.left_out:
        lines.append(wording.not_compared(compared))
    for name, figure in compared.differences.items():
        before, after = compared.values[name]
        lines.append(f"{name:<10}{100 * before:>7.1f} → {100 * after:<7.1f}{wording.in_points(figure)}")
    lines.append(f"rank-biased overlap {wording.in_decimals(compared.overlap)}")
    lines.append(wording.comparison_sentence(compared))
    for name, one in zip((compared.before, compared.after), compared.alone, strict=False):
        figures = ", ".join(f"{key} {wording.in_words(key, figure)}" for key, figure in one.figures.items())
        lines.append(f"{name} by itself ({one.of}): {figures}")
    for title, changes in (("gained", compared.gained), ("lost", compared.lost)):
        lines.append(f"{title}: {count_of(len(changes), 'caption')}")
        lines += [_change(one) for one in changes[:MOST]]
    return lines


def answers(found: Answers, gallery: Gallery) -> list[str]:
    """Own questions: the measures, and for each where its right pictures stand and what came first."""
    from t2i_core.lab import wording
    from t2i_core.lab.measuring import MEANINGS

    lines: list[str] = []
    if found.measured is not None:
        figures = found.measured.figures
        lines += [f"{name:<14}{wording.in_words(name, figures[name])}" for name in MEANINGS]
        lines += [count_of(found.measured.queries, "question") + " with right pictures", ""]
    for one in found.answers:
        ranks = ", ".join(f"{rank:,}" for rank in one.ranks[:5]) or "-"
        lines.append(f"{ranks:>12}  {_cut(one.question.query)}  {gallery.image_ids[one.first[0]]}")
    return lines


def _slice(one: Slice) -> str:
    from t2i_core.lab import wording

    return f"  {_cut(wording.part_name(one)):<30}{wording.in_percent(one.hits):<28}{one.hits.queries:>8,}"


def _change(one: Change) -> str:
    from t2i_core.lab import wording

    return f"  {wording.rank_in_words(one.before):>10} → {wording.rank_in_words(one.after):<10} {_cut(one.caption)}"


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
