"""Prompt forms: captions written into one against the same captions as they are, by the dataset's own model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from t2i_core.arrays import l2_normalize
from t2i_core.errors import DatasetError, ModelError, QueryError
from t2i_core.lab import prompt_forms
from t2i_core.lab.examining import examine
from t2i_core.lab.prompt_forms import check_form, compare_forms
from t2i_core.lab.wording import comparison_sentence, not_compared
from t2i_core.types import FloatArray, Gallery
from tests.core.lab_galleries import noisy_gallery
from tests.core.small_galleries import ColourEncoder

FORM = "a photo of {}"


class FormEncoder(ColourEncoder):
    """Embeds a caption as the gallery has it, and one in the form so much less like itself."""

    def __init__(self, gallery: Gallery, noise: float) -> None:
        super().__init__(dimension=gallery.dimension)
        assert gallery.text_embeddings is not None and gallery.manifest is None
        rng = np.random.default_rng(4)
        rows = l2_normalize(gallery.text_embeddings + noise * rng.standard_normal(gallery.text_embeddings.shape))
        self.rows = dict(zip([FORM.replace("{}", one) for one in gallery.captions], rows, strict=True))

    def encode_text(self, texts: Sequence[str]) -> FloatArray:
        self.texts += texts
        return np.stack([self.rows[text] for text in texts])


def test_differences_are_those_between_both_ways_to_ask() -> None:
    gallery = noisy_gallery(100, 3, noise=1.5)
    encoder = FormEncoder(gallery, 0.1)
    told: list[float] = []
    compared = compare_forms(gallery, f"  {FORM} ", encoder, on_progress=told.append)
    written = replace(gallery, text_embeddings=np.stack(list(encoder.rows.values())))
    alone = [examine(one).measured.text_to_image.figures for one in (gallery, written)]
    for name, figure in compared.differences.items():
        assert compared.values[name] == pytest.approx((alone[0][name].value, alone[1][name].value))
        assert figure.low is not None and figure.high is not None and figure.low <= figure.value <= figure.high
    assert len(compared.lost) > len(compared.gained) and compared.values["hit@1"][1] < compared.values["hit@1"][0]
    assert "captions as they are” is better" in comparison_sentence(compared)
    assert (compared.after, compared.form, compared.as_dict()["form"]) == (FORM, FORM, FORM)
    assert compared.asked_after("a cat") == "a photo of a cat" and not_compared(compared) == ""
    assert told == sorted(told) and told[-1] == pytest.approx(0.5)  # few scores are counted at once


def test_a_form_that_changes_nothing_gives_zero_and_one() -> None:
    gallery = noisy_gallery(40, 2)
    compared = compare_forms(gallery, FORM, FormEncoder(gallery, 0.0))
    assert compared.same and compared.overlap.value == pytest.approx(1.0)


def test_of_very_many_captions_an_even_choice_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prompt_forms, "MOST_CAPTIONS", 30)
    gallery = noisy_gallery(40, 3)
    encoder = FormEncoder(gallery, 0.1)
    compared = compare_forms(gallery, FORM, encoder)
    assert len(encoder.texts) == compared.queries == 30 and (compared.images, compared.left_out) == (40, 90)
    assert not_compared(compared) == "An even choice of 30 of the 120 captions is asked."


@pytest.mark.parametrize(
    ("form", "said"), [("a photo", "once"), ("{} and {}", "once"), (" {} ", "beside"), ("x" * 300 + "{}", "200")]
)
def test_what_is_no_form_is_refused(form: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        check_form(form)


def test_another_model_or_nothing_to_measure_is_refused() -> None:
    gallery = noisy_gallery(8, 2)
    with pytest.raises(ModelError, match="dimensions"):
        compare_forms(gallery, FORM, ColourEncoder())
    bare = replace(gallery, captions=(), caption_rows=np.empty(0, dtype=np.int64), text_embeddings=None)
    with pytest.raises(DatasetError):
        compare_forms(bare, FORM, ColourEncoder(dimension=gallery.dimension))
