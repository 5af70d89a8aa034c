"""Rewards by PyTorch in float32, undivided and candidate by candidate, to hold RewardLens against.

python training/demo/oracle.py --work FOLDER --samples FOLDER [--count 100] [--against scored.jsonl]

Reads the pictures of `samples.py` (one tile each); rows with clips are left out.
"""

import argparse
import json
import pathlib

import numpy as np
import torch
from PIL import Image
from torch.nn import functional as F

from decoder import Judge, mix
from packing import Packer
from tokens import BOS, Tokenizer
from vision import SMALL, Eyes, normalise
from world import TILE


class Oracle:
    def __init__(self, work: pathlib.Path) -> None:
        state = torch.load(work / "judge.pt")
        self.eyes, self.judge = Eyes(), Judge()
        self.eyes.load_state_dict(state["eyes"])
        self.judge.load_state_dict(state["judge"])
        self.packer = Packer(Tokenizer(work / "tokenizer.model"))

    def picture(self, file: pathlib.Path) -> torch.Tensor:
        """Rows [61, hidden] of a picture that is exactly one tile."""
        pixels = np.asarray(Image.open(file).convert("RGB"))
        if pixels.shape != (TILE, TILE, 3):
            raise ValueError(f"{file}: not one tile")
        small = F.avg_pool2d(normalise(torch.from_numpy(pixels)[None]), TILE // SMALL)
        seen = self.eyes.merged(small)
        return self.eyes.rows(seen, seen[:, None])[0]

    def embed(self, ids: list[int]) -> torch.Tensor:
        return self.judge.model.tok_embeddings(torch.tensor(ids))

    def reward(self, rows: torch.Tensor, image: torch.Tensor) -> float:
        """Rows [n, hidden] of a whole conversation."""
        x, mark = rows[None], image[None, :, None]
        at = torch.arange(len(rows))
        causal = (at[:, None] >= at)[None]
        for layer in self.judge.model.layers:
            q, k, v = layer.attention.split(layer.attention_norm(x), at[None], mark)
            x = x + layer.attention.wo(mix(q, k, v, causal), mark)
            x = x + layer.feed_forward(layer.ffn_norm(x), mark)
        return self.judge.score(self.judge.model.norm(x)[0, -1]).item()

    @torch.no_grad()
    def rewards(self, row: dict, folder: pathlib.Path) -> list[float]:
        encode, p = self.packer.tokenizer.model.encode, self.packer
        pictures = [self.picture(folder / name) for name in row.get("images", [])]
        parts: list[tuple[torch.Tensor, float]] = [(self.embed([BOS]), 0.0)]
        text = row["prompt"]
        if len(pictures) == 1:
            parts.append((pictures[0], 1.0))
        parts.append((self.embed([*p.opening]), 0.0))
        if len(pictures) > 1:
            for n, picture in enumerate(pictures):
                label = f"Image{n + 1} " if n == 0 else f"; Image{n + 1} "
                parts += [(self.embed(encode(label)), 0.0), (picture, 1.0)]
            text = f"; {text}"
        parts.append((self.embed([*encode(text), *p.turn]), 0.0))
        out = []
        for answer in row["candidates"]:
            whole = [*parts, (self.embed([*encode(answer), *p.closing]), 0.0)]
            marks = torch.cat([torch.full((len(r),), m) for r, m in whole])
            out.append(self.reward(torch.cat([r for r, _ in whole]), marks))
        return out


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--samples", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--against", type=pathlib.Path)
    options = parser.parse_args()
    oracle = Oracle(options.work)
    texts = (options.samples / "samples.candidates.jsonl").read_text("utf8").splitlines()
    rows = [(n, row) for n, row in enumerate(map(json.loads, texts)) if "videos" not in row][: options.count]
    found = {n: oracle.rewards(row, options.samples) for n, row in rows}
    if options.against is None:
        for n, row in rows:
            print(json.dumps({"id": row["id"], "rewards": found[n]}))
        return
    scored = [json.loads(line) for line in options.against.read_text("utf8").splitlines()]
    worst = max(abs(a - b) for n, mine in found.items() for a, b in zip(mine, scored[n]["rewards"], strict=True))
    print(f"{len(found)} samples, worst difference {worst:.2e}")


if __name__ == "__main__":
    main()
