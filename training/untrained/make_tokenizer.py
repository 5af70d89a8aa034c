"""Trains the tiny model's tokenizer: sentencepiece BPE with InternLM2's settings and control tokens."""

import io
import pathlib

import sentencepiece

HERE = pathlib.Path(__file__).parent
OUT = HERE.parents[1] / "test" / "fixtures" / "tiny-checkpoint" / "tokenizer.model"
VOCAB = 1024


def main() -> None:
    control = [f"[UNUSED_TOKEN_{n}]" for n in range(147)]
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter((HERE / "corpus.txt").read_text("utf8").splitlines()),
        model_writer=model,
        model_type="bpe",
        vocab_size=VOCAB,
        byte_fallback=True,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        split_digits=True,
        character_coverage=1.0,
        # the trainer reads lines, so it would never see a newline
        user_defined_symbols=["\n", *control],
        num_threads=1,
    )
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_bytes(model.getvalue())
    print(OUT, len(model.getvalue()), "bytes")


if __name__ == "__main__":
    main()
