"""Draws the sample video and small videos for tests, and encodes them with ffmpeg. All our own."""

import pathlib
import subprocess

from PIL import Image

from draw import FIXTURES as IMAGES
from draw import INK, Canvas

ROOT = pathlib.Path(__file__).parents[2]
SAMPLES = ROOT / "media" / "samples" / "video"
FIXTURES = IMAGES.parent / "videos"
WIDTH, HEIGHT = 480, 270
FPS = 10
FRAMES = 76
HIT = 50  # the frame in which the car reaches the tower
COLOURS = ["#b6453a", "#dfa03a", "#4f8f6b", "#4a76a8"]


def blocks(n: int) -> Canvas:
    """Frame n: a toy car rolls down a ramp and knocks over a tower of four blocks."""
    c = Canvas(WIDTH, HEIGHT, "#dfe7e9")
    c.box(38, 22, 118, 92, "#ffffff")
    for x in (46, 100):
        for y in (30, 72):
            c.box(x, y, 48, 36, "#a9c8dd")
    c.oval(64, 36, 18, 18, "#f2c84b")
    c.box(0, 200, WIDTH, 70, "#b98557")
    c.box(0, 200, WIDTH, 12, "#cf9d6d")
    c.poly([(8, 148), (8, 210), (126, 210)], "#80878f")
    # down the ramp, then over the table; it stops at the tower
    x = 10 + 310 * min(n, HIT) / HIT
    on_ramp = max(0.0, 1 - (x + 28) / 126)
    y = 190 - 52 * on_ramp
    c.box(x, y, 62, 15, "#35669c", 5)
    c.poly([(x + 14, y), (x + 22, y - 13), (x + 42, y - 13), (x + 50, y)], "#35669c")
    c.poly([(x + 20, y - 1), (x + 25, y - 10), (x + 40, y - 10), (x + 45, y - 1)], "#cfe0ee")
    for wheel in (x + 8, x + 42):
        c.oval(wheel, y + 8, 14, 14, INK)
        c.oval(wheel + 4, y + 12, 6, 6, "#c9ced3")
    fallen = max(0.0, min(1.0, (n - HIT) / 16))
    for level, colour in enumerate(COLOURS):
        slide = fallen * (6 + 20 * level)
        drop = fallen * fallen * 28 * level
        c.box(382 + slide, 182 - 28 * level + drop, 28, 28, colour, 2, INK)
    return c


def encode(frames: list[Image.Image], path: pathlib.Path, fps: str, *options: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    width, height = frames[0].size
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", fps, "-i", "-"]
    exact = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-an"]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *raw, *exact, *options, str(path)],
        input=b"".join(frame.tobytes() for frame in frames),
        check=True,
    )
    print(path.relative_to(ROOT), path.stat().st_size, "bytes")


def counting(n: int, width: int, height: int) -> Image.Image:
    """A frame that tells its number: 16 grey squares, white for the ones of the binary number."""
    image = Image.new("RGB", (width, height), (60, 90, 150))
    cell = min(width, height) // 4
    for bit in range(16):
        value = 235 if n >> bit & 1 else 20
        image.paste((value,) * 3, (bit % 4 * cell, bit // 4 * cell, (bit % 4 + 1) * cell, (bit // 4 + 1) * cell))
    return image


def main() -> None:
    h264 = ["-c:v", "libx264", "-preset", "veryslow", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    shown = [blocks(n).image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS) for n in range(FRAMES)]
    encode(shown, SAMPLES / "blocks.mp4", str(FPS), *h264, "-crf", "24", "-g", "20")
    wide = [counting(n, 96, 64) for n in range(90)]
    encode(wide, FIXTURES / "count.mp4", "30000/1001", *h264, "-crf", "18", "-bf", "3", "-g", "25")
    tall = [counting(n, 64, 96) for n in range(70)]
    encode(tall, FIXTURES / "tall.webm", "2", "-c:v", "libvpx-vp9", "-pix_fmt", "yuv420p", "-b:v", "60k")
    encode(wide, FIXTURES / "old.avi", "30000/1001", "-c:v", "mpeg4", "-q:v", "4")
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-i", str(FIXTURES / "count.mp4"), "-c", "copy"]
        + ["-metadata:s:v", "rotate=90", "-movflags", "+faststart", "-fflags", "+bitexact", str(FIXTURES / "turned.mp4")],
        check=True,
    )
    # starts in the middle of a group of pictures: an edit list hides what comes before
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-ss", "1.2", "-i", str(FIXTURES / "count.mp4"), "-c", "copy"]
        + ["-movflags", "+faststart", "-fflags", "+bitexact", str(FIXTURES / "cut.mp4")],
        check=True,
    )


if __name__ == "__main__":
    main()
