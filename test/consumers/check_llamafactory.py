"""Puts exports through LLaMA-Factory's registry and converters, and through its v1 data engine."""

import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

from datasets import load_dataset
from exports import FRAMES, export
from llamafactory.data.converter import align_dataset
from llamafactory.data.mm_plugin import get_mm_plugin
from llamafactory.data.parser import get_dataset_list


def aligned_rows(out: Path, cache: Path, layout: str):
    [attributes] = get_dataset_list([f"demo_{layout}"], str(out))
    assert attributes.ranking
    table = load_dataset("json", data_files=str(out / attributes.dataset_name), split="train", cache_dir=str(cache))
    options = SimpleNamespace(
        streaming=False, media_dir=str(out), preprocessing_num_workers=None, overwrite_cache=True
    )
    return align_dataset(table, attributes, options, SimpleNamespace(local_process_index=0))


def check_frames(folder: Path, cache: Path, layout: str) -> None:
    """A video as a list of its frames: found, decoded, and counted by the plugin that trains on it."""
    out = export(folder, f"llamafactory-{layout}", dataset_rows=[FRAMES])
    [row] = aligned_rows(out, cache, layout)
    [frames] = row["_videos"]
    assert len(frames) == 2 and all(os.path.isfile(frame) for frame in frames)
    texts = [turn["content"] for turn in row["_prompt"] + row["_response"]]
    assert sum(text.count("<video>") for text in texts) == 1
    plugin = get_mm_plugin("qwen2_vl", image_token="<|image_pad|>", video_token="<|video_pad|>")
    read = plugin._regularize_videos(row["_videos"], video_fps=2.0, video_maxlen=128, image_max_pixels=65536, image_min_pixels=784)
    assert len(read["videos"]) == 1 and len(read["videos"][0]) == 2
    print(f"llamafactory-{layout}: a list of frames read as a video")


def check_v0(folder: Path, cache: Path, layout: str) -> None:
    aligned = aligned_rows(export(folder, f"llamafactory-{layout}"), cache, layout)
    assert aligned.num_rows == 4
    for row in aligned:
        assert [turn["role"] for turn in row["_response"]] == ["assistant", "assistant"]
        assert row["_prompt"][-1]["role"] == "user" and len(row["_prompt"]) % 2 == 1
        texts = [turn["content"] for turn in row["_prompt"] + row["_response"]]
        images = row["_images"] or []
        assert sum(text.count("<image>") for text in texts) == len(images)
        assert all(os.path.isfile(image) for image in images)
    assert aligned[1]["_system"] == "Be brief."
    print(f"llamafactory-{layout}: {aligned.num_rows} rows aligned, media found")


def check_v1(folder: Path) -> None:
    from llamafactory.v1.core.data_engine import DataEngine

    out = export(folder, "llamafactory-v1")
    os.chdir(out)  # its paths are relative to where the trainer starts
    for dataset in ("dataset_info.yaml", "demo_v1.jsonl"):
        engine = DataEngine(dataset)
        assert len(engine) == 4
        row = engine[0]
        assert row["chosen_messages"][-1]["loss_weight"] == 1
        assert row["chosen_messages"][0]["content"][0]["type"] == "image_url"
        assert os.path.isfile(row["chosen_messages"][0]["content"][0]["value"])
    print("llamafactory-v1: read by its list and by its file")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        (Path(work) / "data").mkdir()
        for name in ("alpaca", "sharegpt"):
            check_v0(Path(work) / "data", Path(work) / "cache", name)
            check_frames(Path(work) / "data", Path(work) / "frames-cache", name)
        check_v1(Path(work) / "data")
