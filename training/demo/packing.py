"""Questions and answers of a picture as one packed row of tokens, with what training may teach at each."""

import dataclasses

import numpy as np
import torch

import language
from language import Question
from tokens import BOS, EOS, Tokenizer

ROW = 320  # text tokens of a packed row
CLASS = {name: n for n, name in enumerate(language.CLASSES)}


@dataclasses.dataclass(frozen=True)
class Claim:
    """At this token the model should look at these prefix rows (at BOS, if there are none)."""

    row: int
    at: int
    targets: tuple[int, ...]
    # where two things are compared: the rows of the one and of the other
    sides: tuple[tuple[int, ...], tuple[int, ...]] | None = None


@dataclasses.dataclass(frozen=True)
class Verdict:
    row: int
    at: int
    true: bool


@dataclasses.dataclass(frozen=True)
class Scored:
    """An answer's reward token."""

    row: int
    at: int
    question: int
    quality: str
    pair: int


@dataclasses.dataclass
class Batch:
    ids: np.ndarray
    positions: np.ndarray
    question: np.ndarray  # -1 on padding
    answer: np.ndarray  # 0 in the question
    claims: list[Claim]
    verdicts: list[Verdict]
    labels: list[tuple[int, int, int]]  # row, token, class
    scored: list[Scored]
    types: list[str]  # of each question

    def sees(self, held: torch.Tensor) -> torch.Tensor:
        """bool [n, t, p + t]"""
        question, answer = torch.from_numpy(self.question), torch.from_numpy(self.answer)
        t = question.shape[1]
        causal = torch.arange(t)[:, None] >= torch.arange(t)
        same = question[:, :, None] == question[:, None, :]
        own = (answer[:, None, :] == 0) | (answer[:, :, None] == answer[:, None, :])
        prefix = held[:, None, :].expand(-1, t, -1)
        return torch.cat([prefix, causal & same & own], 2)


def empty_batch(rows: int) -> Batch:
    shape = (rows, ROW)
    return Batch(
        np.full(shape, EOS), np.zeros(shape, np.int64), np.full(shape, -1), np.zeros(shape, np.int64), [], [], [], [], []
    )


def encode_sentence(tokenizer: Tokenizer, text: str, first: bool) -> tuple[list[int], list[int]]:
    """Ids, and the places of the last token of each marked word."""
    ids: list[int] = []
    marks: list[int] = []
    space = "" if first else " "
    for n, part in enumerate(text.replace("{", "\0").replace("}", "\0").split("\0")):
        if not part:
            continue
        # a space belongs to the word after it
        if ids and part[0] != " " and space:
            part = space + part
        elif not ids:
            part = space + part
        space = " " if part.endswith(" ") else ""
        ids += tokenizer.encode(part.rstrip(" ") if space else part)
        if n % 2:
            marks.append(len(ids) - 1)
    return ids, marks


class Packer:
    """Fills row after row. `locate` gives the prefix rows of cells."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        t = tokenizer
        self.opening = [t.start, *t.encode("user\n")]
        self.turn = [t.end, *t.encode("\n"), t.start, *t.encode("assistant\n")]
        self.closing = [t.end, *t.encode("\n"), EOS, t.reward]

    def question_ids(self, question: Question, opened: bool) -> tuple[list[int], int]:
        """Ids of the question's turn up to the answer, and the place of its last character."""
        space = " " if opened else ""
        ids = [] if opened else list(self.opening)
        ids += self.tokenizer.encode(space + question.text)
        return [*ids, *self.turn], len(ids) - 1

    def add(self, batch: Batch, row: int, start: int, at: int, question: Question, locate, opened: bool = False) -> int | None:
        """`start`: prefix rows before the text; `at`: the next free token. None: it does not fit."""
        head, ask = self.question_ids(question, opened)
        tails = []
        for answer in question.answers:
            ids: list[int] = []
            facts: list[tuple[int, bool]] = []
            claims: list[tuple[int, tuple[int, ...]]] = []
            for sentence in answer.sentences:
                some, marks = encode_sentence(self.tokenizer, sentence.text, not ids)
                places = [len(ids) + m for m in marks] if len(marks) == 1 else []
                ids += some
                if answer.quality in (language.RIGHT, language.WRONG):
                    facts += [(p, sentence.true) for p in places]
                    if marks:
                        facts.append((len(ids) - 1, sentence.true))
                        if sentence.cells or question.type == "exists":
                            claims.append((len(ids) - 1, sentence.cells))
            tails.append((answer, [*ids, *self.closing], facts, claims))
        total = len(head) + sum(len(ids) for _, ids, _, _ in tails)
        if at + total > ROW:
            return None
        number = len(batch.types)
        batch.types.append(question.type)
        self._put(batch, row, at, head, start, number, 0)
        if question.looks and question.type != "describe":
            batch.claims.append(Claim(row, at + ask, locate(question.cells), sides_of(question, locate)))
        if question.label:
            batch.labels.append((row, at + ask, CLASS[question.label]))
            batch.labels.append((row, at + len(head) - 1, CLASS[question.label]))
        after = start + len(head)
        at += len(head)
        for n, (answer, ids, facts, claims) in enumerate(tails):
            self._put(batch, row, at, ids, after, number, n + 1)
            batch.verdicts += [Verdict(row, at + p, true) for p, true in facts]
            batch.claims += [Claim(row, at + p, locate(cells)) for p, cells in claims]
            batch.scored.append(Scored(row, at + len(ids) - 1, number, answer.quality, answer.pair))
            at += len(ids)
        return at

    @staticmethod
    def _put(batch: Batch, row: int, at: int, ids: list[int], start: int, question: int, answer: int) -> None:
        end = at + len(ids)
        batch.ids[row, at:end] = ids
        batch.positions[row, at:end] = np.arange(start, start + len(ids))
        batch.question[row, at:end] = question
        batch.answer[row, at:end] = answer


def sides_of(question: Question, locate) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    if question.type == "relation":
        return locate(question.cells[:1]), locate(question.cells[1:])
    if question.type == "motion":
        # rows of one shape, frame by frame
        path = locate(question.cells)
        return path[:1], path[-1:]
    return None


def still_rows(cells: tuple[int, ...], first: int = 1) -> tuple[int, ...]:
    """Rows of cells of a one-tile picture: in the global and in the local view."""
    places = [first + (c // 5) * 6 + c % 5 for c in cells]
    return tuple(places + [p + 31 for p in places])


__all__ = ["BOS", "Batch", "Claim", "Packer", "empty_batch", "still_rows"]
