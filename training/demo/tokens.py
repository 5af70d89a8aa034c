"""The demo model's tokenizer: sentencepiece BPE with InternLM2's settings, learnt from its own sentences.

python training/demo/tokens.py --work FOLDER
"""

import argparse
import functools
import io
import pathlib
import re

import numpy as np
import sentencepiece

import language
import world
from decoder import VOCAB

BOS, EOS = 1, 2
CONTROL = [f"[UNUSED_TOKEN_{n}]" for n in range(147)]
OTHER_TEXT = pathlib.Path(__file__).parents[1] / "untrained" / "corpus.txt"


def corpus() -> list[str]:
    """Every word of the world many times; some plain English so that other text is not all bytes."""
    rng = np.random.default_rng(5)
    lines = []
    for _ in range(12_000):
        scene = world.random_scene(rng)
        question = language.pick(rng, list(language.STILL.values()))(rng, scene)
        if question:
            lines += [question.text, *(answer.text for answer in question.answers)]
    for _ in range(1_500):
        clip = world.random_clip(rng)
        pair = (world.random_scene(rng), world.random_scene(rng))
        for question in (language.about_motion(rng, clip), language.about_pair(rng, pair)):
            if question:
                lines += [question.text, *(answer.text for answer in question.answers)]
    words = (*language.VAGUE, *language.FILLER_BEFORE, *language.FILLER_AFTER, "Image1 Image2 Image3;", "user", "assistant", "system")
    lines += [*words] * 40
    for sentence in language.KNOWLEDGE:
        lines += [sentence[0]] * 20
    return [*lines, *OTHER_TEXT.read_text("utf8").splitlines()]


def train(file: pathlib.Path) -> None:
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus()),
        model_writer=model,
        model_type="bpe",
        vocab_size=VOCAB,
        byte_fallback=True,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        split_digits=True,
        character_coverage=1.0,
        user_defined_symbols=["\n", *CONTROL],
        num_threads=1,
        minloglevel=2,
    )
    file.write_bytes(model.getvalue())


class Tokenizer:
    """Encodes piece by piece, so that most of it comes from a table."""

    PIECES = re.compile(r"\[UNUSED_TOKEN_\d+\]|\n| ?[A-Za-z]+| ?[^\sA-Za-z]| ")

    def __init__(self, file: pathlib.Path) -> None:
        self.model = sentencepiece.SentencePieceProcessor(model_file=str(file))
        self._piece = functools.cache(lambda piece: tuple(self.model.encode(piece)))
        self.reward, self.end, self.start = (self.model.piece_to_id(CONTROL[n]) for n in (130, 145, 146))

    def encode(self, text: str) -> list[int]:
        out: list[int] = []
        for piece in self.PIECES.findall(text):
            out.extend(self._piece(piece))
        return out

    def check(self, text: str) -> None:
        if self.encode(text) != self.model.encode(text):
            raise ValueError(f"pieces and whole differ: {text!r}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--work", type=pathlib.Path, required=True)
    file = parser.parse_args().work / "tokenizer.model"
    file.parent.mkdir(parents=True, exist_ok=True)
    train(file)
    tokenizer = Tokenizer(file)
    lines = corpus()
    for line in lines[:8000]:
        tokenizer.check(line)
    sizes = [len(tokenizer.encode(line)) / max(1, len(line.split())) for line in lines[:2000]]
    print(file, file.stat().st_size, "bytes;", f"{np.mean(sizes):.2f} tokens a word")


if __name__ == "__main__":
    main()
