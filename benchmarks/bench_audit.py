"""Faults put into a dataset, and how many of them an audit finds.

    python benchmarks/bench_audit.py --images DIR --captions FILE [--without FILE] [--cleanvision PYTHON]

Into one picture in twenty each: darkened (to 10 to 30 %), blurred (Gaussian, a 90th to a 40th of the width), turned. Of one in
twenty each a copy is added: halved, saved again at quality 40, brighter; and cropped by 5 % on each side, mirrored. Told is how
many of each kind are among the first n, where n were put in, with a Wilson interval of 95 %. Crops and mirrors count as found
where they are copies or look-alikes. Of turned pictures alone more is told: each picture as it was is turned once in every draw, a
twentieth of them at a time, and the share that is found has an interval that resamples pictures; with it, how many of the
turned would be among those that an audit of 31,783 pictures looks at in all four ways.

One caption in twenty is exchanged: with another at random, or with one of the most similar picture. Told is the average precision
of the order in which captions are listed, with an interval that resamples pictures, beside those of the cosine with the picture and
of the mean cosine with the picture's other captions.

`--without` names a file of picture names, one a line, on which something was chosen: they are left out. `--cleanvision` is a
Python that has cleanvision installed: told is how far both agree on the same pictures (F1 of each kind). `--rows` is how many
made-up pictures the time is taken over, without their files (default 31,783).
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import machine
import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from t2i_core.arrays import l2_normalize
from t2i_core.audit import Audit, audit, rotation
from t2i_core.audit.caption_fit import sibling_fit
from t2i_core.audit.pictures import BLURRED_BELOW
from t2i_core.building import BuildOptions, build
from t2i_core.captions.fit import caption_similarities
from t2i_core.dataset import read_captions, read_gallery
from t2i_core.encoder import open_encoder
from t2i_core.encoder.upright import SIDE, open_upright, square, workers
from t2i_core.pictures.images import open_image
from t2i_core.types import Gallery

SHARE = 0.05
MAX_PIXELS = 10**8
RESAMPLES = 400
SWAPS = 5  # draws of each sort, for the mean
LARGE = 31_783
DRAWS = 20  # of turned pictures
TIMED = 400  # views
CLEANVISION = """
import json, sys
from cleanvision import Imagelab
lab = Imagelab(data_path=sys.argv[1])
kinds = ["dark", "light", "blurry", "low_information", "odd_aspect_ratio", "odd_size"]
lab.find_issues({kind: {} for kind in kinds}, n_jobs=1, verbose=False)
told = {kind: [str(p).rsplit("/", 1)[-1] for p in lab.issues.index[lab.issues[f"is_{kind}_issue"]]] for kind in kinds}
print("RESULT" + json.dumps(told))
"""
OURS = {
    "dark": "dark", "light": "light", "blurry": "blurred", "low_information": "low_information",
    "odd_aspect_ratio": "odd_shape", "odd_size": "odd_size",
}  # fmt: skip
Rng = np.random.Generator


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--images", type=Path, required=True)
    parser.add_argument("--captions", type=Path, required=True)
    parser.add_argument("--without", type=Path)
    parser.add_argument("--cleanvision", type=Path)
    parser.add_argument("--model", default="mini")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rows", type=int, default=LARGE)
    arguments = parser.parse_args()
    print(machine.describe())
    rng = np.random.default_rng(arguments.seed)
    left_out = set(arguments.without.read_text(encoding="utf-8").splitlines()) if arguments.without else set()
    names = sorted(set(read_captions(arguments.captions).images) - left_out)
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder) / "images"
        truth = inject(arguments.images, names, images, rng)
        data = Path(folder) / "data"
        build(BuildOptions(images, data, captions=arguments.captions, model=arguments.model, captions_may_miss=True))
        gallery = read_gallery(data)
        print(
            f"{len(names):,} pictures, {len(truth):,} faults, {gallery.manifest.model_id if gallery.manifest else ''}"
        )
        began = time.perf_counter()
        report = audit(gallery, max_pixels=MAX_PIXELS, open_encoder=lambda: open_encoder(arguments.model, device="cpu"))
        print(f"audit of all kinds: {time.perf_counter() - began:.1f} s")
        tell_pictures(report, truth)
        tell_turned(arguments.images, names, rng)
        tell_swaps(gallery, set(names) - set(truth), rng)
        if arguments.cleanvision:
            tell_agreement(report, arguments.cleanvision, images)
    tell_time(arguments.rows)


def inject(source: Path, names: Sequence[str], images: Path, rng: Rng) -> dict[str, str]:
    """Save the pictures, some with faults, and copies of others; the fault of each that has one."""
    images.mkdir(parents=True)
    each = max(1, round(SHARE * len(names)))
    order = rng.permutation(len(names))
    spoilt = {
        names[row]: kind for at, kind in enumerate(SPOILING) for row in order[at * each : (at + 1) * each].tolist()
    }
    rest = order[len(SPOILING) * each :]
    copied = {names[row]: kind for at, kind in enumerate(COPYING) for row in rest[at * each : (at + 1) * each].tolist()}
    truth = dict(spoilt)
    for name in names:
        picture = open_image(source / name, max_pixels=MAX_PIXELS)
        if name in spoilt:
            picture = SPOILING[spoilt[name]](picture, rng)
        picture.save(images / name, quality=92)
        if name in copied:
            kind = copied[name]
            copy = f"{kind}_{name}"
            COPYING[kind](picture).save(images / copy, quality=40 if kind == "saved again" else 85)
            truth[copy] = kind
    return truth


SPOILING: dict[str, Callable[[Image.Image, Rng], Image.Image]] = {
    "dark": lambda picture, rng: ImageEnhance.Brightness(picture).enhance(rng.uniform(0.1, 0.3)),
    "blurred": lambda picture, rng: picture.filter(ImageFilter.GaussianBlur(max(picture.size) / rng.uniform(40, 90))),
    "rotated": lambda picture, rng: picture.transpose(
        (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)[int(rng.integers(3))]
    ),
}
COPYING: dict[str, Callable[[Image.Image], Image.Image]] = {
    "halved": lambda picture: picture.resize((picture.width // 2, picture.height // 2)),
    "saved again": lambda picture: picture,
    "brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.3),
    "cropped": lambda picture: picture.crop(
        (picture.width // 20, picture.height // 20, picture.width * 19 // 20, picture.height * 19 // 20)
    ),
    "mirrored": lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
}


def tell_pictures(report: Audit, truth: dict[str, str]) -> None:
    for kind in SPOILING:
        put_in = {name for name, fault in truth.items() if fault == kind}
        tell_found(kind, put_in, [finding.image_id for finding in report.of_kind(kind)][: len(put_in)])
    copies = {name for name, fault in truth.items() if fault in ("halved", "saved again", "brighter")}
    tell_found("copies", copies, [finding.image_id for finding in report.of_kind("copy")][: len(copies)])
    both = [finding.image_id for kind in ("copy", "look_alike") for finding in report.of_kind(kind)]
    for kind in COPYING:
        tell_found(f"  {kind}", {name for name, fault in truth.items() if fault == kind}, both)


def tell_turned(source: Path, names: Sequence[str], rng: Rng) -> None:
    reader = open_upright()
    squares = (square(open_image(source / name, max_pixels=MAX_PIXELS)) for name in names)
    logits = np.stack([reader.logits(np.stack([np.rot90(one, turn) for turn in range(4)])) for one in squares])
    together = rotation.ways_together(logits)
    # Who is turned by a quarter has its views and what they say one place further.
    told = turned_found([rotation.gains(np.roll(together, turn, axis=1)) for turn in range(4)], 1.0, rng)
    first = rotation.MOST_TURNED / LARGE / SHARE
    looks = turned_found([rotation.gains(logits[:, turn]) for turn in range(4)], first, rng)
    print(f"turned alone, {len(names):,} pictures, each once, {SHARE:.0%} at a time, among the first n: {told}")
    print(f"  among the {first * SHARE:.1%} that one look puts first: {looks}")


def turned_found(gains: Sequence[np.ndarray], reach: float, rng: Rng) -> str:
    """Which share of turned pictures is among the first ``reach`` times as many; ``gains`` are those in each of the four ways."""
    ways, count = np.stack(gains, axis=1), len(gains[0])
    shares = []
    for draw in range(DRAWS + RESAMPLES):
        # Drawn again are upright pictures as well as turned ones: few that look turned take the places of many.
        some = rng.permutation(count) if draw < DRAWS else rng.integers(0, count, count)
        turns, found = rng.integers(1, 4, count), 0
        for places in np.array_split(np.arange(count), round(1 / SHARE)):
            told = ways[some, 0]
            told[places] = ways[some[places], turns[places]]
            found += np.isin(places, np.argsort(-told)[: round(reach * len(places))]).sum()
        shares.append(found / count)
    low, high = np.quantile(shares[DRAWS:], (0.025, 0.975))
    return f"{np.mean(shares[:DRAWS]):.1%} ({low:.1%} to {high:.1%})"


def tell_found(what: str, put_in: set[str], listed: Sequence[str]) -> None:
    found, count = len(put_in & set(listed)), len(put_in)
    low, high = wilson(found, count)
    print(f"{what}: {found} of {count} found ({found / count:.0%}, {low:.0%} to {high:.0%})")


def wilson(found: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """95 % interval of a share."""
    share, extra = found / count, z * z / count
    middle = (share + extra / 2) / (1 + extra)
    reach = z * np.sqrt(share * (1 - share) / count + extra / (4 * count)) / (1 + extra)
    return float(middle - reach), float(middle + reach)


def tell_swaps(gallery: Gallery, names: set[str], rng: Rng) -> None:
    texts = gallery.text_embeddings
    if texts is None:
        raise SystemExit("The pictures need captions.")
    rows = [row for row, name in enumerate(gallery.image_ids) if name in names and len(gallery.captions_of(row)) > 1]
    positions = np.array([position for row in rows for position in gallery.captions_of(row)])
    for kind in ("random", "look-alike"):
        orders: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {
            "ours": [],
            "siblings' mean": [],
            "cosine with the picture": [],
        }
        for _ in range(SWAPS):
            taken, wrong = swapped(gallery, rows, positions, kind, rng)
            changed = np.array(texts)
            changed[positions] = texts[taken]
            other = replace(gallery, text_embeddings=changed)
            doubts = {
                finding.position: finding.doubt
                for finding in audit(other, ("caption_mismatch",), max_pixels=1).findings
            }
            orders["ours"].append((-np.array([doubts[position] for position in positions.tolist()]), wrong))
            own = gallery.rows_of(positions)
            orders["siblings' mean"].append((sibling_fit(changed, positions, own), wrong))
            orders["cosine with the picture"].append((caption_similarities(other)[positions], wrong))
        print(
            f"captions exchanged, {kind}, {SHARE:.0%} of {len(positions):,} of {len(rows):,} pictures, average precision:"
        )
        for name, drawn in orders.items():
            tell_precision(name, drawn, gallery.rows_of(positions), rng)


def swapped(
    gallery: Gallery, rows: Sequence[int], positions: np.ndarray, kind: str, rng: Rng
) -> tuple[np.ndarray, np.ndarray]:
    """For each caption the one that takes its place, and which are wrong then."""
    taken, wrong = positions.copy(), np.zeros(len(positions), dtype=np.bool_)
    chosen = rng.permutation(len(positions))[: round(SHARE * len(positions))]
    wrong[chosen] = True
    if kind == "random":
        taken[chosen] = positions[np.roll(chosen, 1)]
        own = gallery.rows_of(positions)
        wrong[chosen] = own[np.roll(chosen, 1)] != own[chosen]
        return taken, wrong
    own_rows = np.array(rows)
    cosines = gallery.image_embeddings[own_rows] @ gallery.image_embeddings[own_rows].T
    np.fill_diagonal(cosines, -1.0)
    nearest = dict(zip(rows, own_rows[np.argmax(cosines, axis=1)].tolist(), strict=True))
    for at in chosen.tolist():
        taken[at] = rng.choice(gallery.captions_of(nearest[int(gallery.rows_of(positions[[at]])[0])]))
    return taken, wrong


def tell_precision(name: str, drawn: Sequence[tuple[np.ndarray, np.ndarray]], rows: np.ndarray, rng: Rng) -> None:
    whole = float(np.mean([average_precision(order, wrong) for order, wrong in drawn]))
    pictures, at = np.unique(rows, return_inverse=True)
    members = [np.flatnonzero(at == picture) for picture in range(len(pictures))]
    means = []
    for _ in range(RESAMPLES):
        chosen = np.concatenate([members[picture] for picture in rng.integers(0, len(pictures), len(pictures))])
        means.append(np.mean([average_precision(order[chosen], wrong[chosen]) for order, wrong in drawn]))
    low, high = np.quantile(means, (0.025, 0.975))
    print(f"  {name}: {whole:.3f} ({low:.3f} to {high:.3f})")


def average_precision(order: np.ndarray, wrong: np.ndarray) -> float:
    found = wrong[np.argsort(order, kind="stable")]
    return float((np.cumsum(found) / np.arange(1, len(found) + 1))[found].mean())


def tell_agreement(report: Audit, python: Path, images: Path) -> None:
    done = subprocess.run([str(python), "-c", CLEANVISION, str(images)], capture_output=True, text=True, check=True)
    told: dict[str, list[str]] = json.loads(done.stdout.rpartition("RESULT")[2])
    shared = total = 0
    for their_kind, ours in OURS.items():
        one, other = set(told[their_kind]), {finding.image_id for finding in report.of_kind(ours)}
        both = len(one & other)
        shared, total = shared + 2 * both, total + len(one) + len(other)
        agreement = 2 * both / max(1, len(one) + len(other))
        print(
            f"cleanvision {their_kind}: {len(one)} theirs, {len(other)} ours, {both} both, F1 {agreement if one or other else 1:.3f}"
        )
    print(f"cleanvision, all kinds: F1 {shared / max(1, total):.3f}")
    below = {finding.image_id for finding in report.of_kind("blurred") if finding.value < BLURRED_BELOW}
    theirs = set(told["blurry"])
    print(f"  blurry by its limit alone: F1 {2 * len(below & theirs) / max(1, len(below) + len(theirs)):.3f}")


def tell_time(count: int) -> None:
    """All that takes no picture file, over made-up rows: five captions a picture."""
    rng = np.random.default_rng(0)
    images = l2_normalize(rng.standard_normal((count, 512)) + 2.0)
    rows = np.repeat(np.arange(count), 5)
    texts = l2_normalize(images[rows] + rng.standard_normal((len(rows), 512)).astype(np.float32))
    words = np.array(
        [
            "a",
            "dog",
            "man",
            "two",
            "women",
            "red",
            "ball",
            "grass",
            "near",
            "the",
            "on",
            "runs",
            "with",
            "street",
            "boat",
        ]
    )
    captions = tuple(" ".join(one) for one in words[rng.integers(0, len(words), (len(rows), 10))])
    manifest = read_gallery(machine.ROOT / "data").manifest
    with tempfile.TemporaryDirectory() as folder:
        gallery = Gallery(
            name="made up", data_dir=Path(folder), images_dir=Path(folder) / "none",
            image_ids=tuple(f"{row}.jpg" for row in range(count)),
            image_embeddings=images, captions=captions, caption_rows=rows, text_embeddings=texts,
            image_sizes=np.zeros((count, 2), dtype=np.int64), key="made up", manifest=manifest,
        )  # fmt: skip
        stages: dict[str, float] = {}
        began, used = time.perf_counter(), time.process_time()
        for kinds in (("caption_mismatch",), ("caption_text",), ("copy", "look_alike", "leakage", "outlier"), ("gap",)):
            start = time.perf_counter()
            audit(gallery, kinds, max_pixels=MAX_PIXELS)
            stages[" and ".join(kinds)] = time.perf_counter() - start
        print(
            f"{count:,} pictures and {len(captions):,} captions without decoding: {time.perf_counter() - began:.1f} s, "
            f"{time.process_time() - used:.0f} processor seconds"
        )
        for name, seconds in stages.items():
            print(f"  {name}: {seconds:.1f} s")
    reader, views = open_upright(), rng.integers(0, 255, (TIMED, SIDE, SIDE, 3), dtype=np.uint8)
    began = time.process_time()
    workers().map(reader.logits, np.split(views, TIMED // rotation.TOGETHER))
    each = (time.process_time() - began) / TIMED
    looked = count + 3 * min(count, rotation.MOST_TURNED)
    print(f"turned pictures, {looked:,} views: {each * looked:.0f} processor seconds ({1 / each:.0f} views each)")


if __name__ == "__main__":
    main()
