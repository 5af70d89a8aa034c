"""Draws many scenes at once, averaged over 4 x 4 blocks, with what stands in each cell."""

import multiprocessing
import os

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import world


def shrink(image: Image.Image) -> np.ndarray:
    """[4h, 4w] to uint8 [h, w, 3]: averages of 4 x 4 blocks."""
    pixels = np.asarray(image, np.uint16)
    height, width = pixels.shape[0] // 4, pixels.shape[1] // 4
    blocks = pixels.reshape(height, 4, width, 4, 3)
    return ((blocks.sum((1, 3)) + 8) // 16).astype(np.uint8)


def cell_labels(scene: world.Scene) -> np.ndarray:
    """[25, 3]: kind, colour and size of each cell, 0 for nothing."""
    out = np.zeros((world.SIDE**2, 3), np.int64)
    for shape in scene:
        out[shape.cell] = (
            1 + world.KINDS.index(shape.kind),
            1 + list(world.COLOURS).index(shape.colour),
            1 + world.SIZES.index(shape.size),
        )
    return out


def labelled_frame(scene: world.Scene, index: int) -> Image.Image:
    tile = world.frame_tile(scene)
    pen = ImageDraw.Draw(tile)
    pen.text((0, 0), f"<IMAGE {index}>", "black", ImageFont.load_default(19))
    pen.line([(0, 557), (world.TILE, 557)], "black", 1)
    return tile


def _one(seed: list[int]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    if rng.random() < 0.25:
        scene = world.random_scene(rng, world.CLIP_ROWS)
        return shrink(labelled_frame(scene, int(rng.integers(4)))), cell_labels(scene)
    scene = world.random_scene(rng)
    return shrink(world.draw(scene)), cell_labels(scene)


def draw_many(seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """uint8 [count, 140, 140, 3] and labels [count, 25, 3]."""
    with multiprocessing.Pool(os.cpu_count()) as pool:
        pairs = pool.map(_one, [[seed, n] for n in range(count)], 64)
    return np.stack([p for p, _ in pairs]), np.stack([c for _, c in pairs])
