"""Whether verdicts tell what a dataset shows from what it does not, and whether a cutoff keeps what it promises.

    python benchmarks/bench_verdict.py --data DATASET [--images DIR] --foreign FILE.csv ... [--random MODEL --pictures 300]

Everything is measured on the captions of one half of the pictures, and asked with captions of the other half. Not answerable are
sentences of other collections (column ``caption``, also gzipped) none of whose telling words stands in any caption of
the dataset; what a picture shows and no caption names is counted against the verdict. Told are the share of captions kept at 5 %
false alarms and the AUROC, beside those of the best cosine and of the gap, what the stored thresholds make of both, and the share
of right pictures above the cutoff keep-0.9; 95 % intervals over pictures and sentences. ``--random`` builds a dataset of some of
the pictures with a model of random weights, which must get no verdict.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import machine
import numpy as np

from t2i_core.captions.telling_words import telling_words
from t2i_core.dataset import Evidence
from t2i_core.encoder import open_encoder
from t2i_core.opening import open_gallery
from t2i_core.relevance.background import background_for
from t2i_core.relevance.gaps import gaps_of
from t2i_core.relevance.measuring import auroc, measure_evidence
from t2i_core.relevance.traits import BEST, best_pictures, strengths_of, traits_of
from t2i_core.types import Encoder, FloatArray, Gallery, RowArray

FALSE_ALARMS = 0.05
RESAMPLES = 1_000
Rng = np.random.Generator


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--images", type=Path)
    parser.add_argument("--folder", help="only pictures below this folder of the dataset")
    parser.add_argument("--foreign", type=Path, nargs="+", required=True)
    parser.add_argument("--sentences", type=int, default=800, help="of other collections at most")
    parser.add_argument("--captions", type=int, default=1_500)
    parser.add_argument("--random", metavar="MODEL", help="a checkpoint of random weights")
    parser.add_argument("--pictures", type=int, default=300, help="that the random model encodes")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    gallery = open_gallery(arguments.data, arguments.images)
    if arguments.folder:
        gallery = below(gallery, arguments.folder)
    encoder = open_encoder(gallery.manifest.model_id if gallery.manifest else "mini", device="cpu")
    rng = np.random.default_rng(arguments.seed)
    print(machine.describe())
    foreign = foreign_to(gallery, arguments.foreign, rng)[: arguments.sentences]
    print(f"{gallery.name}: {len(gallery):,} pictures, {encoder.model_id}; {len(foreign):,} foreign sentences")
    verdicts(gallery, encoder, foreign, arguments.captions, rng)
    if arguments.random:
        random_weights(gallery, arguments, rng)


def below(gallery: Gallery, folder: str) -> Gallery:
    """The part of a gallery that lies below one of its folders."""
    chosen = np.array([name.startswith(f"{folder}/") for name in gallery.image_ids])
    part = with_captions_of(gallery, chosen)  # all of them paired
    new_rows = np.cumsum(chosen) - 1
    return replace(
        part, name=f"{gallery.name}, {folder}", image_ids=tuple(np.array(gallery.image_ids)[chosen].tolist()),
        image_embeddings=gallery.image_embeddings[chosen], image_sizes=gallery.image_sizes[chosen],
        caption_rows=new_rows[part.rows_of(part.paired_captions)],
    )  # fmt: skip


def foreign_to(gallery: Gallery, files: list[Path], rng: Rng) -> list[str]:
    """Sentences about what no caption names."""
    named = {word for caption in gallery.captions for word in telling_words(caption)}
    sentences: set[str] = set()
    for path in files:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
            sentences |= {row["caption"] for row in csv.DictReader(file)}
    found = [one for one in sorted(sentences) if (words := telling_words(one)) and not words & named]
    rng.shuffle(found)
    return found


def verdicts(gallery: Gallery, encoder: Encoder, foreign: list[str], most: int, rng: Rng) -> None:
    measured = np.zeros(len(gallery), dtype=np.bool_)
    measured[rng.permutation(len(gallery))[: len(gallery) // 2]] = True
    evidence = measure_evidence(with_captions_of(gallery, measured), encoder)
    background, _ = background_for(gallery, encoder)
    texts = gallery.text_embeddings
    assert texts is not None
    paired = gallery.paired_captions
    asked = rng.permutation(paired[~measured[gallery.rows_of(paired)]])[:most]
    rows = gallery.rows_of(asked)
    here = np.asarray(texts[asked])
    print(f"measured on {evidence.captions} captions, best {evidence.best}; asked with {len(asked):,} others")
    yes = ways_of(gallery, evidence, background, here)
    no = ways_of(gallery, evidence, background, in_batches(encoder, foreign))
    print(f"\n{'':20} kept at 5 % false alarms    AUROC")
    for name in yes:
        kept = interval(
            yes[name], no[name], rows, rng, lambda a, b: float(np.mean(a > np.quantile(b, 1 - FALSE_ALARMS)))
        )
        print(f"{name:20} {kept}      {interval(yes[name], no[name], rows, rng, auroc, percent=False)}")
    told = list(yes)[-1]
    each = np.arange(len(foreign))
    some, strong = evidence.sentences
    for name, threshold in (("strong", strong), ("some or strong", some)):
        shares = [
            interval(one, one, rows_of, rng, share_from(threshold))
            for one, rows_of in ((yes[told], rows), (no[told], each))
        ]
        print(f"called {name}: captions {shares[0]}, foreign sentences {shares[1]}")
    reach = evidence.reach(0.9)
    if reach is not None:
        own = np.einsum("cd,cd->c", here, gallery.image_embeddings[rows])
        above = (yes["best cosine"] - own <= reach).astype(np.float32)
        share = interval(above, above, rows, rng, lambda a, _: float(a.mean()))
        scores = here[:300] @ gallery.image_embeddings.T
        kept_pictures = np.mean(scores >= scores.max(axis=1, keepdims=True) - reach)
        print(f"keep-0.9: right pictures above the cutoff {share}; {kept_pictures:.1%} of all pictures are")


def ways_of(gallery: Gallery, evidence: Evidence, background: FloatArray, queries: FloatArray) -> dict[str, FloatArray]:
    """What queries score by each way of telling whether anything fits; the verdict's own is the last."""
    near = evidence.nearness if len(evidence.nearness) else np.zeros(len(gallery), dtype=np.float32)
    best = best_pictures(queries, gallery.image_embeddings, near)
    found = best.scores[:, :BEST]
    ways = {
        "best cosine": found[:, 0],
        "mean of the best 5": found.mean(axis=1),
        "gap": gaps_of(found, queries, background, count=evidence.best),
    }
    if len(evidence.trait_weights):
        ways["strength"] = strengths_of(traits_of(best, queries, background), evidence.trait_weights)
    return ways


def share_from(threshold: float) -> Callable[[FloatArray, FloatArray], float]:
    """A figure: the share that reaches a threshold."""
    return lambda values, _: float(np.mean(values >= threshold))


def with_captions_of(gallery: Gallery, chosen: np.ndarray) -> Gallery:
    """The gallery with the captions of some of its pictures only."""
    paired = gallery.paired_captions
    kept = paired[chosen[gallery.rows_of(paired)]]
    texts = gallery.text_embeddings
    return replace(
        gallery, captions=tuple(gallery.captions[at] for at in kept.tolist()), caption_rows=gallery.rows_of(kept),
        text_embeddings=None if texts is None else np.asarray(texts[kept]), caption_columns={}, missing_pictures={},
    )  # fmt: skip


def in_batches(encoder: Encoder, texts: list[str]) -> FloatArray:
    return np.concatenate([encoder.encode_text(texts[at : at + 64]) for at in range(0, len(texts), 64)])


def interval(
    yes: FloatArray, no: FloatArray, rows: RowArray, rng: Rng, figure: Callable[[FloatArray, FloatArray], float],
    *, percent: bool = True,
) -> str:  # fmt: skip
    """A figure with its 95 % interval: pictures are drawn with all their captions, and sentences."""
    order = np.argsort(rows, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(rows[order])) + 1)
    drawn = []
    for _ in range(RESAMPLES):
        chosen = np.concatenate([groups[at] for at in rng.integers(0, len(groups), len(groups))])
        drawn.append(figure(yes[chosen], no[rng.integers(0, len(no), len(no))] if no is not yes else yes[chosen]))
    low, high = np.quantile(drawn, [0.025, 0.975])
    if percent:
        return f"{100 * figure(yes, no):5.1f} % ({100 * low:.1f} to {100 * high:.1f})"
    return f"{figure(yes, no):.3f} ({low:.3f} to {high:.3f})"


def random_weights(gallery: Gallery, arguments: argparse.Namespace, rng: Rng) -> None:
    from t2i_core.building import BuildOptions, build

    with tempfile.TemporaryDirectory() as folder:
        images, captions = Path(folder, "images"), Path(folder, "captions.csv")
        images.mkdir()
        chosen = sorted(rng.permutation(len(gallery))[: arguments.pictures].tolist())
        with captions.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["image", "caption"])
            for row in chosen:
                name = f"{row}{Path(gallery.image_ids[row]).suffix}"
                (images / name).symlink_to((gallery.images_dir / gallery.image_ids[row]).resolve())
                writer.writerows([name, gallery.captions[at]] for at in gallery.captions_of(row))
        report = build(
            BuildOptions(images, Path(folder, "data"), captions=captions, model=arguments.random, device="cpu")
        )
        print(
            f"\n{len(chosen)} pictures with random weights: {' '.join(report.notes) or 'a verdict, which must not be'}"
        )


if __name__ == "__main__":
    main()
