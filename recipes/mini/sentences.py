"""Sentences without pictures, from which the text tower learns what words mean."""

# ruff: noqa: SIM905 - lists of words read better as text

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from recipes.mini.class_names import with_article
from recipes.mini.wordnet import Entry

TEMPLATES = (
    "{a}",
    "a photo of {a}",
    "{name} close up",
    "a picture of {a} outdoors",
    "there is {a} in the picture",
    "{a} on a plain background",
)
_COLOURS = "red green blue yellow white black brown orange pink purple grey golden silver turquoise pale dark".split()
_QUALITIES = (
    "old small big wooden metal shiny rusty round tall empty broken furry colourful striped modern ancient".split()
)
_PLACES = (
    "on a table", "in the snow", "on the grass", "in the water", "on the beach", "at night", "at sunset",
    "against a blue sky", "in a forest", "in the city", "on a white background", "in a garden", "by a lake",
    "in the desert", "under the sea", "on a branch", "in the fog", "seen from above", "reflected in water",
    "on stage", "in space", "in front of mountains", "in a museum", "on a wall",
)  # fmt: skip
_SCENES = (
    "castle windmill waterfall lighthouse temple palace cathedral pyramid bridge tower river valley planet galaxy moon "
    "sunflower tulip rose leaf dewdrop feather seashell wind_turbine solar_panel power_plant dam geyser oil_painting "
    "statue dome minaret mosque ruins skyscraper harbour island canyon glacier volcano aurora hills field meadow "
    "hammer pliers screwdriver wrench saw drill tape_measure multimeter scissors tweezers knife spray_bottle "
    "fish shark whale turtle parrot owl eagle penguin duck chicken rabbit hedgehog fox wolf bear lion tiger monkey "
    "gorilla koala kangaroo elephant giraffe zebra camel horse cow sheep goat pig lizard chameleon snake frog spider "
    "bee butterfly caterpillar crab seal dolphin bat drum violin guitar orchestra flute bagpipe dancer singer choir "
    "ball bulb candle lamp chair bed pillow shoe hat umbrella igloo tent house clock scale kettle cup bowl bottle book"
).replace("_", "-").split()  # fmt: skip
_LANDMARKS = (
    "Eiffel Tower|Taj Mahal|Colosseum|Great Wall of China|Machu Picchu|Christ the Redeemer|Petra|Chichen Itza|"
    "Statue of Liberty|Mount Rushmore|Big Ben|Tower Bridge|Stonehenge|Leaning Tower of Pisa|Brandenburg Gate|"
    "Cologne Cathedral|Neuschwanstein Castle|Notre-Dame|Louvre pyramid|Mont Saint-Michel|Sagrada Familia|Alhambra|"
    "Parthenon|Acropolis|Hagia Sophia|Kremlin|Saint Basil's Cathedral|Sydney Opera House|Golden Gate Bridge|"
    "Golden Temple|Angkor Wat|Great Sphinx of Giza|Pyramid of Giza|Burj Khalifa|White House|Lincoln Memorial|"
    "Arc de Triomphe|Palace of Versailles|Sacre-Coeur|Himeji Castle|Potala Palace|Forbidden City|Easter Island|"
    "Borobudur|Gateway of India|Lotus Temple|Hawa Mahal|Charminar|Red Fort|Qutub Minar|Amber Fort|Mysore Palace|"
    "Alcatraz|Grand Canyon|Niagara Falls|Mount Fuji|Kilimanjaro|Uluru|Loch Ness|Edinburgh Castle|Windsor Castle|"
    "planet Mercury|planet Venus|planet Earth|planet Mars|planet Jupiter|planet Saturn with rings|planet Uranus|"
    "planet Neptune|the Sun|the Moon|Milky Way"
).split("|")
_LANDMARK_TEMPLATES = (
    "{}",
    "a photo of the {}",
    "{} at night",
    "view of the {} under a blue sky",
    "tourists at the {}",
)
_FUNCTION_WORDS = frozenset(
    "a an the is are was were be been being of and to in on at with his her its their that this there while as by for "
    "from it he she they who which has have very some".split()
)


def class_sentences(names: Iterable[str]) -> list[str]:
    """Each class in a few ordinary sentences."""
    return [pattern.format(a=with_article(name), name=name) for name in names for pattern in TEMPLATES]


def prompt(name: str) -> str:
    """The one sentence that stands for a class."""
    return f"a photo of {with_article(name)}"


def wordnet_sentences(entries: Iterable[Entry], random: np.random.Generator, *, examples: int) -> list[str]:
    """Visible nouns with their synonyms and glosses, some other glosses, and ``examples`` of the examples."""
    sentences, quoted = [], []
    for entry in entries:
        gloss = entry.short_gloss
        if entry.part == "noun" and entry.visible:
            short = (word for word in entry.words[:3] if len(word.split()) <= 3)
            sentences += [word if random.random() < 0.4 else prompt(word) for word in short]
            sentences.append(gloss if random.random() < 0.5 else f"{entry.words[0]}, {gloss}")
        elif random.random() < 0.25:
            sentences.append(f"{entry.words[0]}: {gloss}" if entry.part == "adj" else gloss)
        quoted += [example for example in entry.examples if 3 <= len(example.split()) <= 16]
    chosen = random.permutation(len(quoted))[:examples]
    return sentences + [quoted[row] for row in chosen]


def made_up_sentences(count: int, nouns: Sequence[str], random: np.random.Generator) -> list[str]:
    """Phrases from a small grammar: colour, quality, thing, place."""

    def pick(words: Sequence[str]) -> str:
        return words[int(random.integers(len(words)))]

    sentences = [pattern.format(name) for name in _LANDMARKS for pattern in _LANDMARK_TEMPLATES]
    while len(sentences) < count:
        noun = pick(_SCENES).replace("-", " ") if random.random() < 0.7 else pick(nouns)
        adjectives = " ".join(pick(words) for words in (_QUALITIES, _COLOURS) if random.random() < 0.5)
        phrase = f"{adjectives} {noun}".strip()
        phrase = phrase if random.random() < 0.5 else with_article(phrase)
        if random.random() < 0.25:
            phrase += f" and {with_article(pick(_SCENES).replace('-', ' '))}"
        sentences.append(f"{phrase} {pick(_PLACES)}" if random.random() < 0.7 else phrase)
    return sentences


def as_keywords(sentence: str, random: np.random.Generator) -> str:
    """A caption shortened as people type queries: function words gone, sometimes a part only."""
    words = [word for word in re.findall(r"[\w'-]+", sentence.lower()) if word not in _FUNCTION_WORDS]
    if len(words) > 4 and random.random() < 0.5:
        start = int(random.integers(len(words) - 3))
        words = words[start : start + int(random.integers(3, 7))]
    return " ".join(words)
