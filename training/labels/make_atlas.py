"""Renders the labels of video sheets, `<IMAGE 0>` to `<IMAGE 31>`, as one grey picture.

The published code draws them with SimHei, which is proprietary. These are DejaVu Sans at the same
size (40 pixels), as Pillow draws them: white is full ink. One label below the other, each cell as
large as the largest label, its origin at the cell's top left corner.
"""

import pathlib
import sys

from PIL import Image, ImageDraw, ImageFont

OUT = pathlib.Path(__file__).parents[2] / "media" / "frame-labels" / "labels.png"
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
SIZE = 40
LABELS = [f"<IMAGE {n}>" for n in range(32)]


def main(font_path: str = FONT) -> None:
    font = ImageFont.truetype(font_path, SIZE)
    boxes = [font.getbbox(label) for label in LABELS]
    assert min(box[0] for box in boxes) >= 0 and min(box[1] for box in boxes) >= 0
    width, height = max(box[2] for box in boxes), max(box[3] for box in boxes)
    atlas = Image.new("L", (width, height * len(LABELS)))
    for n, label in enumerate(LABELS):
        cell = Image.new("L", (width, height))
        ImageDraw.Draw(cell).text((0, 0), label, 255, font)
        atlas.paste(cell, (0, n * height))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    atlas.save(OUT, optimize=True)
    print(f"{OUT.name}: {len(LABELS)} labels of {width} x {height}, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
