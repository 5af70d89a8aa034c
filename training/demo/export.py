"""Writes what was learnt as a Hugging Face style folder: config.json, model.safetensors, tokenizer.model.

python training/demo/export.py --work FOLDER --out FOLDER
"""

import argparse
import json
import pathlib
import shutil

import torch
from safetensors.torch import save_file

import decoder
import vision
from vision import PATCH, SMALL
from world import TILE

CONFIG = {
    "architectures": ["InternLMXComposer2ForCausalLM"],
    "model_type": "internlm2",
    "hidden_size": vision.HIDDEN,
    "intermediate_size": decoder.MLP,
    "num_hidden_layers": decoder.LAYERS,
    "num_attention_heads": decoder.HEADS,
    "num_key_value_heads": decoder.KV_HEADS,
    "rms_norm_eps": decoder.EPS,
    "rope_theta": int(decoder.THETA),
    "rope_scaling": {"type": "dynamic", "factor": 2.0},
    "max_position_embeddings": 24_576,
    "max_length": 16_384,
    "vocab_size": decoder.VOCAB,
    "bos_token_id": 1,
    "eos_token_id": 2,
    "pad_token_id": 2,
    "torch_dtype": "float32",
    "vision_config": {
        **vision.VISION,
        "image_size": TILE,
        "patch_size": PATCH * TILE // SMALL,
        "layer_norm_eps": vision.EPS,
        "hidden_act": "quick_gelu",
    },
    "rewardlens_label": "demo",
}


def tensors(eyes: dict[str, torch.Tensor], judge: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The published names; the patch kernel as wide as the real picture needs it."""
    out = {name: value.float().contiguous() for name, value in (eyes | judge).items()}
    name = "vit.vision_tower.vision_model.embeddings.patch_embedding.weight"
    ratio = TILE // SMALL
    out[name] = out[name].repeat_interleave(ratio, 2).repeat_interleave(ratio, 3).contiguous() / ratio**2
    return out


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    state = torch.load(options.work / "judge.pt")
    weights = tensors(state["eyes"], state["judge"])
    save_file(weights, options.out / "model.safetensors", {"format": "pt"})
    (options.out / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    shutil.copy(options.work / "tokenizer.model", options.out)
    count = sum(w.numel() for w in weights.values())
    print(options.out, f"{count / 1e6:.2f} M numbers after {state['step']} steps")


if __name__ == "__main__":
    main()
