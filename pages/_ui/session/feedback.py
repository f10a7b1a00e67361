"""What likes, dislikes and screens do to a visit: each is a step that can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pages._ui.session.asked import ranking_key
from pages._ui.session.judging import Judged
from pages._ui.session.visit import acted, visit
from t2i_core.captions.telling_words import telling_words
from t2i_core.errors import QueryError
from t2i_core.query import Query, SearchRequest, Words
from t2i_core.query.judged import check_apart, judged_names

MOST_SEEN = 10_000


def judged() -> Judged:
    """What is judged and seen at the moment."""
    asked = visit().asked
    return Judged(asked.liked, asked.disliked, visit().judging.seen)


def judge(liked: object, disliked: object) -> None:
    """Take over which pictures are liked and which are not, all of them; what cannot be is passed over."""
    now = judged()
    try:
        wanted = replace(now, liked=judged_names(liked, "liked"), disliked=judged_names(disliked, "disliked"))
        check_apart(wanted.liked, wanted.disliked)
    except QueryError as error:
        visit().opened.notice = str(error)
        return
    _go(wanted, _told(now, wanted))


def turn(image_id: str, verdict: object) -> None:
    """Like or dislike one picture; what it was judged already is taken back."""
    now = judged()
    wanted = {name: [one for one in getattr(now, name) if one != image_id] for name in ("liked", "disliked")}
    if verdict in wanted and image_id not in getattr(now, str(verdict)):
        wanted[str(verdict)].append(image_id)
    judge(wanted["liked"], wanted["disliked"])


def go_on(shown: object) -> None:
    """The next screen: what is shown has been seen."""
    names = [name for name in shown if isinstance(name, str)] if isinstance(shown, list) else []
    now = judged()
    seen = tuple(dict.fromkeys((*now.seen, *names)))[:MOST_SEEN]
    _go(replace(now, seen=seen), "The next pictures")
    visit().judging.before = ("", ())  # nothing has moved: these are others


def show_seen() -> None:
    """What was seen may be shown again."""
    _go(replace(judged(), seen=()), "All pictures again")


def clear() -> None:
    """Nothing is liked, disliked or seen."""
    _go(Judged(), "Cleared")


def undo() -> None:
    """Take the last step back."""
    judging = visit().judging
    if judging.done:
        judging.undone.append(judged())
        _set(judging.done.pop(), "Taken back")


def redo() -> None:
    """Do again what was taken back last."""
    judging = visit().judging
    if judging.undone:
        judging.done.append(judged())
        _set(judging.undone.pop(), "Done again")


def look_for(aim: str) -> None:
    """All pictures of a kind, or one."""
    acted()
    visit().judging.before = visit().judging.drawn
    visit().asked.aim = aim


def keep_or_drop(before: Query | None, wanted: Query | None) -> None:
    """Judgements go with the question: they stay while a picture or a telling word of it does, and can be brought back."""
    if judged() and not _parts(before) & _parts(wanted):
        _go(
            Judged(),
            "Likes and dislikes went with their question" if visit().asked.liked or visit().asked.disliked else "",
        )


def forget() -> None:
    """Another dataset is open: names of pictures mean nothing there."""
    visit().asked.as_at_first("liked", "disliked")
    visit().judging = type(visit().judging)()


def arrive() -> None:
    """A link was followed: nothing moved, and no step is told of."""
    judging = visit().judging
    judging.before, judging.step = ("", ()), ""


def note_drawn(request: SearchRequest, names: Sequence[str]) -> None:
    """Remember the ranking that is drawn, so that the next step can tell how pictures moved."""
    visit().judging.drawn = (question_key(request), tuple(names))


def question_key(request: SearchRequest) -> str:
    """The same for requests that differ in judgements alone."""
    return ranking_key(replace(request, liked=(), disliked=(), aim="all"))


def _go(wanted: Judged, step: str) -> None:
    now = judged()
    if wanted != now:
        visit().judging.note(now)
        _set(wanted, step)


def _set(wanted: Judged, step: str) -> None:
    asked, judging = visit().asked, visit().judging
    judging.before, judging.step = judging.drawn, step
    asked.liked, asked.disliked, judging.seen = wanted.liked, wanted.disliked, wanted.seen


def _parts(query: Query | None) -> set[str]:
    """What a question is about: its pictures, and the words of its sentences that tell something."""
    parts: set[str] = set()
    for term in query.terms if query is not None else ():
        content = term.subject.content
        parts |= (telling_words(content) if isinstance(term.subject, Words) else set()) or {content}
    return parts


def _told(before: Judged, after: Judged) -> str:
    """A step in words."""
    for was, now, told in ((before.liked, after.liked, "Liked"), (before.disliked, after.disliked, "Disliked")):
        if added := [name for name in now if name not in was]:
            return f"{told} {added[-1]}"
    for was, now in ((before.liked, after.liked), (before.disliked, after.disliked)):
        if gone := [name for name in was if name not in now]:
            return f"No longer judged: {gone[-1]}"
    return ""
