"""How well rewards fit the facts that the generator wrote beside its samples.

python training/demo/report.py FOLDER [--scored scored.jsonl] [--swapped swapped.jsonl]
"""

import argparse
import json
import pathlib

import numpy as np


def lines(file: pathlib.Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text("utf8").splitlines()]


def hit(right: float, wrong: float) -> float:
    return 1.0 if right > wrong else 0.5 if right == wrong else 0.0


def pair_hits(facts: dict, rewards: list[float]) -> list[float]:
    """Per pair of answers that differ in a visual fact only."""
    pairs: dict[int, dict[str, float]] = {}
    for answer, reward in zip(facts["candidates"], rewards):
        if answer["pair"] >= 0:
            pairs.setdefault(answer["pair"], {})[answer["quality"]] = reward
    return [hit(p["right"], p["wrong"]) for p in pairs.values()]


def best_of_four(facts: dict, rewards: list[float]) -> float:
    """One right answer against its own wrong twin and two more wrong ones."""
    chosen = [
        (answer["quality"] == "right", reward)
        for answer, reward in zip(facts["candidates"], rewards)
        if answer["pair"] == 0 or answer["pair"] == -1
    ]
    return float(max(chosen, key=lambda c: c[1])[0])


def report(folder: pathlib.Path, scored: pathlib.Path, swapped: pathlib.Path | None) -> None:
    facts = lines(folder / "facts.jsonl")
    rows = lines(folder / "samples.candidates.jsonl")
    own = [row["rewards"] for row in lines(scored)]
    other = [row["rewards"] for row in lines(swapped)] if swapped else None
    types = sorted({f["type"] for f in facts})
    print(f"{'type':12} {'n':>5} {'pairs %':>8} {'swapped %':>10} {'best of 4 %':>12} {'rho length':>11}")
    for name in [*types, "all that look"]:
        chosen = [n for n, f in enumerate(facts) if f["type"] == name or (name not in types and f["looks"])]
        hits = [h for n in chosen for h in pair_hits(facts[n], own[n])]
        blind = [h for n in chosen for h in pair_hits(facts[n], other[n])] if other else []
        best = [best_of_four(facts[n], own[n]) for n in chosen]
        texts = [
            (len(rows[n]["candidates"][k]), own[n][k])
            for n in chosen
            for k, a in enumerate(facts[n]["candidates"])
            if a["pair"] >= 0
        ]
        rho = np.corrcoef(np.array(texts).T)[0, 1]
        blind_text = f"{100 * np.mean(blind):.1f}" if blind else ""
        print(f"{name:12} {len(chosen):5} {100 * np.mean(hits):8.1f} {blind_text:>10} {100 * np.mean(best):12.1f} {rho:11.2f}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--scored", type=pathlib.Path)
    parser.add_argument("--swapped", type=pathlib.Path)
    options = parser.parse_args()
    report(options.folder, options.scored or options.folder / "scored.jsonl", options.swapped)


if __name__ == "__main__":
    main()
