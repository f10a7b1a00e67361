"""Measures the shipped file as users meet it: ``python -m recipes.mini.measured_table --data DIR``.

Figures on held-out pictures at both sizes, on the demo gallery's held-out queries, and speeds.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from recipes.mini.backbone_weights import imagenet_networks
from recipes.mini.gallery_pictures import read_demo
from recipes.mini.plan import CONFIG, RULE
from recipes.mini.recipe import caption_rows
from recipes.mini.source_data import joined, read_display, read_flickr, read_more, split_pictures
from t2i_core.encoder import MINI_PATH, open_encoder
from t2i_core.encoder.clip_encoder import ClipEncoder
from t2i_core.encoder.mini_network import channels_last
from t2i_core.pictures.images import open_image
from t2i_core.training.feature_store import FeatureStore
from t2i_core.training.measures import hit_shares, in_words, retrieval_recalls

_BATCH = 64
_MAX_PIXELS = 100_000_000


def main(argv: Sequence[str] | None = None) -> int:
    """Print one line a figure."""
    parser = argparse.ArgumentParser(prog="python -m recipes.mini.measured_table")
    parser.add_argument("--data", type=Path, required=True, help="the recipe's source folder")
    parser.add_argument("--work", type=Path, required=True, help="folder with (or for) the recipe's features")
    parser.add_argument("--model", default="mini")
    arguments = parser.parse_args(argv)
    encoder = open_encoder(arguments.model, device="cpu")
    _report_lines(encoder, arguments.data, arguments.work)
    _demo_line(encoder)
    _speed_lines(encoder)
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _report_lines(encoder: ClipEncoder, data: Path, work: Path) -> None:
    flickr, shown, more = read_flickr(data), read_display(data), read_more(data)
    trunk = channels_last(imagenet_networks(CONFIG["image"]["variants"]).trunk).to(torch.bfloat16)
    stored = [
        FeatureStore(work, f"{name}-plain").make(pictures.paths, view="plain", rule=RULE, trunk=trunk)
        for name, pictures in (("train", flickr), ("more", more))
    ]
    features = np.concatenate(stored).astype(np.float32)
    split = split_pictures(flickr, shown, more, features / np.linalg.norm(features, axis=1, keepdims=True))
    pictures = joined(flickr, more)
    small = [pictures.paths[row] for row in split.report]
    larger = {path.name: path for path in shown.paths}
    for name, rows, paths, most in (
        ("Flickr8k, 160 px, squashed", split.report, small, None),
        ("Flickr8k, 400 px where there is one", split.report, [larger.get(p.name, p) for p in small], None),
        ("COCO, by one caption each", split.coco_report, [pictures.paths[row] for row in split.coco_report], 1),
    ):
        by_picture = caption_rows(pictures)
        picked = [by_picture[row][:most] for row in rows]
        owners = torch.from_numpy(np.repeat(np.arange(len(picked)), [len(captions) for captions in picked]))
        texts = torch.from_numpy(encoder.encode_text([pictures.captions[i] for i in np.concatenate(picked)]))
        images = torch.from_numpy(_embed(encoder, paths))
        _say(f"{len(paths)} unseen pictures of {name}: {in_words(retrieval_recalls(images, texts, owners))}")


def _demo_line(encoder: ClipEncoder) -> None:
    demo = read_demo()
    images = torch.from_numpy(_embed(encoder, demo.pictures.paths))
    queries = torch.from_numpy(encoder.encode_text(list(demo.queries)))
    recalls = retrieval_recalls(images, queries, torch.from_numpy(demo.query_rows))
    _say(f"demo gallery, {len(demo.queries)} held-out queries: {in_words(recalls)}")
    for what, asked in (("asked for by name", demo.things), ("as people ask", demo.asked)):
        texts = torch.from_numpy(encoder.encode_text(list(asked.queries)))
        shares = hit_shares(images, texts, torch.from_numpy(asked.right))
        _say(f"demo gallery, {len(asked.queries)} queries {what}: {in_words(shares)}")


def _speed_lines(encoder: ClipEncoder) -> None:
    times = []
    for number in range(60):
        begun = time.perf_counter()
        encoder.encode_text([f"two dogs play with ball number {number} on the green grass"])
        times.append(time.perf_counter() - begun)
    _say(f"one query: median {1000 * float(np.median(times[10:])):.1f} ms")
    random = np.random.default_rng(0)
    batch = [Image.fromarray(random.integers(0, 255, (300, 400, 3), dtype=np.uint8)) for _ in range(32)]
    rates = []
    for _ in range(5):
        begun = time.perf_counter()
        encoder.encode_image(batch)
        rates.append(len(batch) / (time.perf_counter() - begun))
    _say(f"decoded pictures of 400 x 300, batch of 32: median {float(np.median(rates[1:])):.0f} a second")
    if MINI_PATH.is_file():
        _say(f"file: {MINI_PATH.stat().st_size / 1e6:.1f} MB")


def _embed(encoder: ClipEncoder, paths: Sequence[Path]) -> np.ndarray:
    parts = []
    for start in range(0, len(paths), _BATCH):
        opened = [open_image(path, max_pixels=_MAX_PIXELS) for path in paths[start : start + _BATCH]]
        parts.append(encoder.encode_image(opened))
    return np.concatenate(parts)


if __name__ == "__main__":
    raise SystemExit(main())
