"""What components report: each report is followed once and in order, also where a message did not come through.

A message holds all reports that the component was not told of as heard, with their numbers (`shared/outbox.js`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pages._ui.session.visit import acted, told_by, visit


def heard(component: str) -> int:
    """Number of the last report of a component that was followed."""
    return visit().heard.get(component, 0)


def each(component: str, name: str, follow: Callable[[], None]) -> Callable[[], None]:
    """A callback that calls ``follow`` for every report that is new; `reported` tells which."""

    def call() -> None:
        acted()  # also where all was heard before: what is sent once more may come with the link of then
        report = visit().report
        for told in _new(component, told_by(component, name)):
            report[component] = told
            try:
                follow()
            finally:
                del report[component]

    return call


def _new(component: str, message: object) -> Iterator[object]:
    reports = message.get("reports") if isinstance(message, Mapping) else None
    if not isinstance(reports, list):  # one report alone, without a number
        yield message
        return
    for report in reports:
        if not isinstance(report, list) or len(report) != 2 or not isinstance(report[0], int):
            continue
        number, told = report
        if number > heard(component):
            visit().heard[component] = number
            yield told
