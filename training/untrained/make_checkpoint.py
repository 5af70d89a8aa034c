"""Writes a checkpoint of the IXC-2.5-Reward shape with random weights, in bfloat16."""

import json
import pathlib
import struct

import numpy as np

OUT = pathlib.Path(__file__).parents[2] / "test" / "fixtures" / "tiny-checkpoint"
SEED = 20_261_123

HIDDEN, LAYERS, HEADS, KV_HEADS, MLP, VOCAB, RANK = 64, 2, 4, 2, 128, 1024, 8
V_HIDDEN, V_LAYERS, V_HEADS, V_MLP, PATCH, IMAGE = 32, 2, 4, 64, 14, 560

CONFIG = {
    "architectures": ["InternLMXComposer2ForCausalLM"],
    "model_type": "internlm2",
    "hidden_size": HIDDEN,
    "intermediate_size": MLP,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": HEADS,
    "num_key_value_heads": KV_HEADS,
    "rms_norm_eps": 1e-5,
    "rope_theta": 1_000_000,
    "rope_scaling": {"type": "dynamic", "factor": 2.0},
    "max_position_embeddings": 24_576,
    "max_length": 16_384,
    "vocab_size": VOCAB,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 2,
    "torch_dtype": "bfloat16",
    "vision_config": {
        "hidden_size": V_HIDDEN,
        "intermediate_size": V_MLP,
        "num_hidden_layers": V_LAYERS,
        "num_attention_heads": V_HEADS,
        "image_size": IMAGE,
        "patch_size": PATCH,
        "layer_norm_eps": 1e-5,
        "hidden_act": "quick_gelu",
    },
    "rewardlens_label": "untrained",
}


def tensors(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """All tensors under their published names. Linear layers keep the variance of their input."""

    def linear(out: int, inp: int, gain: float = 1.0) -> np.ndarray:
        return rng.normal(0, gain / np.sqrt(inp), (out, inp))

    def near(value: float, *shape: int) -> np.ndarray:
        return value + rng.normal(0, 0.1, shape)

    out: dict[str, np.ndarray] = {"model.tok_embeddings.weight": rng.normal(0, 1, (VOCAB, HIDDEN))}
    head = HIDDEN // HEADS
    shapes = {
        "attention.wqkv": ((HEADS + 2 * KV_HEADS) * head, HIDDEN),
        "attention.wo": (HIDDEN, HIDDEN),
        "feed_forward.w1": (MLP, HIDDEN),
        "feed_forward.w3": (MLP, HIDDEN),
        "feed_forward.w2": (HIDDEN, MLP),
    }
    for n in range(LAYERS):
        at = f"model.layers.{n}."
        for name, (rows, columns) in shapes.items():
            out[f"{at}{name}.weight"] = linear(rows, columns, 1.3)
            out[f"{at}{name}.Plora_A.weight"] = linear(RANK, columns)
            out[f"{at}{name}.Plora_B.weight"] = linear(rows, RANK, 0.5)
        out[f"{at}attention_norm.weight"] = near(1, HIDDEN)
        out[f"{at}ffn_norm.weight"] = near(1, HIDDEN)
    out["model.norm.weight"] = near(1, HIDDEN)
    out["score.weight"] = rng.normal(0, 2 / np.sqrt(HIDDEN), (1, HIDDEN))
    merged = 4 * V_HIDDEN
    out["plora_glb_GN"] = rng.normal(0, 1, (1, 1, merged))
    out["plora_sub_GN"] = rng.normal(0, 1, (1, 1, 1, merged))
    out["vision_proj.0.weight"] = linear(HIDDEN, merged, 1.5)
    out["vision_proj.0.bias"] = near(0, HIDDEN)
    out["vision_proj.2.weight"] = linear(HIDDEN, HIDDEN, 1.5)
    out["vision_proj.2.bias"] = near(0, HIDDEN)
    vit = "vit.vision_tower.vision_model."
    out[f"{vit}embeddings.class_embedding"] = rng.normal(0, 1, V_HIDDEN)
    out[f"{vit}embeddings.patch_embedding.weight"] = rng.normal(
        0, 1 / np.sqrt(3 * PATCH * PATCH), (V_HIDDEN, 3, PATCH, PATCH)
    )
    positions = (IMAGE // PATCH) ** 2 + 1
    out[f"{vit}embeddings.position_embedding.weight"] = rng.normal(0, 0.5, (positions, V_HIDDEN))

    def norm(name: str) -> None:
        out[f"{vit}{name}.weight"] = near(1, V_HIDDEN)
        out[f"{vit}{name}.bias"] = near(0, V_HIDDEN)

    norm("pre_layrnorm")
    for n in range(V_LAYERS):
        at = f"encoder.layers.{n}."
        norm(f"{at}layer_norm1")
        norm(f"{at}layer_norm2")
        sizes = {f"self_attn.{p}_proj": (V_HIDDEN, V_HIDDEN) for p in ("q", "k", "v", "out")}
        sizes |= {"mlp.fc1": (V_MLP, V_HIDDEN), "mlp.fc2": (V_HIDDEN, V_MLP)}
        for name, (rows, columns) in sizes.items():
            out[f"{vit}{at}{name}.weight"] = linear(rows, columns)
            out[f"{vit}{at}{name}.bias"] = near(0, rows)
    # what real checkpoints also hold and no reader needs
    out[f"{vit}post_layernorm.weight"] = near(1, V_HIDDEN)
    out[f"{vit}post_layernorm.bias"] = near(0, V_HIDDEN)
    return out


def to_bfloat16(values: np.ndarray) -> np.ndarray:
    """Rounds to nearest even; the result holds the upper halves of float32 bit patterns."""
    bits = values.astype("<f4").view("<u4").astype(np.uint64)
    rounded = bits + 0x7FFF + ((bits >> 16) & 1)
    return (rounded >> 16).astype("<u2")


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    data = bytearray()
    for name, values in tensors(np.random.default_rng(SEED)).items():
        raw = to_bfloat16(values).tobytes()
        header[name] = {
            "dtype": "BF16",
            "shape": list(values.shape),
            "data_offsets": [len(data), len(data) + len(raw)],
        }
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    file = OUT / "model.safetensors"
    file.write_bytes(struct.pack("<Q", len(text)) + text + data)
    print(file, file.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
