"""Text from outside: what pages hand to Streamlit holds nothing that it would read as anything but text."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages._ui.frame.plain_text import JOINER, code, plain, with_commands
from tests.hostile_texts import HOSTILE_TEXTS

# What Streamlit's page looks for in texts after Markdown was read.
READ_AGAIN = re.compile(
    r"https?://|\bwww\.\S|[\w.+-]@[\w-]|:[a-z0-9_+-]+(/\w+)?:|<-|->|--|>=|<=|~=", re.IGNORECASE | re.ASCII
)


def unescaped(markdown: str) -> str:
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_exactly_the_text_is_shown_and_nothing_is_read_into_it(text: str) -> None:
    markdown = plain(text)
    assert unescaped(markdown).replace(JOINER, "") == " ".join(text.split())
    assert not READ_AGAIN.search(unescaped(markdown))


@given(st.text(alphabet=st.sampled_from(string.punctuation + "aw: \n\t1e\u00e9\u2060"), max_size=30))
def test_every_sign_is_escaped(text: str) -> None:
    markdown = plain(text)
    assert not set(re.sub(r"\\[!-/:-@\[-`{-~]", "", markdown)) & set(string.punctuation)
    assert not READ_AGAIN.search(unescaped(markdown))
    assert "\n" not in markdown and "\t" not in markdown


def test_code_ends_where_it_ends() -> None:
    assert code("a `b`\n c") == "`a b c`"
    assert ":material/" not in code("x :material/search: y")


def test_commands_stand_out() -> None:
    assert (
        with_commands("Run it: python -m t2i_core build --data a_b")
        == "Run it\\: `python -m t2i_core build --data a_b`"
    )
    assert with_commands("Rename *it*.") == "Rename \\*it\\*\\."
