"""Computes what the tiny model must give, independently of RewardLens: numpy, PIL and sentencepiece.

Written from the published description of the model (float64 arithmetic on the bfloat16 weights).
Writes test/fixtures/tiny-expected.json and tiny-tokens.json.
"""

import hashlib
import json
import math
import pathlib
import struct

import numpy as np
import sentencepiece
from PIL import Image

FIXTURES = pathlib.Path(__file__).parents[2] / "test" / "fixtures"
CHECKPOINT = FIXTURES / "tiny-checkpoint"
TILE = 560
MEAN = np.array([0.48145466, 0.4578275, 0.40821073])
STD = np.array([0.26862954, 0.26130258, 0.27577711])
PLACE = "<ImageHere>"


def load() -> tuple[dict, dict[str, np.ndarray]]:
    raw = (CHECKPOINT / "model.safetensors").read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    weights = {}
    for name, entry in json.loads(raw[8 : 8 + size]).items():
        if name == "__metadata__":
            continue
        begin, end = (8 + size + at for at in entry["data_offsets"])
        half = np.frombuffer(raw[begin:end], "<u2").astype("<u4") << 16
        weights[name] = half.view("<f4").astype(np.float64).reshape(entry["shape"])
    return json.loads((CHECKPOINT / "config.json").read_text()), weights


CONFIG, W = load()
VIT = "vit.vision_tower.vision_model."
TOKENS = sentencepiece.SentencePieceProcessor(model_file=str(CHECKPOINT / "tokenizer.model"))


def prepare(name: str, hd_num: int) -> np.ndarray:
    """The published inference transform, on uint8."""
    image = Image.open(FIXTURES / "images" / name).convert("RGB")
    tall = image.width < image.height
    if tall:
        image = image.transpose(Image.Transpose.TRANSPOSE)
    ratio = image.width / image.height
    scale = 1
    while scale * math.ceil(scale / ratio) <= hd_num:
        scale += 1
    columns = min(math.ceil(image.width / TILE), max(1, scale - 1))
    width = columns * TILE
    height = int(width / ratio)
    resized = np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))
    padded = np.full((math.ceil(height / TILE) * TILE, width, 3), 255, np.uint8)
    padded[:height] = resized
    return np.ascontiguousarray(padded.transpose(1, 0, 2)) if tall else padded


def bicubic(size: int) -> np.ndarray:
    """Matrix of a 1-D bicubic resize to one tile: a = -0.75, half-pixel centres, clamped border."""
    a = -0.75
    matrix = np.zeros((TILE, size))
    for out in range(TILE):
        position = (out + 0.5) * size / TILE - 0.5
        base = math.floor(position)
        for tap in range(-1, 3):
            d = abs(position - (base + tap))
            if d <= 1:
                weight = ((a + 2) * d - (a + 3)) * d * d + 1
            else:
                weight = ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
            matrix[out, min(max(base + tap, 0), size - 1)] += weight
    return matrix


def layer_norm(x: np.ndarray, name: str) -> np.ndarray:
    centred = x - x.mean(-1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
    return scaled * W[f"{name}.weight"] + W[f"{name}.bias"]


def affine(x: np.ndarray, name: str) -> np.ndarray:
    return x @ W[f"{name}.weight"].T + W[f"{name}.bias"]


def attend(q: np.ndarray, k: np.ndarray, v: np.ndarray, mask: np.ndarray | float = 0.0) -> np.ndarray:
    """[heads, positions, width] each."""
    scores = q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1]) + mask
    scores = np.exp(scores - scores.max(-1, keepdims=True))
    return (scores / scores.sum(-1, keepdims=True)) @ v


def tower(tile: np.ndarray) -> np.ndarray:
    """One normalised tile [3, 560, 560] to merged features [side, side, 4 * hidden]."""
    c = CONFIG["vision_config"]
    hidden, heads, patch = c["hidden_size"], c["num_attention_heads"], c["patch_size"]
    side = TILE // patch
    cut = tile.reshape(3, side, patch, side, patch).transpose(1, 3, 0, 2, 4).reshape(side * side, -1)
    kernel = W[f"{VIT}embeddings.patch_embedding.weight"].reshape(hidden, -1)
    x = np.vstack([W[f"{VIT}embeddings.class_embedding"][None], cut @ kernel.T])
    x = layer_norm(x + W[f"{VIT}embeddings.position_embedding.weight"], f"{VIT}pre_layrnorm")
    for n in range(c["num_hidden_layers"]):
        at = f"{VIT}encoder.layers.{n}."
        y = layer_norm(x, f"{at}layer_norm1")
        q, k, v = (
            affine(y, f"{at}self_attn.{p}_proj").reshape(len(y), heads, -1).transpose(1, 0, 2)
            for p in "qkv"
        )
        mixed = attend(q, k, v).transpose(1, 0, 2).reshape(len(y), hidden)
        x = x + affine(mixed, f"{at}self_attn.out_proj")
        inner = affine(layer_norm(x, f"{at}layer_norm2"), f"{at}mlp.fc1")
        x = x + affine(inner / (1 + np.exp(-1.702 * inner)), f"{at}mlp.fc2")
    grid = x[1:].reshape(side, side, hidden)
    corners = [grid[y::2, x::2] for y in (0, 1) for x in (0, 1)]
    return np.concatenate(corners, -1)


def image_rows(padded: np.ndarray) -> np.ndarray:
    """A prepared picture to rows for the decoder."""
    pixels = ((padded / 255 - MEAN) / STD).transpose(2, 0, 1)
    _, height, width = pixels.shape
    overview = np.einsum("ah,chw,bw->cab", bicubic(height), pixels, bicubic(width), optimize=True)
    end_of_row = W["plora_sub_GN"].reshape(1, -1)
    strips = [
        np.concatenate(
            [tower(pixels[:, y : y + TILE, x : x + TILE]) for x in range(0, width, TILE)], 1
        )
        for y in range(0, height, TILE)
    ]
    rows: list[np.ndarray] = []
    for line in tower(overview):
        rows += [line, end_of_row]
    rows.append(W["plora_glb_GN"].reshape(1, -1))
    for line in np.concatenate(strips, 0):
        rows += [line, end_of_row]
    hidden = affine(np.concatenate(rows), "vision_proj.0")
    gelu = hidden * 0.5 * (1 + np.vectorize(math.erf)(hidden / math.sqrt(2)))
    return affine(gelu, "vision_proj.2")


def decode(x: np.ndarray, is_image: np.ndarray) -> np.ndarray:
    """Rows [positions, hidden] to the reward at every position."""
    heads, groups = CONFIG["num_attention_heads"], CONFIG["num_key_value_heads"]
    count, hidden = x.shape
    width = hidden // heads
    angle = np.outer(np.arange(count), CONFIG["rope_theta"] ** (-np.arange(0, width, 2) / width))
    cos, sin = np.cos(angle), np.sin(angle)
    causal = np.triu(np.full((count, count), -np.inf), 1)

    def rms(values: np.ndarray, name: str) -> np.ndarray:
        mean = (values**2).mean(-1, keepdims=True)
        return values / np.sqrt(mean + CONFIG["rms_norm_eps"]) * W[name]

    def linear(values: np.ndarray, name: str) -> np.ndarray:
        out = values @ W[f"{name}.weight"].T
        delta = values[is_image] @ W[f"{name}.Plora_A.weight"].T @ W[f"{name}.Plora_B.weight"].T
        out[is_image] += delta
        return out

    def turn(values: np.ndarray) -> np.ndarray:
        low, high = values[..., : width // 2], values[..., width // 2 :]
        return np.concatenate([low * cos - high * sin, high * cos + low * sin], -1)

    for n in range(CONFIG["num_hidden_layers"]):
        at = f"model.layers.{n}."
        qkv = linear(rms(x, f"{at}attention_norm.weight"), f"{at}attention.wqkv")
        # per group: its query heads, one key head, one value head
        blocks = qkv.reshape(count, groups, heads // groups + 2, width).transpose(1, 2, 0, 3)
        parts = [
            attend(turn(block[:-2]), turn(block[-2:-1]), block[-1:], causal) for block in blocks
        ]
        mixed = np.concatenate(parts).transpose(1, 0, 2).reshape(count, hidden)
        x = x + linear(mixed, f"{at}attention.wo")
        y = rms(x, f"{at}ffn_norm.weight")
        gate = linear(y, f"{at}feed_forward.w1")
        gated = gate / (1 + np.exp(-gate)) * linear(y, f"{at}feed_forward.w3")
        x = x + linear(gated, f"{at}feed_forward.w2")
    return (rms(x, "model.norm.weight") @ W["score.weight"].T)[:, 0]


def tokenize(prompt: str) -> list[int]:
    """`</s>` is an added token; everything else is sentencepiece's."""
    ids: list[int] = []
    for n, part in enumerate(prompt.split("</s>")):
        ids += ([TOKENS.eos_id()] if n else []) + TOKENS.encode(part)
    return ids


def score(case: dict) -> dict:
    """One conversation as the published code scores it."""
    images = [prepare(name, 6 if len(case["images"]) > 1 else case["hd_num"]) for name in case["images"]]
    prompt = "".join(
        f"[UNUSED_TOKEN_146]{turn['role']}\n{turn['content']}[UNUSED_TOKEN_145]\n"
        for turn in case["messages"]
    )
    prompt += "</s>[UNUSED_TOKEN_130]"
    if len(images) == 1 and PLACE not in prompt:
        prompt = PLACE + prompt
    rows: list[np.ndarray] = [W["model.tok_embeddings.weight"][[TOKENS.bos_id()]]]
    mask = [False]
    tokens: list[int | dict] = [TOKENS.bos_id()]
    for n, part in enumerate(prompt.split(PLACE)):
        ids = tokenize(part)
        rows.append(W["model.tok_embeddings.weight"][ids])
        mask += [False] * len(ids)
        tokens += ids
        if n < len(images):
            block = image_rows(images[n])
            rows.append(block)
            mask += [True] * len(block)
            tokens.append({"image_tokens": len(block)})
    limit = case.get("max_length", 16_384)
    x = np.concatenate(rows)[:limit]
    rewards = decode(x, np.array(mask[:limit]))
    return {
        **case,
        "prompt": prompt,
        "tokens": tokens if len(mask) <= limit else None,
        "length": len(x),
        "pictures": [
            {"size": [p.shape[1], p.shape[0]], "sha256": hashlib.sha256(p.tobytes()).hexdigest()}
            for p in images
        ],
        "reward": rewards[-1],
    }


def ask(question: str, answer: str, images: tuple[str, ...] = (), **options: object) -> dict:
    messages = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": messages, "images": list(images), "hd_num": 24, **options}


CASES = {
    "text": ask("What is two plus two?", "Four."),
    "empty": ask("Say nothing.", ""),
    "unicode": ask("Grüße, 你好 😀?", "Straße – naïve\n\n"),
    "wide": ask("Which shape is left of the triangle?", "The green square.", ("wide.png",)),
    "tall": ask("How many windows?", "Four.", ("tall.png",)),
    "tiny": ask("What is this?", "A small picture.", ("tiny.png",), hd_num=4),
    "alpha": ask("What is this?", "Noise.", ("alpha.png",)),
    "grey": ask("What is this?", "Noise.", ("grey.png",)),
    "palette": ask("What is this?", "Noise.", ("palette.png",)),
    "strip": ask("What is this?", "A strip.", ("strip.png",)),
    "two": ask(
        "Image1 <ImageHere>; Image2 <ImageHere>; Which is darker?",
        "The first.",
        ("tiny.png", "grey.png"),
    ),
    "leftover": ask("Compare.", "ok", ("tiny.png", "grey.png")),
    "cut": ask("one two three four five six seven eight nine ten", "eleven", max_length=12),
}


TEXTS = [
    "",
    " ",
    "   ",
    "\n",
    "\n\n",
    "a\nb",
    "What is on the stove?",
    "  leading and trailing  ",
    "tab\there",
    "1234567890",
    "你好，世界",
    "naïve café",
    "👩‍👩‍👧 family",
    "combining e\u0301",
    "\u2581 literal",
    "zero\u200bwidth",
    "[UNUSED_TOKEN_145] in text",
    "[UNUSED_TOKEN_14",
    "[UNUSED_TOKEN_1450]",
    "<ImageHere>",
    "The big circle is red, and the small square beside it is blue." * 4,
]


def main() -> None:
    pairs = [{"text": text, "ids": TOKENS.encode(text)} for text in TEXTS]
    (FIXTURES / "tiny-tokens.json").write_text(
        json.dumps(pairs, indent=1, ensure_ascii=False) + "\n", "utf8"
    )
    out = {name: score(case) for name, case in CASES.items()}
    file = FIXTURES / "tiny-expected.json"
    file.write_text(json.dumps(out, indent=1, ensure_ascii=False) + "\n", "utf8")
    for name, case in out.items():
        print(f"{name:10} {case['reward']:9.4f} {case['length']}")


if __name__ == "__main__":
    main()
