"""Draws small pictures of every kind that RewardLens reads, and writes down what Pillow makes of them.

Writes below test/fixtures/images: kinds/, the files; kinds.json, for each file its size and the SHA-256 of
`Image.open(file).convert("RGB").tobytes()`; kinds.rgb.gz, those bytes, each picture at the place `at`.
What Pillow can't write itself is put together in containers.py.
"""

import gzip
import hashlib
import io
import json
import pathlib
import struct
import subprocess
import tempfile

import numpy as np
from PIL import Image

from containers import bmp, gif, ico, lzw_codes, png, tiff

OUT = pathlib.Path(__file__).parents[2] / "test" / "fixtures" / "images" / "kinds"
WIDTH, HEIGHT = 37, 27


def scene() -> np.ndarray:
    """Ramps, hard coloured edges and noise: whatever a decoder rounds differently shows."""
    rng = np.random.default_rng(20)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    picture = np.stack([x * 4, y * 5, 255 - x * 2 - y * 2], -1).clip(0, 255).astype(np.uint8)
    for n in range(6):
        left, top = rng.integers(0, WIDTH - 12), rng.integers(0, HEIGHT - 10)
        picture[top : top + 9, left : left + 11] = rng.integers(0, 256, 3)
    picture[15:25, 3:15] = rng.integers(0, 256, (10, 12, 3))
    picture[::7, 25:34] = (255, 0, 0)
    return picture


RGB = scene()
ALPHA = ((np.mgrid[0:HEIGHT, 0:WIDTH].sum(0) * 9) % 256).astype(np.uint8)
ALPHA[:7] = 0
GRAY = RGB[..., 0] // 2 + RGB[..., 1] // 2
DEEP = (GRAY.astype(np.uint16) * 3 + np.arange(WIDTH, dtype=np.uint16) * 1400)
INKS = np.dstack([255 - RGB, ALPHA])
EXIF_TURNED = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"

rgb = Image.fromarray(RGB)
rgba = Image.fromarray(np.dstack([RGB, ALPHA]))
gray = Image.fromarray(GRAY)
gray_alpha = Image.merge("LA", [gray, Image.fromarray(ALPHA)])
palette = rgb.quantize(40, dither=Image.Dither.NONE)
few = rgb.quantize(4, dither=Image.Dither.NONE)
sixteen = rgb.quantize(16, dither=Image.Dither.NONE)
bits = gray.convert("1")
inks = Image.fromarray(INKS, "CMYK")


def profile() -> bytes:
    """A display profile with red and blue swapped and another gamma: visible if applied."""
    def xyz(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IHH", 1, round(1.2 * 256), 0)
    text = b"desc\0\0\0\0" + struct.pack(">I", 8) + b"swapped\0" + bytes(79)
    parts = [
        (b"desc", text),
        (b"wtpt", xyz(0.9642, 1.0, 0.8249)),
        (b"rXYZ", xyz(0.1431, 0.0606, 0.7141)),
        (b"gXYZ", xyz(0.3851, 0.7169, 0.0971)),
        (b"bXYZ", xyz(0.4361, 0.2225, 0.0139)),
        (b"rTRC", curve),
        (b"gTRC", curve),
        (b"bTRC", curve),
        (b"cprt", b"text\0\0\0\0none\0\0\0\0"),
    ]
    at = 128 + 4 + 12 * len(parts)
    table, body = struct.pack(">I", len(parts)), b""
    for name, data in parts:
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data
    size = 128 + len(table) + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"none", 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head = head.ljust(36, b"\0") + b"acsp"
    head = head.ljust(68, b"\0") + struct.pack(">iii", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + table + body


PROFILE = profile()


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def jpegs() -> dict[str, bytes]:
    out = {
        "420": saved(rgb, "JPEG", quality=83, subsampling="4:2:0"),
        "422": saved(rgb, "JPEG", quality=83, subsampling="4:2:2"),
        "444": saved(rgb, "JPEG", quality=83, subsampling="4:4:4"),
        "411": saved(rgb, "JPEG", quality=83, subsampling="4:1:1"),
        "progressive": saved(rgb, "JPEG", quality=60, progressive=True),
        "restarts": saved(rgb, "JPEG", quality=75, restart_marker_blocks=3),
        "low": saved(rgb, "JPEG", quality=5),
        "rgb": saved(rgb, "JPEG", quality=90, keep_rgb=True),
        "gray": saved(gray, "JPEG", quality=80),
        "turned": saved(rgb, "JPEG", quality=80, exif=EXIF_TURNED),
        "profile": saved(rgb, "JPEG", quality=80, icc_profile=PROFILE),
        "cmyk": saved(inks, "JPEG", quality=85),
    }
    # the same as YCCK: the Adobe mark says how the four planes are to be read
    adobe = out["cmyk"].index(b"Adobe")
    out["ycck"] = out["cmyk"][: adobe + 11] + b"\2" + out["cmyk"][adobe + 12 :]
    # without the mark
    out["cmyk-unmarked"] = out["cmyk"][: adobe - 4] + out["cmyk"][adobe + 12 :]
    # 4:4:0: the sampling factors of 4:2:2 on its side
    upright = saved(rgb.transpose(Image.Transpose.TRANSPOSE), "JPEG", quality=83, subsampling="4:2:2")
    at = upright.index(b"\xff\xc0")
    sideways = bytearray(upright)
    sideways[at + 11] = 0x12
    height, width = struct.unpack(">HH", upright[at + 5 : at + 9])
    sideways[at + 5 : at + 9] = struct.pack(">HH", width, height)
    out["440"] = bytes(sideways)
    return {f"jpeg-{name}.jpg": data for name, data in out.items()}


def pngs() -> dict[str, bytes]:
    rgb16 = RGB.astype(np.uint16) * 256 + 255 - RGB
    out = {
        "rgb": saved(rgb, "PNG"),
        "rgba": saved(rgba, "PNG"),
        "gray": saved(gray, "PNG"),
        "gray-alpha": saved(gray_alpha, "PNG"),
        "palette": saved(palette, "PNG"),
        "palette-alpha": saved(palette, "PNG", transparency=bytes([0, 90, 255, 10])),
        "palette-4": saved(sixteen, "PNG", bits=4),
        "palette-2": saved(few, "PNG", bits=2),
        "palette-1": saved(rgb.quantize(2), "PNG", bits=1),
        "palette-2-alpha": saved(few, "PNG", bits=2, transparency=bytes([0, 200])),
        "1": saved(bits, "PNG"),
        "gray-2": png(GRAY >> 6, 0, 2),
        "gray-4": png(GRAY >> 4, 0, 4),
        "gray-key": saved(gray, "PNG", transparency=int(GRAY[0, 0])),
        "rgb-key": saved(rgb, "PNG", transparency=tuple(int(v) for v in RGB[0, 0])),
        "gray-16": png(DEEP, 0, 16),
        "gray-16-key": png(DEEP, 0, 16, [(b"tRNS", struct.pack(">H", int(DEEP[0, 0])))]),
        "rgb-16-key": png(rgb16, 2, 16, [(b"tRNS", struct.pack(">HHH", *map(int, rgb16[0, 0])))]),
        "gray-alpha-16": png(np.dstack([DEEP, DEEP[::-1]]), 4, 16),
        "rgb-16": png(rgb16, 2, 16),
        "rgba-16": png(np.dstack([rgb16, DEEP]), 6, 16),
        "interlaced": png(RGB, 2, 8, interlaced=True),
        "gray-16-interlaced": png(DEEP, 0, 16, interlaced=True),
        "gamma": png(RGB, 2, 8, [(b"gAMA", struct.pack(">I", 100000))]),
        "profile": saved(rgb, "PNG", icc_profile=PROFILE),
        "turned": saved(rgb, "PNG", exif=EXIF_TURNED),
        "animated": saved(rgb, "PNG", save_all=True, append_images=[rgb.rotate(180)]),
        "animated-hidden-first": saved(
            rgb, "PNG", save_all=True, default_image=True, append_images=[rgb.rotate(180)]
        ),
    }
    return {f"png-{name}.png": data for name, data in out.items()}


def webps() -> dict[str, bytes]:
    frames = [rgba, rgba.rotate(180), rgba.rotate(90)]
    out = {
        "lossy": saved(rgb, "WEBP", quality=70),
        "lossless": saved(rgb, "WEBP", lossless=True),
        "alpha": saved(rgba, "WEBP", quality=70),
        "alpha-lossless": saved(rgba, "WEBP", lossless=True),
        "alpha-lossless-exact": saved(rgba, "WEBP", lossless=True, exact=True),
        "profile": saved(rgb, "WEBP", quality=70, icc_profile=PROFILE),
        "turned": saved(rgb, "WEBP", quality=70, exif=EXIF_TURNED),
        "animated": saved(
            frames[0].convert("RGB"), "WEBP", quality=70, save_all=True,
            append_images=[f.convert("RGB") for f in frames[1:]],
        ),
        "animated-alpha": saved(
            frames[0], "WEBP", quality=70, save_all=True, append_images=frames[1:]
        ),
        "animated-alpha-lossless": saved(
            frames[0], "WEBP", lossless=True, exact=True, save_all=True, append_images=frames[1:]
        ),
    }
    out["animated-offset"] = moved(out["animated"], 6, 4)
    out["animated-offset-alpha"] = moved(out["animated-alpha-lossless"], 10, 8)
    return {f"webp-{name}.webp": data for name, data in out.items()}


def moved(webp: bytes, right: int, down: int) -> bytes:
    """An animation on a larger canvas, with its frames moved off the corner."""
    data = bytearray(webp)
    at = data.index(b"VP8X") + 8
    data[at + 4 : at + 7] = (WIDTH + right + 5 - 1).to_bytes(3, "little")
    data[at + 7 : at + 10] = (HEIGHT + down + 3 - 1).to_bytes(3, "little")
    at = data.index(b"ANIM") + 8
    data[at : at + 4] = bytes([30, 60, 90, 255])
    at = data.find(b"ANMF")
    while at >= 0:
        data[at + 8 : at + 11] = (right // 2).to_bytes(3, "little")
        data[at + 11 : at + 14] = (down // 2).to_bytes(3, "little")
        at = data.find(b"ANMF", at + 4)
    return bytes(data)


def gifs() -> dict[str, bytes]:
    indices = np.asarray(few)
    colours = bytes(few.getpalette()[:12])
    rows = np.asarray(palette)
    many = bytes(palette.getpalette()[: 3 * 64]).ljust(3 * 64, b"\x33")
    size = (WIDTH, HEIGHT)
    larger = (WIDTH + 9, HEIGHT + 6)
    out = {
        "plain": saved(palette, "GIF"),
        "gray": saved(gray, "GIF"),
        "transparent": saved(palette, "GIF", transparency=3),
        "interlaced": gif(size, many, rows, interlaced=True),
        "animated": saved(palette, "GIF", save_all=True, append_images=[palette.rotate(180)]),
        "offset": gif(larger, colours, indices, at=(5, 4)),
        "offset-transparent": gif(larger, colours, indices, at=(5, 4), transparent=2),
        "offset-background": gif(larger, colours, indices, at=(5, 4), background=3),
        "outgrows-canvas": gif((20, 15), colours, indices, at=(3, 2)),
        "local-palette": gif(size, many, indices, local=colours),
        "local-palette-offset": gif(larger, many, indices, local=colours, at=(2, 3), transparent=9),
        "no-palette": gif(size, b"", rows, code_bits=8),
        "short-palette": gif(size, colours, rows, code_bits=6),
        "gray-ramp": gif(size, bytes(v for v in range(4) for _ in range(3)), rows, code_bits=6),
        "dispose": gif(larger, colours, indices, at=(1, 1), transparent=1, disposal=2),
        "comments": gif(size, colours, indices, comment=b"x" * 700),
        "no-clear-code": gif(size, colours, indices, codes=lambda b, v: lzw_codes(b, v, first=False)),
        "deferred-clear": gif(size, b"\x70" * 3 * 64 + many, rows, codes=lambda b, v: lzw_codes(b, v, late=True)),
        "1": gif(size, bytes([9, 9, 9, 250, 240, 230]), np.asarray(bits).astype(np.uint8), code_bits=2),
    }
    big = np.random.default_rng(5).integers(0, 64, (70, 75), np.uint8)
    out["full-table"] = gif((75, 70), many, big, codes=lambda b, v: lzw_codes(b, v, late=True))
    return {f"gif-{name}.gif": data for name, data in out.items()}


def bmps() -> dict[str, bytes]:
    five = RGB.astype(np.uint16) >> 3
    packed = five[..., 0] << 10 | five[..., 1] << 5 | five[..., 2]
    packed6 = five[..., 0] << 11 | (RGB.astype(np.uint16)[..., 1] >> 2) << 5 | five[..., 2]
    bgra = np.dstack([RGB[..., ::-1], ALPHA])
    rows8 = np.asarray(palette)
    rows4 = np.asarray(sixteen)
    table8 = np.array(palette.getpalette()[: 3 * 40], np.uint8).reshape(-1, 3)
    table4 = np.array(sixteen.getpalette()[: 3 * 16], np.uint8).reshape(-1, 3)
    out = {
        "rgb": saved(rgb, "BMP"),
        "gray": saved(gray, "BMP"),
        "palette": saved(palette, "BMP"),
        "1": saved(bits, "BMP"),
        "rgba": saved(rgba, "BMP"),
        "top-down": bmp(bgra[..., :3], 24, top_down=True),
        "32": bmp(bgra, 32),
        "32-masks": bmp(bgra, 32, masks=(0xFF0000, 0xFF00, 0xFF, 0xFF000000), header=108),
        "32-masks-rgba": bmp(
            np.dstack([RGB, ALPHA]), 32, masks=(0xFF, 0xFF00, 0xFF0000, 0xFF000000), header=124
        ),
        "32-masks-xbgr": bmp(
            np.dstack([ALPHA, RGB[..., ::-1]]), 32, masks=(0xFF000000, 0xFF0000, 0xFF00, 0), header=56
        ),
        "555": bmp(packed, 16),
        "555-masks": bmp(packed, 16, masks=(0x7C00, 0x3E0, 0x1F)),
        "565": bmp(packed6, 16, masks=(0xF800, 0x7E0, 0x1F)),
        "palette-4": bmp(rows4, 4, palette=table4),
        "palette-1": bmp(np.asarray(bits).astype(np.uint8), 1, palette=table4[:2]),
        "short-palette": bmp(rows8, 8, palette=table8[:12]),
        "os2": bmp(rows4, 4, palette=table4, header=12),
        "os2-24": bmp(bgra[..., :3], 24, header=12),
        "rle8": bmp(rows8, 8, palette=table8, packed="rle8"),
        "rle8-skips": bmp(rows8, 8, palette=table8, packed="rle8-skips"),
        "rle4": bmp(rows4, 4, palette=table4, packed="rle4"),
    }
    return {f"bmp-{name}.bmp": data for name, data in out.items()}


def icos() -> dict[str, bytes]:
    icon = rgba.resize((32, 32), Image.Resampling.NEAREST)
    deep = np.asarray(icon)
    rows4 = np.asarray(sixteen)[:16, :16]
    table4 = np.array(sixteen.getpalette()[: 3 * 16], np.uint8).reshape(-1, 3)
    blue_first = np.dstack([deep[..., 2::-1], deep[..., 3]])
    out = {
        "png": saved(icon, "ICO", sizes=[(16, 16), (32, 32), (24, 24)]),
        "bmp": saved(icon, "ICO", sizes=[(16, 16), (32, 32)], bitmap_format="bmp"),
        "32": ico([(32, 32, 32, bmp(blue_first, 32, icon=True))]),
        "4": ico([(16, 16, 4, bmp(rows4, 4, palette=table4, icon=True))]),
        "depths": ico(
            [
                (32, 32, 32, bmp(blue_first, 32, icon=True)),
                (32, 32, 24, bmp(blue_first[..., 2::-1].copy(), 24, icon=True)),
                (16, 16, 24, bmp(blue_first[:16, :16, :3], 24, icon=True)),
            ]
        ),
    }
    return {f"ico-{name}.ico": data for name, data in out.items()}


def tiffs() -> dict[str, bytes]:
    # every alpha, with colours of alpha itself and just below
    full = np.repeat(np.arange(256, dtype=np.uint8), 4).reshape(16, 64)
    near_full = full - np.minimum(full, np.tile(np.arange(4, dtype=np.uint8), 256).reshape(16, 64))
    planes = [RGB[..., n].tobytes() for n in range(3)]
    rgb16 = RGB.astype(np.uint16) * 256 + 255 - RGB
    out = {
        "raw": saved(rgb, "TIFF"),
        "lzw": saved(rgb, "TIFF", compression="tiff_lzw"),
        "deflate": saved(rgb, "TIFF", compression="tiff_adobe_deflate"),
        "packbits": saved(rgb, "TIFF", compression="packbits"),
        "zstd": saved(rgb, "TIFF", compression="zstd"),
        "lzma": saved(rgb, "TIFF", compression="lzma"),
        "jpeg": saved(rgb, "TIFF", compression="jpeg", quality=80),
        "jpeg-ycbcr": tiff(
            saved(rgb, "JPEG", quality=80, subsampling="4:2:0"),
            {258: [8] * 3, 259: 7, 262: 6, 277: 3, 530: [2, 2]},
        ),
        "gray": saved(gray, "TIFF"),
        "gray-jpeg": saved(gray, "TIFF", compression="jpeg"),
        "gray-alpha": saved(gray_alpha, "TIFF"),
        "gray-16": saved(Image.fromarray(DEEP), "TIFF"),
        "gray-float": saved(Image.fromarray(DEEP.astype(np.float32) / 7 - 99), "TIFF"),
        "gray-int": saved(Image.fromarray(DEEP.astype(np.int32) - 9000), "TIFF"),
        "gray-16-big-endian": tiff(DEEP.astype(">u2").tobytes(), {258: 16, 262: 1}, big=True),
        "gray-inverted": tiff(GRAY.tobytes(), {258: 8, 262: 0}),
        "gray-16-inverted": tiff(DEEP.tobytes(), {258: 16, 262: 0}),
        "gray-2": tiff(packed(GRAY >> 6, 2), {258: 2, 262: 1}),
        "gray-4": tiff(packed(GRAY >> 4, 4), {258: 4, 262: 1}),
        "1": saved(bits, "TIFF"),
        "1-group4": saved(bits, "TIFF", compression="group4"),
        "1-inverted": tiff(packed(np.asarray(bits), 1), {258: 1, 262: 0}),
        "palette": saved(palette, "TIFF"),
        "palette-4": tiff(
            packed(np.asarray(sixteen), 4),
            {258: 4, 262: 3, 320: [v * 257 for n in range(3) for v in sixteen.getpalette()[n:48:3]]},
        ),
        "rgba": saved(rgba, "TIFF"),
        "rgba-premultiplied": tiff(
            rgba.convert("RGBa").tobytes(), {258: [8] * 4, 262: 2, 277: 4, 338: 1}
        ),
        "rgba-premultiplied-full": tiff(
            np.dstack([near_full, near_full, near_full // 2, full]).tobytes(),
            {258: [8] * 4, 262: 2, 277: 4, 338: 1},
            size=(64, 16),
        ),
        "rgbx": tiff(rgba.tobytes(), {258: [8] * 4, 262: 2, 277: 4, 338: 0}),
        "rgb-16": tiff(rgb16.tobytes(), {258: [16] * 3, 262: 2, 277: 3}),
        "rgba-16": tiff(
            np.dstack([rgb16, DEEP]).tobytes(), {258: [16] * 4, 262: 2, 277: 4, 338: 2}
        ),
        "planar": tiff(planes, {258: [8] * 3, 262: 2, 277: 3, 284: 2}),
        "cmyk": saved(inks, "TIFF"),
        "cmyk-lzw": saved(inks, "TIFF", compression="tiff_lzw"),
        "cmyk-jpeg": saved(inks, "TIFF", compression="jpeg", quality=85),
        "cmyk-16": tiff(
            (INKS.astype(np.uint16) * 255 + 9).tobytes(), {258: [16] * 4, 262: 5, 277: 4}
        ),
        "lab": saved(Image.fromarray(RGB, "LAB"), "TIFF"),
        "big-endian": tiff(RGB.tobytes(), {258: [8] * 3, 262: 2, 277: 3}, big=True),
        "gray-4-inverted": tiff(packed(GRAY >> 4, 4), {258: 4, 262: 0}),
        "predictor": saved(rgb, "TIFF", compression="tiff_lzw", tiffinfo={317: 2}),
        "tiled": tiff(tiles(RGB, 16), {258: [8] * 3, 262: 2, 277: 3, 322: 16, 323: 16}),
        "1-group4-reversed": saved(bits, "TIFF", compression="group4", tiffinfo={266: 2}),
        "gray-signed": tiff(
            (DEEP.astype(np.int32) - 9000).astype("<i2").tobytes(), {258: 16, 262: 1, 339: 2}
        ),
        "pages": saved(rgb, "TIFF", save_all=True, append_images=[gray]),
        "profile": saved(rgb, "TIFF", icc_profile=PROFILE),
        "big": saved(rgb, "TIFF", big_tiff=True),
    }
    for n in range(2, 9):
        out[f"turned-{n}"] = saved(rgb, "TIFF", compression="tiff_lzw", tiffinfo={274: n})
    return {f"tiff-{name}.tif": data for name, data in out.items()}


def tiles(pixels: np.ndarray, side: int) -> list[bytes]:
    """Squares in reading order, filled up at the right and at the bottom."""
    down, right = (-n % side for n in pixels.shape[:2])
    full = np.pad(pixels, ((0, down), (0, right), (0, 0)))
    return [
        full[y : y + side, x : x + side].tobytes()
        for y in range(0, full.shape[0], side)
        for x in range(0, full.shape[1], side)
    ]


def packed(values: np.ndarray, depth: int) -> bytes:
    """Rows of values of `depth` bits, each row filled up to whole bytes."""
    ones = np.unpackbits(values.astype(np.uint8)[..., None], axis=-1)[..., 8 - depth :]
    return np.packbits(ones.reshape(len(values), -1), axis=1).tobytes()


def avifs() -> dict[str, bytes]:
    slow = {"speed": 6, "quality": 70, "codec": "aom", "max_threads": 1}
    out = {
        "420": saved(rgb, "AVIF", subsampling="4:2:0", **slow),
        "422": saved(rgb, "AVIF", subsampling="4:2:2", **slow),
        "444": saved(rgb, "AVIF", subsampling="4:4:4", **slow),
        "gray": saved(gray, "AVIF", **slow),
        "limited-range": saved(rgb, "AVIF", range="limited", **slow),
        "alpha": saved(rgba, "AVIF", **slow),
        "alpha-premultiplied": saved(rgba, "AVIF", alpha_premultiplied=True, **slow),
        "turned": saved(rgb, "AVIF", exif=EXIF_TURNED, **slow),
        "profile": saved(rgb, "AVIF", icc_profile=PROFILE, **slow),
        "animated": saved(rgb, "AVIF", save_all=True, append_images=[rgb.rotate(180)], **slow),
        "animated-alpha": saved(rgba, "AVIF", save_all=True, append_images=[rgba.rotate(180)], **slow),
    }
    mirrored = Image.Exif()
    mirrored[274] = 2
    out["mirrored"] = saved(rgb, "AVIF", exif=mirrored, **slow)
    # the same colours said to be Display P3
    at = out["444"].index(b"nclx") + 4
    out["p3"] = out["444"][:at] + b"\0\x0c" + out["444"][at + 2 :]
    out["gray-limited-range"] = saved(gray, "AVIF", range="limited", **slow)
    # Pillow writes 8 bits only
    for name, layout in (("420-10", "yuv420p10le"), ("444-10", "yuv444p10le"), ("12", "yuv420p12le")):
        out[name] = by_ffmpeg(layout)
    return {f"avif-{name}.avif": data for name, data in out.items()}


def by_ffmpeg(layout: str) -> bytes:
    """The scene as AVIF of a pixel layout, by the ffmpeg program with libaom."""
    with tempfile.TemporaryDirectory() as folder:
        scene_file, out = pathlib.Path(folder, "scene.png"), pathlib.Path(folder, "scene.avif")
        rgb.save(scene_file)
        encode = ["-c:v", "libaom-av1", "-still-picture", "1", "-crf", "20", "-threads", "1"]
        subprocess.run(
            ["ffmpeg", "-v", "error", "-i", scene_file, "-pix_fmt", layout, *encode, out], check=True
        )
        return out.read_bytes()


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    expected: dict[str, dict] = {}
    pixels = bytearray()
    places: dict[str, int] = {}
    kinds = (jpegs, pngs, webps, gifs, bmps, icos, tiffs, avifs)
    for name, data in sorted(item for kind in kinds for item in kind().items()):
        (OUT / name).write_bytes(data)
        with Image.open(OUT / name) as image:
            picture = image.convert("RGB")
            assert picture.size == image.size, name
        values = picture.tobytes()
        sha256 = hashlib.sha256(values).hexdigest()
        if sha256 not in places:
            places[sha256] = len(pixels)
            pixels += values
        size = {"width": picture.width, "height": picture.height}
        expected[name] = {**size, "sha256": sha256, "at": places[sha256]}
    (OUT.parent / "kinds.rgb.gz").write_bytes(gzip.compress(pixels, mtime=0))
    document = {"pillow": Image.__version__, "pictures": expected}
    (OUT.parent / "kinds.json").write_text(json.dumps(document, indent=2) + "\n")
    print(sum(file.stat().st_size for file in OUT.iterdir()), "bytes in", len(expected), "pictures")


if __name__ == "__main__":
    main()
