"""Plots of the lab as SVG: they need no script, follow the theme of the page they stand in, and print."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from t2i_core.lab.health import ScoreBins
from t2i_core.lab.measuring import Curve
from t2i_core.lab.resampling import Figure

WIDTH, HEIGHT = 720, 320
LEFT, RIGHT, TOP, BOTTOM = 52, 16, 16, 40
TICKS = (1, 2, 5, 10, 20, 50, 100, 200)


def curve_plot(curve: Curve) -> str:
    """Hit rate and precision against k, k on a logarithmic scale, with the hit rate's interval as a band."""
    count = len(curve)
    across = [_log_place(k, count) for k in range(1, count + 1)]
    lines = [_grid_y(), _ticks_x([(k, _log_place(k, count)) for k in TICKS if k <= count], "k, pictures shown")]
    if all(one.low is not None for one in curve.hits):
        upper = [(x, _y(one.high or 0.0)) for x, one in zip(across, curve.hits, strict=True)]
        lower = [(x, _y(one.low or 0.0)) for x, one in zip(across, curve.hits, strict=True)]
        lines.append(f'<polygon class="band" points="{_points([*upper, *reversed(lower)])}"/>')
    for name, figures in (("hits", curve.hits), ("precision", curve.precision)):
        points = [(x, _y(one.value)) for x, one in zip(across, figures, strict=True)]
        lines.append(f'<polyline class="{name}" points="{_points(points)}"/>')
    return _svg("Queries answered, and how much of what is shown is right, against the pictures shown", lines)


def bars_plot(names: Sequence[str], figures: Sequence[Figure], title: str) -> str:
    """Figures as bars with their intervals, one a line."""
    row, left = 24, 220
    height = row * len(names) + 34
    width = WIDTH - left - RIGHT
    lines = []
    for place, (name, figure) in enumerate(zip(names, figures, strict=True)):
        y = place * row + 8
        lines.append(f'<text class="name" x="{left - 8}" y="{y + 12}" text-anchor="end">{escape(name)}</text>')
        lines.append(f'<rect class="bar" x="{left}" y="{y}" width="{width * figure.value:.1f}" height="14"/>')
        if figure.low is not None and figure.high is not None:
            ends = (left + width * figure.low, left + width * figure.high)
            lines.append(f'<line class="whisker" x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="{y + 7}" y2="{y + 7}"/>')
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = left + width * share
        lines.append(f'<text class="tick" x="{x:.1f}" y="{height - 8}" text-anchor="middle">{share:.0%}</text>')
    return _svg(title, lines, height=height)


def scores_plot(bins: ScoreBins) -> str:
    """How right and wrong pairs score: two outlines over the same scale."""
    low, high = bins.edges[0], bins.edges[-1]
    most = max(1, *bins.right, *bins.wrong)

    def place(edge: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * (edge - low) / (high - low)

    lines = []
    for name, counts in (("wrong", bins.wrong), ("right", bins.right)):
        points = [(place(low), _y(0.0))]
        for number, count in enumerate(counts):
            points += [(place(bins.edges[number]), _y(count / most)), (place(bins.edges[number + 1]), _y(count / most))]
        points.append((place(high), _y(0.0)))
        lines.append(f'<polygon class="{name}" points="{_points(points)}"/>')
    ticks = [(round(low + (high - low) * part / 6, 2), place(low + (high - low) * part / 6)) for part in range(7)]
    return _svg("Cosines of right and of wrong pairs", [*lines, _ticks_x(ticks, "cosine of caption and picture")])


def _log_place(k: int, count: int) -> float:
    from math import log

    return LEFT + (WIDTH - LEFT - RIGHT) * (log(k) / log(count) if count > 1 else 0.5)


def _y(share: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _grid_y() -> str:
    lines = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = _y(share)
        lines.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{share:.0%}</text>')
    return "".join(lines)


def _ticks_x(ticks: Sequence[tuple[float, float]], title: str) -> str:
    y = HEIGHT - BOTTOM + 16
    marks = [f'<text class="tick" x="{x:.1f}" y="{y}" text-anchor="middle">{value:g}</text>' for value, x in ticks]
    middle = (LEFT + WIDTH - RIGHT) / 2
    return "".join(marks) + f'<text class="tick" x="{middle}" y="{HEIGHT - 6}" text-anchor="middle">{title}</text>'


def _svg(title: str, lines: Sequence[str], *, height: int = HEIGHT) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(lines)}</svg>"
    )
