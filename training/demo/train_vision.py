"""Stage 1: the eyes learn to name what stands in each cell (kind, colour, size, row, column).

python training/demo/train_vision.py --work FOLDER
"""

import argparse
import pathlib
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import pictures
from vision import HIDDEN, Eyes, normalise

SEED, PICTURES, BATCH, STEPS, PEAK = 11, 24_000, 64, 2_600, 1.5e-3
NAMES = ("kind", "colour", "size", "row", "column")
CLASSES = (7, 9, 3, 5, 5)


def schedule(step: int, steps: int, peak: float, warm: int = 100) -> float:
    """Linear warm-up, then a cosine to 2 % of the peak."""
    if step < warm:
        return peak * (step + 1) / warm
    part = (step - warm) / max(1, steps - warm)
    return peak * (0.02 + 0.98 * 0.5 * (1 + float(np.cos(np.pi * part))))


def cell_loss(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Logits [n, 25, 29] against kind, colour and size [n, 25, 3], and row and column of each cell."""
    where = torch.stack([torch.arange(25) // 5, torch.arange(25) % 5], 1).expand(len(labels), -1, -1)
    truth = torch.cat([labels, where], -1)
    # an empty cell says little: most are empty
    weight = torch.where(labels[..., 0] > 0, 1.0, 0.15).flatten()
    loss = torch.zeros(())
    for part, out in enumerate(logits.split(CLASSES, -1)):
        each = F.cross_entropy(out.flatten(0, 1), truth[..., part].flatten(), reduction="none")
        loss = loss + (1.0 if part < 3 else 0.3) * (each * weight).sum() / weight.sum()
    return loss


def drawings(work: pathlib.Path, name: str, seed: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    file = work / f"{name}.npz"
    if not file.exists():
        pixels, labels = pictures.draw_many(seed, count)
        np.savez(file, pixels=pixels, labels=labels)
    held = np.load(file)
    return held["pixels"], held["labels"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--steps", type=int, default=STEPS)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    pixels, labels = drawings(options.work, "train-pictures", SEED, PICTURES)
    test_pixels, test_labels = drawings(options.work, "test-pictures", SEED + 1, 600)
    where = np.stack([np.arange(25) // 5, np.arange(25) % 5], 1)

    def all_labels(some: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.concatenate([some, np.broadcast_to(where, (len(some), 25, 2))], -1))

    eyes, head = Eyes(), nn.Linear(HIDDEN, sum(CLASSES))
    weights = [*eyes.parameters(), *head.parameters()]
    optimiser = torch.optim.AdamW(weights, PEAK, (0.9, 0.98), weight_decay=0.05)

    def logits(some: np.ndarray) -> torch.Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            rows = eyes.vision_proj(eyes.merged(normalise(torch.from_numpy(some))).flatten(1, 2))
        # the decoder normalises what it reads
        rows = F.rms_norm(rows.float(), (HIDDEN,))
        return head(rows)

    rng = np.random.default_rng(SEED)
    start = time.time()
    for step in range(options.steps):
        for group in optimiser.param_groups:
            group["lr"] = schedule(step, options.steps, PEAK)
        chosen = rng.integers(len(pixels), size=BATCH)
        loss = cell_loss(logits(pixels[chosen]), torch.from_numpy(labels[chosen]))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        if step % 200 == 199 or step == options.steps - 1:
            with torch.no_grad():
                outs = logits(test_pixels).split(CLASSES, -1)
            truth = all_labels(test_labels)
            there = truth[..., 0] > 0
            good = [(o.argmax(-1) == truth[..., n])[there].float().mean().item() for n, o in enumerate(outs)]
            empty = (outs[0].argmax(-1) == 0)[~there].float().mean().item()
            text = " ".join(f"{name} {value:.4f}" for name, value in zip(NAMES, good))
            print(f"{step + 1} {time.time() - start:.0f} s loss {loss.item():.3f} {text} empty {empty:.4f}", flush=True)
            torch.save({"eyes": eyes.state_dict(), "step": step + 1}, options.work / "eyes.pt")


if __name__ == "__main__":
    main()
