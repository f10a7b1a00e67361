"""What every family of networks says when it is asked where in a picture it sees something, and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass

import torch

# Sentences about everything a photograph may show. What a place scores for all of them says how near it is to sentences
# at all; only what it scores beyond that belongs to the one that was asked.
BACKGROUND_SENTENCES = (
    "a person standing outside", "a group of people", "a child playing", "a woman smiling", "a man at work",
    "a crowd in the street", "a face seen closely", "hands holding something", "a dog", "a cat indoors",
    "a bird on a branch", "a horse in a field", "fish in the water", "an insect on a leaf", "wild animals",
    "farm animals", "green grass", "trees in a forest", "flowers in a garden", "a blue sky with clouds",
    "the sea and its waves", "a sandy beach", "a lake", "a river between rocks", "snow on a mountain",
    "a desert", "a field in summer", "an evening sky", "rain and fog", "a street with cars",
    "a tall building", "a house with a roof", "an old church", "a bridge", "a tower", "a market", "a shop window",
    "a kitchen", "a bedroom", "a bathroom", "a living room with a sofa", "an office desk", "a plate of food",
    "fruit and vegetables", "a cake", "a cup of coffee", "a bottle on a table", "a car", "a train at a station",
    "an aeroplane", "a boat on the water", "a bicycle", "a motorcycle", "a ball game", "people running",
    "musical instruments", "clothes and shoes", "a book", "a computer screen", "a machine", "a toy", "a painting",
    "letters on a sign", "a plain wall",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Sought:
    """What is looked for in one picture.

    Attributes
    ----------
    directions : Tensor of shape (T, D), float32, unit rows
        One for each thing that is asked.
    background : Tensor of shape (B, D), float32, unit rows
        What it is compared with.
    """

    directions: torch.Tensor
    background: torch.Tensor
