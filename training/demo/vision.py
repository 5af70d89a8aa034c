"""The vision tower and projector, under the published tensor names, at a quarter of the resolution.

A 14-pixel patch of a picture averaged over 4 x 4 blocks equals a 56-pixel patch of the whole picture
whose kernel repeats each weight 4 x 4 times, divided by 16. So training sees 140 pixels; `export.py`
writes the wide kernel.
"""

import torch
from torch import nn
from torch.nn import functional as F

VISION = {"hidden_size": 128, "intermediate_size": 512, "num_hidden_layers": 3, "num_attention_heads": 4}
SMALL = 140  # pixels of a tile while training
PATCH = 14
GRID = SMALL // PATCH
HIDDEN = 192
EPS = 1e-5
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])
STD = torch.tensor([0.26862954, 0.26130258, 0.27577711])


class SelfAttention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        width = VISION["hidden_size"]
        self.q_proj, self.k_proj = nn.Linear(width, width), nn.Linear(width, width)
        self.v_proj, self.out_proj = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        def split(y: torch.Tensor) -> torch.Tensor:
            return y.unflatten(-1, (VISION["num_attention_heads"], -1)).transpose(1, 2)

        mixed = F.scaled_dot_product_attention(
            split(self.q_proj(x)), split(self.k_proj(x)), split(self.v_proj(x))
        )
        return self.out_proj(mixed.transpose(1, 2).flatten(2))


class Mlp(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(VISION["hidden_size"], VISION["intermediate_size"])
        self.fc2 = nn.Linear(VISION["intermediate_size"], VISION["hidden_size"])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        inner = self.fc1(x)
        return self.fc2(inner * torch.sigmoid(1.702 * inner))


class EncoderLayer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layer_norm1 = nn.LayerNorm(VISION["hidden_size"], EPS)
        self.self_attn = SelfAttention()
        self.layer_norm2 = nn.LayerNorm(VISION["hidden_size"], EPS)
        self.mlp = Mlp()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.self_attn(self.layer_norm1(x))
        return x + self.mlp(self.layer_norm2(x))


class VisionTower(nn.Module):
    """[n, 3, 140, 140] normalised pixels to merged features [n, 5, 5, 4 * hidden]."""

    def __init__(self) -> None:
        super().__init__()
        width = VISION["hidden_size"]
        self.embeddings = nn.Module()
        self.embeddings.class_embedding = nn.Parameter(torch.randn(width) * 0.02)
        self.embeddings.patch_embedding = nn.Conv2d(3, width, PATCH, PATCH, bias=False)
        self.embeddings.position_embedding = nn.Embedding(GRID * GRID + 1, width)
        nn.init.normal_(self.embeddings.position_embedding.weight, std=0.3)
        self.pre_layrnorm = nn.LayerNorm(width, EPS)
        self.encoder = nn.Module()
        self.encoder.layers = nn.ModuleList(EncoderLayer() for _ in range(VISION["num_hidden_layers"]))

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        patches = self.embeddings.patch_embedding(pixels).flatten(2).transpose(1, 2)
        first = self.embeddings.class_embedding.expand(len(patches), 1, -1).to(patches.dtype)
        x = torch.cat([first, patches], 1) + self.embeddings.position_embedding.weight
        x = self.pre_layrnorm(x)
        for layer in self.encoder.layers:
            x = layer(x)
        grid = x[:, 1:].unflatten(1, (GRID, GRID))
        return torch.cat([grid[:, y::2, x_::2] for y in (0, 1) for x_ in (0, 1)], -1)


class Eyes(nn.Module):
    """Tower, newline features and projector."""

    def __init__(self) -> None:
        super().__init__()
        merged = 4 * VISION["hidden_size"]
        self.vit = nn.Module()
        self.vit.vision_tower = nn.Module()
        self.vit.vision_tower.vision_model = VisionTower()
        self.plora_glb_GN = nn.Parameter(torch.randn(1, 1, merged))
        self.plora_sub_GN = nn.Parameter(torch.randn(1, 1, 1, merged))
        self.vision_proj = nn.Sequential(nn.Linear(merged, HIDDEN), nn.GELU(), nn.Linear(HIDDEN, HIDDEN))

    def merged(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.vit.vision_tower.vision_model(pixels)

    def rows(self, overview: torch.Tensor, tiles: torch.Tensor) -> torch.Tensor:
        """Merged features of the global view [n, 5, 5, w] and of h stacked tiles [n, h, 5, 5, w] to
        decoder rows [n, 30 + 1 + 30h, hidden]."""
        count = len(tiles)
        end = self.plora_sub_GN.expand(count, 5, 1, -1)
        parts = [torch.cat([overview, end], 2).flatten(1, 2), self.plora_glb_GN.expand(count, 1, -1)]
        stacked = tiles.flatten(1, 2)
        end = self.plora_sub_GN.expand(count, stacked.shape[1], 1, -1)
        parts.append(torch.cat([stacked, end], 2).flatten(1, 2))
        return self.vision_proj(torch.cat(parts, 1))


def normalise(pictures: torch.Tensor) -> torch.Tensor:
    """uint8 [n, h, w, 3] to [n, 3, h, w]."""
    return ((pictures.float() / 255 - MEAN) / STD).permute(0, 3, 1, 2).contiguous()
