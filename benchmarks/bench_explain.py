"""Whether heat maps point at the right place, without boxes: mosaics, and what the score keeps when hot or cold places go.

    python benchmarks/bench_explain.py --sets DIR [DIR ...] [--model mini] [--part report]

Each DIR holds `images/` and `captions.csv` (image,caption). A mosaic is four pictures, two by two, asked with a caption of one of
them: the brightest place must lie in that quarter (chance: 25 %). Deletion blurs a picture place by place, brightest first, and
insertion shows it so; told is the mean share of the score that is there on the way, of which a good map keeps little at the one
and much at the other. Compared with gradient x activation at the last maps (mini only) and with places in no order. 95 %
intervals resample pictures. Pictures are dealt into two parts by their names: what is chosen is chosen on `choose`.

    python benchmarks/bench_explain.py --page 20 [--model mini|random-vit-b32|PATH]

measures the page in headless Chromium, over the bundled gallery: from the key to the heat drawn over the picture, and from there
to words and suggestions. With another model than mini the gallery is first built with it, in a folder of its own; random-vit-b32 is
a checkpoint of random weights in the shapes of ViT-B/32, for what a map shows depends on weights, how long it takes does not.
"""

from __future__ import annotations

import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

import machine
import numpy as np
import pandas as pd
import torch
from bench_build import RANDOM_VIT, open_model
from PIL import Image, ImageFilter
from serving import PATIENCE_S, chromium, served
from torch.nn import functional as F  # noqa: N812 - torch's own convention

from t2i_core.encoder import ClipEncoder, open_encoder
from t2i_core.encoder.mini_adapter import MiniNetwork
from t2i_core.pictures.images import open_image

RESAMPLES = 2_000
STEPS = 8
BLUR = 0.1  # of the side
MAX_PIXELS = 50_000_000
IMAGES, CAPTIONS = machine.ROOT / "static" / "images", machine.ROOT / "data" / "captions_tokenized.csv"
QUERY = "an old boat by the sea"
# Milliseconds from the key to the frame in which heat lies over the picture, and to that in which all else is there.
CLOCK = """() => {
  window.took = [];
  const roots = [document, ...[...document.querySelectorAll('*')].map((one) => one.shadowRoot).filter(Boolean)];
  const is = (pattern) => roots.some((root) => root.querySelector(pattern));
  addEventListener('keydown', () => {
    const begun = performance.now();
    const look = () => {
      if (is(['.stage.heated', '.why .crowd'][window.took.length])) window.took.push(performance.now() - begun);
      if (window.took.length < 2) requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true });
}"""
Way = Callable[[Image.Image, np.ndarray], np.ndarray]


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--sets", type=Path, nargs="+", default=[])
    parser.add_argument(
        "--page", type=int, default=0, metavar="N", help="time the page with N pictures, and nothing else"
    )
    parser.add_argument("--model", default="mini", help=f"what open_encoder takes, or with --page {RANDOM_VIT}")
    parser.add_argument("--part", choices=("choose", "report", "all"), default="report")
    parser.add_argument("--mosaics", type=int, default=1_000, help="at most; one for each picture")
    parser.add_argument("--curves", type=int, default=200, help="pictures for deletion and insertion")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.page:
        print(machine.describe())
        page_times(arguments.page, arguments.model)
        return
    if not arguments.sets:
        parser.error("give --sets DIR [DIR ...] or --page N")
    encoder = open_encoder(arguments.model, device="cpu")
    rng = np.random.default_rng(arguments.seed)
    asked = captioned(arguments.sets, arguments.part, rng)
    print(machine.describe())
    print(f"{len(asked):,} pictures ({arguments.part}), {encoder.model_id}")
    embeddings = encoder.encode_text([caption for _, caption in asked])
    ways = ways_of(encoder, rng)
    pointing(asked, embeddings, ways, min(arguments.mosaics, len(asked)), encoder.input_size, rng)
    if arguments.curves:
        curves(asked, embeddings, ways, encoder, min(arguments.curves, len(asked)), rng)


def captioned(folders: list[Path], part: str, rng: np.random.Generator) -> list[tuple[Path, str]]:
    """Pictures of one part in a drawn order, each with one of its captions."""
    found = []
    for folder in folders:
        frame = pd.read_csv(folder / "captions.csv")
        for name, captions in sorted(frame.groupby("image")["caption"]):
            second = hashlib.sha256(str(name).encode()).digest()[0] % 2
            if part == "all" or (part == "report") == bool(second):
                texts = captions.astype(str).tolist()
                found.append((folder / "images" / str(name), texts[int(rng.integers(len(texts)))]))
    return [found[at] for at in rng.permutation(len(found)).tolist()]


def ways_of(encoder: ClipEncoder, rng: np.random.Generator) -> dict[str, Way]:
    size = encoder.explain(Image.new("RGB", (64, 64)), np.eye(1, encoder.dimension, dtype=np.float32)[0]).shape
    ways: dict[str, Way] = {"ours": encoder.explain}
    network = encoder._network
    if isinstance(network, MiniNetwork):
        ways["gradient x activation"] = lambda image, query: gradient_times_activation(encoder, network, image, query)
    ways["no order"] = lambda image, query: rng.random(size).astype(np.float32)
    return ways


def gradient_times_activation(
    encoder: ClipEncoder, network: MiniNetwork, image: Image.Image, query: np.ndarray
) -> np.ndarray:
    """What each place of the last maps gives to the cosine, to first order."""
    pixels = network.explained_rule.pixels([image], device=torch.device("cpu"))
    module = network._module
    with torch.no_grad():
        maps = torch.cat([part(pixels) for part in module.backbone.parts], dim=1).float()
    maps.requires_grad_()
    embedding = F.normalize(module.head(maps.mean(dim=(2, 3))), dim=-1)
    (gradient,) = torch.autograd.grad((embedding[0] * torch.from_numpy(query)).sum(), maps)
    heat: np.ndarray = (gradient * maps)[0].sum(dim=0).detach().numpy()
    return heat


def pointing(
    asked: list[tuple[Path, str]], embeddings: np.ndarray, ways: dict[str, Way], mosaics: int, side: int,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Mosaics of four squares of ``side`` pixels: a picture as large as any, of which models see what they see of pictures."""
    hits: dict[str, list[float]] = {name: [] for name in ways}
    seconds = dict.fromkeys(ways, 0.0)
    for at in range(mosaics):
        others = rng.choice([other for other in range(len(asked)) if other != at], 3, replace=False).tolist()
        quarter = int(rng.integers(4))
        shown = [*others[:quarter], at, *others[quarter:]]
        mosaic = Image.new("RGB", (2 * side, 2 * side))
        for place, row in enumerate(shown):
            picture = open_image(asked[row][0], max_pixels=MAX_PIXELS).resize((side, side), Image.Resampling.BICUBIC)
            mosaic.paste(picture, (side * (place % 2), side * (place // 2)))
        for name, way in ways.items():
            started = time.perf_counter()
            heat = way(mosaic, embeddings[at])
            seconds[name] += time.perf_counter() - started
            row, column = np.unravel_index(int(np.argmax(heat)), heat.shape)
            found = 2 * int(2 * row >= heat.shape[0]) + int(2 * column >= heat.shape[1])
            hits[name].append(float(found == quarter))
    print(f"\n{mosaics:,} mosaics              the brightest place lies in the right quarter (chance 25 %)")
    for name in ways:
        print(f"  {name:24} {told(100 * np.array(hits[name]), rng)} %   {1e3 * seconds[name] / mosaics:.0f} ms a map")
    first, *others = ways
    for other in others:
        print(f"  {first} - {other}: {told(100 * (np.array(hits[first]) - np.array(hits[other])), rng)}")


def curves(
    asked: list[tuple[Path, str]], embeddings: np.ndarray, ways: dict[str, Way], encoder: ClipEncoder, pictures: int,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    kept: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for at in range(pictures):
        square = Image.fromarray(encoder.prepare_image(open_image(asked[at][0], max_pixels=MAX_PIXELS)))
        blurred = square.filter(ImageFilter.GaussianBlur(BLUR * square.width))
        for name, way in ways.items():
            kept[name].append(areas(encoder, square, blurred, way(square, embeddings[at]), embeddings[at]))
    print(f"\n{pictures:,} pictures             deletion (less is better)      insertion (more is better)")
    for name, both in kept.items():
        deleted, inserted = np.array(both).T
        print(f"  {name:24} {told(deleted, rng, 4)}      {told(inserted, rng, 4)}")
    first, *others = ways
    for other in others:
        gained = np.array(kept[first]) - np.array(kept[other])
        print(f"  {first} - {other}: deletion {told(gained[:, 0], rng, 4)}, insertion {told(gained[:, 1], rng, 4)}")


def areas(
    encoder: ClipEncoder, square: Image.Image, blurred: Image.Image, heat: np.ndarray, query: np.ndarray
) -> tuple[float, float]:
    """Mean cosine on the way from the picture to its blur, the brightest places going first; and back, they coming first."""
    order = np.argsort(-heat.ravel(), kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    whole, blur = np.asarray(square), np.asarray(blurred)
    frames = []
    for step in range(STEPS + 1):
        hot = (place < round(len(order) * step / STEPS)).reshape(heat.shape)
        mask = np.asarray(Image.fromarray(hot).resize(square.size, Image.Resampling.NEAREST))[..., None]
        frames += [np.where(mask, blur, whole), np.where(mask, whole, blur)]
    cosines = encoder.encode_prepared(np.stack(frames)) @ query
    return float(np.trapezoid(cosines[::2])) / STEPS, float(np.trapezoid(cosines[1::2])) / STEPS


def page_times(pictures: int, model: str) -> None:
    """Key to heat, and heat to words and suggestions: medians over the first hits, after one that warms up."""
    with ExitStack() as open_now:
        folder = Path(open_now.enter_context(tempfile.TemporaryDirectory()))
        weights = None if model == "mini" else built_with(model, folder)
        data = None if weights is None else folder / "data"
        app, browser = open_now.enter_context(served(data, IMAGES, model=weights)), open_now.enter_context(chromium())
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(1e3 * PATIENCE_S)
        page.goto(f"{app.url}/?{urlencode({'q': QUERY, 'k': pictures + 1})}")
        page.locator(".card .score").nth(pictures).wait_for()
        heats, wholes = [], []
        for at in range(pictures + 1):
            page.locator(".card .picture").nth(at).click()
            page.locator(".why-button").wait_for()
            page.wait_for_timeout(500)
            page.evaluate(CLOCK)
            page.keyboard.press("e")
            page.wait_for_function("window.took.length === 2", polling="raf")
            heat, whole = page.evaluate("window.took")
            if at:
                heats.append(heat / 1e3)
                wholes.append((whole - heat) / 1e3)
            page.keyboard.press("Escape")
            page.wait_for_timeout(300)
    for what, took, floor, goal in (
        ("key to heat", heats, *((0.5, 0.2) if model == "mini" else (1.5, 0.7))),
        ("heat to words and suggestions", wholes, 0.5, 0.25),
    ):
        print(
            f"  {what}, {model}: median {statistics.median(took):.2f} s of {len(took)}, slowest {max(took):.2f} s "
            f"(floor {floor}, goal {goal})"
        )


def built_with(model: str, folder: Path) -> Path:
    """The bundled gallery in ``data`` of a folder, built with another model: where its weights lie."""
    weights = Path(open_model(model, folder).model_id if model == RANDOM_VIT else model)
    weights = weights.resolve() if weights.exists() else weights  # else one of OpenAI's names
    build: list[str | Path] = [sys.executable, "-m", "t2i_core", "build", "--images", IMAGES, "--captions", CAPTIONS]
    subprocess.run([*build, "--data", folder / "data", "--model", weights], cwd=machine.ROOT, check=True)
    return weights


def told(values: np.ndarray, rng: np.random.Generator, digits: int = 1) -> str:
    """Mean with its 95 % interval."""
    means = values[rng.integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return f"{values.mean():.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"


if __name__ == "__main__":
    main()
