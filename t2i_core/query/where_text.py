"""A condition in one line, as somebody types it: ``folder=animals``, ``megapixels>=2``, ``not colour=red|orange``."""

from __future__ import annotations

import re

from t2i_core.errors import QueryError
from t2i_core.query.where import DAY, NUMBERS, Condition

HOW = "Write folder=animals, megapixels>=2, taken=2019..2021 or not colour=red|orange"
_WRITTEN = re.compile(
    r"(?P<negated>not\s+)?(?P<field>[^=<>!]*[^=<>!\s])\s*(?P<sign>!=|>=|<=|=)\s*(?P<rest>.*)", re.DOTALL
)
_DAY = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)


def read_condition(text: str) -> Condition:
    """The condition a line stands for.

    Values are parted by ``|``, a range is ``>=``, ``<=`` or ``=LOW..HIGH``; days are ``2021``, ``2021-05`` or ``2021-05-23``.

    Raises
    ------
    QueryError
        When it stands for none.

    Examples
    --------
    >>> read_condition("not colour=red|orange")
    Condition(field='colour', values=('red', 'orange'), at_least=None, at_most=None, negated=True)
    >>> read_condition("taken=2019..2021-05")
    Condition(field='taken', values=(), at_least=20190101.0, at_most=20210531.0, negated=False)
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None or not found["rest"].strip():
        raise QueryError(f"A condition is a field, =, >= or <=, and a value, got {text!r:.80}. {HOW}.")
    field, sign, rest = found["field"].strip(), found["sign"], found["rest"].strip()
    negated = (found["negated"] is not None) != (sign == "!=")
    if sign in (">=", "<="):
        end = _end(field, rest, last=sign == "<=")
        return (
            Condition(field, at_least=end, negated=negated)
            if sign == ">="
            else Condition(field, at_most=end, negated=negated)
        )
    low, between, high = rest.partition("..")
    if between and _is_end(field, low.strip()) and _is_end(field, high.strip()):
        return Condition(field, (), _end(field, low.strip(), last=False), _end(field, high.strip(), last=True), negated)
    if field == DAY:
        return Condition(field, (), _end(field, rest, last=False), _end(field, rest, last=True), negated)
    if field in NUMBERS:
        return Condition(field, (), _end(field, rest, last=False), _end(field, rest, last=True), negated)
    return Condition(field, tuple(value.strip() for value in rest.split("|") if value.strip()), negated=negated)


def write_condition(condition: Condition) -> str:
    """The line that `read_condition` reads as this condition, where there is one; else it is near enough to be read by people.

    Examples
    --------
    >>> write_condition(Condition("column:year", at_least=1990, negated=True))
    'not column:year>=1990'
    """
    said = "not " if condition.negated else ""
    if condition.values:
        return f"{said}{condition.field}={'|'.join(condition.values)}"
    low, high = (
        None if end is None else _written(condition.field, end) for end in (condition.at_least, condition.at_most)
    )
    if low is None or high is None:
        return f"{said}{condition.field}{'<=' if low is None else '>='}{high if low is None else low}"
    return f"{said}{condition.field}={low}..{high}"


def _is_end(field: str, text: str) -> bool:
    return (_DAY if field == DAY else _NUMBER).fullmatch(text) is not None


def _end(field: str, text: str, *, last: bool) -> float:
    """A number; of a day the first or last one that is meant, as 20210523."""
    if not _is_end(field, text):
        wanted = "a day like 2021, 2021-05 or 2021-05-23" if field == DAY else "a number"
        raise QueryError(f"{field} is compared with {wanted}, got {text!r:.40}. {HOW}.")
    if field != DAY:
        return float(text)
    found = _DAY.fullmatch(text)
    year, month, day = found.groups() if found is not None else ("0", None, None)
    return int(year) * 10_000 + int(month or (12 if last else 1)) * 100 + int(day or (31 if last else 1))


def _written(field: str, end: float) -> str:
    if field == DAY:
        return f"{int(end) // 10_000:04}-{int(end) // 100 % 100:02}-{int(end) % 100:02}"
    return f"{end:.15g}"
