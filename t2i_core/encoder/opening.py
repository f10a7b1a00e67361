"""open_encoder: a name or a path goes in, a ready encoder comes out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from t2i_core.config import read_settings
from t2i_core.encoder.names import MINI_NAME
from t2i_core.encoder.weight_files import file_sha256, find_weights
from t2i_core.errors import ModelError

if TYPE_CHECKING:
    import torch

    from t2i_core.encoder.clip_encoder import ClipEncoder, Network


def open_encoder(
    model: str | None = None, *, model_dir: Path | None = None, device: str = "auto", float32: bool | None = None
) -> ClipEncoder:
    """Open a model for text and pictures.

    Parameters
    ----------
    model : str, optional
        ``mini`` (the default, bundled); a name of ``clip.available_models()``, whose weights are
        looked for in ``model_dir`` and openai/CLIP's cache before they are downloaded; or the path
        of a checkpoint: a state dict, a JIT archive, or what our training wrote.
    model_dir : Path, optional
        Folder of weight files; without it the one T2I_MODEL_DIR names, if any.
    device : str
        ``auto`` (a GPU where there is one), ``cpu`` or ``cuda``.
    float32 : bool, optional
        Compute everything in float32. Otherwise a GPU computes in fp16 and a CPU that has instructions for it in
        bfloat16, as far as the model's weights bear it, see `t2i_core.encoder.nearness`. Default: what T2I_FLOAT32 says.

    Raises
    ------
    ModelError
        When the model is unknown, its weights cannot be had or read, or the device is not there.
    """
    name = str(model) if model else MINI_NAME
    settings = read_settings()
    path = find_weights(name, model_dir=model_dir or settings.model_dir)

    from t2i_core.encoder.clip_encoder import ClipEncoder  # torch is loaded here, not when this module is
    from t2i_core.encoder.one_thread import one_thread

    chosen = _choose_device(device)
    weights_sha256 = file_sha256(path)
    with one_thread():  # reading weights is copying memory, which several threads do no sooner
        network = _load_network(path, device=chosen, float32=settings.float32 if float32 is None else float32)
    return ClipEncoder(network, model_id=name, weights_sha256=weights_sha256, device=chosen)


def _choose_device(device: str) -> torch.device:
    import torch

    if device not in {"auto", "cpu", "cuda"}:
        raise ModelError(
            f"device must be auto, cpu or cuda, got {device!r}. Use auto to take a GPU where there is one."
        )
    if device == "cuda" and not torch.cuda.is_available():
        raise ModelError("device may be cuda only where PyTorch sees a GPU, and it sees none. Use auto or cpu.")
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    if device == "cuda":
        # Convolutions would round float32 to TF32's 10 bits, and float32 is what the rest is compared with.
        torch.backends.cudnn.allow_tf32 = False
    return torch.device(device)


def _load_network(path: Path, *, device: torch.device, float32: bool) -> Network:
    from t2i_core.encoder.checkpoints import is_safetensors, read_state_dict, safetensors_metadata
    from t2i_core.encoder.openai_network import OpenAINetwork

    if is_safetensors(path) and "config" in safetensors_metadata(path):
        from t2i_core.encoder.mini_adapter import MiniNetwork

        return MiniNetwork(path, device=device, float32=float32)
    return OpenAINetwork(read_state_dict(path), device=device, source=path.name, float32=float32)
