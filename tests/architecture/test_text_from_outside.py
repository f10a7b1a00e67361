"""Whatever Streamlit reads as Markdown or HTML is written in the source, or passes `plain_text`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.architecture.source_tree import Source, below

# Streamlit's functions that read a text as Markdown, and how many of their first arguments are such texts.
READ_AS_MARKDOWN = {
    "markdown": 1, "caption": 1, "subheader": 1, "header": 1, "title": 1, "write": 9, "html": 1, "info": 1, "warning": 1,
    "error": 1, "success": 1, "exception": 1, "toast": 1, "spinner": 1, "expander": 1, "button": 1, "checkbox": 1,
    "toggle": 1, "selectbox": 1, "multiselect": 1, "segmented_control": 2, "pills": 2, "radio": 2, "slider": 1,
    "select_slider": 1, "number_input": 1, "text_input": 1, "text_area": 1, "date_input": 1, "time_input": 1,
    "chat_input": 1, "file_uploader": 1, "color_picker": 1, "download_button": 1, "link_button": 1, "popover": 1,
    "metric": 2, "tabs": 1, "status": 1, "badge": 1, "dialog": 1, "form_submit_button": 1, "menu_button": 2, "feedback": 1,
    "page_link": 0, "progress": 0, "table": 1, "latex": 1,
}  # fmt: skip
KEYWORDS = frozenset({"body", "label", "text", "help", "title", "caption", "captions", "description", "delta"})
# Functions of ours that have such a name.
OURS = frozenset({"notices", "components", "state", "sharing"})
PASSED = frozenset({"plain", "code", "with_commands", "components.asset"})  # an asset is a file of ours
COUNTING = "count_of"  # a number and a noun; ours when the noun is
NUMBER_FORMAT = re.compile(r",?d|,?(\.\d+)?[f%]|,")


def breaches(source: Source) -> list[str]:
    """``file:line text`` for every text that could hold Markdown from outside."""
    return [
        f"{source.path}:{call.lineno} {ast.unparse(call.func)}({ast.unparse(text)})"
        for scope, call in _calls(source.tree)
        for text in _texts(call)
        if not _is_ours(text, scope, source.tree)
    ]


def _calls(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Calls of such functions, each with the function they stand in."""

    def below_scope(scope: ast.AST, node: ast.AST) -> Iterator[tuple[ast.AST, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            inner = child if isinstance(child, ast.FunctionDef | ast.Lambda) else scope
            if isinstance(child, ast.Call) and _reads_markdown(child.func):
                yield inner, child
            yield from below_scope(inner, child)

    return below_scope(tree, tree)


def _reads_markdown(function: ast.expr) -> bool:
    if not isinstance(function, ast.Attribute) or function.attr not in READ_AS_MARKDOWN:
        return False
    return not (isinstance(function.value, ast.Name) and function.value.id in OURS)


def _texts(call: ast.Call) -> list[ast.expr]:
    assert isinstance(call.func, ast.Attribute)
    return [
        *call.args[: READ_AS_MARKDOWN[call.func.attr]],
        *(keyword.value for keyword in call.keywords if keyword.arg in KEYWORDS or keyword.arg is None),
    ]


def _is_ours(text: ast.expr, scope: ast.AST, tree: ast.Module, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a text stands in the source, numbers and what passed `plain` put into it."""

    def ours(part: ast.expr) -> bool:
        return _is_ours(part, scope, tree, seen)

    match text:
        case ast.Constant():
            return True
        case ast.JoinedStr(values=values):
            return all(ours(value) for value in values)
        case ast.FormattedValue(value=value, format_spec=told):
            number = isinstance(told, ast.JoinedStr) and NUMBER_FORMAT.fullmatch(ast.unparse(told)[2:-1])
            return bool(number) or ours(value)
        case ast.IfExp(body=body, orelse=orelse):
            return ours(body) and ours(orelse)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return ours(left) and ours(right)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            return all(ours(part) for part in parts)
        case ast.Call(func=ast.Attribute(value=ast.Constant(), attr="join"), args=[ast.GeneratorExp(elt=part)]):
            return ours(part)
        case ast.Call(func=ast.Name(id="list"), args=[part]):
            return ours(part)
        case ast.Call(func=ast.Name(id=name), args=[_, noun]) if name == COUNTING:
            return ours(noun)
        case ast.Call(func=function):
            return ast.unparse(function) in PASSED
        case ast.Name(id=name) if name not in seen:
            given = [*_given(name, scope), *(_given(name, tree) if name.isupper() else [])]
            return bool(given) and all(_is_ours(one, scope, tree, seen | {name}) for one in given)
        case ast.Attribute(value=ast.Name(), attr=name):
            return name.isupper()  # a constant of another file
        case ast.Dict(values=values):
            return all(ours(value) for value in values)
    return False


def _given(name: str, scope: ast.AST) -> list[ast.expr]:
    """Everything a local name or a constant of the file is set to; a parameter has nothing."""
    found: list[ast.expr] = []
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = list(zip(target.elts, node.value.elts, strict=True))
                found += [value for one, value in pairs if isinstance(one, ast.Name) and one.id == name]
        elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
            if isinstance(node.target, ast.Name) and node.target.id == name:
                found.append(node.value)
        elif isinstance(node, ast.For | ast.comprehension) and name in {
            one.id for one in ast.walk(node.target) if isinstance(one, ast.Name)
        }:
            found.append(node.iter)
        elif isinstance(node, ast.arg) and node.arg == name:
            found.append(ast.Call(func=ast.Name(id="a parameter"), args=[], keywords=[]))
    return found


def test_text_from_outside_is_never_markdown() -> None:
    assert [breach for source in below("pages/", "Home.py") for breach in breaches(source)] == []


def test_nothing_turns_html_on() -> None:
    told = [
        f"{source.path}:{node.lineno}"
        for source in below("pages/", "Home.py")
        for node in source.nodes
        if isinstance(node, ast.keyword) and node.arg in {"unsafe_allow_html", "unsafe_allow_javascript"}
    ]
    assert told == []


def test_breaches_are_found() -> None:
    """The test above could not fail if the search for breaches found nothing."""
    text = """
TITLE = "Built in"
def page(name, count):
    st.markdown(f"**{name}**")
    st.caption(f"{count:,} of {plain(name)}" if count else TITLE)
    st.caption(f"{count}")
    status.caption("a" + name)
    with st.spinner(text=name.title()):
        pass
    st.text(name)
    st.text_input("Name", placeholder=name, help=name)
    label = "Yes" if count else name
    st.button(label)
    st.checkbox(plain(label))
    st.segmented_control("Which", [name])
    for one in name:
        st.write("a", one)
    st.page_link("page.py", label=str(name))
    notices.error(name)
"""
    found = breaches(Source("x.py", text, ast.parse(text)))
    assert [int(breach.split(":")[1].split(" ")[0]) for breach in found] == [4, 6, 7, 8, 11, 13, 15, 17, 18]
