"""Whether a model may answer queries of a gallery: it has to be the one that embedded the pictures."""

from __future__ import annotations

from t2i_core.dataset.rebuilding import rebuild_command
from t2i_core.errors import ModelError
from t2i_core.types import Encoder, Gallery


def check_model_matches(encoder: Encoder, gallery: Gallery) -> None:
    """Refuse to compare embeddings of two models.

    Raises
    ------
    ModelError
        Naming both models, when the manifest's weights or the dimension differ from the encoder's.
    """
    manifest = gallery.manifest
    if manifest is not None and manifest.weights_sha256 != encoder.weights_sha256:
        same_name = manifest.model_id == encoder.model_id
        way_out = "Its weights have changed since, so" if same_name else f"Use --model {manifest.model_id}, or"
        raise ModelError(
            f"Queries must be encoded by the model that built the gallery: it was built with {manifest.model_id} "
            f"(weights {manifest.weights_sha256[:12]}), got {encoder.model_id} (weights {encoder.weights_sha256[:12]}). "
            f"{way_out} rebuild: {rebuild_command(gallery, model=encoder.model_id)}"
        )
    if encoder.dimension != gallery.dimension:
        raise ModelError(
            f"The stored embeddings have {gallery.dimension} dimensions and {encoder.model_id} makes {encoder.dimension}. "
            f"Use the model they were built with, or rebuild: {rebuild_command(gallery, model=encoder.model_id)}"
        )
