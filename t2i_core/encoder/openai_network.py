"""Networks of openai/CLIP's architecture, built from a state dict."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping
from functools import partial

import torch

from t2i_core.encoder import nearness
from t2i_core.encoder.explaining import Sought
from t2i_core.encoder.explaining_resnet import weighed_channels
from t2i_core.encoder.explaining_vit import attention_gradients
from t2i_core.encoder.openai_clip import clip_model, clip_package
from t2i_core.encoder.openai_towers import PackedTower, pack_image_tower, pack_text_tower
from t2i_core.encoder.preprocessing import PixelRule, openai_rule
from t2i_core.encoder.tokens import end_positions
from t2i_core.errors import ModelError

StateDict = Mapping[str, torch.Tensor]

# What build_model reads to infer the architecture; without these it is no CLIP.
_NEEDED = (
    "visual.conv1.weight",
    "token_embedding.weight",
    "positional_embedding",
    "ln_final.weight",
    "text_projection",
)
_REASON_CHARACTERS = 300
# Scalars that JIT archives carry beside the weights.
_NOT_WEIGHTS = frozenset({"input_resolution", "context_length", "vocab_size"})


class OpenAINetwork:
    """A ViT or ModifiedResNet with a text transformer.

    Parameters
    ----------
    state_dict : mapping of str to Tensor
        Any float type.
    device : torch.device
        A GPU runs openai/CLIP's own code, in fp16 as openai/CLIP does where these weights bear it (see
        `t2i_core.encoder.nearness`), else in float32. A CPU runs its transformers with packed weights, see
        `t2i_core.encoder.openai_towers`, and a ModifiedResNet in float32.
    source : str
        What to call the file in messages.
    float32 : bool
        Compute everything in float32.

    Raises
    ------
    ModelError
        When the weights are not of this architecture.
    """

    def __init__(self, state_dict: StateDict, *, device: torch.device, source: str, float32: bool = False) -> None:
        model = _build(state_dict, source)
        self.dimension = int(model.text_projection.shape[1])
        self.context_length = int(model.context_length)
        self.pixel_rule: PixelRule = openai_rule(int(model.visual.input_resolution))
        self._mask = model.build_attention_mask().to(device)
        self._model = model.to(device).eval()
        self._on_cpu = device.type == "cpu"
        self._float32 = float32
        self._packing = threading.Lock()
        self._packed: dict[str, PackedTower] = {}
        if not self._on_cpu and not float32:
            self.halve_if_near()

    @property
    def module(self) -> clip_model.CLIP:
        """The weights, for training: what is packed of them before is not trained."""
        return self._model

    @property
    def picture_type(self) -> torch.dtype:
        """What a picture's products are computed in."""
        if self._packs_pictures:
            return self._tower("image", pack_image_tower).number_type
        number_type: torch.dtype = self._model.dtype
        return number_type

    def encode_image(self, pixels: torch.Tensor) -> torch.Tensor:
        """Embed pixels (B, 3, side, side) into a Tensor of shape (B, D), not normalised."""
        if self._packs_pictures:
            return self._tower("image", pack_image_tower).encode(pixels)
        outputs: torch.Tensor = self._model.encode_image(pixels)
        return outputs

    def encode_text(self, tokens: torch.Tensor) -> torch.Tensor:
        """Embed tokens (B, 77) into a Tensor of shape (B, D), not normalised.

        The transformer is causal and only the end token's output is used, so positions after the
        longest end token of the batch are left out: the same result in a fraction of the time.
        """
        if self._on_cpu:
            return self._tower("text", pack_text_tower).encode(tokens)
        return self.encode_text_in_module(tokens)

    @property
    def heat_scale(self) -> tuple[float, float] | None:
        """None: only proportions within a map of `explain` mean something."""
        return None

    @property
    def explained_rule(self) -> PixelRule:
        """What `explain` looks at: what is embedded."""
        return self.pixel_rule

    def explain(self, pixels: torch.Tensor, sought: Sought) -> torch.Tensor:
        """Where pixels (1, 3, side, side) show what is sought: Tensor of shape (T, h, w), float32."""
        visual = self._model.visual
        if isinstance(visual, clip_model.VisionTransformer):
            return attention_gradients(visual, pixels, sought)
        return weighed_channels(visual, pixels, sought)

    def encode_text_in_module(self, tokens: torch.Tensor) -> torch.Tensor:
        """`encode_text` in openai/CLIP's own layers, through which gradients flow."""
        return self._encode_text(self._model, tokens)

    def _encode_text(self, model: clip_model.CLIP, tokens: torch.Tensor) -> torch.Tensor:
        ends = end_positions(tokens)
        length = int(ends.max()) + 1
        for block in model.transformer.resblocks:
            block.attn_mask = self._mask[:length, :length]
        hidden = model.token_embedding(tokens[:, :length]).type(model.dtype)
        hidden = hidden + model.positional_embedding[:length].type(model.dtype)
        hidden = model.transformer(hidden.permute(1, 0, 2)).permute(1, 0, 2)
        hidden = model.ln_final(hidden[torch.arange(len(ends), device=ends.device), ends]).type(model.dtype)
        outputs: torch.Tensor = hidden @ model.text_projection
        return outputs

    def halve_if_near(self) -> bool:
        """Turn the weights to fp16 as openai/CLIP does, unless these do not bear it; whether they do."""
        precise, quick = self._model, copy.deepcopy(self._model)
        clip_model.convert_weights(quick)
        device = self._mask.device
        texts = nearness.tried_texts(self.context_length).to(device)
        pictures = nearness.tried_pixels(self.pixel_rule.side).to(device)
        near = nearness.near_enough(
            partial(self._encode_text, quick), partial(self._encode_text, precise), texts, nearness.TEXT_COSINE
        ) and nearness.near_enough(quick.encode_image, precise.encode_image, pictures, nearness.IMAGE_COSINE)
        self._model = quick if near else precise
        return near

    @property
    def _packs_pictures(self) -> bool:
        return self._on_cpu and isinstance(self._model.visual, clip_model.VisionTransformer)

    def _tower(self, kind: str, pack: Callable[..., PackedTower]) -> PackedTower:
        """The packed tower, made at its first use: a dataset that is only searched needs none for pictures."""
        if kind not in self._packed:
            with self._packing:
                if kind not in self._packed:
                    self._packed[kind] = pack(self._model, float32=self._float32)
        return self._packed[kind]


def _build(state_dict: StateDict, source: str) -> clip_model.CLIP:
    weights = {name: tensor for name, tensor in state_dict.items() if name not in _NOT_WEIGHTS}
    missing = [name for name in _NEEDED if name not in weights]
    if missing:
        raise ModelError(
            f"A checkpoint must hold a CLIP of openai/CLIP's architecture, and {source} has no {missing[0]}. "
            "Give a state dict or JIT archive made for openai/CLIP, or use the bundled model: --model mini"
        )
    try:
        # build_model infers the architecture from the shapes. Built on the meta device it allocates
        # and initialises nothing, and the weights are then taken as they are, not through fp16.
        with torch.device("meta"):
            model = clip_model.build_model({name: tensor.to("meta") for name, tensor in weights.items()})
        model.float()
        model.load_state_dict({name: tensor.float() for name, tensor in weights.items()}, assign=True)
    except (RuntimeError, KeyError, IndexError, AssertionError, ValueError, ZeroDivisionError) as error:
        # torch puts what is missing into the second line.
        lines = str(error).split("\n")[:2]
        reason = " ".join(line.strip() for line in lines)[:_REASON_CHARACTERS] or type(error).__name__
        raise ModelError(
            f"The weights in {source} do not fit openai/CLIP's architecture: {reason} "
            "Give a checkpoint made for openai/CLIP, or use the bundled model: --model mini"
        ) from error
    vocabulary = len(clip_package._tokenizer.encoder)
    if model.vocab_size != vocabulary:
        raise ModelError(
            f"A checkpoint must have the vocabulary of openai/CLIP's tokenizer, {vocabulary} tokens, and {source} "
            f"has {model.vocab_size}. Give a checkpoint made for openai/CLIP, or use the bundled model: --model mini"
        )
    # The attention mask is no weight and was left on the meta device: OpenAINetwork sets the real one.
    return model.requires_grad_(False)
