"""Draws the pictures of the sample dataset and small pictures for tests. All of them are our own."""

import pathlib
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFont

ROOT = pathlib.Path(__file__).parents[2]
SAMPLES = ROOT / "media" / "samples" / "img"
FIXTURES = ROOT / "test" / "fixtures" / "images"
SCALE = 3  # drawn larger and shrunk, for smooth edges

INK = "#2b2b2b"


class Canvas:
    """A picture in units of final pixels."""

    def __init__(self, width: int, height: int, colour: str):
        self.size = (width, height)
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), colour)
        self.draw = ImageDraw.Draw(self.image)

    def box(self, x: float, y: float, w: float, h: float, fill: str, radius: float = 0, line: str = "") -> None:
        at = [x * SCALE, y * SCALE, (x + w) * SCALE, (y + h) * SCALE]
        self.draw.rounded_rectangle(at, radius * SCALE, fill, line or None, 2 * SCALE if line else 0)

    def oval(self, x: float, y: float, w: float, h: float, fill: str, line: str = "") -> None:
        at = [x * SCALE, y * SCALE, (x + w) * SCALE, (y + h) * SCALE]
        self.draw.ellipse(at, fill, line or None, 2 * SCALE if line else 0)

    def poly(self, points: list[tuple[float, float]], fill: str) -> None:
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill)

    def line(self, points: list[tuple[float, float]], fill: str, width: float) -> None:
        self.draw.line([(x * SCALE, y * SCALE) for x, y in points], fill, int(width * SCALE), "curve")

    def arc(self, x: float, y: float, w: float, h: float, start: float, end: float, fill: str, width: float) -> None:
        at = [x * SCALE, y * SCALE, (x + w) * SCALE, (y + h) * SCALE]
        self.draw.arc(at, start, end, fill, int(width * SCALE))

    def text(self, x: float, y: float, text: str, size: float, fill: str = INK) -> None:
        font = ImageFont.load_default(size * SCALE)
        self.draw.text((x * SCALE, y * SCALE), text, fill, font, anchor="mm")

    def save(self, path: pathlib.Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        small = self.image.resize(self.size, Image.Resampling.LANCZOS)
        small.quantize(192, dither=Image.Dither.NONE).save(path, optimize=True)


def market() -> Canvas:
    c = Canvas(1200, 800, "#e8d9b5")
    for y in range(220, 560, 34):
        for x in range(-40 if (y // 34) % 2 else 0, 1200, 84):
            c.box(x, y, 80, 30, "#eedfbd" if (x // 84 + y) % 3 else "#e3d2a8", 3)
    for n in range(10):
        colour = "#b5453a" if n % 2 == 0 else "#f4efe6"
        c.box(n * 120, 0, 120, 150, colour)
        c.oval(n * 120, 110, 120, 90, colour)
    c.box(430, 235, 340, 110, "#2f4a3c", 8, "#c8b98a")
    c.text(600, 290, "Fruit today", 44, "#f4efe6")
    fruit: list[tuple[int, str, str, str, Callable[[float, float], None]]] = [
        (60, "Lemons", "0.80", "#f2c53d", lambda x, y: c.oval(x, y, 62, 46, "#f2c53d", "#d4a51f")),
        (440, "Pears", "1.50", "#a9c34f", lambda x, y: pear(c, x, y)),
        (820, "Apples", "1.20", "#c8473d", lambda x, y: c.oval(x, y, 58, 56, "#c8473d", "#9c312a")),
    ]
    for left, name, price, _, one in fruit:
        for row, count in enumerate((4, 5)):
            for k in range(count):
                one(left + 28 + k * 52 + (26 if count == 4 else 0), 405 + row * 44)
        c.poly([(left, 490), (left + 320, 490), (left + 300, 640), (left + 20, 640)], "#a9743e")
        c.line([(left + 8, 540), (left + 312, 540)], "#8a5c2f", 4)
        c.line([(left + 14, 590), (left + 306, 590)], "#8a5c2f", 4)
        c.box(left + 90, 520, 140, 84, "#fbf8f0", 6, "#6d4a25")
        c.text(left + 160, 545, name, 24)
        c.text(left + 160, 580, price, 32, "#8f2f1d")
    c.box(0, 640, 1200, 160, "#845a33")
    for x in range(0, 1200, 150):
        c.line([(x, 640), (x, 800)], "#74502d", 3)
    return c


def pear(c: Canvas, x: float, y: float) -> None:
    c.oval(x + 12, y - 14, 30, 44, "#a9c34f")
    c.oval(x + 2, y + 6, 50, 46, "#a9c34f")
    c.line([(x + 27, y - 14), (x + 31, y - 26)], "#6b4a2a", 4)


def shapes() -> Canvas:
    c = Canvas(800, 600, "#f3f3ef")
    c.oval(90, 80, 190, 190, "#3b7dd8")
    c.box(340, 100, 150, 150, "#4aa564", 4)
    c.poly([(640, 80), (740, 260), (540, 260)], "#c94f4f")
    c.box(110, 380, 120, 120, "#e0a526", 4)
    c.oval(370, 390, 100, 100, "#c94f4f")
    star = [(650, 350), (672, 412), (738, 414), (686, 454), (704, 518), (650, 480), (596, 518), (614, 454), (562, 414), (628, 412)]
    c.poly(star, "#7a4fb5")
    return c


def chart() -> Canvas:
    c = Canvas(1000, 700, "#ffffff")
    c.text(500, 44, "Umbrellas sold", 32)
    c.line([(110, 90), (110, 600), (950, 600)], INK, 3)
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]
    values = [22, 31, 40, 35, 18, 9]
    for n in range(0, 50, 10):
        y = 600 - n * 11
        c.text(78, y, str(n), 22)
        if n:
            c.line([(112, y), (950, y)], "#d9d9d9", 1.5)
    colours = ["#4b7fbf", "#4b7fbf", "#d9822b", "#4b7fbf", "#4b7fbf", "#4b7fbf"]
    for n, (month, value, colour) in enumerate(zip(months, values, colours, strict=True)):
        x = 150 + n * 135
        c.box(x, 600 - value * 11, 84, value * 11, colour, 3)
        c.text(x + 42, 630, month, 24)
        c.text(x + 42, 600 - value * 11 - 20, str(value), 22)
    return c


def clock() -> Canvas:
    c = Canvas(600, 600, "#d7e3ea")
    c.oval(60, 60, 480, 480, "#fdfdfb", "#3a4a55")
    import math

    for hour in range(1, 13):
        angle = math.radians(hour * 30 - 90)
        c.text(300 + 195 * math.cos(angle), 300 + 195 * math.sin(angle), str(hour), 40)
    for minutes, length, width in ((7.333 * 5, 120, 14), (20, 175, 9)):
        angle = math.radians(minutes * 6 - 90)
        c.line([(300, 300), (300 + length * math.cos(angle), 300 + length * math.sin(angle))], INK, width)
    c.oval(286, 286, 28, 28, "#b5453a")
    return c


def sign() -> Canvas:
    c = Canvas(900, 560, "#bcd5e6")
    c.box(0, 430, 900, 130, "#8fae74")
    c.box(430, 330, 40, 200, "#7c7c7c")
    c.box(150, 90, 600, 270, "#e8b72e", 18, INK)
    c.text(450, 165, "ROAD CLOSED", 66)
    c.text(450, 245, "use the north bridge", 40)
    c.text(450, 305, "until 14 May", 40)
    return c


def town_map() -> Canvas:
    c = Canvas(960, 720, "#eef0e4")
    c.poly([(0, 330), (260, 300), (520, 370), (960, 320), (960, 410), (520, 460), (260, 390), (0, 420)], "#9cc4e4")
    for x, top, bottom in ((210, 285, 415), (650, 335, 455)):
        c.box(x, top, 44, bottom - top, "#c9b48a")
    for points in ([(232, 0), (232, 720)], [(672, 0), (672, 720)], [(0, 160), (960, 160)], [(0, 600), (960, 560)]):
        c.line(points, "#ffffff", 18)
    for x, y, w, h in ((60, 40, 120, 80), (320, 60, 200, 70), (740, 40, 160, 90), (320, 500, 180, 60), (60, 480, 110, 70)):
        c.box(x, y, w, h, "#d8c9bd", 4)
    c.text(420, 95, "Museum", 26)
    c.text(410, 530, "Station", 26)
    c.text(480, 410, "River", 26, "#2f5f86")
    c.oval(786, 500, 56, 56, "#c8473d")
    c.poly([(790, 540), (838, 540), (814, 592)], "#c8473d")
    c.oval(802, 516, 24, 24, "#ffffff")
    return c


def kettle() -> Canvas:
    c = Canvas(900, 600, "#e9e2d6")
    c.box(0, 430, 900, 170, "#4a4a4a")
    c.oval(250, 410, 400, 70, "#222222")
    c.oval(280, 180, 340, 270, "#aab4bb", "#7e8a92")
    c.box(395, 150, 110, 40, "#7e8a92", 12)
    c.oval(430, 118, 40, 40, INK)
    c.poly([(600, 260), (720, 200), (735, 225), (612, 330)], "#aab4bb")
    c.arc(300, 70, 300, 260, 190, 350, INK, 18)
    for x in (735, 765, 795):
        c.arc(x, 100, 40, 90, 100, 260, "#ffffff", 7)
    return c


def tower() -> Canvas:
    c = Canvas(420, 1100, "#f6d7b8")
    c.oval(250, 90, 110, 110, "#f2a65a")
    c.poly([(60, 1040), (360, 1040), (270, 360), (150, 360)], "#a85b4a")
    c.box(135, 320, 150, 46, "#8f4a3b", 4)
    c.poly([(150, 320), (270, 320), (210, 150)], "#6d3a2f")
    for y in (440, 580, 720, 860):
        c.box(190, y, 40, 70, "#f4e7c5", 18)
    c.box(0, 1040, 420, 60, "#7f9a63")
    return c


def room(night: bool) -> Canvas:
    c = Canvas(760, 560, "#39405a" if night else "#dfe6d8")
    c.box(0, 440, 760, 120, "#4b3a31" if night else "#a98a6b")
    c.box(440, 90, 220, 190, "#141a2e" if night else "#a8d3ef", 4, "#e8e1d0")
    c.line([(550, 90), (550, 280)], "#e8e1d0", 6)
    if night:
        c.oval(470, 120, 44, 44, "#f5efc4")
    c.box(90, 330, 260, 130, "#7a5563" if night else "#c2708c", 20)
    c.box(70, 290, 300, 70, "#6a4755" if night else "#b25f7c", 20)
    c.line([(600, 440), (600, 350)], INK, 8)
    c.poly([(550, 350), (650, 350), (625, 300), (575, 300)], "#f7dd7a" if night else "#c8c3b4")
    return c


def fish() -> Canvas:
    c = Canvas(900, 600, "#5fa8c9")
    c.box(0, 520, 900, 80, "#d9c48f")
    for x, h in ((120, 210), (160, 150), (760, 240)):
        c.line([(x, 530), (x - 14, 530 - h / 2), (x + 6, 530 - h)], "#3f7d4e", 16)
    for x, y, right in ((230, 140, True), (520, 220, True), (380, 360, False), (620, 400, True)):
        body = "#e98a3a" if right else "#e9d23a"
        c.oval(x, y, 130, 74, body)
        tail = [(x + 8, y + 37), (x - 44, y + 4), (x - 44, y + 70)]
        if not right:
            tail = [(x + 122, y + 37), (x + 174, y + 4), (x + 174, y + 70)]
        c.poly(tail, body)
        eye = x + 96 if right else x + 20
        c.oval(eye, y + 22, 14, 14, INK)
    return c


def fixtures() -> None:
    """Small pictures of awkward kinds and shapes, for tests without the demo pictures."""
    FIXTURES.mkdir(parents=True, exist_ok=True)
    import random

    rng = random.Random(7)

    def noise(width: int, height: int, mode: str = "RGB") -> Image.Image:
        bands = {"RGB": 3, "RGBA": 4, "L": 1}[mode]
        cell = 16
        small = Image.frombytes(
            mode,
            (-(-width // cell), -(-height // cell)),
            rng.randbytes(-(-width // cell) * -(-height // cell) * bands),
        )
        return small.resize((width, height), Image.Resampling.BILINEAR)

    noise(301, 97).save(FIXTURES / "wide.png")
    noise(83, 240).save(FIXTURES / "tall.png")
    noise(40, 33).save(FIXTURES / "tiny.png")
    noise(130, 130, "RGBA").save(FIXTURES / "alpha.png")
    noise(120, 90, "L").save(FIXTURES / "grey.png")
    noise(96, 64).quantize(32).save(FIXTURES / "palette.png")
    noise(640, 5).save(FIXTURES / "strip.png")
    noise(3000, 1).save(FIXTURES / "thread.png")
    whole = (FIXTURES / "wide.png").read_bytes()
    (FIXTURES / "truncated.png").write_bytes(whole[: len(whole) * 2 // 3])
    (FIXTURES / "not-an-image.png").write_text("This is not a picture.\n")


def main() -> None:
    pictures = {
        "market": market(),
        "shapes": shapes(),
        "chart": chart(),
        "clock": clock(),
        "sign": sign(),
        "map": town_map(),
        "kettle": kettle(),
        "tower": tower(),
        "room-day": room(night=False),
        "room-night": room(night=True),
        "fish": fish(),
    }
    for name, canvas in pictures.items():
        canvas.save(SAMPLES / f"{name}.png")
    fixtures()


if __name__ == "__main__":
    main()
