"""Figures as people read them: shares in percent, differences in points, each with its interval."""

from __future__ import annotations

from t2i_core.errors import count_of
from t2i_core.lab.comparing import BEYOND, GAINED_AT, Compared
from t2i_core.lab.measuring import SHARES, Direction
from t2i_core.lab.resampling import Figure
from t2i_core.lab.slicing import FEWEST_CAPTIONS, FEWEST_PICTURES, LENGTH, WORD, Slice, Slices
from t2i_core.query.where import DAY

KIND_NAMES = {DAY: "day taken", "sharp": "sharpness"}  # of kinds that go by another name than in files


def in_percent(figure: Figure) -> str:
    """A share with its interval.

    Examples
    --------
    >>> in_percent(Figure(0.612, 0.591, 0.633, 5000))
    '61.2 % (59.1 to 63.3)'
    """
    ends = "" if figure.low is None or figure.high is None else f" ({100 * figure.low:.1f} to {100 * figure.high:.1f})"
    return f"{100 * figure.value:.1f} %{ends}"


def in_points(figure: Figure) -> str:
    """A difference of shares with its interval.

    Examples
    --------
    >>> in_points(Figure(0.012, 0.001, 0.023, 5000))
    '+1.2 points (+0.1 to +2.3)'
    """
    known = figure.low is not None and figure.high is not None
    ends = f" ({100 * (figure.low or 0):+.1f} to {100 * (figure.high or 0):+.1f})" if known else ""
    return f"{100 * figure.value:+.1f} points{ends}"


def in_decimals(figure: Figure, digits: int = 3) -> str:
    """A number with its interval.

    Examples
    --------
    >>> in_decimals(Figure(0.7123, 0.7, 0.72, 5000)), in_decimals(Figure(2.0, 2.0, 3.0, 5000), 0)
    ('0.712 (0.700 to 0.720)', '2 (2 to 3)')
    """
    numbers = [
        f"{one:.{digits}f}" if digits else f"{one:g}" for one in (figure.value, figure.low or 0, figure.high or 0)
    ]
    if figure.low is None or figure.high is None:
        return numbers[0]
    return f"{numbers[0]} ({numbers[1]} to {numbers[2]})"


def in_words(name: str, figure: Figure) -> str:
    """A figure by its name in `measuring.MEANINGS`."""
    match name:
        case "median_rank":
            return in_decimals(figure, 0)
        case "mrr":
            return in_decimals(figure)
        case _:
            return in_percent(figure)


def k_sentence(direction: Direction) -> str:
    """How many to look at, as ``To find 50 % take k = 1, 90 % take k = 12; 99 % would need more than 200.``"""
    curve = direction.curve
    known = [(f"{100 * share:g} %", curve.k_to_find(share)) for share in SHARES]
    told = [f"{share} take k = {k}" for share, k in known if k is not None]
    if not told:
        return f"Even k = {len(curve)} finds what {in_percent(curve.hits[-1])} of the queries ask for."
    beyond = [share for share, k in known if k is None]
    return f"To find {', '.join(told)}" + (f"; {beyond[0]} would need more than {len(curve)}." if beyond else ".")


def comparison_sentence(compared: Compared) -> str:
    """Which of two ways finds more, as far as the interval lets one say."""
    if compared.same:
        return "Both find the same: the differences are 0, and the overlap is 1."
    first = f"Among the first {GAINED_AT} answers {_better(compared, f'hit@{GAINED_AT}')}"
    return f"{first}; as the first answer {_better(compared, 'hit@1')}."


def _better(compared: Compared, name: str) -> str:
    """Which way is better by a measure; nothing is sure of very few pictures, whose resamples are all alike."""
    figure = compared.differences[name]
    unsure = figure.low is None or figure.high is None or figure.low <= 0.0 <= figure.high
    if unsure or compared.images < FEWEST_PICTURES:
        return f"neither is surely better ({in_points(figure)})"
    return f"“{compared.after if figure.value > 0 else compared.before}” is better ({in_points(figure)})"


def part_name(one: Slice) -> str:
    """What a slice is called: a word in quotes, a length as it is, all others by their kind and value."""
    return ": ".join(part_lines(one))


def part_lines(one: Slice) -> tuple[str, ...]:
    """The same as lines, for where there is little room."""
    match one.kind:
        case kind if kind == WORD:
            return (f"“{one.value}”",)
        case kind if kind == LENGTH:
            return (one.value,)
        case kind:
            return KIND_NAMES.get(kind, kind), one.value


def left_out_sentence(slices: Slices) -> str:
    """Which parts of the captions are too small to be told of; empty where none is."""
    told = [f"{count:,} by {KIND_NAMES.get(kind, kind)}" for kind, count in slices.left_out.items()]
    if not told:
        return ""
    return (
        f"Left out, with fewer than {FEWEST_CAPTIONS} captions or {FEWEST_PICTURES} pictures in them, or fewer than "
        f"{FEWEST_CAPTIONS} captions beside them: {', '.join(told)}."
    )


def not_compared(compared: Compared) -> str:
    """Which captions were not compared; empty where all were."""
    if not compared.left_out:
        return ""
    if compared.form:
        whole = compared.queries + compared.left_out
        return f"An even choice of {compared.queries:,} of the {whole:,} captions is asked."
    return f"{count_of(compared.left_out, 'caption')} that only the first has are left out."


def rank_in_words(rank: int) -> str:
    """A rank, or that an approximate search did not return the picture."""
    return f"{rank:,}" if rank < BEYOND else "not found"
