"""Composes video sheets with Pillow from test pictures, independently of RewardLens.

Written from the published description (frame2img, Video_transform), with labels drawn by Pillow in
DejaVu Sans 40. Writes test/fixtures/sheets-expected.json.
"""

import hashlib
import json
import pathlib

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FIXTURES = pathlib.Path(__file__).parents[2] / "test" / "fixtures"
FONT = ImageFont.truetype("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf", 40)
TRANSPOSE = Image.Transpose.TRANSPOSE


def sheet(frames: list[Image.Image], labels: bool) -> Image.Image:
    down = frames[-1].width > frames[-1].height
    scaled = []
    for frame in frames:
        ratio = frame.width / frame.height
        size = (1120, int(1120 / ratio)) if ratio > 1 else (int(1120 * ratio), 1120)
        scaled.append(frame.resize(size, Image.Resampling.BILINEAR))
    width = max(f.width for f in scaled) if down else sum(f.width + 10 for f in scaled)
    height = sum(f.height + 50 for f in scaled) if down else max(f.height for f in scaled) + 40
    out = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(out)
    at = 0
    for n, frame in enumerate(scaled):
        if labels:
            draw.text((0, at) if down else (at, 0), f"<IMAGE {n}>", font=FONT, fill="black")
        out.paste(frame, (0, at + 40) if down else (at, 40))
        if n < len(scaled) - 1:
            line = at + (40 + frame.height if down else frame.width) + 5
            ends = [(0, line), (width, line)] if down else [(line, 0), (line, height)]
            draw.line(ends, fill="black", width=2)
        at += frame.height + 50 if down else frame.width + 10
    return out


def transform(image: Image.Image) -> Image.Image:
    tall = image.width < image.height
    lying = image.transpose(TRANSPOSE) if tall else image
    lying = lying.resize((int(560 * (lying.width / lying.height)), 560), Image.Resampling.BILINEAR)
    out = Image.new("RGB", (-(-lying.width // 560) * 560, 560), "white")
    out.paste(lying, (0, 0))
    return out.transpose(TRANSPOSE) if tall else out


def digest(image: Image.Image) -> str:
    return hashlib.sha256(np.asarray(image).tobytes()).hexdigest()


def main() -> None:
    cases = []
    for name, count, turned in [
        ("wide.png", 3, False),
        ("tall.png", 12, False),
        ("alpha.png", 2, False),
        ("strip.png", 2, False),
        ("strip.png", 32, True),  # frames so thin that the labels lie on one another
    ]:
        frame = Image.open(FIXTURES / "images" / name).convert("RGB")
        frame = frame.transpose(TRANSPOSE) if turned else frame
        for labels in (True, False):
            whole = sheet([frame] * count, labels)
            final = transform(whole)
            cases.append(
                {
                    "image": name,
                    "count": count,
                    "turned": turned,
                    "labels": labels,
                    "sheet": whole.size,
                    "padded": final.size,
                    "sheet_sha256": digest(whole),
                    "padded_sha256": digest(final),
                }
            )
    text = json.dumps(cases, indent=2)
    (FIXTURES / "sheets-expected.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
