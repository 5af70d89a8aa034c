"""The language model: InternLM2 layers with partial LoRA on image rows, under the published names.

Training runs two streams: a prefix (BOS, image rows, sometimes text) and packed questions with their
answers, each of which sees the prefix, its own question and itself.
"""

import dataclasses
import math

import torch
from torch import nn
from torch.nn import functional as F

from vision import HIDDEN

LAYERS, HEADS, KV_HEADS, MLP, RANK, VOCAB = 6, 6, 2, 512, 16, 1000
WIDTH = HIDDEN // HEADS
EPS, THETA = 1e-5, 10_000.0
POINTING, CLASSIFYING = 2, 4  # layers: whose attention is taught; whose input tells the answer


class PartialLora(nn.Module):
    """y = Wx, and + BAx on image rows."""

    def __init__(self, inputs: int, outputs: int, gain: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) * gain / math.sqrt(inputs))
        self.Plora_A = nn.Linear(inputs, RANK, bias=False)
        self.Plora_B = nn.Linear(RANK, outputs, bias=False)
        nn.init.zeros_(self.Plora_B.weight)

    def forward(self, x: torch.Tensor, image: torch.Tensor | None = None) -> torch.Tensor:
        y = F.linear(x, self.weight)
        return y if image is None else y + self.Plora_B(self.Plora_A(x)) * image


class Norm(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(HIDDEN))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.rms_norm(x.float(), (HIDDEN,), self.weight, EPS)


def rope(x: torch.Tensor, positions: torch.Tensor) -> torch.Tensor:
    """[n, heads, rows, width] turned by positions [n, rows]; half-split."""
    rates = THETA ** (-torch.arange(0, WIDTH, 2) / WIDTH)
    angles = positions[:, None, :, None].float() * rates
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    low, high = x.chunk(2, -1)
    return torch.cat([low * cos - high * sin, high * cos + low * sin], -1)


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.wqkv = PartialLora(HIDDEN, (HEADS + 2 * KV_HEADS) * WIDTH)
        self.wo = PartialLora(HIDDEN, HIDDEN, 1 / math.sqrt(2 * LAYERS))

    def split(self, x, positions, image=None) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Queries [n, heads, rows, width], keys and values [n, kv heads, rows, width]."""
        blocks = self.wqkv(x, image).unflatten(-1, (KV_HEADS, HEADS // KV_HEADS + 2, WIDTH))
        q = blocks[..., :-2, :].flatten(2, 3).transpose(1, 2)
        k, v = blocks[..., -2, :].transpose(1, 2), blocks[..., -1, :].transpose(1, 2)
        return rope(q, positions), rope(k, positions), v


class FeedForward(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.w1, self.w3 = PartialLora(HIDDEN, MLP), PartialLora(HIDDEN, MLP)
        self.w2 = PartialLora(MLP, HIDDEN, 1 / math.sqrt(2 * LAYERS))

    def forward(self, x: torch.Tensor, image: torch.Tensor | None = None) -> torch.Tensor:
        return self.w2(F.silu(self.w1(x, image)) * self.w3(x, image), image)


class Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.attention_norm, self.attention = Norm(), Attention()
        self.ffn_norm, self.feed_forward = Norm(), FeedForward()


def mix(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    groups = HEADS // KV_HEADS
    k, v = k.repeat_interleave(groups, 1), v.repeat_interleave(groups, 1)
    out = F.scaled_dot_product_attention(q, k.to(q.dtype), v.to(q.dtype), attn_mask=mask[:, None])
    return out.transpose(1, 2).flatten(2)


@dataclasses.dataclass(frozen=True)
class Streams:
    prefix: torch.Tensor  # [n, p, hidden]
    image: torch.Tensor  # [n, p, 1]: 1 on image rows
    held: torch.Tensor  # bool [n, p]: false on padding
    ids: torch.Tensor  # [n, t]
    positions: torch.Tensor  # [n, t]
    sees: torch.Tensor  # bool [n, t, p + t]


class Judge(nn.Module):
    """`model.*` and `score` of the checkpoint; `judge.model.layers`, …"""

    def __init__(self) -> None:
        super().__init__()
        self.model = nn.Module()
        self.model.tok_embeddings = nn.Embedding(VOCAB, HIDDEN)
        nn.init.normal_(self.model.tok_embeddings.weight, std=0.5)
        self.model.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.model.norm = Norm()
        self.score = nn.Linear(HIDDEN, 1, bias=False)
        nn.init.normal_(self.score.weight, std=0.02)

    def forward(self, prefix, image, held, ids, positions, sees):
        """Final hidden [n, t, hidden], the input of layer CLASSIFYING, and of layer POINTING the queries
        [n, heads, t, width] and keys [n, kv heads, p + t, width]."""
        count = prefix.shape[1]
        before = torch.arange(count)
        causal = (before[:, None] >= before) & held[:, None, :]
        causal = causal | torch.eye(count, dtype=torch.bool)
        at = before.expand(len(prefix), -1)
        x, y = prefix, self.model.tok_embeddings(ids)
        middle = pointer = y
        keys = prefix
        for n, layer in enumerate(self.model.layers):
            if n == CLASSIFYING:
                middle = y
            pq, pk, pv = layer.attention.split(layer.attention_norm(x), at, image)
            tq, tk, tv = layer.attention.split(layer.attention_norm(y), positions)
            k, v = torch.cat([pk, tk], 2), torch.cat([pv, tv], 2)
            if n == POINTING:
                pointer, keys = tq, k
            y = y + layer.attention.wo(mix(tq, k, v, sees))
            y = y + layer.feed_forward(layer.ffn_norm(y))
            if n < LAYERS - 1:
                x = x + layer.attention.wo(mix(pq, pk, pv, causal), image)
                x = x + layer.feed_forward(layer.ffn_norm(x), image)
        return self.model.norm(y), middle, pointer, keys
