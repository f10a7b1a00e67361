"""Building with a real network: the parts of a batch run side by side and give the same rows."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
import torch

from t2i_core.building import BuildOptions, build
from t2i_core.dataset import read_gallery
from t2i_core.encoder import ClipEncoder, open_encoder
from t2i_core.encoder.core_workers import CoreWorkers
from t2i_core.pictures.images import open_image
from tests.core.clip_weights import tiny_vit
from tests.core.picture_files import encoded, noise, put

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "tiny.pt"
    torch.save(tiny_vit().state_dict(), path)
    return path


@pytest.fixture(scope="module")
def encoder(model: Path) -> ClipEncoder:
    return open_encoder(str(model), device="cpu")


@pytest.fixture(scope="module")
def images_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    for seed in range(21):
        put(folder, f"{seed:02d}.jpg", encoded(noise(400 + seed, 300, seed=seed), "JPEG", quality=90))
    return folder


def test_prepared_pictures_give_the_same_rows(encoder: ClipEncoder) -> None:
    images = [noise(90, 80, seed=seed) for seed in range(19)]
    squares = np.stack([encoder.prepare_image(image) for image in images])
    assert squares.shape == (19, encoder.input_size, encoder.input_size, 3)
    rows = encoder.encode_prepared(squares)
    assert np.allclose(rows, encoder.encode_image(images), atol=1e-5)
    assert np.array_equal(rows, encoder.encode_prepared(squares))
    assert np.allclose(encoder.encode_prepared(squares[:3]), rows[:3], atol=1e-5)


def test_workers_use_one_thread_each_and_leave_the_others_alone() -> None:
    usual = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        workers = CoreWorkers()
        meet = threading.Barrier(workers.count)

        def count(_: int) -> tuple[int, int]:
            meet.wait(timeout=300)
            return torch.get_num_threads(), threading.get_ident()

        seen = workers.map(count, range(workers.count))
        elsewhere: list[int] = []
        other = threading.Thread(target=lambda: elsewhere.append(torch.get_num_threads()))
        other.start()
        other.join()
        assert {threads for threads, _ in seen} == {1}
        assert len({thread for _, thread in seen}) == workers.count
        assert (torch.get_num_threads(), elsewhere) == (2, [2])
    finally:
        torch.set_num_threads(usual)


def test_a_build_reproduces_what_the_encoder_says(
    encoder: ClipEncoder, model: Path, images_dir: Path, tmp_path: Path
) -> None:
    captions = put(tmp_path, "captions.csv", b"image,caption\n03.jpg,a dog\n04.jpg,a cat\n")
    options = BuildOptions(images_dir, tmp_path / "data", captions=captions, model=str(model), device="cpu")
    report = build(options)
    gallery = read_gallery(tmp_path / "data", images_dir)
    assert report.encoded == len(gallery) == 21
    assert report.manifest is not None
    assert report.manifest.weights_sha256 == encoder.weights_sha256
    images = [open_image(images_dir / name, max_pixels=10**8) for name in gallery.image_ids]
    alone = encoder.encode_image(images)
    assert (np.einsum("nd,nd->n", alone, gallery.image_embeddings) > 0.999).all()  # drafts are close, not equal
    assert gallery.text_embeddings is not None
    assert np.allclose(gallery.text_embeddings, encoder.encode_text(["a dog", "a cat"]), atol=1e-5)


def test_without_a_model_the_one_of_the_folder_is_kept(
    model: Path, images_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(BuildOptions(images_dir, tmp_path, model=str(model), device="cpu"))
    monkeypatch.setenv("T2I_MODEL", str(model))  # vouches for the file that the manifest names
    report = build(BuildOptions(images_dir, tmp_path, device="cpu"))
    assert (report.encoded, report.reused) == (0, 21)
    assert report.manifest is not None
    assert report.manifest.model_id == str(model)


def test_two_builds_give_the_same_bytes(encoder: ClipEncoder, images_dir: Path, tmp_path: Path) -> None:
    for name in ("first", "second"):
        build(BuildOptions(images_dir, tmp_path / name), encoder=encoder)
    first, second = (tmp_path / name / "aligned_embeddings.npz" for name in ("first", "second"))
    assert first.read_bytes() == second.read_bytes()
