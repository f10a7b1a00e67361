"""What the browser tests know of the app they drive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parents[2]
HOSTILE_CAPTION = '<img src=x onerror="window.hurt=1"> [a](javascript:hurt) **bold**'


@dataclass(frozen=True)
class App:
    """A running app, its process, its dataset folder, and the captions of its first dataset."""

    url: str
    process: int
    data_dir: Path
    captions: pd.DataFrame
    checkpoint: Path
