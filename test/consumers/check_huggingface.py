"""Loads exports with `datasets`, and puts them through TRL's own preparation of data."""

import base64
import os
import tempfile
from pathlib import Path

from datasets import Image, Sequence, load_dataset
from exports import export
from trl.data_utils import (
    is_conversational,
    maybe_extract_prompt,
    maybe_unpair_preference_dataset,
    prepare_multimodal_messages,
)

LINES = ["rewardlens", "trl", "trl-standard", "trl-reward", "trl-kto", "openrlhf", "ms-swift", "ms-swift-kto", "rlaif-v", "mm-rlhf"]


def load(path: Path, cache: Path):
    return load_dataset("json", data_files=str(path), split="train", cache_dir=str(cache))


def parts(prompt: list) -> int:
    contents = [turn["content"] for turn in prompt if isinstance(turn["content"], list)]
    return sum(part["type"] == "image" for content in contents for part in content)


def check_late_columns(folder: Path, cache: Path) -> None:
    """`datasets` settles columns and types with its first 10 MB: a picture and a domain come after them."""
    late = {"prompt": "What is it?", "images": ["img/a.png"], "domain": "vqa", "candidates": ["A kettle.", "Two cats."]}
    rows = [{"prompt": f"Number {n}: " + "what is it? " * 60, "candidates": ["Yes.", "No."]} for n in range(30_000)] + [late]
    for name in ("ms-swift", "trl", "rewardlens"):
        out = export(folder, name, dataset_rows=rows)
        table = load(out, cache)
        assert out.stat().st_size > 2e7 and table.num_rows == len(rows)
        assert sum(len(images) for images in table["images"]) == 1
        print(f"{name}: {table.num_rows} rows, {out.stat().st_size} bytes, a picture in the last one")


def check(folder: Path, cache: Path) -> None:
    tables = {name: load(export(folder, name), cache) for name in LINES}
    for name, table in tables.items():
        print(f"{name}: {table.num_rows} rows, columns {table.column_names}")
    assert tables["rewardlens"].num_rows == 4
    assert tables["ms-swift"].num_rows == 4

    os.chdir(folder)  # paths are relative to the folder of the export
    # pictures as TRL's DPO trainer wants them, as paths and inside the rows
    for media in ("relative", "embed", "copy"):
        # the rows of a trainer have one shape: those with images, as trl's own vision examples
        rows = load(export(folder, "trl", "--media", media), cache).filter(lambda row: len(row["images"]) > 0)
        rows = rows.cast_column("images", Sequence(Image()))
        for row in rows:
            assert len(row["images"]) == parts(row["prompt"]) > 0
            assert row["images"][0].size == (1, 1)
            assert is_conversational(row)
            messages = prepare_multimodal_messages(row["prompt"] + row["chosen"], images=row["images"])
            assert parts(messages) == len(row["images"])
        print(f"trl with media {media}: {rows.num_rows} rows decoded and prepared")

    for row in tables["trl-standard"]:
        assert not is_conversational(row) and row["chosen"].startswith(" ")
    for row in tables["trl-reward"]:
        pair = maybe_extract_prompt({key: row[key] for key in ("chosen", "rejected")})
        assert pair["prompt"][-1]["role"] == "user" and pair["chosen"][0]["role"] == "assistant"
        assert row["margin"] == 3.5
    for row in tables["trl-kto"]:
        assert is_conversational(row) and isinstance(row["label"], bool)
    unpaired = maybe_unpair_preference_dataset(tables["openrlhf"].remove_columns(["margin"]))
    assert unpaired.num_rows == 2 * tables["openrlhf"].num_rows
    assert sorted(unpaired["label"]) == sorted(tables["trl-kto"]["label"])

    rlaif = load(export(folder, "rlaif-v", "--media", "embed"), cache)
    rlaif = rlaif.map(
        lambda row: {"picture": {"bytes": base64.b64decode(row["image"]["bytes"]), "path": row["image"]["path"]}}
    ).cast_column("picture", Image())
    assert rlaif[0]["picture"].size == (1, 1)
    print("trl-standard, trl-reward, trl-kto, openrlhf, rlaif-v: as their trainers want them")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        (Path(work) / "data").mkdir()
        check(Path(work) / "data", Path(work) / "cache")
        (Path(work) / "late").mkdir()
        check_late_columns(Path(work) / "late", Path(work) / "late-cache")
