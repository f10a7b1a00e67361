"""search --cutoff, and the verdict on the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from t2i_core.arrays import l2_normalize
from t2i_core.cli import main
from t2i_core.dataset import Evidence, read_gallery, write_evidence
from tests.core.test_cli_search import _own_environment, folder  # noqa: F401 fixtures of every test here


def test_a_cutoff_says_where_it_fell_and_how_many_belong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "a dog on a beach", "--data", "data", "--cutoff", "drop", "--top-k", "3"]) == 0
    out, err = capsys.readouterr()
    hits = out.splitlines()[1:]
    assert 1 <= len(hits) <= 2
    assert err.splitlines()[-1].startswith(f"cutoff at {hits[-1].split()[1]}: {len(hits)} picture")
    assert err.splitlines()[-1].endswith(f"of 3 score as much, {3 - len(hits)} left out here")
    assert main(["search", "a dog on a beach", "--data", "data", "--cutoff", "best-2", "--format", "json"]) == 0
    cut = json.loads(capsys.readouterr().out)["cut"]
    assert (cut["belong"], cut["estimated"], cut["left_out"]) == (3, False, 0)


def test_a_cutoff_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["search", "a dog", "--data", "data", "--cutoff", "high"])
    assert ended.value.code == 2
    assert "The cutoff must be a score, best-0.05" in capsys.readouterr().err
    assert main(["search", "a dog", "--data", "data", "--cutoff", "keep-0.9"]) == 1
    assert "index --verdict" in capsys.readouterr().err


def test_a_verdict_is_one_line_and_stands_in_the_json(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    shutil.copytree("data", tmp_path / "data")
    gallery = read_gallery(tmp_path / "data", Path("images"))
    rows = l2_normalize(np.random.default_rng(0).normal(size=(30, gallery.dimension)))
    none = np.empty(0, dtype=np.int64)
    evidence = Evidence(rows, none, 1, (-3.0, -2.0), (2.0, 3.0), 0.9, 0.9, 100, 100, np.empty(0, dtype=np.float32))
    assert write_evidence(gallery, evidence)
    asked = ["--data", str(tmp_path / "data"), "--images", "images", "--top-k", "1"]
    assert main(["search", "a dog on a beach", *asked]) == 0
    assert capsys.readouterr().err.splitlines()[-1].startswith("Strong evidence: ")
    assert main(["search", "a dog", *asked, "--format", "json"]) == 0
    out, err = capsys.readouterr()
    verdict = json.loads(out)["verdict"]
    assert verdict["evidence"] == "weak"
    assert verdict["sentence"].startswith("Weak evidence: the nearest pictures are shown")
    assert err == ""
