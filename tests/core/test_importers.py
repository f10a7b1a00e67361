"""Importers: the layouts data sets come in, and the words for the ones they do not."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from t2i_core.dataset import read_captions, read_gallery
from t2i_core.errors import DatasetError, T2IError
from t2i_core.importers import (
    IMPORTERS,
    ImportReport,
    import_coco,
    import_dataset,
    import_flickr8k,
    import_flickr30k,
    import_folder,
    import_npz,
)
from tests.core.small_galleries import COLOURS, ColourEncoder, encode_pictures, save_original, save_pictures


def pictures(folder: Path, *names: str) -> Path:
    return save_pictures(folder, dict.fromkeys(names, (1, 2, 3)))


def written(report: ImportReport) -> list[tuple[str, str]]:
    assert report.captions_path is not None
    table = read_captions(report.captions_path)
    assert len(table) == report.captions
    return list(zip(table.images, table.captions, strict=True))


def refused(layout: str, source: Path, data_dir: Path) -> str:
    with pytest.raises(T2IError) as caught:
        import_dataset(layout, source, data_dir)
    assert not data_dir.exists()
    return str(caught.value)


def codes(report: ImportReport) -> list[str]:
    return [problem.code for problem in report.problems]


def test_flickr8k_token_file(tmp_path: Path) -> None:
    source = tmp_path / "flickr 8k"
    pictures(source / "Flicker8k_Dataset", "1.png", "2.png")
    (source / "Flickr8k_text").mkdir()
    (source / "Flickr8k_text" / "Flickr8k.token.txt").write_text(
        '1.png#0\tA dog .\n1.png#1\tA , b " c\n2.png#0\t A cat .\n3.png.1#0\tNo picture\n1.png#2\tA dog .\n',
        encoding="utf-8",
    )
    report = import_flickr8k(source, tmp_path / "data")
    assert written(report) == [("1.png", "A dog ."), ("1.png", 'A , b " c'), ("2.png", "A cat .")]
    assert (report.layout, report.images, report.captions) == ("flickr8k", 2, 3)
    assert report.images_dir == source / "Flicker8k_Dataset"
    assert report.next_command == (
        f"python -m t2i_core build --images '{source}/Flicker8k_Dataset' "
        f"--captions {tmp_path}/data/captions_tokenized.csv --data {tmp_path}/data"
    )
    assert [str(problem) for problem in report.problems] == [
        "note: 1 caption stood there twice. Read once.",
        f"warning: 1 picture named by captions cannot be found in {source / 'Flicker8k_Dataset'}: '3.png.1'. "
        "Their captions were left out.",
    ]


def test_flickr8k_captions_txt(tmp_path: Path) -> None:
    pictures(tmp_path / "Images", "1.png", "2.png")
    (tmp_path / "captions.txt").write_text('image,caption\n1.png,A dog, a cat .\n2.png,"A ""b"""\n', encoding="utf-8")
    for source in (tmp_path, tmp_path / "captions.txt"):
        report = import_flickr8k(source, tmp_path / "data")
        assert written(report) == [("1.png", "A dog, a cat ."), ("2.png", 'A "b"')]
        assert report.images_dir == tmp_path / "Images"


def test_flickr30k_results_csv(tmp_path: Path) -> None:
    pictures(tmp_path / "flickr30k_images" / "flickr30k_images", "1.png", "2199200615.png")
    (tmp_path / "flickr30k_images" / "results.csv").write_text(
        "image_name| comment_number| comment\n"
        '1.png| 0| Two men , one "tall" | short .\n'
        "2199200615.png| 4   A dog runs across the grass .\n",
        encoding="utf-8",
    )
    report = import_flickr30k(tmp_path, tmp_path / "data")
    assert written(report) == [
        ("flickr30k_images/1.png", 'Two men , one "tall" | short .'),
        ("flickr30k_images/2199200615.png", "A dog runs across the grass ."),
    ]
    assert report.images_dir == tmp_path / "flickr30k_images"


def test_flickr30k_token_file_and_new_table(tmp_path: Path) -> None:
    pictures(tmp_path / "Images", "1.png")
    token, table = tmp_path / "results_20130124.token", tmp_path / "captions.txt"
    token.write_text("1.png#0\tA dog .\n", encoding="utf-8")
    table.write_text("image_name,comment_number,comment\n1.png, 0, A cat, sitting .\n", encoding="utf-8")
    assert written(import_flickr30k(token, tmp_path / "data")) == [("1.png", "A dog .")]
    assert written(import_flickr30k(table, tmp_path / "data")) == [("1.png", "A cat, sitting .")]


def test_captions_without_pictures_are_kept(tmp_path: Path) -> None:
    (tmp_path / "captions.txt").write_text("image,caption\n1.png,A dog\n", encoding="utf-8")
    report = import_flickr8k(tmp_path, tmp_path / "data")
    assert written(report) == [("1.png", "A dog")]
    assert report.images_dir is None
    assert shlex.split(report.next_command)[4:6] == ["--images", "PICTURES"]
    assert [str(problem) for problem in report.problems] == [
        "warning: No folder of pictures was found beside the captions. Name it in the next command, in place of PICTURES."
    ]


def test_pictures_elsewhere_can_be_named(tmp_path: Path) -> None:
    pictures(tmp_path / "far" / "away", "1.png")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "captions.txt").write_text("image,caption\n1.png,A dog\n", encoding="utf-8")
    report = import_dataset("flickr8k", tmp_path / "src", tmp_path / "data", images_dir=tmp_path / "far")
    assert written(report) == [("away/1.png", "A dog")]


def test_names_outside_and_ambiguous_names_are_left_out(tmp_path: Path) -> None:
    pictures(tmp_path / "Images", "a/1.png", "b/1.png", "2.png")
    (tmp_path / "captions.txt").write_text(
        "image,caption\n../../etc/passwd,root\n1.png,which\n2.png,A dog\n2.png,\n", encoding="utf-8"
    )
    report = import_flickr8k(tmp_path, tmp_path / "data")
    assert written(report) == [("2.png", "A dog")]
    assert [problem.message for problem in report.problems] == [
        "1 caption had no text or no usable picture name. Left out.",
        f"1 picture named by captions cannot be found in {tmp_path / 'Images'}: '../../etc/passwd'. Their captions were left out.",
        "1 name could mean several pictures, first '1.png': 'a/1.png', 'b/1.png'. Their captions were left out.",
    ]


def coco(path: Path, names: Sequence[tuple[int, str]], notes: Sequence[tuple[int, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    record = {
        "images": [{"id": number, "file_name": name, "width": 6, "height": 4} for number, name in names],
        "annotations": [{"id": 7, "image_id": number, "caption": text} for number, text in notes],
    }
    path.write_text(json.dumps(record), encoding="utf-8")


def test_coco(tmp_path: Path) -> None:
    pictures(tmp_path, "train2017/1.png", "val2017/2.png")
    coco(tmp_path / "annotations" / "captions_train2017.json", [(1, "1.png")], [(1, "A dog\nruns."), (1, "A cat.")])
    coco(tmp_path / "annotations" / "captions_val2017.json", [(2, "2.png"), (3, "3.png")], [(2, "A bird.")])
    report = import_coco(tmp_path, tmp_path / "data")
    assert written(report) == [
        ("train2017/1.png", "A dog runs."),
        ("train2017/1.png", "A cat."),
        ("val2017/2.png", "A bird."),
    ]
    table = read_captions(tmp_path / "data" / "captions_tokenized.csv")
    assert table.other_columns["source"] == ("captions_train2017", "captions_train2017", "captions_val2017")
    one = import_coco(tmp_path / "annotations" / "captions_val2017.json", tmp_path / "data")
    assert written(one) == [("val2017/2.png", "A bird.")]
    assert one.images_dir == tmp_path


def test_folder_with_text_files(tmp_path: Path) -> None:
    source = pictures(tmp_path / "src", "a.png", "x/b.png", "x/c.png")
    (source / "a.txt").write_bytes("\ufeffA dog\r\n\r\n A  café \n".encode())
    (source / "x" / "b.png.txt").write_bytes("A chalet, été".encode("latin-1"))
    report = import_folder(source, tmp_path / "data")
    assert written(report) == [("a.png", "A dog"), ("a.png", "A café"), ("x/b.png", "A chalet, été")]
    assert codes(report) == ["captions_latin1"]
    assert (report.images, report.captions) == (2, 3)


def test_folder_without_text_files(tmp_path: Path) -> None:
    source = pictures(tmp_path / "src", "a.png", "b.png")
    report = import_folder(source, tmp_path / "data")
    assert (report.captions_path, report.images, report.captions) == (None, 2, 0)
    assert report.next_command == f"python -m t2i_core build --images {source} --data {tmp_path / 'data'}"
    assert not (tmp_path / "data").exists()


def test_npz_of_the_original_project(tmp_path: Path) -> None:
    encoder = ColourEncoder()
    save_original(tmp_path / "old" / "data", encoder)
    (tmp_path / "old" / "static").mkdir()
    (tmp_path / "old" / "images").rename(tmp_path / "old" / "static" / "images")
    report = import_npz(tmp_path / "old", tmp_path / "data")
    images_dir = tmp_path / "old" / "static" / "images"
    assert (report.layout, report.images, report.captions, report.images_dir) == ("npz", 4, 6, images_dir)
    assert report.next_command == f"python -m t2i_core validate --data {tmp_path}/data --images {images_dir}"
    assert codes(report) == ["model_unknown"]
    gallery = read_gallery(tmp_path / "data", images_dir)
    original = read_gallery(tmp_path / "old" / "data", images_dir)
    assert gallery.image_ids == tuple(COLOURS)
    assert np.array_equal(gallery.image_embeddings, encode_pictures(encoder, list(COLOURS)))
    assert gallery.captions == original.captions
    assert gallery.caption_rows.tolist() == original.caption_rows.tolist()
    assert gallery.text_embeddings is not None and original.text_embeddings is not None
    assert np.array_equal(gallery.text_embeddings, original.text_embeddings)
    assert gallery.caption_columns["caption"] == original.caption_columns["caption"]
    assert gallery.manifest is None
    for source in (tmp_path / "old" / "data", tmp_path / "old" / "data" / "aligned_embeddings.npz"):
        assert import_npz(source, tmp_path / "again").images_dir == images_dir.resolve()


def test_npz_over_itself_keeps_the_original(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "data")
    before = (folder / "aligned_embeddings.npz").read_bytes()
    import_npz(folder, folder, images_dir=tmp_path / "images")
    assert (folder / "aligned_embeddings.1.npz").read_bytes() == before
    assert read_gallery(folder, tmp_path / "images").image_ids == tuple(COLOURS)


def test_npz_with_a_bad_row(tmp_path: Path) -> None:
    folder = save_original(tmp_path / "old")
    with np.load(folder / "aligned_embeddings.npz") as stored:
        image, text = stored["image"].copy(), stored["text"]
    image[2] = np.nan
    np.savez(folder / "aligned_embeddings.npz", image=image, text=text)
    report = import_npz(folder, tmp_path / "data", images_dir=tmp_path / "images")
    assert (report.images, report.captions) == (3, 5)
    gallery = read_gallery(tmp_path / "data", tmp_path / "images")
    assert gallery.text_embeddings is not None
    assert np.allclose(gallery.text_embeddings, text[[0, 1, 3, 4, 5]])


@pytest.mark.parametrize("layout", sorted(IMPORTERS))
def test_a_missing_source(tmp_path: Path, layout: str) -> None:
    source = tmp_path / "nowhere"
    assert refused(layout, source, tmp_path / "data") == (
        f"The source of an import must exist, got {source}. Name the folder or file to import."
    )


def test_an_unknown_layout(tmp_path: Path) -> None:
    assert refused("csv", tmp_path, tmp_path / "data") == (
        "The layout must be one of 'flickr8k', 'flickr30k', 'coco', 'folder', 'npz', 'imagefolder', 'parquet', "
        "'webdataset', 'clip-retrieval', 'openclip', 'fiftyone', 'urls', 'embeddings', got 'csv'. "
        "Use folder for pictures of your own."
    )


def test_folders_of_another_layout(tmp_path: Path) -> None:
    source = tmp_path / "src"
    source.mkdir()
    (source / "notes.md").touch()
    data = tmp_path / "data"
    assert refused("flickr8k", source, data) == (
        "A flickr8k folder holds 'captions.txt', 'Flickr8k.token.txt', 'Flickr8k.lemma.token.txt', got 'notes.md' in "
        f"{source}. Name the captions file itself, or use the layout folder for pictures with .txt files."
    )
    assert refused("coco", source, data) == (
        f"A coco folder holds captions_*.json, itself or in annotations, got 'notes.md' in {source}. Name the JSON file itself."
    )
    assert refused("folder", source, data) == (
        f"The layout folder needs a folder of pictures, got none below {source}. Name another folder."
    )
    assert refused("npz", source, data) == (
        "The layout npz needs aligned_embeddings.npz with captions_tokenized.csv beside it, got neither in "
        f"{source} nor in {source / 'data'}. Name the folder that holds them."
    )


def test_captions_of_another_layout(tmp_path: Path) -> None:
    path = tmp_path / "captions.txt"
    path.write_text("some words\nmore words\n", encoding="utf-8")
    assert refused("flickr8k", path, tmp_path / "data") == (
        "Captions of flickr8k are lines of picture#number, a tab and a caption, or a table with the columns image and caption, "
        f"got 'some words' as the first line of {path}. Name another file, or write a table image,caption."
    )
    path.write_text("1.png#0\tA dog\n1.png A cat\n", encoding="utf-8")
    assert refused("flickr8k", path, tmp_path / "data") == (
        f"Lines of {path} must be picture#number, a tab and a caption, got '1.png A cat' (line 2, blank ones not counted). "
        "Mend that line."
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "{path} must be a JSON file of COCO captions, got something else ("),
        ("[]", "{path} must hold the lists images and annotations, got list. Name a captions_*.json of COCO."),
        (
            '{"info": 1}',
            "{path} must hold the lists images and annotations, got 'info'. Name a captions_*.json of COCO.",
        ),
        (
            '{"images": [{"id": 1, "file_name": "a"}], "annotations": [{"image_id": 1, "bbox": []}]}',
            "{path} must give each image id and file_name and each annotation image_id and caption, one lacks 'caption'. "
            "Name a captions_*.json; instances_*.json and person_keypoints_*.json hold no captions.",
        ),
    ],
)
def test_json_of_another_kind(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "captions_x.json"
    path.write_text(content, encoding="utf-8")
    assert refused("coco", path, tmp_path / "data").startswith(message.format(path=path))


def test_pictures_that_fit_no_caption(tmp_path: Path) -> None:
    pictures(tmp_path / "src" / "Images", "9.png")
    (tmp_path / "src" / "captions.txt").write_text("image,caption\n1.png,A dog\n", encoding="utf-8")
    assert refused("flickr8k", tmp_path / "src", tmp_path / "data") == (
        "An import needs captions of pictures it can find, got none for layout flickr8k. warning: 1 picture named by captions "
        f"cannot be found in {tmp_path / 'src' / 'Images'}: '1.png'. Their captions were left out."
    )


def test_captions_already_there_are_kept(tmp_path: Path) -> None:
    pictures(tmp_path / "Images", "1.png")
    (tmp_path / "captions.txt").write_text("image,caption\n1.png,A dog\n", encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "captions_tokenized.csv").write_text("mine", encoding="utf-8")
    import_flickr8k(tmp_path, tmp_path / "data")
    assert (tmp_path / "data" / "captions_tokenized.1.csv").read_text(encoding="utf-8") == "mine"


def test_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures(tmp_path / "Images", "1.png")
    (tmp_path / "captions.txt").write_text("image,caption\n1.png,A dog\n", encoding="utf-8")

    def fail(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(DatasetError, match="could not be written: No space left on device"):
        import_flickr8k(tmp_path, tmp_path / "data")
    assert list((tmp_path / "data").iterdir()) == []
