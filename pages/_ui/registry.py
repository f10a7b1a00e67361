"""The pages there are. A new one is its file and one line here: list, keys, links and the query bar follow from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PageSpec:
    """One page.

    Attributes
    ----------
    file : str
        Its script, relative to the project.
    title, icon : str
        As the list of pages shows them.
    key : str
        Opens the page from any other; empty for none.
    own_link : tuple of str
        Names in its link that are its own; one that ends in a full stop begins any number of names.
    shows_query : bool
        Whether it shows the query, so that its link holds all that a search is asked with.
    of_dataset : bool
        Whether its link names the dataset, though nothing else of it stands there. What a page shows that has neither this,
        nor the query, nor names of its own, does not stand in its address at all.
    titled : bool
        Whether it shows its title itself; else readers of the screen alone are told.
    writes : bool
        Whether only those who may write here see it in the list.
    presses : tuple of (str, str)
        Keys that press a button on it, each with the button's key in Streamlit.
    """

    file: str
    title: str
    icon: str
    key: str = ""
    own_link: tuple[str, ...] = ()
    shows_query: bool = False
    of_dataset: bool = False
    titled: bool = False
    writes: bool = False
    presses: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> str:
        """Its path in the browser's address: the name of its file."""
        return self.file.rpartition("/")[2].removesuffix(".py")

    @property
    def linked(self) -> bool:
        """Whether what it shows stands in its address."""
        return self.shows_query or self.of_dataset or bool(self.own_link)

    def owns(self, name: str) -> bool:
        """Whether a name in a link is one of its own."""
        return any(name == one or (one.endswith(".") and name.startswith(one)) for one in self.own_link)


AUDIT_KEYS = (
    ("y", "audit_right"), ("n", "audit_wrong"), ("r", "audit_correct"), ("k", "audit_keep"), ("u", "audit_undo"),
    ("ArrowRight", "audit_next"), ("ArrowLeft", "audit_back"),
)  # fmt: skip
SEARCH_KEYS = (("f", "filter"), ("b", "compare"))
# In the order of the list; the first is the one a visit begins with.
PAGES = (
    PageSpec("pages/search.py", "Search", ":material/search:", "", ("b.",), shows_query=True, presses=SEARCH_KEYS),
    PageSpec("pages/embedding_map.py", "Map", ":material/bubble_chart:", "m", ("colour", "view"), shows_query=True),
    PageSpec("pages/captions.py", "Captions", ":material/format_quote:", "c", ("find", "sort", "page", "rows", "f.", "picked")),
    PageSpec("pages/saved.py", "Saved", ":material/bookmarks:", "v"),
    PageSpec("pages/audit.py", "Audit", ":material/fact_check:", "a", of_dataset=True, writes=True, presses=AUDIT_KEYS),
    PageSpec("pages/lab.py", "Lab", ":material/science:", of_dataset=True),
    PageSpec("pages/build.py", "Build", ":material/add_photo_alternate:", titled=True, writes=True),
)  # fmt: skip


def page(address: str) -> PageSpec:
    """The page at an address; the first one's is empty too."""
    return next((one for one in PAGES if one.address == address), PAGES[0])
