"""What `benchmarks/count_repeats.py` counts."""

from __future__ import annotations

from count_repeats import code_lines, repeats

BLOCK = "\n".join(f"        value_{number} = make({number})" for number in range(6))


def count(*texts: str) -> list[tuple[str, int, str, int, int]]:
    files = [code_lines(f"{at}.py", text) for at, text in enumerate(texts)]
    return [(one.first.file, one.first.number, one.second.file, one.second.number, one.lines) for one in repeats(files)]


def test_the_same_six_lines_are_one_pair_however_they_are_indented() -> None:
    one = f'def f():\n    """Told."""\n    if x:\n{BLOCK}\n        a()\n'
    other = f"def g():\n    for y in z:  # why\n\n{BLOCK}  # more\n        b()\n"
    assert count(one, other) == [("0.py", 4, "1.py", 4, 6)]
    assert len(count(one, other, other)) == 3


def test_a_longer_run_counts_once() -> None:
    text = f"def f():\n    if True:\n{BLOCK}\n        last()\n"
    assert count(text, text) == [("0.py", 1, "1.py", 1, 9)]


def test_imports_and_docstrings_do_not_count() -> None:
    text = '"""A\nb\nc\nd\ne\nf\ng\n"""\nimport a\nimport b\nimport c\nimport d\nimport e\nfrom f import (\n    g,\n    h,\n)\n'
    assert count(text, text) == []
