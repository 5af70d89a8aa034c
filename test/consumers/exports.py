"""Writes a small dataset and exports it in every format with the built command."""

import base64
import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)
ROWS = [
    {"prompt": "What is on the stove?", "images": ["img/a.png"], "candidates": ["A kettle. 🫖", "Two\ncats."]},
    {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hello."},
            {"role": "assistant", "content": "Hello!"},
            {"role": "user", "content": "<ImageHere> or <ImageHere>?"},
        ],
        "images": ["img/a.png", "img/b.png"],
        "candidates": ["The first.", "The second."],
    },
    {"prompt": "Name a colour.", "candidates": ["Red.", "Beige."]},
    {"prompt": "Name a number.", "candidates": ["Two.", "Many."]},
]


# a row whose video is a list of frames
FRAMES = {"prompt": "What happens?", "videos": [["img/a.png", "img/b.png"]], "candidates": ["It blinks.", "Nothing."]}


def export(folder: Path, name: str, *options: str, dataset_rows: list = ROWS) -> Path:
    """Returns where the export is: a file, or a folder for formats of several files."""
    (folder / "img").mkdir(exist_ok=True)
    for picture in ("a", "b"):
        (folder / "img" / f"{picture}.png").write_bytes(PIXEL)
    dataset, scored = folder / "demo.candidates.jsonl", folder / "scored.jsonl"
    rows = [{"id": str(n), **row} for n, row in enumerate(dataset_rows)]
    write_lines(dataset, rows)
    write_lines(scored, [{"id": row["id"], "line": n + 1, "rewards": [2.5, -1]} for n, row in enumerate(rows)])
    is_folder = name.startswith("llamafactory") or name == "ixc"
    out = folder / (name if is_folder else f"{name}.jsonl")
    command = ["node", str(ROOT / "dist" / "cli.js"), "export", str(dataset), "--format", name, "--out", str(out)]
    command += ["--from", "rewards", "--rewards", str(scored), *options]
    code = subprocess.run(command, check=False, capture_output=True).returncode
    assert code in (0, 3), (name, code)  # 3: some samples don't fit the format
    return out


def write_lines(path: Path, rows: list) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
