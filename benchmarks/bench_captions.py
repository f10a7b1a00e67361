"""How fast the Captions page finds words: in the core against pandas, and in Chromium from the key to the rows.

    python benchmarks/bench_captions.py [--captions 158915] [--pictures 31783] [--rounds 5] [--data DIR] [--core-only]

A synthetic dataset is made (kept and used again with --data): captions of words drawn as words are, by a
power law, over picture names whose files are a few photographs' worth of noise under many names, with
random picture embeddings and caption embeddings by a tiny model of random weights.

- core: `CaptionSheet.select` with its `WordIndex` for one word, two words, a phrase and an exclusion;
  peer: `pandas.Series.str.contains` with the same pattern on the same captions in the same round;
- page: the app served over the dataset, a word typed into a headless Chromium; from the last key to the
  first animation frame whose rows are the right ones. What is typed while an answer is under way waits.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import machine
import numpy as np
import pandas as pd
from PIL import Image
from playwright.sync_api import Page
from serving import chromium, served

from t2i_core.captions import fit
from t2i_core.captions.sheet import SheetView, caption_sheet
from t2i_core.captions.word_index import WordIndex
from t2i_core.dataset import read_gallery, write_dataset
from t2i_core.types import Gallery

DIMENSION = 512
VOCABULARY = 18_000
SYLLABLES = [consonant + vowel for consonant in "bdklmnr" for vowel in "aeiou"]
CORE = (("one word", "{0}", r"\b{0}\b"), ("phrase", '"{1} {0}"', r"\b{1} {0}\b"), ("beginning", "{2}*", r"\b{2}"))
FLOOR_S, GOAL_S = 0.7, 0.3


def main() -> None:
    parser = machine.options(__doc__)
    parser.add_argument("--captions", type=int, default=158_915)
    parser.add_argument("--pictures", type=int, default=31_783)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path, help="where the dataset is kept; a temporary folder when left out")
    parser.add_argument("--core-only", action="store_true")
    arguments = parser.parse_args()
    print(machine.describe())
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.data or Path(temporary)
        if not (folder / "data" / "manifest.json").is_file():
            make_dataset(folder, arguments.captions, arguments.pictures)
        gallery = read_gallery(folder / "data", folder / "pictures")
        print(f"M = {len(gallery.captions):,} captions, N = {len(gallery):,} pictures, D = {gallery.dimension}")
        words = chosen_words(gallery)
        measure_core(gallery, words, arguments.rounds)
        if not arguments.core_only:
            measure_page(folder, gallery, words, arguments.rounds)


def make_dataset(folder: Path, captions: int, pictures: int) -> None:
    """Write the dataset and its pictures."""
    import torch

    from t2i_core.arrays import l2_normalize
    from t2i_core.encoder import open_encoder
    from tests.core.clip_weights import tiny_vit

    random = np.random.default_rng(0)
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = ["".join(random.choice(SYLLABLES, size)) for size in random.integers(1, 5, VOCABULARY)]
    weights = 1.0 / np.arange(1, VOCABULARY + 1)
    drawn = random.choice(VOCABULARY, captions * 12, p=weights / weights.sum())
    lengths = random.integers(6, 19, captions)
    starts = random.integers(0, len(drawn) - 20, captions)
    texts = [
        " ".join(vocabulary[word] for word in drawn[at : at + size]) for at, size in zip(starts, lengths, strict=True)
    ]
    names = [f"{number % 20:02d}/{number:06d}.jpg" for number in range(pictures)]
    rows = np.sort(np.arange(captions) % pictures)
    save_pictures(folder / "pictures", names, random)
    torch.save(tiny_vit(dimension=DIMENSION).state_dict(), folder / "tiny.pt")
    encoder = open_encoder(str(folder / "tiny.pt"), device="cpu")
    step = 4096
    text_rows = np.concatenate([encoder.encode_text(texts[at : at + step]) for at in range(0, captions, step)])
    frame = pd.DataFrame({"image": [names[row] for row in rows], "caption": texts, "annotator": rows % 7})
    frame = frame[~frame.duplicated(["image", "caption"])]
    write_dataset(
        folder / "data",
        image_ids=names,
        image_embeddings=l2_normalize(random.standard_normal((pictures, DIMENSION))),
        image_sizes=np.full((pictures, 2), (500, 375), dtype=np.int64),
        captions=frame,
        text_embeddings=text_rows[frame.index],
        encoder_id=encoder.model_id,
        weights_sha256=encoder.weights_sha256,
        preprocessing=encoder.preprocessing,
        images_dir=folder / "pictures",
    )


def save_pictures(folder: Path, names: list[str], random: np.random.Generator) -> None:
    """Eight JPEGs of 500 by 375 under all the names."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = []
    for number in range(8):
        coarse = Image.fromarray(random.integers(0, 256, (12, 16, 3), dtype=np.uint8))
        sources.append(folder / f"source-{number}.jpg")
        coarse.resize((500, 375), Image.Resampling.BICUBIC).save(sources[-1], quality=88)
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.hardlink_to(sources[number % len(sources)])
    for source in sources:
        source.unlink()


def chosen_words(gallery: Gallery) -> list[str]:
    """Words of middling frequency, as somebody looks for: a few hundred to a few thousand captions hold them."""
    counts = pd.Series([word for text in gallery.captions[::10] for word in set(text.split())]).value_counts()
    return [str(word) for word in counts.index[40:400] if len(str(word)) >= 5][:40]


def measure_core(gallery: Gallery, words: list[str], rounds: int) -> None:
    started = time.perf_counter()
    index = WordIndex(gallery.captions)
    built = time.perf_counter() - started
    sheet = caption_sheet(gallery, fit.caption_similarities(gallery))
    series = pd.Series(gallery.captions)
    sheet.select(SheetView())  # the order is made once
    print(f"word index made in {built:.2f} s, {len(index):,} words")
    for name, typed, pattern in CORE:
        ours, theirs = [], []
        for number in range(rounds):
            word = words[number % len(words)]
            text = next(text for text in gallery.captions if f" {word} " in f" {text} " and not text.startswith(word))
            before = text.split()[text.split().index(word) - 1]
            parts = (word, before, word[:3])
            seconds, found = machine.timed(lambda: sheet.select(SheetView(words=typed.format(*parts)), index))  # noqa: B023
            ours.append(seconds)
            seconds, mask = machine.timed(lambda: series.str.contains(pattern.format(*parts)))  # noqa: B023
            theirs.append(seconds)
            assert np.array_equal(found.mask, mask.to_numpy()), (typed, parts)
        ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
        print(
            f"{name:10} ours {1e3 * statistics.median(ours):7.1f} ms   pandas str.contains "
            f"{1e3 * statistics.median(theirs):7.1f} ms   pandas ÷ ours {ratio:6.1f}"
        )


# From the last key to the frame after the rows of this word were drawn.
WATCH = """(word) => new Promise((resolve) => {
    const host = [...document.querySelectorAll('*')].find((one) => one.shadowRoot && one.shadowRoot.querySelector('.captions-root'));
    const root = (host ? host.shadowRoot : document).querySelector('.captions-root');
    const look = () => {
        if (root.dataset.words === word && root.querySelector('tr.row') && !root.classList.contains('is-busy')) {
            requestAnimationFrame(() => resolve(performance.now() - window.lastKey));
            return true;
        }
        return false;
    };
    const watcher = new MutationObserver(() => { if (look()) watcher.disconnect(); });
    watcher.observe(root, { subtree: true, childList: true, attributes: true });
})"""


def measure_page(folder: Path, gallery: Gallery, words: list[str], rounds: int) -> None:
    with served(folder / "data", folder / "pictures", model=folder / "tiny.pt") as app, chromium() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(600_000)
        started = time.perf_counter()
        page.goto(f"{app.url}/captions")
        page.wait_for_selector("tr.row")
        print(f"page: cold server and browser to first rows {time.perf_counter() - started:.1f} s")
        page.wait_for_selector(".word")
        page.wait_for_selector("td[data-key=rank] .value:not(.unknown)")  # counted once, then kept on the disk
        print(f"page: words and ranks there after {time.perf_counter() - started:.1f} s")
        page.evaluate("document.addEventListener('keydown', () => { window.lastKey = performance.now(); }, true)")
        typed = [one_word(page, words[number % len(words)]) for number in range(rounds + 1)][1:]
    print(
        f"page: a word typed to rows shown, median of {len(typed)}: {statistics.median(typed):.3f} s, "
        f"slowest {max(typed):.3f} s (floor {FLOOR_S} s, goal {GOAL_S} s)"
    )


def one_word(page: Page, word: str) -> float:
    """Seconds from the last key of a word to its rows."""
    field = page.get_by_role("textbox", name="Words in captions")
    field.fill("")
    page.wait_for_function(
        """() => [...document.querySelectorAll('*')].some((one) => one.shadowRoot
            && one.shadowRoot.querySelector('.captions-root')?.dataset.words === '')"""
    )
    field.focus()
    waiting = page.evaluate_handle(f"(word) => {{ window.shown = ({WATCH})(word); }}", word)
    page.keyboard.type(word, delay=120)
    seconds = page.evaluate("() => window.shown") / 1e3
    waiting.dispose()
    return float(seconds)


if __name__ == "__main__":
    main()
