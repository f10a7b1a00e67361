"""search on the command line: what is printed where, and the exit codes."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from t2i_core.arrays import l2_normalize
from t2i_core.cli import main
from t2i_core.dataset import write_dataset
from t2i_core.encoder import open_encoder
from tests.core.clip_weights import pictures
from tests.core.mini_weights import save_tiny_mini

NAMES = ("a.png", "sub/b.png", "sub/c d.png")
GIVE_ONE = "give one of SENTENCE, --queries FILE, --terms QUERY, --request FILE and --image PICTURE, got"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Model, pictures, and a dataset with captions made by it."""
    root = tmp_path_factory.mktemp("cli")
    save_tiny_mini(root / "tiny.safetensors")
    (root / "images" / "sub").mkdir(parents=True)
    batch = pictures((80, 60), (60, 80), (64, 64))
    for name, picture in zip(NAMES, batch, strict=True):
        picture.save(root / "images" / name)
    encoder = open_encoder(str(root / "tiny.safetensors"), device="cpu")
    captions = pd.DataFrame({"image": NAMES, "caption": ["A dog – Hund.", "Red \x1b[31mbus", "=1+1"]})
    facts: dict[str, Any] = {
        "image_ids": NAMES,
        "image_embeddings": encoder.encode_image(batch),
        "image_sizes": np.array([picture.size for picture in batch]),
        "encoder_id": encoder.model_id,
        "weights_sha256": encoder.weights_sha256,
        "preprocessing": encoder.preprocessing,
        "images_dir": root / "images",
    }
    texts = encoder.encode_text(captions["caption"].tolist())
    write_dataset(root / "data", captions=captions, text_embeddings=texts, **facts)
    write_dataset(root / "bare", captions=None, text_embeddings=None, **facts)
    return root


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in ("T2I_DATA", "T2I_IMAGES", "T2I_MODEL", "T2I_MODEL_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("T2I_DEVICE", "cpu")
    monkeypatch.setenv("T2I_MODEL", str(folder / "tiny.safetensors"))  # vouches for the file that the manifest names
    monkeypatch.chdir(folder)


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "a dog", "--data", "data"]) == 0
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert lines[0].split() == ["rank", "score", "image", "caption"]
    assert len(lines) == 1 + len(NAMES)  # ten are asked for by default, or all there are
    assert [line.split()[0] for line in lines[1:]] == ["1", "2", "3"]
    assert "Red  [31mbus" in out  # a caption cannot steer the terminal
    assert "\x1b" not in out
    assert err == ""


def test_json_is_one_line_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "  a   dog ", "--data", "data", "--top-k", "2", "--format", "json"]) == 0
    out, err = capsys.readouterr()
    [line] = out.splitlines()
    record = json.loads(line)
    assert list(record) == ["query", "hits"]
    assert record["query"] == "a dog"
    assert [list(hit) for hit in record["hits"]] == [["rank", "image_id", "score", "caption"]] * 2
    assert [hit["rank"] for hit in record["hits"]] == [1, 2]
    assert record["hits"][0]["score"] >= record["hits"][1]["score"]
    assert err == ""


def test_dataset_without_captions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "a dog", "--data", "bare", "--format", "json"]) == 0
    hits = json.loads(capsys.readouterr().out)["hits"]
    assert [hit["caption"] for hit in hits] == [None] * 3


def test_data_folder_comes_from_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("T2I_DATA", "bare")
    assert main(["search", "a dog", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["hits"][0]["caption"] is None


def test_queries_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "queries.txt"
    path.write_bytes("\ufeffein Hund\r\n\r\na\u2028b\nbus".encode())
    assert main(["search", "--queries", str(path), "--top-k", "1", "--data", "data", "--format", "json"]) == 0
    out, err = capsys.readouterr()
    records = [json.loads(line) for line in out.splitlines()]
    assert [record["query"] for record in records] == ["ein Hund", "a b", "bus"]
    assert all(len(record["hits"]) == 1 for record in records)
    assert err == ""


def test_one_bad_query_does_not_stop_the_others(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "queries.txt"
    path.write_text("dog\n" + "x" * 10_000 + "\nbus\n")
    assert main(["search", "--queries", str(path), "--data", "data", "--format", "json"]) == 1
    out, err = capsys.readouterr()
    assert [json.loads(line)["query"] for line in out.splitlines()] == ["dog", "bus"]
    assert err == (
        "error: line 2: A query may have at most 2,000 characters, got 10,000. Keep the part that describes the picture.\n"
    )


def test_queries_from_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"dog\nbus\n")))
    assert main(["search", "--queries", "-", "--data", "data"]) == 0
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if line.startswith("#")] == ["# dog", "# bus"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            None,
            "--queries needs a file with one sentence a line, got q.txt (No such file or directory). Check its name.",
        ),
        (b"\n  \n", "--queries needs a file with one sentence a line, and q.txt holds none. Write at least one."),
        (
            "dog\nсобака на пляже\n".encode("cp1251"),
            "Text must be UTF-8 where its letters are not Latin, and q.txt is not (line 2). "
            "Save it as UTF-8 in the program that made it.",
        ),
        (b"PK\x03\x04", "q.txt must be a file of text, and is a ZIP archive. Name a file of text, for captions a CSV."),
    ],
)
def test_bad_queries_files(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    content: bytes | None,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    if content is not None:
        Path("q.txt").write_bytes(content)
    assert main(["search", "--queries", "q.txt"]) == 1
    assert capsys.readouterr() == ("", f"error: {message}\n")


def test_picture_file_and_picture_of_the_dataset(capsys: pytest.CaptureFixture[str]) -> None:
    asked = {}
    for picture in ("images/sub/c d.png", "sub/c d.png"):
        assert main(["search", "--image", picture, "--data", "data", "--format", "json"]) == 0
        told = capsys.readouterr()
        record = json.loads(told.out)
        assert record["query"] == picture
        asked[picture] = record["hits"], told.err
    (first, *others), said = asked["images/sub/c d.png"]  # a file the dataset may or may not hold
    assert first["image_id"] == "sub/c d.png"
    assert first["score"] == pytest.approx(1.0, abs=1e-3)
    assert "not among the hits" not in said
    own, said = asked["sub/c d.png"]
    assert [hit["image_id"] for hit in own] == [hit["image_id"] for hit in others]
    assert [hit["rank"] for hit in own] == list(range(1, len(own) + 1))
    assert "note: The picture asked with is not among the hits." in said


def test_long_text_is_cut_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "word " * 90, "--data", "data", "--format", "json"]) == 0
    out, err = capsys.readouterr()
    json.loads(out)
    assert err == f"note: The model reads at most 77 tokens, so it stopped after: {('word ' * 75).strip()}\n"


FAILURES = {
    "empty query": (
        ["search", " ", "--data", "data"],
        "A query needs at least one word, got an empty one. Type what you want to see.",
    ),
    "top_k beyond N": (
        ["search", "x", "--data", "data", "--top-k", "500"],
        "top_k must be in 1..3, got 500. Ask for at most as many pictures as there are.",
    ),
    "top_k below 1": (
        ["search", "x", "--data", "data", "--top-k", "0"],
        "top_k must be in 1..3, got 0. Ask for at most as many pictures as there are.",
    ),
    "no dataset": (
        ["search", "x", "--data", "nowhere"],
        "The dataset folder must exist, got nowhere. Make it: python -m t2i_core build --images DIR --data nowhere",
    ),
    "no such picture": (
        ["search", "--image", "gone.png", "--data", "data"],
        "--image needs a picture file or the name of a picture of the dataset, got gone.png, which is neither. "
        "Check its name.",
    ),
    "not a picture": (
        ["search", "--image", "tiny.safetensors", "--data", "data"],
        "A picture must be a JPEG, PNG, WebP, GIF, BMP, TIFF or AVIF file, got something else: tiny.safetensors. "
        "Replace it or remove it.",
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_failures_are_one_message_on_standard_error(capsys: pytest.CaptureFixture[str], name: str) -> None:
    arguments, message = FAILURES[name]
    assert main(arguments) == 1
    assert capsys.readouterr() == ("", f"error: {message}\n")


def test_another_model_is_refused_naming_both(capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.safetensors"
    save_tiny_mini(other, seed=1)
    assert main(["search", "x", "--data", "data", "--model", str(other)]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert str(folder / "tiny.safetensors") in err
    assert str(other) in err


def test_what_the_encoder_logs_is_told(capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path) -> None:
    (tmp_path / "RN50.pt").write_bytes((folder / "tiny.safetensors").read_bytes())
    os.environ["T2I_MODEL_DIR"] = str(tmp_path)
    try:
        assert main(["search", "x", "--data", "data", "--model", "RN50"]) == 0
    finally:
        del os.environ["T2I_MODEL_DIR"]
    assert capsys.readouterr().err == (
        f"{tmp_path / 'RN50.pt'} is not the file OpenAI published for RN50; using it as it is\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["search"], f"{GIVE_ONE} none"),
        (["search", "x", "--image", "y"], f"{GIVE_ONE} SENTENCE and --image"),
        (["search", "x", "--top-k", "many"], "argument --top-k: invalid int value: 'many'"),
        (["search", "x", "--format", "xml"], "argument --format: invalid choice: 'xml'"),
        (
            ["search", "x", "--device", "tpu"],
            "argument --device: invalid choice: 'tpu'. Choose one of 'auto', 'cpu', 'cuda'.",
        ),
        (
            ["search", "-dog"],
            "unrecognized arguments: -dog. A sentence that begins with - stands after --: "
            'python -m t2i_core search -- "-dog"',
        ),
        (["search", "a", "dog"], "unrecognized arguments: dog. Put words that belong together in quotes. See"),
        (
            ["search", "--", "-dog", "--data", "x"],
            "options stand before --, got --data after it. Write --data before --.",
        ),
        (["search", "x", "--top-k"], "argument --top-k needs one argument, got none. Write it after --top-k."),
        (
            ["search", "x", "--ima", "y"],
            "--ima could mean several options: --image, --images. Write one of them whole.",
        ),
        (["search", "x", "--approximate=3"], "argument --approximate takes no value, got '3'. Leave the value out."),
    ],
)
def test_wrong_usage_is_2(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"python -m t2i_core search: error: {message}" in err


@pytest.mark.slow
def test_a_reader_that_stops_early_is_no_failure(folder: Path) -> None:
    """`search … | head -1`: nothing on standard error, exit code 0."""
    queries = folder / "many.txt"
    queries.write_text("dog\n" * 2_000)
    root = Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "t2i_core", "search", "--queries", str(queries), "--data", "data", "--format", "json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1", "PYTHONIOENCODING": "ascii"},
        cwd=folder,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    first = process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(timeout=600) == 0
    assert errors == b""
    captions = [hit["caption"] for hit in json.loads(first.decode("utf-8"))["hits"]]
    assert "A dog – Hund." in captions


def test_scores_are_cosines(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    encoder = open_encoder(str(folder / "tiny.safetensors"), device="cpu")
    batch = pictures((80, 60), (60, 80), (64, 64))
    expected = np.sort(l2_normalize(encoder.encode_image(batch)) @ encoder.encode_text(["bus"])[0])[::-1]
    assert main(["search", "bus", "--data", "data", "--format", "json"]) == 0
    scores = [hit["score"] for hit in json.loads(capsys.readouterr().out)["hits"]]
    np.testing.assert_allclose(scores, expected, atol=2e-3)


def test_rows_of_an_unknown_model_are_told(capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path) -> None:
    """No manifest and no text rows: the pictures alone have to show whose they are."""
    with np.load(folder / "data" / "aligned_embeddings.npz") as stored:
        arrays = {name: stored[name] for name in ("image_ids", "image_sizes")}
        rows = np.random.default_rng(0).standard_normal(stored["image"].shape).astype(np.float32)
    np.savez(tmp_path / "aligned_embeddings.npz", image=rows, **arrays)
    model = str(folder / "tiny.safetensors")
    assert main(["search", "bus", "--data", str(tmp_path), "--images", "images", "--model", model]) == 0
    assert capsys.readouterr().err.startswith(f"warning: The image rows were not made by the model {model}")


def test_captions_embedded_by_another_model_are_told_and_not_used(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The original project's files: no manifest, and text rows of a language model."""
    with np.load(folder / "data" / "aligned_embeddings.npz") as stored:
        arrays = dict(stored)
    arrays["text"] = np.eye(*arrays["text"].shape, dtype=np.float32)
    np.savez(tmp_path / "aligned_embeddings.npz", **arrays)
    captions = (folder / "data" / "captions_tokenized.csv").read_bytes()
    (tmp_path / "captions_tokenized.csv").write_bytes(captions)
    model = str(folder / "tiny.safetensors")
    arguments = ["--data", str(tmp_path), "--images", "images", "--model", model, "--format", "json"]
    assert main(["search", "bus", *arguments]) == 0
    out, err = capsys.readouterr()
    assert len(json.loads(out)["hits"]) == 3
    assert err.startswith(f"warning: The text rows were not made by the model {model}")
    assert err.count("\n") == 1
    monkeypatch.setenv("T2I_MODEL", model)  # what an evaluation of the stored rows asks about them
    assert main(["evaluate", "--data", str(tmp_path), "--images", "images", "--format", "json"]) == 1
    out, err = capsys.readouterr()
    assert out == ""  # figures of two models mean nothing
    assert f"The text rows were not made by the model {model}" in err
