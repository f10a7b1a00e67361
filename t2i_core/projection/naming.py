"""Names of clusters where there are no captions: the model's own words, nearest to each cluster."""

from __future__ import annotations

from collections.abc import Callable

from t2i_core.types import FloatArray, Gallery

WordsNear = Callable[[FloatArray], list[list[str]]]


def words_by_model(gallery: Gallery, *, on_missing: Callable[[str], None]) -> WordsNear:
    """Words near directions of the pictures' space, for `make_projection`; none where the model cannot be had.

    Parameters
    ----------
    gallery : Gallery
    on_missing : callable
        Told, in a sentence, why there are none.
    """

    def words_near(directions: FloatArray) -> list[list[str]]:
        from t2i_core.captions.telling_words import vocabulary
        from t2i_core.config import read_settings
        from t2i_core.dataset import check_model_matches
        from t2i_core.encoder import model_to_open, open_encoder
        from t2i_core.errors import ModelError
        from t2i_core.projection.clusters import nearest_words

        settings = read_settings()
        built_with = gallery.manifest.model_id if gallery.manifest else None
        try:
            model = model_to_open(built_with, configured=settings.model)
            encoder = open_encoder(model, model_dir=settings.model_dir, device=settings.device)
            check_model_matches(encoder, gallery)
        except ModelError as error:
            on_missing(f"note: clusters get numbers instead of names. {error}")
            return [[] for _ in directions]
        words = vocabulary()
        return nearest_words(directions, words, encoder.encode_text([f"a photo of a {word}" for word in words]))

    return words_near
