"""Batches of packed rows: stills, clips, pairs of pictures and text alone, with the prefix of each."""

import dataclasses

import numpy as np
import torch

import language
from decoder import Judge
from packing import BOS, Batch, Packer, empty_batch, still_rows
from scenes import Clips, Stills
from vision import Eyes

PICTURE = 61  # rows of a one-tile picture
# text alone is padded to the size of a still
PREFIX = {"still": 1 + PICTURE, "clip": 136, "pair": 136, "text": 1 + PICTURE}
# how often a type of question is drawn; of those about numbers and relations half do not fit the scene
TYPES = {
    "still": {
        "colour": 1.0, "shape": 1.0, "size": 0.8, "count": 2.4, "exists": 1.6, "where": 1.3, "relation": 1.5,
        "describe": 1.6, "knowledge": 0.5,
    },
    "clip": {"colour": 1.0, "shape": 1.0, "count": 2.2, "size": 0.6, "exists": 0.6, "motion": 2.0},
    "pair": {},
    "text": {},
}
# once the easy types are known
HARD_TYPES = {
    "still": {
        "colour": 0.5, "shape": 0.7, "size": 0.4, "count": 4.5, "exists": 0.9, "where": 1.8, "relation": 2.4,
        "describe": 1.8, "knowledge": 0.5,
    },
    "clip": {"colour": 0.6, "shape": 0.8, "count": 3.2, "size": 0.4, "exists": 0.4, "motion": 2.5},
    "pair": {},
    "text": {},
}


@dataclasses.dataclass(frozen=True)
class Source:
    """What a batch's prefixes are made of: indices into stills or clips."""

    kind: str
    chosen: np.ndarray  # [n] or, for pairs, [n, 2]


def draw_type(rng: np.random.Generator, weights: dict[str, float]) -> str:
    names = list(weights)
    shares = np.array(list(weights.values()))
    return names[int(rng.choice(len(names), p=shares / shares.sum()))]


def with_easy(rng, question: language.Question, elsewhere: language.Question | None) -> language.Question:
    if elsewhere is None or elsewhere.type == question.type:
        return question
    easy = language.easy_answer(rng, question.type, elsewhere)
    return dataclasses.replace(question, answers=(*question.answers, easy))


class Rows:
    def __init__(self, packer: Packer, stills: Stills, clips: Clips) -> None:
        self.packer, self.stills, self.clips = packer, stills, clips
        encode = packer.tokenizer.encode
        self.before = [*packer.opening, *encode("Image1 ")]
        self.between = encode("; Image2 ")
        self.after = encode(";")

    def make(self, rng: np.random.Generator, kind: str, rows: int, types: dict[str, float]) -> tuple[Source, Batch]:
        size = len(self.clips.clips) if kind == "clip" else len(self.stills.scenes)
        chosen = rng.integers(size, size=(rows, 2) if kind == "pair" else rows)
        batch = empty_batch(rows)
        for row in range(rows):
            self._fill(rng, batch, row, kind, chosen[row], types)
        return Source(kind, chosen), batch

    def _fill(self, rng, batch: Batch, row: int, kind: str, chosen, types: dict[str, float]) -> None:
        ask, locate, start = self._asker(rng, kind, chosen, types)
        at, last = 0, None
        for _ in range(30):
            question = ask()
            if question is None:
                continue
            fits = self.packer.add(
                batch, row, start, at, with_easy(rng, question, last), locate, opened=kind == "pair"
            )
            if fits is None:
                if at > 200:
                    return
                continue
            at, last = fits, question

    def _asker(self, rng, kind: str, chosen, types: dict[str, float]):
        if kind == "text":
            return lambda: language.about_nothing_seen(rng, None), lambda cells: (0,), 1
        if kind == "still":
            scene = self.stills.scenes[chosen]

            def ask():
                return language.STILL[draw_type(rng, types)](rng, scene)

            return ask, lambda cells: still_rows(cells) or (0,), 1 + PICTURE
        if kind == "clip":
            clip = self.clips.clips[chosen]

            def ask_clip():
                name = draw_type(rng, types)
                if name == "motion":
                    return language.about_motion(rng, clip)
                return language.MOVING[name](rng, clip.frames[0])

            def locate(cells):
                return self.clip_rows(clip, cells) or (0,)

            return ask_clip, locate, 1 + 31 + 30 * len(clip.frames)
        scenes = (self.stills.scenes[chosen[0]], self.stills.scenes[chosen[1]])
        first = 1 + len(self.before)
        second = first + PICTURE + len(self.between)

        def locate_pair(cells):
            one = still_rows(tuple(c for c in cells if c < 25), first)
            two = still_rows(tuple(c - 25 for c in cells if c >= 25), second)
            return (*one, *two) or (0,)

        return lambda: language.about_pair(rng, scenes), locate_pair, second + PICTURE + len(self.after)

    @staticmethod
    def clip_rows(clip, cells: tuple[int, ...]) -> tuple[int, ...]:
        """Local rows of what stood in these cells of the first frame, in every frame."""
        out = []
        for cell in cells:
            index = next(n for n, s in enumerate(clip.frames[0]) if s.cell == cell)
            for frame, scene in enumerate(clip.frames):
                now = scene.shapes[index].cell
                out.append(1 + 31 + 30 * frame + (now // 5) * 6 + now % 5)
        return tuple(out)

    def prefix(self, source: Source, eyes: Eyes, judge: Judge) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Rows [n, p, hidden], image marks [n, p, 1], held [n, p]."""
        chosen = torch.from_numpy(source.chosen)
        rows = len(chosen)

        def words(ids: list[int]) -> torch.Tensor:
            return judge.model.tok_embeddings(torch.tensor(ids)).expand(rows, -1, -1)

        def picture(which: torch.Tensor) -> torch.Tensor:
            seen = self.stills.features[which].float()
            return eyes.rows(seen, seen[:, None])

        if source.kind == "still":
            parts = [(words([BOS]), 0.0), (picture(chosen), 1.0)]
        elif source.kind == "text":
            parts = [(words([BOS]), 0.0)]
        elif source.kind == "clip":
            seen = eyes.rows(self.clips.overview[chosen].float(), self.clips.tiles[chosen].float())
            parts = [(words([BOS]), 0.0), (seen, 1.0)]
        else:
            parts = [
                (words([BOS, *self.before]), 0.0), (picture(chosen[:, 0]), 1.0), (words(self.between), 0.0),
                (picture(chosen[:, 1]), 1.0), (words(self.after), 0.0),
            ]
        x = torch.cat([p for p, _ in parts], 1)
        image = torch.cat([torch.full((rows, p.shape[1], 1), mark) for p, mark in parts], 1)
        held = torch.ones(rows, x.shape[1], dtype=torch.bool)
        room = PREFIX[source.kind] - x.shape[1]
        return (
            torch.nn.functional.pad(x, (0, 0, 0, room)),
            torch.nn.functional.pad(image, (0, 0, 0, room)),
            torch.nn.functional.pad(held, (0, room)),
        )
