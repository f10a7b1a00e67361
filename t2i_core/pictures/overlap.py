"""Where one picture lies in another: the window it is cut out by, and how alike both are inside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatSquares = npt.NDArray[np.float32]
Windows = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

BLOCKS = 6  # in each direction: fine enough that somebody who moved fills one
STRUCTURE = 6.0  # grey levels: below that spread a block is sky, wall or fog, and alike in any two pictures
CORNER = 3.2  # grey levels a pixel, in the direction that changes least: below that a block is flat or holds one edge
WORST_BLOCKS = 2  # of which one may lie at a steep edge, where half a pixel counts
MOST_STEP = 0.06  # of a side in one step: what is straight enough to be followed
LEAST_SIZE, MOST_SIZE = 0.65, 1.5
FARTHEST = 0.35
DAMPING = 1e-3
LOOSE, LEAST_CUT = (
    0.015,
    0.02,
)  # of a side: how exactly a window is found, and what is a cut and not the same frame again


@dataclass(frozen=True, eq=False)
class Likeness:
    """How alike pairs of pictures are in what they share; all but ``tone`` whatever their light and contrast.

    Attributes
    ----------
    correlation : ndarray of shape (P,), float64
        Of all that they share, colours included.
    tone : ndarray of shape (P,), float64
        How far levels differ as they are, in parts of the picture's own spread.
    detail : ndarray of shape (P,), float64
        Mean correlation of blocks that hold something, each with its own mean: 1 in the same picture, far less in two of one scene.
    worst : ndarray of shape (P,), float64
        What is unlike in the two worst blocks, in parts of the picture's own spread: high where something moved.
    corners : ndarray of shape (P,), int64
        Blocks, of 36, that hold corners or texture in both: what tells a place from all others, as an outline does not.
    """

    correlation: Numbers
    tone: Numbers
    detail: Numbers
    worst: Numbers
    corners: Counts


def whole_windows(count: int) -> Windows:
    """Windows that leave nothing out: ndarray of shape (P, 4), float32."""
    return np.tile(np.array([0, 1, 0, 1], dtype=np.float32), (count, 1))


def turned_round(windows: Windows) -> Windows:
    """Where the first pictures lie in the second, by where these lie in those."""
    left, width, top, height = windows.T
    return np.stack([-left / width, 1 / width, -top / height, 1 / height], axis=1)


def greys_alike(one: FloatSquares, other: FloatSquares) -> Numbers:
    """Correlation of pictures as they are, (P, S, S) each: ndarray of shape (P,), float64."""
    return _correlation(one, other, np.ones(one.shape, dtype=np.float32))


def cut_out(windows: Windows) -> npt.NDArray[np.bool_]:
    """Whether a window lies within the picture and leaves something out: ndarray of shape (P,), bool."""
    left, width, top, height = windows.T
    within = (np.minimum(left, top) >= -LOOSE) & (np.maximum(left + width, top + height) <= 1.0 + LOOSE)
    out: npt.NDArray[np.bool_] = within & (np.minimum(width, height) <= 1.0 - LEAST_CUT)
    return out


def register(one: FloatSquares, other: FloatSquares, windows: Windows, *, steps: int) -> tuple[Windows, Numbers]:
    """Find the windows of ``one`` that look like ``other``, near those that are given.

    Gauss-Newton's steps on four numbers of each window, with gain and offset of its greys besides.

    Parameters
    ----------
    one, other : ndarray of shape (P, S, S), float32
        Greys of whole pictures, each made a square.
    windows : ndarray of shape (P, 4), float32
        Left end and width, upper end and height in parts of ``one``; a picture that is cut out has widths below 1.
    steps : int

    Returns
    -------
    windows : ndarray of shape (P, 4), float32
        The best on the way.
    correlation : ndarray of shape (P,), float64
    """
    windows = windows.copy()
    best, best_windows = np.full(len(one), -1.0), windows.copy()
    for step in range(steps + 1):
        seen = _Seen(one, windows, slopes=step < steps)
        correlation = _correlation(seen.greys, other, seen.shared)
        better = correlation > best
        best[better], best_windows[better] = correlation[better], windows[better]
        if step < steps:
            windows = _moved(windows, seen, other)
    return best_windows, best


def likeness(one: FloatSquares, other: FloatSquares, windows: Windows) -> Likeness:
    """How alike pictures are inside their windows.

    Parameters
    ----------
    one, other : ndarray of shape (P, S, S, 3), float32
        Colours; S is a multiple of 6.
    windows : ndarray of shape (P, 4), float32
    """
    side = one.shape[1]
    channels = [_Seen(np.ascontiguousarray(one[..., at]), windows, slopes=False) for at in range(one.shape[3])]
    shared = channels[0].shared[..., None]
    here, there = np.stack([seen.greys for seen in channels], axis=3), other
    corners = np.minimum(_cornered(here, shared), _cornered(there, shared)) >= CORNER**2
    apart = ((here - there) ** 2 * shared).sum(axis=(1, 2, 3))
    count = np.maximum(one.shape[3] * shared.sum(axis=(1, 2, 3)), 1.0)[:, None, None, None]
    here = (here - (here * shared).sum(axis=(1, 2, 3), keepdims=True) / count) * shared
    there = (there - (there * shared).sum(axis=(1, 2, 3), keepdims=True) / count) * shared
    both, own, others = ((a * b).sum(axis=(1, 2, 3)) for a, b in ((here, there), (here, here), (there, there)))
    gain = both / np.maximum(own, 1e-3)
    here = here * gain[:, None, None, None]
    pixels = _blocks(np.broadcast_to(shared, here.shape))  # (P, 36, 3)
    full = pixels[..., 0] >= 0.5 * (side // BLOCKS) ** 2
    pixels = np.maximum(pixels, 1.0)
    unlike = (
        np.sqrt((_blocks((here - there) ** 2) / pixels).mean(axis=2))
        / np.sqrt(np.maximum(others / count[:, 0, 0, 0], 1e-3))[:, None]
    )
    means = _blocks(here) / pixels, _blocks(there) / pixels
    spread = (_blocks(here**2) / pixels - means[0] ** 2).mean(axis=2)
    others_spread = (_blocks(there**2) / pixels - means[1] ** 2).mean(axis=2)
    together = (_blocks(here * there) / pixels - means[0] * means[1]).mean(axis=2)
    held = full & (np.maximum(spread, others_spread) >= STRUCTURE**2)
    local = together / np.sqrt(np.maximum(np.maximum(spread, 0.0) * np.maximum(others_spread, 0.0), 1.0))
    return Likeness(
        correlation=(both / np.sqrt(np.maximum(own * others, 1e-3))).astype(np.float64),
        tone=np.sqrt(apart / np.maximum(others, 1e-3)).astype(np.float64),
        detail=np.where(held, local, 0.0).sum(axis=1).astype(np.float64) / np.maximum(held.sum(axis=1), 1),
        worst=np.sort(np.where(full, unlike, 0.0), axis=1)[:, -WORST_BLOCKS:].mean(axis=1).astype(np.float64),
        corners=corners.sum(axis=1).astype(np.int64),
    )


class _Seen:
    """Pictures as they are seen through their windows, which part of that they hold, and how it changes with the window."""

    def __init__(self, pictures: FloatSquares, windows: Windows, *, slopes: bool) -> None:
        side = pictures.shape[1]
        self.at = ((np.arange(side) + 0.5) / side).astype(np.float32)
        left, width, top, height = (windows[:, at, None] for at in range(4))
        across, slope_across, inside_across = _tents((left + width * self.at) * side - 0.5, side)
        down, slope_down, inside_down = _tents((top + height * self.at) * side - 0.5, side)
        rows: FloatSquares = np.matmul(down, pictures)
        self.greys: FloatSquares = np.matmul(rows, across.transpose(0, 2, 1))  # (P, S, S)
        self.shared = (inside_down[:, :, None] & inside_across[:, None, :]).astype(np.float32)
        if slopes:
            self.across = rows @ slope_across.transpose(0, 2, 1) * side
            self.down = slope_down @ pictures @ across.transpose(0, 2, 1) * side


def _tents(places: FloatSquares, side: int) -> tuple[FloatSquares, FloatSquares, npt.NDArray[np.bool_]]:
    """Weights of linear interpolation at places (P, S), in pixels, their slopes, both (P, S, S), and which lie inside."""
    inside = (places > -0.5) & (places < side - 0.5)
    held = np.clip(places, 0.0, side - 1.001)
    first = np.floor(held).astype(np.int64)[..., None]
    part = (held[..., None] - first).astype(np.float32)
    weights = np.zeros((*places.shape, side), dtype=np.float32)
    slopes = np.zeros_like(weights)
    np.put_along_axis(weights, first, 1.0 - part, axis=2)
    np.put_along_axis(weights, first + 1, part, axis=2)
    np.put_along_axis(slopes, first, -1.0, axis=2)
    np.put_along_axis(slopes, first + 1, 1.0, axis=2)
    return weights, slopes, inside


def _moved(windows: Windows, seen: _Seen, other: FloatSquares) -> Windows:
    """Windows after one step towards where they fit better."""
    count, side, _ = seen.greys.shape
    pixels = side**2
    parts = (seen.across, seen.across * seen.at, seen.down, seen.down * seen.at[:, None], seen.greys)
    columns = np.stack([*parts, np.ones_like(seen.greys)], axis=3).reshape(count, pixels, 6)
    weighted = (columns * seen.shared.reshape(count, pixels, 1)).transpose(0, 2, 1)
    normal = (weighted @ columns).astype(np.float64)
    damping = DAMPING * (np.einsum("pii->pi", normal) + 1.0)
    normal += damping[:, :, None] * np.eye(6)
    found = np.linalg.solve(normal, (weighted @ other.reshape(count, pixels, 1)).astype(np.float64))[..., 0]
    gain = np.maximum(found[:, 4], 0.2)[:, None]
    moved = windows + np.clip(found[:, :4] / gain, -MOST_STEP, MOST_STEP).astype(np.float32)
    moved[:, ::2] = np.clip(moved[:, ::2], -FARTHEST, FARTHEST)
    moved[:, 1::2] = np.clip(moved[:, 1::2], LEAST_SIZE, MOST_SIZE)
    return moved


def _correlation(here: FloatSquares, there: FloatSquares, shared: FloatSquares) -> Numbers:
    pixels = np.maximum(shared.sum(axis=(1, 2), keepdims=True), 1.0)
    here = (here - (here * shared).sum(axis=(1, 2), keepdims=True) / pixels) * shared
    there = (there - (there * shared).sum(axis=(1, 2), keepdims=True) / pixels) * shared
    both, own, others = ((a * b).sum(axis=(1, 2)) for a, b in ((here, there), (here, here), (there, there)))
    correlation: Numbers = (both / np.sqrt(np.maximum(own * others, 1e-3))).astype(np.float64)
    return correlation


def _cornered(colours: FloatSquares, shared: FloatSquares) -> FloatSquares:
    """How much blocks change in the direction in which they change least: ndarray of shape (P, 36), float32."""
    greys = colours.mean(axis=3)
    down, across = np.zeros_like(greys), np.zeros_like(greys)
    down[:, 1:-1] = (greys[:, 2:] - greys[:, :-2]) / 2
    across[:, :, 1:-1] = (greys[:, :, 2:] - greys[:, :, :-2]) / 2
    pixels = (greys.shape[1] // BLOCKS) ** 2
    tensor = np.stack([across * across, down * down, across * down], axis=3) * shared / pixels
    steep, steep_down, both = np.moveaxis(_blocks(tensor), 2, 0)
    least: FloatSquares = (steep + steep_down) / 2 - np.hypot((steep - steep_down) / 2, both)
    return least


def _blocks(values: FloatSquares) -> FloatSquares:
    """Sums over blocks of (P, S, S, C): ndarray of shape (P, 36, C)."""
    count, side, _, channels = values.shape
    size = side // BLOCKS
    sums: FloatSquares = values.reshape(count, BLOCKS, size, BLOCKS, size, channels).sum(axis=(2, 4))
    return sums.reshape(count, BLOCKS**2, channels)
