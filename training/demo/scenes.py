"""What the judge trains on: scenes with their features from the trained eyes, computed once."""

import dataclasses
import multiprocessing
import os
import pathlib

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

import pictures
import world
from vision import SMALL, Eyes, normalise

CLIPS, CLIP_FRAMES = 3_000, 3


@dataclasses.dataclass(frozen=True)
class Stills:
    scenes: list[world.Scene]
    features: torch.Tensor  # half [n, 5, 5, w]


@dataclasses.dataclass(frozen=True)
class Clips:
    clips: list[world.Clip]
    overview: torch.Tensor  # half [n, 5, 5, w]
    tiles: torch.Tensor  # half [n, frames, 5, 5, w]


@torch.no_grad()
def features(eyes: Eyes, pixels: torch.Tensor) -> torch.Tensor:
    """uint8 [n, 140, 140, 3] or normalised [n, 3, 140, 140] to half [n, 5, 5, w]."""
    out = []
    for part in pixels.split(256):
        with torch.autocast("cpu", torch.bfloat16):
            merged = eyes.merged(normalise(part) if part.dtype == torch.uint8 else part)
        out.append(merged.half())
    return torch.cat(out)


def still_scene(seed: int, n: int) -> world.Scene:
    """The scene that `pictures.draw_many` drew as its n-th."""
    rng = np.random.default_rng([seed, n])
    return world.random_scene(rng, world.CLIP_ROWS) if rng.random() < 0.25 else world.random_scene(rng)


def load_stills(work: pathlib.Path, name: str, seed: int, eyes: Eyes) -> Stills:
    held = np.load(work / f"{name}.npz")
    scenes = [still_scene(seed, n) for n in range(len(held["labels"]))]
    file = work / f"{name}-features.pt"
    if not file.exists():
        torch.save(features(eyes, torch.from_numpy(held["pixels"])), file)
    return Stills(scenes, torch.load(file))


def squeezed(tiles: list[Image.Image]) -> torch.Tensor:
    """The global view of frames one above the other, normalised, averaged to [3, 140, 140]."""
    column = np.concatenate([np.asarray(t) for t in tiles], 0)
    whole = normalise(torch.from_numpy(column)[None])
    view = F.interpolate(whole, (world.TILE, world.TILE), mode="bicubic", align_corners=False)
    return F.avg_pool2d(view, world.TILE // SMALL)[0]


def _clip(seed: list[int]) -> tuple[world.Clip, np.ndarray, np.ndarray]:
    torch.set_num_threads(1)
    clip = world.random_clip(np.random.default_rng(seed), CLIP_FRAMES)
    tiles = [pictures.labelled_frame(scene, n) for n, scene in enumerate(clip.frames)]
    return clip, squeezed(tiles).half().numpy(), np.stack([pictures.shrink(t) for t in tiles])


def load_clips(work: pathlib.Path, name: str, seed: int, count: int, eyes: Eyes) -> Clips:
    file = work / f"{name}.pt"
    if not file.exists():
        with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
            made = pool.map(_clip, [[seed, n] for n in range(count)], 16)
        views = torch.from_numpy(np.stack([v for _, v, _ in made])).float()
        tiles = torch.from_numpy(np.concatenate([t for _, _, t in made]))
        seen = features(eyes, tiles).unflatten(0, (count, CLIP_FRAMES))
        torch.save((features(eyes, views), seen), file)
    overview, tiles = torch.load(file)
    clips = [world.random_clip(np.random.default_rng([seed, n]), CLIP_FRAMES) for n in range(count)]
    return Clips(clips, overview, tiles)
