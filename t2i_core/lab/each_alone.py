"""Two datasets each by itself: what `fix` or another choice of pictures changed, before and after."""

from __future__ import annotations

from dataclasses import dataclass

from t2i_core.errors import count_of
from t2i_core.lab.measuring import draws_of, measure_direction
from t2i_core.lab.resampling import Figure
from t2i_core.lab.right_pairs import right_pairs
from t2i_core.ranks.counting import OnProgress
from t2i_core.types import Gallery

NAMES = ("hit@1", "hit@5", "hit@10", "mrr")


@dataclass(frozen=True)
class Alone:
    """How well all captions of one dataset find their pictures among all of its own; figures as the lab has them without marks."""

    captions: int
    images: int
    figures: dict[str, Figure]

    @property
    def of(self) -> str:
        """How many captions and pictures, in words."""
        return f"{count_of(self.captions, 'caption')}, {count_of(self.images, 'picture')}"

    def as_dict(self) -> dict[str, object]:
        """As JSON has it."""
        figures = {name: figure.as_dict() for name, figure in self.figures.items()}
        return {"captions": self.captions, "images": self.images, "figures": figures}


def alone(gallery: Gallery, *, on_progress: OnProgress | None = None) -> Alone:
    """Measure one dataset; ranks that are kept beside it are not counted again."""
    pairs = right_pairs(gallery, (), on_progress=on_progress)
    figures = measure_direction(pairs.text_to_image, draws_of(pairs)).figures
    return Alone(len(pairs.captions), pairs.images, {name: figures[name] for name in NAMES})
