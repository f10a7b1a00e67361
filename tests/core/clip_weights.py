"""Random weights of openai/CLIP's architecture, and the same weights in other people's implementations."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from t2i_core.encoder.openai_clip import clip_model

VOCABULARY = 49_408


def tiny_vit(*, seed: int = 0, dimension: int = 32, context_length: int = 77) -> clip_model.CLIP:
    """A ViT of 64 px, 2 layers: quick to make, and of the same code as the large ones."""
    return _random(seed, dimension, 64, 2, 64, 16, context_length, VOCABULARY, 64, 1, 2)


def tiny_rn(*, seed: int = 0, dimension: int = 32) -> clip_model.CLIP:
    """A ModifiedResNet of 64 px, one block a stage: quick to make, and of the same code as the large ones."""
    return _random(seed, dimension, 64, (1, 1, 1, 1), 16, None, 77, VOCABULARY, 64, 1, 2)


def vit_b32(*, seed: int = 0) -> clip_model.CLIP:
    """The shapes of OpenAI's ViT-B/32."""
    return _random(seed, 512, 224, 12, 768, 32, 77, VOCABULARY, 512, 8, 12, large=True)


def rn50(*, seed: int = 0) -> clip_model.CLIP:
    """The shapes of OpenAI's RN50."""
    return _random(seed, 1024, 224, (3, 4, 6, 3), 64, None, 77, VOCABULARY, 512, 8, 12, large=True)


def _random(seed: int, *shape: object, large: bool = False) -> clip_model.CLIP:
    """Small ones are drawn in float64: in float32 torch draws other numbers on another kind of processor."""
    state, numbers = torch.random.get_rng_state(), torch.get_default_dtype()
    torch.manual_seed(seed)
    try:
        torch.set_default_dtype(numbers if large else torch.float64)
        model = clip_model.CLIP(*shape).eval()
        for module in model.modules():
            # As initialised, batch norms do nothing and residual branches of a ResNet end in zeros:
            # weights under which a wrong implementation could still agree.
            if isinstance(module, torch.nn.BatchNorm2d):
                module.weight.data.uniform_(0.5, 1.5)
                module.bias.data.normal_(std=0.2)
                assert module.running_mean is not None and module.running_var is not None
                module.running_mean.normal_(std=0.2)
                module.running_var.uniform_(0.5, 1.5)
            if isinstance(module, torch.nn.LayerNorm):
                module.weight.data.uniform_(0.5, 1.5)
                module.bias.data.normal_(std=0.2)
    finally:
        torch.set_default_dtype(numbers)
        torch.random.set_rng_state(state)
    return model.float().requires_grad_(False)


def save_jit(model: clip_model.CLIP, path: Path) -> None:
    """Save as OpenAI publishes its weights: a traced archive with the sizes beside the weights."""
    side = model.visual.input_resolution
    inputs = (torch.zeros(1, 3, side, side), torch.zeros(1, model.context_length, dtype=torch.int32))
    model.register_buffer("input_resolution", torch.tensor(side))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing remarks on shape checks inside torch, and that it is an old format
        torch.jit.save(torch.jit.trace(model, inputs, check_trace=False), path)
    del model.input_resolution


def pictures(*sizes: tuple[int, int], seed: int = 0) -> list[Image.Image]:
    """Colourful pictures of the given sizes (width, height), smooth enough to survive resizing."""
    rng = np.random.default_rng(seed)
    coarse = [rng.integers(0, 256, (5, 7, 3), dtype=np.uint8) for _ in sizes]
    return [
        Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)
        for pixels, size in zip(coarse, sizes, strict=True)
    ]


def hugging_face_names(weights: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """openai/CLIP's ViT weights under the names of Hugging Face's CLIPModel."""
    plain = {
        "logit_scale": "logit_scale",
        "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
        "positional_embedding": "text_model.embeddings.position_embedding.weight",
        "ln_final.weight": "text_model.final_layer_norm.weight",
        "ln_final.bias": "text_model.final_layer_norm.bias",
        "visual.class_embedding": "vision_model.embeddings.class_embedding",
        "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
        "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
        "visual.ln_pre.weight": "vision_model.pre_layrnorm.weight",
        "visual.ln_pre.bias": "vision_model.pre_layrnorm.bias",
        "visual.ln_post.weight": "vision_model.post_layernorm.weight",
        "visual.ln_post.bias": "vision_model.post_layernorm.bias",
    }
    parts = {
        "ln_1": "layer_norm1",
        "ln_2": "layer_norm2",
        "attn.out_proj": "self_attn.out_proj",
        "mlp.c_fc": "mlp.fc1",
        "mlp.c_proj": "mlp.fc2",
    }
    renamed: dict[str, torch.Tensor] = {}
    for name, tensor in weights.items():
        if name in plain:
            renamed[plain[name]] = tensor
        elif name == "text_projection":
            renamed["text_projection.weight"] = tensor.T.contiguous()
        elif name == "visual.proj":
            renamed["visual_projection.weight"] = tensor.T.contiguous()
        else:
            tower = "vision_model" if name.startswith("visual.") else "text_model"
            layer, rest = name.split("resblocks.")[1].split(".", 1)
            prefix = f"{tower}.encoder.layers.{layer}"
            part, kind = rest.replace("in_proj_", "in_proj.").rsplit(".", 1)
            if part == "attn.in_proj":
                for letter, third in zip("qkv", tensor.chunk(3), strict=True):
                    renamed[f"{prefix}.self_attn.{letter}_proj.{kind}"] = third
            else:
                renamed[f"{prefix}.{parts[part]}.{kind}"] = tensor
    return renamed
