"""Writes the tiny checkpoint as PyTorch shards, and small files with what torch can write.

Needs torch (any from 2.1 on); the checked-in files are from torch 2.15.0 on Python 3.11.
"""

import json
import pathlib
import struct
from collections import OrderedDict

import numpy as np
import torch

FIXTURES = pathlib.Path(__file__).parents[2] / "test" / "fixtures"
SHARDS = FIXTURES / "tiny-torch"
SINGLE = FIXTURES / "torch"
PARTS = 3


def load() -> OrderedDict[str, torch.Tensor]:
    """The tensors of the tiny checkpoint in bfloat16."""
    raw = (FIXTURES / "tiny-checkpoint" / "model.safetensors").read_bytes()
    (size,) = struct.unpack("<Q", raw[:8])
    tensors = OrderedDict()
    for name, entry in json.loads(raw[8 : 8 + size]).items():
        if name != "__metadata__":
            begin, end = (8 + size + at for at in entry["data_offsets"])
            bits = np.frombuffer(raw[begin:end], "<i2").reshape(entry["shape"])
            tensors[name] = torch.from_numpy(bits.copy()).view(torch.bfloat16)
    return tensors


def retyped(name: str, tensor: torch.Tensor) -> torch.Tensor:
    """A mix of types that changes no value: norms in float16 where exact, head in float32."""
    if name.startswith(("score.", "plora_")):
        return tensor.float()
    if "norm" in name and torch.equal(tensor.half().float(), tensor.float()):
        return tensor.half()
    return tensor


def write_shards() -> None:
    SHARDS.mkdir(exist_ok=True)
    tensors = OrderedDict((name, retyped(name, tensor)) for name, tensor in load().items())
    # what real checkpoints also hold and no reader needs
    vit = "vit.vision_tower.vision_model."
    tensors[f"{vit}embeddings.position_ids"] = torch.arange(1601).expand((1, -1))
    tensors["model.layers.0.attention.wo.lora_web_A.weight"] = torch.zeros(2, 64).bfloat16()
    total = sum(tensor.nbytes for tensor in tensors.values())
    shards: list[OrderedDict[str, torch.Tensor]] = [OrderedDict() for _ in range(PARTS)]
    written = 0
    for name, tensor in tensors.items():
        shards[min(PARTS - 1, written * PARTS // total)][name] = tensor
        written += tensor.nbytes
    weight_map = {}
    for n, shard in enumerate(shards, 1):
        file = SHARDS / f"pytorch_model-{n:05}-of-{PARTS:05}.bin"
        torch.save(shard, file)
        weight_map |= dict.fromkeys(shard, file.name)
        print(file.name, len(shard), {str(tensor.dtype) for tensor in shard.values()})
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    (SHARDS / "pytorch_model.bin.index.json").write_text(json.dumps(index, indent=2) + "\n")


def write_singles() -> None:
    SINGLE.mkdir(exist_ok=True)
    whole = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    module = torch.nn.Linear(2, 3)
    with torch.no_grad():
        module.weight.copy_(torch.tensor([[1, 2], [3, 4], [5, 6]]))
        module.bias.copy_(torch.tensor([7, 8, 9]))
    types = {
        "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
        "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8,
        "U8": torch.uint8, "BOOL": torch.bool,
    }  # fmt: skip
    views = {
        "whole": whole,
        "rows": whole[1:3],
        "same": whole,
        "scalar": torch.tensor(2.5),
        "empty": torch.zeros(0, 3),
        "thin": torch.arange(3.0).expand((1, -1)),
        "parameter": torch.nn.Parameter(torch.tensor([1.5, -2.0])),
    }
    torch.save(views, SINGLE / "views.bin")
    torch.save(views, SINGLE / "protocol-4.bin", pickle_protocol=4)
    torch.save(module.state_dict(), SINGLE / "module.bin")
    numbers = torch.tensor([1, 0, 1])
    torch.save({name: numbers.to(dtype) for name, dtype in types.items()}, SINGLE / "types.bin")
    torch.save({"columns": whole.T}, SINGLE / "transposed.bin")
    torch.save({"conjugate": torch.ones(1) * 1j}, SINGLE / "complex.bin")
    torch.save({"narrow": torch.ones(2).to(torch.float8_e4m3fn)}, SINGLE / "float8.bin")
    torch.save({"state": {"step": 3}, "param_groups": []}, SINGLE / "optimizer.bin")
    torch.save(module, SINGLE / "whole-module.bin")
    torch.save(views, SINGLE / "legacy.bin", _use_new_zipfile_serialization=False)
    torch.jit.save(torch.jit.script(module), SINGLE / "torchscript.bin")


if __name__ == "__main__":
    write_shards()
    write_singles()
