"""Picture files put together by hand, for kinds that Pillow reads but does not write."""

import struct
import zlib
from collections.abc import Callable

import numpy as np

Size = tuple[int, int]


def png(
    pixels: np.ndarray,
    colour_type: int,
    depth: int,
    chunks: list[tuple[bytes, bytes]] | None = None,
    interlaced: bool = False,
) -> bytes:
    """pixels: [height, width] or [height, width, channels], values below 2**depth."""
    height, width = pixels.shape[:2]

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    def rows(part: np.ndarray) -> bytes:
        if depth == 16:
            lines = [row.astype(">u2").tobytes() for row in part]
        elif depth == 8:
            lines = [row.astype(np.uint8).tobytes() for row in part]
        else:
            ones = np.unpackbits(part.astype(np.uint8)[..., None], axis=-1)[..., 8 - depth :]
            lines = [np.packbits(row.reshape(-1)).tobytes() for row in ones]
        return b"".join(b"\0" + line for line in lines)

    if interlaced:  # Adam7
        starts = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2)]
        starts.append((1, 0, 2, 1))
        data = b"".join(rows(pixels[y::down, x::right]) for y, x, down, right in starts)
    else:
        data = rows(pixels)
    head = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, int(interlaced))
    middle = b"".join(chunk(*c) for c in chunks or [])
    body = chunk(b"IHDR", head) + middle + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


Codes = Callable[[int, list[int]], bytes]


def lzw_codes(code_bits: int, values: list[int], first: bool = True, late: bool = False) -> bytes:
    """GIF's LZW. first: starts with a clear code; late: goes on with a full table (no clear)."""
    clear, end = 1 << code_bits, (1 << code_bits) + 1
    table: dict[tuple[int, ...], int] = {}
    out, held, count = bytearray(), 0, 0
    width, free = code_bits + 1, end + 1

    def put(code: int) -> None:
        nonlocal held, count
        held |= code << count
        count += width
        while count >= 8:
            out.append(held & 255)
            held >>= 8
            count -= 8

    def code_of(word: tuple[int, ...]) -> int:
        return word[0] if len(word) == 1 else table[word]

    if first:
        put(clear)
    word: tuple[int, ...] = ()
    for value in values:
        if not word or (*word, value) in table:
            word = (*word, value)
            continue
        put(code_of(word))
        if free < 4096:
            table[(*word, value)] = free
            if free == 1 << width and width < 12:
                width += 1
            free += 1
        elif not late:
            put(clear)
            table, width, free = {}, code_bits + 1, end + 1
        word = (value,)
    put(code_of(word))
    # the reader has one entry less than the writer
    if free == 1 << width and width < 12:
        width += 1
    put(end)
    if count > 0:
        out.append(held & 255)
    return bytes(out)


def gif(
    size: Size,
    palette: bytes,
    indices: np.ndarray,
    *,
    at: Size = (0, 0),
    local: bytes = b"",
    transparent: int | None = None,
    disposal: int = 0,
    background: int = 0,
    interlaced: bool = False,
    comment: bytes = b"",
    code_bits: int = 0,
    codes: Codes = lzw_codes,
) -> bytes:
    """One frame. palette, local: RGB triples, 2, 4, 8, … of them, or none."""

    def flags(colours: bytes) -> int:
        return 0x80 | ((len(colours) // 3 - 1).bit_length() - 1) if colours else 0

    def blocks(data: bytes) -> bytes:
        parts = [data[n : n + 255] for n in range(0, len(data), 255)]
        return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"

    out = b"GIF89a" + struct.pack("<HHBBB", *size, flags(palette), background, 0) + palette
    if comment:
        out += b"!\xfe" + blocks(comment)
    if transparent is not None or disposal:
        seen = int(transparent is not None)
        out += b"!\xf9\x04" + bytes([disposal << 2 | seen, 0, 0, transparent or 0, 0])
    height, width = indices.shape
    out += b"," + struct.pack("<HHHHB", *at, width, height, flags(local) | int(interlaced) << 6)
    rows = indices
    if interlaced:
        rows = np.concatenate([indices[0::8], indices[4::8], indices[2::4], indices[1::2]])
    used = code_bits or max(2, (len(local or palette) // 3 - 1).bit_length())
    return out + local + bytes([used]) + blocks(codes(used, rows.reshape(-1).tolist())) + b";"


def bmp(
    pixels: np.ndarray,
    depth: int,
    *,
    palette: np.ndarray | None = None,
    masks: tuple[int, ...] = (),
    header: int = 40,
    top_down: bool = False,
    packed: str = "",
    icon: bool = False,
) -> bytes:
    """pixels: palette indices, packed 16-bit values, or bytes in file order. icon: as in an ICO file."""
    height, width = pixels.shape[:2]
    rows = pixels if top_down else pixels[::-1]
    if packed:
        data = {"rle8": rle8, "rle8-skips": rle8_skips, "rle4": rle4}[packed](rows)
    elif depth < 8:
        ones = np.unpackbits(rows.astype(np.uint8)[..., None], axis=-1)[..., 8 - depth :]
        data = b"".join(padded(np.packbits(row.reshape(-1)).tobytes()) for row in ones)
    else:
        data = b"".join(padded(row.tobytes()) for row in rows)
    table = b""
    if palette is not None:
        gap = b"" if header == 12 else b"\0"
        table = b"".join(bytes(colour[::-1]) + gap for colour in palette)
    method = {"rle8": 1, "rle8-skips": 1, "rle4": 2}.get(packed, 3 if masks else 0)
    if header == 12:
        head = struct.pack("<IHHHH", 12, width, height, 1, depth)
    else:
        lines = -height if top_down else height * 2 if icon else height
        used = 0 if palette is None else len(palette)
        head = struct.pack("<IiiHHIIiiII", header, width, lines, 1, depth, method, len(data), 0, 0, used, 0)
        head += b"".join(struct.pack("<I", mask) for mask in masks)
        head = head.ljust(header, b"\0")
    if icon:
        return head + table + data + padded(bytes(-(-width // 8))) * height
    start = 14 + len(head) + len(table)
    return b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start) + head + table + data


def padded(row: bytes) -> bytes:
    return row + bytes(-len(row) % 4)


def rle8(rows: np.ndarray) -> bytes:
    """Runs, and stretches of single pixels in absolute mode."""
    out = bytearray()
    for row in rows.tolist():
        x = 0
        while x < len(row):
            run = 1
            while x + run < len(row) and row[x + run] == row[x] and run < 255:
                run += 1
            if run == 1 and x + 5 < len(row):
                out += bytes([0, 5, *row[x : x + 5], 0])
                x += 5
            else:
                out += bytes([run, row[x]])
                x += run
        out += b"\0\0"
    return bytes(out + b"\0\1")


def rle8_skips(rows: np.ndarray) -> bytes:
    """Leaves holes by delta and by short lines."""
    out = bytearray()
    for n, row in enumerate(rows.tolist()):
        if n % 5 == 3:
            out += bytes([0, 2, 7, 0])
            out += bytes([9, row[7]])
        else:
            out += b"".join(bytes([1, value]) for value in row[: 30 + n % 3])
        out += b"\0\0"
    return bytes(out + b"\0\1")


def rle4(rows: np.ndarray) -> bytes:
    """Runs of alternating pairs, and absolute stretches of eight pixels."""
    out = bytearray()
    for row in rows.tolist():
        x = 0
        while x < len(row):
            if x + 8 <= len(row) and x % 3 == 0:
                pairs = [row[x + n] << 4 | row[x + n + 1] for n in range(0, 8, 2)]
                out += bytes([0, 8, *pairs])
                x += 8
            else:
                count = min(2, len(row) - x)
                second = row[x + 1] if count == 2 else 0
                out += bytes([count, row[x] << 4 | second])
                x += count
        out += b"\0\0"
    return bytes(out + b"\0\1")


def ico(pictures: list[tuple[int, int, int, bytes]]) -> bytes:
    """pictures: width, height, bits per pixel, and a PNG file or a DIB with its mask."""
    out = struct.pack("<HHH", 0, 1, len(pictures))
    at = len(out) + 16 * len(pictures)
    for width, height, depth, data in pictures:
        out += struct.pack("<BBBBHHII", width, height, 0, 0, 1, depth, len(data), at)
        at += len(data)
    return out + b"".join(data for *_, data in pictures)


def tiff(
    strips: bytes | list[bytes],
    tags: dict[int, int | list[int]],
    *,
    size: Size = (37, 27),
    big: bool = False,
) -> bytes:
    """One page, uncompressed. tags: beside sizes and strips, as shorts."""
    order = ">" if big else "<"
    parts = [strips] if isinstance(strips, bytes) else strips
    offsets = [8 + sum(len(part) for part in parts[:n]) for n in range(len(parts))]
    entries: dict[int, tuple[str, list[int]]] = {
        256: ("H", [size[0]]),
        257: ("H", [size[1]]),
        259: ("H", [1]),
        277: ("H", [1]),
        324 if 322 in tags else 273: ("I", offsets),
        325 if 322 in tags else 279: ("I", [len(part) for part in parts]),
    }
    if 322 not in tags:
        entries[278] = ("H", [size[1]])
    for tag, value in tags.items():
        entries[tag] = ("H", value if isinstance(value, list) else [value])
    body = b"".join(parts)
    body += bytes(len(body) % 2)
    at = 8 + len(body)
    spill_at = at + 2 + 12 * len(entries) + 4
    directory, spill = struct.pack(order + "H", len(entries)), b""
    for tag, (kind, values) in sorted(entries.items()):
        data = struct.pack(f"{order}{len(values)}{kind}", *values)
        if len(data) > 4:
            place = struct.pack(order + "I", spill_at + len(spill))
            spill += data + bytes(len(data) % 2)
        else:
            place = data.ljust(4, b"\0")
        directory += struct.pack(order + "HHI", tag, {"H": 3, "I": 4}[kind], len(values)) + place
    start = (b"MM\0*" if big else b"II*\0") + struct.pack(order + "I", at)
    return start + body + directory + bytes(4) + spill
