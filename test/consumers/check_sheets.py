"""Reads score sheets with pandas and pyarrow: rewards to the last bit, and datasets unchanged beside them."""

import datetime
import decimal
import json
import os
import subprocess
import tempfile
from pathlib import Path

import pandas
import pyarrow
import pyarrow.parquet as parquet

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "test" / "fixtures" / "tiny-model"
COUNT = 25
MISSING = 7


def score(dataset: Path, out: Path) -> None:
    command = ["node", str(ROOT / "dist" / "cli.js"), "score", str(dataset), "--out", str(out)]
    done = subprocess.run(command, check=False, capture_output=True, env={**os.environ, "REWARDLENS_MODEL": str(MODEL)})
    assert done.returncode == 3, done.stderr.decode()  # one row has no second answer


def dataset(folder: Path, **options) -> Path:
    """Columns of types that parquet itself does not have, in several groups of rows."""
    table = pyarrow.table(
        {
            "prompt": pyarrow.array([f"Question {n}? 🦊" for n in range(COUNT)], pyarrow.large_string()),
            "chosen": ["Yes."] * COUNT,
            "rejected": [None if n == MISSING else "No, never." for n in range(COUNT)],
            "category": pyarrow.array(["a", "b"] * 12 + ["a"]).dictionary_encode(),
            "took": pyarrow.array([datetime.timedelta(seconds=n) for n in range(COUNT)], pyarrow.duration("us")),
            "at": pyarrow.array([datetime.datetime(2020, 1, 1)] * COUNT, pyarrow.timestamp("ns", tz="Europe/Berlin")),
            "price": pyarrow.array([decimal.Decimal("1.25")] * COUNT, pyarrow.decimal128(20, 4)),
            "nested": [{"a": n, "b": [n, None]} for n in range(COUNT)],
            "pairs": pyarrow.array([[("k", n)] for n in range(COUNT)], pyarrow.map_(pyarrow.string(), pyarrow.int64())),
            "blob": [{"bytes": bytes([n, 255, 0]), "path": None} for n in range(COUNT)],
        }
    ).replace_schema_metadata({"made by": "test"})
    file = folder / "train.parquet"
    parquet.write_table(table, file, row_group_size=10, **options)
    return file


def rewards_of(folder: Path, source: Path) -> list:
    """As JSON Lines have them; null for a row without."""
    score(source, folder / "scored.jsonl")
    rows = [json.loads(line) for line in (folder / "scored.jsonl").read_text(encoding="utf-8").splitlines()]
    assert rows[MISSING]["error"]["code"] == "NO_CANDIDATES"
    return [row["rewards"] or None for row in rows]


def check_column(folder: Path) -> None:
    forms = [
        {"compression": "zstd", "write_page_index": True},
        {"compression": "none", "use_dictionary": False, "store_schema": False},
        {"compression": "gzip", "data_page_version": "2.0", "version": "1.0", "store_schema": False},
    ]
    for form in forms:
        source, out = dataset(folder, **form), folder / "out.parquet"
        score(source, out)
        before, after = parquet.read_table(source), parquet.read_table(out)
        assert after["rewards"].to_pylist() == rewards_of(folder, source)
        assert after["rewards"].type == pyarrow.list_(pyarrow.float64())
        rest = after.drop_columns(["rewards"])
        assert rest.equals(before) and rest.schema.equals(before.schema)
        sizes = [parquet.ParquetFile(file).metadata for file in (source, out)]
        rows = [[data.row_group(n).num_rows for n in range(data.num_row_groups)] for data in sizes]
        assert rows[0] == rows[1] == [10, 10, 5]
        # a few columns, a few groups, and a filter by statistics
        part = parquet.ParquetFile(out).read_row_group(2, columns=["prompt", "rewards"])
        assert part["prompt"].to_pylist() == before["prompt"].to_pylist()[20:]
        found = parquet.read_table(out, filters=[("chosen", "=", "No.")])
        assert found.num_rows == 0
        frame = pandas.read_parquet(out)
        assert list(frame["rewards"][0]) == after["rewards"][0].as_py() and frame["rewards"][MISSING] is None
        print(f"column beside {form}: {after.num_rows} rows, {after.num_columns} columns")


def check_sheets(folder: Path) -> None:
    source = folder / "x.candidates.jsonl"
    rows = [
        {"id": "=1+1", "prompt": "Colour?", "candidates": [{"text": "Red.", "source": "-模型, \"x\""}, "Blue."]},
        {"id": "none", "prompt": "Nothing?", "candidates": []},
        {"id": "new\nline", "prompt": "Number?", "candidates": ["Two.", "Two.", "Seven."]},
    ]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    score(source, folder / "sheet.jsonl")
    score(source, folder / "sheet.csv")
    score(source, folder / "sheet.parquet")
    lines = [json.loads(line) for line in (folder / "sheet.jsonl").read_text(encoding="utf-8").splitlines()]
    rewards = [reward for row in lines for reward in row["rewards"]]
    frame = pandas.read_csv(folder / "sheet.csv")
    assert list(frame.columns)[:4] == ["file", "line", "id", "candidate"]
    assert frame["reward"].dropna().tolist() == rewards
    assert frame["id"].tolist() == ["'=1+1"] * 2 + ["none"] + ["new\nline"] * 3
    assert frame["source"][0] == "'-模型, \"x\""
    assert frame["error_code"].dropna().tolist() == ["NO_CANDIDATES"]
    table = parquet.read_table(folder / "sheet.parquet").to_pylist()
    for row, line in zip(table, lines, strict=True):
        assert all(row[key] == line[key] for key in ("id", "line", "rewards", "order", "model"))
    print(f"sheets: {len(frame)} lines of CSV, {len(table)} rows of parquet")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        check_column(Path(work))
        check_sheets(Path(work))
