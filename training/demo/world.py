"""The demo model's world: a few shapes on a quiet background, still or moving. Everything is drawn here."""

import dataclasses
import math

import numpy as np
from PIL import Image, ImageDraw

TILE = 560
SIDE = 5  # a tile is a grid of 5 x 5 cells: one cell is what one image token sees
CELL = TILE // SIDE
KINDS = ("circle", "square", "triangle", "star", "cross", "diamond")
SIZES = ("small", "large")
RADIUS = {"small": (21, 25), "large": (42, 47)}
COLOURS = {
    "red": (214, 40, 40),
    "orange": (247, 140, 20),
    "yellow": (240, 214, 40),
    "green": (44, 160, 70),
    "blue": (42, 90, 214),
    "purple": (134, 58, 176),
    "pink": (247, 142, 190),
    "black": (34, 32, 36),
}
LABEL_HEIGHT = 20  # of the strip above a frame, once the contact sheet is resized to one tile a frame
FRAME = (560, 535)
VERTICAL = ("top", "top", "", "bottom", "bottom")
HORIZONTAL = ("left", "left", "", "right", "right")


@dataclasses.dataclass(frozen=True)
class Shape:
    kind: str
    colour: str
    size: str
    row: int
    column: int
    dx: int = 0
    dy: int = 0
    radius: int = 45
    turn: float = 0.0
    shade: tuple[int, int, int] = (0, 0, 0)

    @property
    def cell(self) -> int:
        return self.row * SIDE + self.column

    @property
    def zone(self) -> str:
        """One of nine places, such as `top left`; `centre` in the middle."""
        return f"{VERTICAL[self.row]} {HORIZONTAL[self.column]}".strip() or "centre"

    def box(self) -> list[int]:
        """[left, top, right, bottom] in pixels of the tile."""
        x, y = CELL * self.column + CELL // 2 + self.dx, CELL * self.row + CELL // 2 + self.dy
        return [x - self.radius, y - self.radius, x + self.radius, y + self.radius]


@dataclasses.dataclass(frozen=True)
class Scene:
    shapes: tuple[Shape, ...]
    background: int  # seed of the background

    def __iter__(self):
        return iter(self.shapes)


def dressed(rng: np.random.Generator, shape: Shape) -> Shape:
    """The same shape with its accidents: exact radius, place within the cell, angle, shade."""
    radius = int(rng.integers(*RADIUS[shape.size], endpoint=True))
    room = CELL // 2 - 2 - radius
    dx, dy = (int(v) for v in rng.integers(-room, room, 2, endpoint=True))
    turn = float(rng.uniform(-9, 9)) if shape.kind in ("square", "triangle", "star", "cross") else 0.0
    shade = tuple(int(v) for v in np.clip(np.array(COLOURS[shape.colour]) + rng.integers(-13, 14, 3), 0, 255))
    return dataclasses.replace(shape, radius=radius, dx=dx, dy=dy, turn=turn, shade=shade)


def random_scene(rng: np.random.Generator, rows: range = range(SIDE), most: int = 6) -> Scene:
    """1 to `most` shapes in different cells. Kinds and colours repeat often, so that counting has work."""
    count = int(rng.integers(1, most, endpoint=True))
    # half of the scenes draw from few kinds and colours: near misses everywhere
    kinds = rng.choice(KINDS, 2, replace=False) if rng.random() < 0.5 else KINDS
    colours = rng.choice(list(COLOURS), 3, replace=False) if rng.random() < 0.5 else list(COLOURS)
    cells = rng.choice(len(rows) * SIDE, count, replace=False)
    shapes = []
    for cell in cells:
        row, column = rows[int(cell) // SIDE], int(cell) % SIDE
        kind, colour, size = str(rng.choice(kinds)), str(rng.choice(colours)), str(rng.choice(SIZES))
        shapes.append(dressed(rng, Shape(kind, colour, size, row, column)))
    return Scene(tuple(shapes), int(rng.integers(2**31)))


def background(seed: int, height: int) -> Image.Image:
    """Plain, shaded or noisy; pale or mid-grey, never as strong as a shape."""
    rng = np.random.default_rng(seed)
    base = rng.uniform(168, 250) + rng.uniform(-9, 9, 3)
    field = np.broadcast_to(base, (height, TILE, 3)).astype(np.float32)
    mode = rng.integers(3)
    if mode == 1:
        slope = np.linspace(-1, 1, TILE)[None, :, None] * rng.uniform(-22, 22)
        slope = slope + np.linspace(-1, 1, height)[:, None, None] * rng.uniform(-22, 22)
        field = field + slope
    elif mode == 2:
        grain = rng.normal(0, rng.uniform(4, 14), (height // 8 + 1, TILE // 8, 1)).astype(np.float32)
        field = field + grain.repeat(8, 0).repeat(8, 1)[:height]
    return Image.fromarray(np.clip(field, 0, 255).astype(np.uint8))


def outline(shape: Shape, shift: int) -> list[tuple[float, float]]:
    """Corners of everything that is not a circle."""
    left, top, right, bottom = shape.box()
    x, y, r = (left + right) / 2, (top + bottom) / 2 + shift, shape.radius
    polar = {
        "square": [(1.0, 45 + 90 * n) for n in range(4)],
        "diamond": [(1.0 if n % 2 else 0.72, 90 * n) for n in range(4)],
        "triangle": [(1.0, 120 * n - 90) for n in range(3)],
        "star": [(1.0 if n % 2 == 0 else 0.42, 36 * n - 90) for n in range(10)],
        "cross": [
            (math.hypot(a, b), math.degrees(math.atan2(b, a)))
            for a, b in (
                (0.3, -1), (0.3, -0.3), (1, -0.3), (1, 0.3), (0.3, 0.3), (0.3, 1),
                (-0.3, 1), (-0.3, 0.3), (-1, 0.3), (-1, -0.3), (-0.3, -0.3), (-0.3, -1),
            )
        ],
    }[shape.kind]
    points = []
    for length, angle in polar:
        a = math.radians(angle + shape.turn)
        points.append((x + r * length * math.cos(a), y + r * length * math.sin(a)))
    return points


def draw(scene: Scene, height: int = TILE, shift: int = 0) -> Image.Image:
    """A tile, or a frame: its shapes stand `shift` pixels higher or lower than in the tile."""
    image = background(scene.background, height)
    pen = ImageDraw.Draw(image)
    for shape in scene:
        if shape.kind == "circle":
            left, top, right, bottom = shape.box()
            pen.ellipse([left, top + shift, right, bottom + shift], fill=shape.shade)
        else:
            pen.polygon(outline(shape, shift), fill=shape.shade)
    return image


CLIP_ROWS = range(1, SIDE)
STEPS = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}


@dataclasses.dataclass(frozen=True)
class Clip:
    frames: tuple[Scene, ...]
    mover: int  # index of the shape that moves, the same in all frames
    direction: str


def random_clip(rng: np.random.Generator, frames: int = 3) -> Clip:
    """One shape moves by one cell a frame, the others rest. Cells stay free for the label strip."""
    while True:
        first = random_scene(rng, CLIP_ROWS, most=4)
        mover, direction = int(rng.integers(len(first.shapes))), str(rng.choice(list(STEPS)))
        by_row, by_column = STEPS[direction]
        start = first.shapes[mover]
        path = [(start.row + n * by_row, start.column + n * by_column) for n in range(frames)]
        taken = {(s.row, s.column) for n, s in enumerate(first) if n != mover}
        if all(r in CLIP_ROWS and 0 <= c < SIDE and (r, c) not in taken for r, c in path):
            break
    scenes = []
    for row, column in path:
        moved = dataclasses.replace(start, row=row, column=column)
        shapes = tuple(moved if n == mover else s for n, s in enumerate(first))
        scenes.append(Scene(shapes, first.background))
    return Clip(tuple(scenes), mover, direction)


def frame_tile(scene: Scene) -> Image.Image:
    """What one frame of a clip looks like once the contact sheet is cut into tiles, label left blank."""
    tile = Image.new("RGB", (TILE, TILE), "white")
    tile.paste(draw(scene, FRAME[1], -LABEL_HEIGHT), (0, LABEL_HEIGHT))
    return tile
