"""Fresh samples as RewardLens reads them, with what the generator knows beside each.

python training/demo/samples.py --seed N --count N --out FOLDER [--types colour,shape] [--swap] [--mix]

Writes `samples.candidates.jsonl`, pictures and clips, and `facts.jsonl`: per sample its type, whether it
needs the picture, the boxes of what it asks about, and per candidate its quality, what it is wrong in,
which of its sentences are false, and the pair of answers that differ in a visual fact only. With
`--swap` a second file, `swapped.candidates.jsonl`, asks the same of another sample's picture. `--mix` is
for samples that people see: 3 to 5 answers in any order, some of them off topic, cut off or empty-handed,
each with the name of a made-up model.
"""

import argparse
import dataclasses
import json
import pathlib
import subprocess

import numpy as np
from PIL import Image

import language
import world

STILL = ("colour", "shape", "count", "size", "exists", "where", "relation", "describe", "knowledge")
CLIP = ("clip-colour", "clip-shape", "clip-count", "motion")
TYPES = (*STILL, *CLIP, "pair")
SOURCES = ("aster-8b", "birch-7b", "cedar-4b", "dogwood-26b", "elm-2b")
FPS, STEP_FRAMES = 8, 8  # a clip moves by one cell a second; the reference samples one frame a second


@dataclasses.dataclass(frozen=True)
class Made:
    type: str
    question: language.Question
    scenes: tuple[world.Scene, ...]
    clip: world.Clip | None = None


def make(type_: str, seed: list[int]) -> Made:
    rng = np.random.default_rng(seed)
    while True:
        if type_ in CLIP:
            clip = world.random_clip(rng)
            name = type_.removeprefix("clip-")
            motion = type_ == "motion"
            question = language.about_motion(rng, clip) if motion else language.MOVING[name](rng, clip.frames[0])
            scenes: tuple[world.Scene, ...] = (clip.frames[0],)
        elif type_ == "pair":
            clip, scenes = None, (world.random_scene(rng), world.random_scene(rng))
            question = language.about_pair(rng, (scenes[0], scenes[1]))
        else:
            clip, scenes = None, (world.random_scene(rng),)
            question = language.STILL[type_](rng, scenes[0])
        if question is not None:
            return Made(type_, question, scenes, clip)


def film(clip: world.Clip, file: pathlib.Path) -> None:
    """At twice the size: then every sampled frame becomes exactly one tile of the contact sheet."""
    frames = []
    for n, scene in enumerate(clip.frames):
        following = clip.frames[min(n + 1, len(clip.frames) - 1)].shapes[clip.mover]
        for part in range(STEP_FRAMES):
            here = scene.shapes[clip.mover]
            share = part / STEP_FRAMES
            between = dataclasses.replace(
                here,
                dx=here.dx + round(share * world.CELL * (following.column - here.column)),
                dy=here.dy + round(share * world.CELL * (following.row - here.row)),
            )
            shapes = tuple(between if k == clip.mover else s for k, s in enumerate(scene))
            drawn = world.draw(world.Scene(shapes, scene.background), world.FRAME[1], -world.LABEL_HEIGHT)
            frames.append(drawn.resize((2 * world.FRAME[0], 2 * world.FRAME[1]), Image.Resampling.BICUBIC))
    size = f"{2 * world.FRAME[0]}x{2 * world.FRAME[1]}"
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", str(FPS), "-i", "-"]
    exact = ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-an", "-threads", "1"]
    codec = ["-c:v", "libx264", "-crf", "26", "-pix_fmt", "yuv420p", "-movflags", "+faststart"]
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", *raw, *exact, *codec, str(file)],
        input=b"".join(frame.tobytes() for frame in frames),
        check=True,
    )


def write_media(made: Made, folder: pathlib.Path, name: str) -> dict[str, list[str]]:
    if made.type == "knowledge":
        return {}
    if made.clip is not None:
        film(made.clip, folder / "video" / f"{name}.mp4")
        return {"videos": [f"video/{name}.mp4"]}
    out = []
    for n, scene in enumerate(made.scenes):
        file = f"img/{name}{'ab'[n] if len(made.scenes) > 1 else ''}.png"
        world.draw(scene).save(folder / file, optimize=True)
        out.append(file)
    return {"images": out}


def boxes(made: Made) -> list[list[int]]:
    """[picture, left, top, right, bottom] of what the question asks about, in pixels of the tile."""
    out = []
    for cell in made.question.cells:
        scene, index = made.scenes[cell // 25], cell // 25
        out += [[index, *shape.box()] for shape in scene if shape.cell == cell % 25]
    return out


def facts_of(answer: language.Answer) -> dict:
    false = [n for n, s in enumerate(answer.sentences) if not s.true]
    held = answer.quality in (language.RIGHT, language.WRONG)
    return {
        "quality": answer.quality,
        "pair": answer.pair,
        "fault": answer.fault,
        "falseSentences": false if held else [],
        "sentences": [language.plain(s.text) for s in answer.sentences],
    }


Answers = tuple[list[language.Answer], list[str]]


def mixed(one: Made, seed: list[int]) -> Answers:
    rng = np.random.default_rng(seed)
    pool = [*one.question.answers]
    if rng.random() < 0.5:
        pool.pop(int(rng.integers(len(pool))))
    if rng.random() < 0.6:
        elsewhere = make("colour" if one.type != "colour" else "where", [*seed, 1])
        pool.append(language.easy_answer(rng, one.type, elsewhere.question))
    order = rng.permutation(len(pool))
    return [pool[int(n)] for n in order], [str(s) for s in rng.permutation(SOURCES)[: len(pool)]]


def write(folder: pathlib.Path, made: list[tuple[str, Made, list[language.Answer], list[str]]], swap: bool) -> None:
    for name in ("img", "video"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    rows, facts = [], []
    for name, one, answers, sources in made:
        media = write_media(one, folder, name)
        candidates = [{"text": a.text, "source": s} if s else a.text for a, s in zip(answers, sources)]
        rows.append({"id": name, "prompt": one.question.text, **media, "candidates": candidates, "domain": one.type})
        facts.append(
            {"id": name, "type": one.type, "looks": one.question.looks, "boxes": boxes(one), "candidates": [facts_of(a) for a in answers]}
        )
    write_lines(folder / "samples.candidates.jsonl", rows)
    write_lines(folder / "facts.jsonl", facts)
    if swap:
        write_lines(folder / "swapped.candidates.jsonl", swapped(rows))


def swapped(rows: list[dict]) -> list[dict]:
    """Each row with the media of the next row that has as many of the same sort."""
    groups: dict[str, list[int]] = {}
    for n, row in enumerate(rows):
        groups.setdefault(f"{len(row.get('images', []))} {len(row.get('videos', []))}", []).append(n)
    out = list(rows)
    for members in groups.values():
        for n, other in zip(members, [*members[1:], members[0]]):
            media = {key: rows[other][key] for key in ("images", "videos") if key in rows[other]}
            out[n] = rows[n] | media
    return out


def write_lines(file: pathlib.Path, rows: list[dict]) -> None:
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf8")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--types", default=",".join(TYPES))
    parser.add_argument("--swap", action="store_true")
    parser.add_argument("--mix", action="store_true")
    options = parser.parse_args()
    types = options.types.split(",")
    made = []
    for n in range(options.count):
        one = make(types[n % len(types)], [options.seed, n])
        plain = [*one.question.answers, *one.question.spare]
        answers = mixed(one, [options.seed, n, 1]) if options.mix else (plain, [""] * len(plain))
        name = f"{one.type}-{n:02}" if options.mix else f"{one.type}-{n:04}"
        made.append((name, one, *answers))
    write(options.out, made, options.swap)


if __name__ == "__main__":
    main()
