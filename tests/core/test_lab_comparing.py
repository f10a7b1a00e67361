"""Two ways compared query by query: the same give 0 and 1, different ones a difference with who gained and lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from t2i_core import dataset
from t2i_core.arrays import l2_normalize
from t2i_core.errors import DatasetError
from t2i_core.lab import comparing
from t2i_core.lab.comparing import Way, compare, compare_datasets, compare_rankings
from t2i_core.lab.examining import examine
from t2i_core.lab.other_ways import other_rankings, same_pictures
from t2i_core.lab.overlap import rank_biased_overlap
from t2i_core.lab.wording import comparison_sentence
from t2i_core.ranks import counting
from t2i_core.types import Gallery
from tests.core.lab_galleries import noisy_gallery


def blurred(gallery: Gallery, noise: float, seed: int = 9) -> Gallery:
    """The same gallery with captions that mean their pictures less."""
    assert gallery.text_embeddings is not None
    rng = np.random.default_rng(seed)
    shape = gallery.text_embeddings.shape
    return replace(gallery, text_embeddings=l2_normalize(gallery.text_embeddings + noise * rng.standard_normal(shape)))


def test_the_same_dataset_gives_zero_and_one() -> None:
    gallery = noisy_gallery(60, 3, noise=1.5)
    compared = compare_datasets(gallery, gallery)
    for figure in compared.differences.values():
        assert (figure.value, figure.low, figure.high) == (0.0, 0.0, 0.0)
    assert compared.overlap.value == pytest.approx(1.0, abs=1e-12)
    assert (compared.gained, compared.lost, compared.queries, compared.left_out) == ((), (), 180, 0)
    assert compared.same and "differences are 0, and the overlap is 1" in comparison_sentence(compared)


def test_differences_are_those_of_the_figures_and_paired_intervals_are_narrower() -> None:
    one = noisy_gallery(150, 3, noise=1.5)
    other = blurred(one, 0.08)
    compared = compare_datasets(one, other)
    alone = [examine(gallery).measured.text_to_image.figures for gallery in (one, other)]
    for name, figure in compared.differences.items():
        assert figure.value == pytest.approx(alone[1][name].value - alone[0][name].value, abs=1e-9)
        assert compared.values[name] == pytest.approx((alone[0][name].value, alone[1][name].value))

    def width(low: float | None, high: float | None) -> float:
        assert low is not None and high is not None
        return high - low

    paired = compared.differences["hit@5"]
    first, second = (width(side["hit@5"].low, side["hit@5"].high) for side in alone)
    unpaired = float(np.hypot(first, second))
    assert width(paired.low, paired.high) < 0.8 * unpaired
    assert paired.low is not None and paired.high is not None and paired.low <= paired.value <= paired.high
    at_ten = compared.differences["hit@10"].value * compared.queries
    assert len(compared.gained) - len(compared.lost) == round(at_ten)
    assert all(change.after > 10 >= change.before for change in compared.lost)
    assert all(change.before > 10 >= change.after for change in compared.gained)


def test_only_shared_pictures_and_captions_are_compared() -> None:
    one = noisy_gallery(40, 3, noise=1.0)
    other = noisy_gallery(40, 3, noise=1.0)
    assert other.text_embeddings is not None
    order = np.arange(40)[::-1][:30]  # another order of rows, without the first ten pictures
    kept = [position for position in range(120) if position // 3 in set(order.tolist()) and position % 3 != 2]
    place = {row: number for number, row in enumerate(order.tolist())}
    other = replace(
        other,
        image_ids=tuple(other.image_ids[row] for row in order.tolist()),
        image_embeddings=other.image_embeddings[order],
        captions=tuple(other.captions[position] for position in kept),
        caption_rows=np.array([place[position // 3] for position in kept]),
        text_embeddings=other.text_embeddings[kept],
    )
    compared = compare_datasets(one, other)
    assert (compared.images, compared.queries, compared.left_out) == (30, 60, 30)
    assert compared.differences["hit@1"].value == 0.0  # the same rows, whatever their order
    assert [(side.captions, side.images) for side in compared.alone] == [(120, 40), (60, 30)]
    for side, gallery in zip(compared.alone, (one, other), strict=True):
        figures = examine(gallery).text_to_image.figures
        assert side.figures == {name: figures[name] for name in side.figures}
    assert [side["captions"] for side in compared.as_dict()["each_alone"]] == [120, 60]  # type: ignore[attr-defined]
    assert compare_datasets(one, one).alone == ()
    assert compared.overlap.value == pytest.approx(1.0)


def test_which_is_better_is_said_only_where_it_is_sure() -> None:
    gallery = noisy_gallery(120, 3, noise=0.5)
    worse = compare_datasets(gallery, blurred(gallery, 0.5))
    assert comparison_sentence(worse).startswith(f"Among the first 10 answers “{worse.before}” is better (-")
    better = compare_datasets(blurred(gallery, 0.5), gallery)
    assert f"as the first answer “{better.after}” is better (+" in comparison_sentence(better)
    alike = compare_datasets(gallery, blurred(gallery, 0.02))
    assert not alike.same and comparison_sentence(alike).count("neither is surely better (") == 2
    assert not worse.same and not better.same
    few = noisy_gallery(3, 2, noise=0.1)  # whatever differs, of so few pictures nothing is sure
    swapped = replace(few, text_embeddings=few.text_embeddings[::-1] if few.text_embeddings is not None else None)
    assert comparison_sentence(compare_datasets(few, swapped)).count("neither is surely better (") == 2


def test_progress_goes_up_once_over_both_sides(monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(*rows: np.ndarray, on_progress: Callable[[float], None]) -> tuple[np.ndarray, np.ndarray]:
        on_progress(0.5)
        on_progress(1.0)
        return counting.pair_ranks(*rows)

    monkeypatch.setattr(comparing, "pair_ranks", counted)  # what is this small is counted in one go
    gallery, told = noisy_gallery(40, 2), list[float]()
    compare_datasets(gallery, gallery, on_progress=told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]
    told.clear()
    compare_rankings(gallery, "balanced", on_progress=told.append)
    assert told == sorted(told) and len(told) > 4 and told[-1] == pytest.approx(1.0)

    def stop(share: float) -> None:
        if share > 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):  # in the second ranking too
        compare_rankings(gallery, "balanced", on_progress=stop)


def test_what_there_is_to_compare_with(tmp_path: Path) -> None:
    gallery = replace(noisy_gallery(20, 2), data_dir=tmp_path)
    assert other_rankings(gallery) == ("balanced",)
    assert other_rankings(replace(noisy_gallery(1, 2), data_dir=tmp_path)) == ()
    image, text = gallery.image_embeddings, gallery.text_embeddings
    assert text is not None
    names = np.array([*gallery.image_ids[3:], "other.jpg", "b.jpg", "c.jpg"])
    files = {
        "shared": {"image": image, "text": text, "image_ids": names},
        "strangers": {"image": image, "text": text, "image_ids": np.array([f"x/{name}" for name in names])},
        "without captions": {"image": image, "image_ids": names},
        "original": {"image": image, "text": text},
    }
    for folder, arrays in files.items():
        (tmp_path / folder).mkdir()
        np.savez(tmp_path / folder / dataset.EMBEDDINGS_NAME, **arrays)  # type: ignore[arg-type]
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / dataset.EMBEDDINGS_NAME).write_bytes(b"no npz")
    found = same_pictures(gallery, [tmp_path / one for one in (*files, "broken", "nowhere")])
    assert [folder.name for folder in found] == ["shared", "original"]


def test_nothing_shared_is_refused() -> None:
    one = noisy_gallery(5, 1)
    other = replace(one, image_ids=tuple(f"other/{name}" for name in one.image_ids))
    with pytest.raises(DatasetError, match=r"share none\. Compare datasets built from the same pictures and captions"):
        compare_datasets(one, other)


def test_balanced_ranking_is_compared_crosswise() -> None:
    """One picture that every caption is near stands first for all of them, until balance takes that off."""
    gallery = noisy_gallery(120, 3, noise=0.8, dimension=24)
    assert gallery.text_embeddings is not None
    hub = l2_normalize(gallery.image_embeddings[:1] * 0 + 1.0)
    texts = l2_normalize(gallery.text_embeddings + 0.8 * hub)
    images = np.concatenate([hub, gallery.image_embeddings[1:]])
    gallery = replace(gallery, image_embeddings=images, text_embeddings=texts)
    compared = compare_rankings(gallery, "balanced")
    assert compared.before == "by cosine" and compared.after == "balanced"
    gain = compared.differences["hit@1"]
    assert gain.low is not None and gain.low > 0.1
    assert compared.overlap.value < 1.0


def test_approximate_needs_its_index(tmp_path: Path) -> None:
    gallery = replace(noisy_gallery(20, 2), data_dir=tmp_path)
    with pytest.raises(DatasetError, match="Make it: python -m t2i_core index --ann"):
        compare_rankings(gallery, "approximate")


def test_approximate_loses_what_its_index_does_not_look_at(monkeypatch: pytest.MonkeyPatch) -> None:
    gallery = noisy_gallery(30, 2, noise=0.5)

    class Halved:
        """Looks at the first half of the pictures only."""

        def search(self, asked: np.ndarray, top_k: int) -> tuple[np.ndarray, np.ndarray]:
            scores = asked @ gallery.image_embeddings[:15].T
            return np.sort(scores)[:, ::-1], np.argsort(-scores, axis=1)[:, :top_k]

    monkeypatch.setattr(dataset, "open_ann", lambda _: Halved())
    compared = compare_rankings(gallery, "approximate")
    exact = examine(gallery).pairs.picture_ranks
    assert compared.values["hit@10"][1] == pytest.approx((exact[:30] <= 10).mean() / 2, abs=0.05)
    assert {one.image_id for one in compared.lost} <= {f"{row}.jpg" for row in range(15, 30)}
    assert len(compared.lost) == int((exact[30:] <= 10).sum()) > 0


def test_what_is_not_found_at_all_counts_for_nothing() -> None:
    units = np.arange(4)
    first = lambda places, depth: np.tile(np.arange(depth), (len(places), 1))  # noqa: E731
    found = Way("one", np.array([1, 2, 1, 1]), first)
    missed = Way("other", np.array([1, 2**30, 1, 1]), first)
    compared = compare(found, missed, list("abcd"), list("wxyz"), units, 4)
    assert compared.values["mrr"] == (0.875, 0.75)
    assert [change.as_dict()["after"] for change in compared.lost] == [None]


def test_overlap_against_its_formula() -> None:
    rng = np.random.default_rng(0)
    one, other = (np.stack([rng.permutation(30)[:12] for _ in range(20)]) for _ in range(2))
    p = 0.9
    expected = []
    for first, second in zip(one.tolist(), other.tolist(), strict=True):
        agreement = [len(set(first[:depth]) & set(second[:depth])) / depth for depth in range(1, 13)]
        expected.append(
            agreement[-1] * p**12 + (1 - p) / p * sum(share * p ** (depth + 1) for depth, share in enumerate(agreement))
        )
    assert rank_biased_overlap(one, other) == pytest.approx(expected, abs=1e-12)
