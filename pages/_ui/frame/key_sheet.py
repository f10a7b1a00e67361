"""Which keys there are, on every page: what the sheet behind `?` shows. Keys that open pages come from the registry."""

from __future__ import annotations

from pages._ui import registry

# Title of a group, and its keys with what each does; keys side by side mean the same, with + they are held together.
KEYS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        "The query",
        (
            ("/", "to the query field"),
            ("Enter", "search; beside terms: add what is typed"),
            ("↓ ↑", "through suggestions and recent queries"),
            ("↓", "where no list is open: into what was found"),
            ("Backspace", "in the empty field: to the last term"),
            ("Esc", "close the list, leave the field"),
        ),
    ),
    (
        "A term of the query",
        (
            ("→ ↑", "a quarter more"),
            ("← ↓", "a quarter less"),
            ("PageUp PageDown", "one more, one less"),
            ("Home End", "to −2, to 2"),
            ("0 … 9 . −", "type its weight"),
            ("Enter Space", "mute it, and back"),
            ("Backspace", "remove it"),
        ),
    ),
    (
        "Pictures and rows",
        (
            ("← → ↑ ↓", "from one to the next"),
            ("Home End", "to the first, to the last"),
            ("Enter", "open the picture; in an open one: larger"),
            ("i", "open a picture beside the others, close it"),
            ("l +", "like it: more of its kind move up"),
            ("d −", "dislike it: it is left out"),
            ("Space", "the next pictures not seen"),
            ("[ ]", "leave out fewer, more of those that score little, where the line of scores is open"),
            ("x Shift-X", "select the picture, also of a row; all from the last selected to this one"),
            ("t", "type a tag for what is selected, or for the picture"),
            ("1 … 9", "tag what is selected with a tag used before; where all have it, take it"),
            ("Ctrl-Z Ctrl-Shift-Z", "take a like or dislike back, and do it again; while something is selected, a tag"),
            ("← →", "in an open picture: the one before, the next"),
            ("e", "in an open picture: why it was found, with a heat map"),
            ("F2", "at the name of a cluster: rename it"),
            ("Esc", "close the picture; select nothing"),
        ),
    ),
    (
        "Filters and comparing, on Search",
        (
            ("f", "open them, close them"),
            ("Tab Space", "from one to the next, choose it"),
            ("Esc", "close them"),
            ("b", "compare with a second request, close that"),
        ),
    ),
    (
        "The audit",
        (
            ("y n", "the caption is right, is wrong"),
            ("r", "correct it"),
            ("k", "keep"),
            ("u", "take back"),
            ("← →", "the case before, the next"),
        ),
    ),
)


def sheet() -> list[dict[str, object]]:
    """The groups of keys for the browser; those that open pages come first."""
    pages = [(one.key, f"open {one.title}") for one in registry.PAGES if one.key]
    groups = (("Everywhere", (*pages, ("?", "this list"))), *KEYS)
    return [{"title": title, "keys": [list(one) for one in keys]} for title, keys in groups]
