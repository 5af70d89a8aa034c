"""Stage 2: the judge learns to point, to answer, to verify and to prefer, all at once.

python training/demo/train_judge.py --work FOLDER [--steps N]

Goes on where a run that was stopped had saved last.

Losses: Bradley-Terry over every right and wrong answer of a question (the published loss); and, for
training only: which image rows a question or a claim should look at, the class of the answer, the truth
of each claim. The heads of these are not exported.
"""

import argparse
import pathlib
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

import language
from decoder import WIDTH, Judge
from packing import Batch, Packer
from pictures import cell_labels
from rows import HARD_TYPES, TYPES, Rows
from scenes import load_clips, load_stills
from tokens import Tokenizer
from train_vision import CLASSES, SEED, cell_loss, schedule
from vision import HIDDEN, Eyes

ROWS, PEAK = 16, 1.5e-3
CLIP_SEED = 31
KINDS = {"still": 0.66, "clip": 0.16, "pair": 0.10, "text": 0.08}
# shares of the run: stills alone, and every type of question about as often
ONLY_STILLS, EVEN_TYPES = 0.2, 0.45
QUALITY = {language.RIGHT: 2, language.WRONG: 1, language.OFF_TOPIC: 0, language.EMPTY: 0}


class Teacher(nn.Module):
    """Heads that only training has."""

    def __init__(self) -> None:
        super().__init__()
        self.answer = nn.Linear(HIDDEN, len(language.CLASSES))
        self.truth_early, self.truth = nn.Linear(HIDDEN, 1), nn.Linear(HIDDEN, 1)
        # A fixed readout: what stands in a cell, and where the cell is, must be as strong as each other
        # in a row. A readout that learns is content with a trace of the place, which no attention head
        # finds; with none at all the projector forgets it.
        random = torch.randn(HIDDEN, sum(CLASSES), generator=torch.Generator().manual_seed(SEED))
        self.register_buffer("readout", torch.linalg.qr(random)[0])


def gather(x: torch.Tensor, places: list[tuple[int, int]]) -> torch.Tensor:
    at = torch.tensor(places)
    return x[at[:, 0], at[:, 1]]


# query heads of layer POINTING and what they are taught to look at
ALL, ONE, OTHER, COUNT = 0, 1, 2, 3
# how much BOS weighs for the counting head, in rows: its share then tells how many others there are
SINK = 4.0


def pointing_loss(batch: Batch, queries, keys, sees) -> torch.Tensor:
    """-log of the attention on the rows that a claim is about, and the counting head's cross-entropy to
    even shares of them and BOS."""
    places = [(c.row, c.at) for c in batch.claims]
    rows = torch.tensor([c.row for c in batch.claims])
    seen = gather(sees, places)

    def scores(head: int) -> torch.Tensor:
        group = head * keys.shape[1] // queries.shape[1]
        dots = torch.einsum("nw,nkw->nk", gather(queries[:, head], places).float(), keys[rows, group].float())
        return (dots / WIDTH**0.5).masked_fill(~seen, -1e4)

    def missed(logits: torch.Tensor, wanted: list[tuple[int, ...]]) -> torch.Tensor:
        mask = torch.zeros_like(logits, dtype=torch.bool)
        for n, targets in enumerate(wanted):
            mask[n, list(targets)] = True
        return logits.logsumexp(1) - logits.masked_fill(~mask, -1e4).logsumexp(1)

    loss = missed(scores(ALL), [c.targets for c in batch.claims]).mean()
    share = torch.zeros_like(seen, dtype=torch.float32)
    for n, claim in enumerate(batch.claims):
        targets = [t for t in claim.targets if t]
        share[n, targets] = 1.0
        share[n, 0] = SINK
    share = share / share.sum(1, keepdim=True)
    loss = loss + 0.5 * -(share * scores(COUNT).log_softmax(1)).sum(1).mean()
    compared = [n for n, c in enumerate(batch.claims) if c.sides]
    for side, head in enumerate((ONE, OTHER)):
        if compared:
            wanted = [batch.claims[n].sides[side] for n in compared]
            loss = loss + 0.5 * missed(scores(head)[compared], wanted).mean()
    return loss


def preference_loss(batch: Batch, rewards: torch.Tensor) -> torch.Tensor:
    """Mean of -log sigmoid(better - worse); pairs that need no looking weigh little."""
    groups: dict[int, list[int]] = {}
    for n, answer in enumerate(batch.scored):
        groups.setdefault(answer.question, []).append(n)
    better, worse, weight, alike = [], [], [], []
    for members in groups.values():
        for a in members:
            for b in members:
                one, two = batch.scored[a], batch.scored[b]
                high, low = QUALITY[one.quality], QUALITY[two.quality]
                if high > low:
                    better.append(a)
                    worse.append(b)
                    hard = (high, low) == (2, 1)
                    weight.append((1.0 if one.pair == two.pair else 0.6) if hard else (0.15 if high == 2 else 0.05))
                elif high == low == 2 and a < b:
                    alike.append((a, b))
    w = torch.tensor(weight)
    loss = (F.softplus(rewards[worse] - rewards[better]) * w).sum() / w.sum()
    if alike:
        one, two = torch.tensor(alike).T
        loss = loss + 0.02 * (rewards[one] - rewards[two]).square().mean()
    return loss + 0.002 * rewards.square().mean()


def measure(batch: Batch, rewards: torch.Tensor, into: dict[str, list[float]]) -> None:
    """Pairs that differ in a visual fact only: 1, 0, or 0.5 for a tie."""
    pairs: dict[tuple[int, int], dict[str, float]] = {}
    for answer, reward in zip(batch.scored, rewards.tolist()):
        if answer.pair >= 0:
            pairs.setdefault((answer.question, answer.pair), {})[answer.quality] = reward
    for (question, _), pair in pairs.items():
        if len(pair) == 2:
            gap = pair[language.RIGHT] - pair[language.WRONG]
            into.setdefault(batch.types[question], []).append(1.0 if gap > 0 else 0.5 if gap == 0 else 0.0)


class Trainer:
    def __init__(self, work: pathlib.Path) -> None:
        torch.manual_seed(SEED)
        self.eyes, self.judge, self.teacher = Eyes(), Judge(), Teacher()
        self.eyes.load_state_dict(torch.load(work / "eyes.pt")["eyes"])
        packer = Packer(Tokenizer(work / "tokenizer.model"))
        self.train = Rows(
            packer,
            load_stills(work, "train-pictures", SEED, self.eyes),
            load_clips(work, "train-clips", CLIP_SEED, 3000, self.eyes),
        )
        self.test = Rows(
            packer,
            load_stills(work, "test-pictures", SEED + 1, self.eyes),
            load_clips(work, "test-clips", CLIP_SEED + 1, 150, self.eyes),
        )
        for weight in self.eyes.vit.parameters():
            weight.requires_grad_(False)
        self.run = torch.compile(self.judge, dynamic=False)

    def forward(self, rows: Rows, source, batch: Batch):
        with torch.autocast("cpu", torch.bfloat16):
            prefix, image, held = rows.prefix(source, self.eyes, self.judge)
            sees = batch.sees(held)
            ids, positions = torch.from_numpy(batch.ids), torch.from_numpy(batch.positions)
            final, middle, pointer, keys = self.run(prefix.float(), image, held, ids, positions, sees)
        final, middle = final.float(), middle.float()
        rewards = self.judge.score(gather(final, [(s.row, s.at) for s in batch.scored]))[:, 0]
        return rewards, final, middle, pointer, keys, sees, prefix

    def losses(self, rows: Rows, source, batch: Batch):
        rewards, final, middle, pointer, keys, sees, prefix = self.forward(rows, source, batch)
        out = {"bt": preference_loss(batch, rewards)}
        if source.kind == "still":
            seen = F.rms_norm(prefix.float(), (HIDDEN,))
            truth = torch.stack([torch.from_numpy(cell_labels(rows.stills.scenes[n])) for n in source.chosen])
            for first in (1, 32):
                places = [first + (c // 5) * 6 + c % 5 for c in range(25)]
                out["cells"] = out.get("cells", 0) + cell_loss(seen[:, places] @ self.teacher.readout, truth)
        if batch.claims:
            out["point"] = pointing_loss(batch, pointer, keys, sees)
        if batch.labels:
            seen = F.rms_norm(gather(middle, [(r, at) for r, at, _ in batch.labels]), (HIDDEN,))
            out["answer"] = F.cross_entropy(self.teacher.answer(seen), torch.tensor([c for _, _, c in batch.labels]))
        places = [(v.row, v.at) for v in batch.verdicts]
        truth = torch.tensor([float(v.true) for v in batch.verdicts])
        early = self.teacher.truth_early(F.rms_norm(gather(middle, places), (HIDDEN,)))[:, 0]
        late = self.teacher.truth(gather(final, places))[:, 0]
        out["truth"] = F.binary_cross_entropy_with_logits(late, truth) + 0.3 * F.binary_cross_entropy_with_logits(early, truth)
        return out, rewards

    @torch.no_grad()
    def evaluate(self, batches: int) -> str:
        texts = []
        for kind in KINDS:
            own: dict[str, list[float]] = {}
            swapped: dict[str, list[float]] = {}
            for n in range(batches if kind == "still" else max(1, batches // 3)):
                source, batch = self.test.make(np.random.default_rng([99, n]), kind, ROWS, TYPES[kind])
                measure(batch, self.forward(self.test, source, batch)[0], own)
                other = type(source)(kind, np.roll(source.chosen, 1, 0))
                measure(batch, self.forward(self.test, other, batch)[0], swapped)
            for type_, hits in sorted(own.items()):
                texts.append(f"{'' if kind == 'still' else kind + '.'}{type_} {100 * np.mean(hits):.0f}/{100 * np.mean(swapped[type_]):.0f}")
        return " ".join(texts)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--steps", type=int, default=5000)
    options = parser.parse_args()
    trainer = Trainer(options.work)
    modules = {"eyes": trainer.eyes, "judge": trainer.judge, "teacher": trainer.teacher}
    weights = [w for m in modules.values() for w in m.parameters() if w.requires_grad]
    matrices = [w for w in weights if w.dim() == 2]
    rest = [w for w in weights if w.dim() != 2]
    optimiser = torch.optim.AdamW(
        [{"params": matrices, "weight_decay": 0.05}, {"params": rest, "weight_decay": 0.0}], PEAK, (0.9, 0.98)
    )
    held = options.work / "judge.pt"
    first = 0
    if held.exists():
        state = torch.load(held)
        first = state["step"]
        for name, module in modules.items():
            module.load_state_dict(state[name])
        optimiser.load_state_dict(state["optimiser"])
        print("goes on from step", first, flush=True)
    mean: dict[str, float] = {}
    start = time.time()
    for step in range(first, options.steps):
        rng = np.random.default_rng([SEED, step])
        kind = str(rng.choice(list(KINDS), p=list(KINDS.values()))) if step > ONLY_STILLS * options.steps else "still"
        types = HARD_TYPES if step > EVEN_TYPES * options.steps else TYPES
        source, batch = trainer.train.make(rng, kind, ROWS, types[kind])
        parts, rewards = trainer.losses(trainer.train, source, batch)
        loss = parts["bt"] + parts["truth"] + 0.5 * parts.get("point", 0) + parts.get("answer", 0)
        loss = loss + 0.3 * parts.get("cells", 0)
        for group in optimiser.param_groups:
            group["lr"] = schedule(step, options.steps, PEAK)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        hits: dict[str, list[float]] = {}
        measure(batch, rewards.detach(), hits)
        news = {k: v.item() for k, v in parts.items()} | {t: float(np.mean(v)) for t, v in hits.items()}
        for name, value in news.items():
            mean[name] = 0.97 * mean.get(name, value) + 0.03 * value
        if step % 50 == 49:
            text = " ".join(f"{k} {v:.2f}" for k, v in mean.items())
            print(f"{step + 1} {time.time() - start:.0f} s {text}", flush=True)
        if step % 500 == 499 or step == options.steps - 1:
            print("   own/swapped:", trainer.evaluate(6), flush=True)
            state = {name: module.state_dict() for name, module in modules.items()}
            torch.save(state | {"optimiser": optimiser.state_dict(), "step": step + 1}, held.with_suffix(".new"))
            held.with_suffix(".new").replace(held)


if __name__ == "__main__":
    main()
