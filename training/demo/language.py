"""Questions about scenes, right answers and graded wrong ones.

Text carries marks: `{red}` is a word that makes the sentence true or false. Each sentence ends in `.`
or `?`. Style (wording, filler) is drawn apart from quality: length says nothing about it.
"""

import dataclasses

import numpy as np

from world import COLOURS, KINDS, SIZES, Clip, Scene, Shape, random_clip, random_scene

RIGHT, WRONG, OFF_TOPIC, EMPTY = "right", "wrong", "off-topic", "empty"
NUMBERS = ("zero", "one", "two", "three", "four", "five")
MOST = 4  # the largest number that is asked for
ZONES = ("top left", "top", "top right", "left", "centre", "right", "bottom left", "bottom", "bottom right")
# each as often as shapes stand there: wrong values follow the distribution of right ones
PLACES = tuple(Shape("", "", "", n // 5, n % 5).zone for n in range(25))
SIDES = ("left", "right", "above", "below")
DIRECTIONS = ("left", "right", "up", "down")
ORDINALS = ("first", "second")
# what a question's answer can be, for the classifier that helps training
CLASSES = [
    *(f"colour {v}" for v in COLOURS), *(f"shape {v}" for v in KINDS), *(f"size {v}" for v in SIZES),
    *(f"count {v}" for v in NUMBERS[1:]), "exists yes", "exists no", *(f"where {v}" for v in ZONES),
    *(f"relation {v}" for v in SIDES), *(f"motion {v}" for v in DIRECTIONS), *(f"pair {v}" for v in ORDINALS),
]


@dataclasses.dataclass(frozen=True)
class Sentence:
    text: str
    true: bool
    cells: tuple[int, ...] = ()  # what it speaks of, if that can be seen


@dataclasses.dataclass(frozen=True)
class Answer:
    sentences: tuple[Sentence, ...]
    quality: str
    pair: int  # answers of one number differ only in a visual fact
    fault: str = ""  # what a wrong answer is wrong in

    @property
    def text(self) -> str:
        return plain(" ".join(s.text for s in self.sentences))


@dataclasses.dataclass(frozen=True)
class Question:
    type: str
    text: str
    label: str  # one of CLASSES, or empty
    cells: tuple[int, ...]  # what it asks about
    answers: tuple[Answer, ...]
    looks: bool = True  # whether it needs the picture
    spare: tuple[Answer, ...] = ()  # more wrong answers


def plain(text: str) -> str:
    return text.replace("{", "").replace("}", "")


def pick(rng: np.random.Generator, options):
    return options[int(rng.integers(len(options)))]


def capital(text: str) -> str:
    at = 1 if text.startswith("{") else 0
    return text[:at] + text[at].upper() + text[at + 1 :]


FILLER_BEFORE = ("Let me look.", "I looked at it with care.", "Good question.", "Here is what I see.")
FILLER_AFTER = ("I hope this helps.", "Ask me if you want to know more.", "That is my answer.")
VAGUE = ("I do not know.", "I am not sure.", "No idea.", "It is hard to say.")


def names(shape: Shape, scene: Scene, without: str = "") -> list[str]:
    """Ways to name a shape that fit no other shape, not saying the attribute `without`."""
    out = []
    for form in ("{kind}", "{colour} {kind}", "{size} {kind}", "{size} {colour} {kind}", "{colour} shape", "{size} {colour} shape"):
        parts = [p for p in ("size", "colour", "kind") if p in form]
        if without in parts:
            continue
        same = [s for s in scene if all(getattr(s, p) == getattr(shape, p) for p in parts)]
        if len(same) == 1:
            out.append(form.format(kind=shape.kind, colour=shape.colour, size=shape.size))
    return out


def with_filler(rng: np.random.Generator, body: list[tuple[Sentence, ...]]) -> list[tuple[Sentence, ...]]:
    """The same filler around answers that differ in a fact only."""
    before = (Sentence(pick(rng, FILLER_BEFORE), True),) if rng.random() < 0.12 else ()
    after = (Sentence(pick(rng, FILLER_AFTER), True),) if rng.random() < 0.12 else ()
    return [(*before, *sentences, *after) for sentences in body]


def facts(rng, forms, right: str, wrongs: list[str], cells, alike=False) -> tuple[tuple[Answer, ...], tuple[Answer, ...]]:
    """Two wordings, each right and wrong (with `alike`, wrong by the same value); and two more wrong
    answers, to choose the best of four from."""
    order = [int(n) for n in rng.permutation(len(forms))]

    def say(form: int, value: str, true: bool) -> tuple[Sentence, ...]:
        return (Sentence(capital(forms[form](f"{{{value}}}")), true, cells),)

    out = []
    for number, form in enumerate(order[:2]):
        bad = wrongs[0 if alike else number % len(wrongs)]
        good_one, bad_one = with_filler(rng, [say(form, right, True), say(form, bad, False)])
        out += [Answer(good_one, RIGHT, number), Answer(bad_one, WRONG, number, bad)]
    # other values where there are some, else other wordings
    more = [(order[0], v) for v in wrongs[1:3]] + [(f, wrongs[0]) for f in order[2:4]]
    spare = tuple(Answer(say(form, value, False), WRONG, -1, value) for form, value in more[:2])
    return tuple(out), spare


def other(rng, values, right):
    return pick(rng, [v for v in values if v != right])


def nearby(rng, values, present, right) -> list[str]:
    """Three wrong values: more often such as the picture holds as well."""
    out: list[str] = []
    while len(out) < 3:
        held = [v for v in present if v != right and v not in out]
        free = [v for v in values if v != right and v not in out]
        out.append(pick(rng, held) if held and rng.random() < 0.6 else pick(rng, free))
    return out


def about_colour(rng, scene: Scene) -> Question | None:
    shape = pick(rng, scene.shapes)
    options = names(shape, scene, "colour")
    if not options:
        return None
    ref = pick(rng, options)
    text = pick(rng, (f"What colour is the {ref}?", f"Which colour does the {ref} have?", f"Tell me the colour of the {ref}.", f"In this picture, what colour is the {ref}?"))
    forms = (lambda v: f"{v}.", lambda v: f"it is {v}.", lambda v: f"the {ref} is {v}.", lambda v: f"the colour of the {ref} is {v}.", lambda v: f"the {ref} in the picture is {v}.")
    present = [s.colour for s in scene]
    wrongs = nearby(rng, list(COLOURS), present, shape.colour)
    answers, spare = facts(rng, forms, shape.colour, wrongs, (shape.cell,))
    return Question("colour", text, f"colour {shape.colour}", (shape.cell,), answers, spare=spare)


def about_shape(rng, scene: Scene) -> Question | None:
    shape = pick(rng, scene.shapes)
    options = [n.replace(" shape", "") for n in names(shape, scene, "kind")]
    if not options:
        return None
    ref = pick(rng, options)
    text = pick(rng, (f"What shape is the {ref} one?", f"Which shape is {ref}?", f"What is the {ref} shape?", f"Tell me what the {ref} thing is."))
    forms = (lambda v: f"a {v}.", lambda v: f"it is a {v}.", lambda v: f"the {ref} shape is a {v}.", lambda v: f"{v}.", lambda v: f"the {ref} one in the picture is a {v}.")
    present = [s.kind for s in scene]
    wrongs = nearby(rng, KINDS, present, shape.kind)
    answers, spare = facts(rng, forms, shape.kind, wrongs, (shape.cell,))
    return Question("shape", text, f"shape {shape.kind}", (shape.cell,), answers, spare=spare)


def about_size(rng, scene: Scene) -> Question | None:
    shape = pick(rng, scene.shapes)
    options = names(shape, scene, "size")
    if not options:
        return None
    ref = pick(rng, options)
    text = pick(rng, (f"How big is the {ref}?", f"Is the {ref} small or large?", f"What size is the {ref}?", f"Is the {ref} large or small?"))
    forms = (lambda v: f"{v}.", lambda v: f"it is {v}.", lambda v: f"the {ref} is {v}.", lambda v: f"it is a {v} one.", lambda v: f"the {ref} in the picture is {v}.")
    answers, spare = facts(rng, forms, shape.size, [other(rng, SIZES, shape.size)], (shape.cell,))
    return Question("size", text, f"size {shape.size}", (shape.cell,), answers, spare=spare)


def about_where(rng, scene: Scene) -> Question | None:
    shape = pick(rng, scene.shapes)
    options = names(shape, scene)
    if not options:
        return None
    ref = pick(rng, options)
    text = pick(rng, (f"Where is the {ref}?", f"In which part of the picture is the {ref}?", f"Where do you see the {ref}?"))
    forms = (lambda v: f"at the {v}.", lambda v: f"it is at the {v}.", lambda v: f"the {ref} is at the {v}.", lambda v: f"at the {v} of the picture.", lambda v: f"you can find the {ref} at the {v}.")
    wrongs = nearby(rng, PLACES, [s.zone for s in scene], shape.zone)
    answers, spare = facts(rng, forms, shape.zone, wrongs, (shape.cell,))
    return Question("where", text, f"where {shape.zone}", (shape.cell,), answers, spare=spare)


def groups(scene: Scene) -> dict[str, dict[str, list[Shape]]]:
    """What can be counted: shapes of one name, by the form of the name."""
    out: dict[str, dict[str, list[Shape]]] = {"all": {"shape": list(scene)}}
    for shape in scene:
        for form, name in (
            ("kind", shape.kind), ("colour", f"{shape.colour} shape"), ("size", f"{shape.size} shape"),
            ("both", f"{shape.colour} {shape.kind}"),
        ):
            out.setdefault(form, {}).setdefault(name, []).append(shape)
    return out


# how often each form of name is asked for
COUNTED = {"all": 0.26, "kind": 0.2, "colour": 0.2, "size": 0.24, "both": 0.1}


def about_count(rng, scene: Scene, another=random_scene) -> Question | None:
    """A wrong number is that of a name of the same form in another scene, so that no number is likelier to
    be right than to be wrong: without the picture the question tells nothing."""
    form = str(rng.choice(list(COUNTED), p=list(COUNTED.values())))
    name, members = pick(rng, sorted(groups(scene)[form].items()))
    elsewhere = len(pick(rng, sorted(groups(another(rng))[form].items()))[1])
    number = len(members)
    if number == elsewhere or max(number, elsewhere) > MOST:
        return None
    rest = [int(n) for n in rng.permutation(range(1, MOST + 1)) if n not in (number, elsewhere)]
    wrongs = [elsewhere, *rest]
    plural = "crosses" if name.endswith("cross") else f"{name}s"
    text = pick(rng, (f"How many {plural} are there?", f"How many {plural} do you see?", f"Count the {plural}.", f"How many {plural} does the picture show?"))

    def many(v: str) -> str:
        return name if "one" in v else plural

    forms = (lambda v: f"{v}.", lambda v: f"{v} {many(v)}.", lambda v: f"there {'is' if 'one' in v else 'are'} {v} {many(v)}.", lambda v: f"I see {v} {many(v)}.", lambda v: f"I count {v} of them.")
    cells = tuple(s.cell for s in members)
    answers, spare = facts(rng, forms, NUMBERS[number], [NUMBERS[n] for n in wrongs], cells, alike=True)
    return Question("count", text, f"count {NUMBERS[number]}", cells, answers, spare=spare)


def absent(rng, scene: Scene) -> tuple[str, str]:
    """Colour and kind as a near miss: the picture holds the parts, not the whole."""
    while True:
        colour = pick(rng, scene.shapes).colour if rng.random() < 0.7 else pick(rng, list(COLOURS))
        kind = pick(rng, scene.shapes).kind if rng.random() < 0.7 else pick(rng, KINDS)
        if all(s.colour != colour or s.kind != kind for s in scene):
            return colour, kind


def about_exists(rng, scene: Scene) -> Question | None:
    there = rng.random() < 0.5
    if there:
        shape = pick(rng, scene.shapes)
        colour, kind = shape.colour, shape.kind
    else:
        colour, kind = absent(rng, scene)
    form = rng.random()
    ref = f"{colour} {kind}"
    if form < 0.25 and (there or all(s.kind != kind for s in scene)):
        ref = kind
    elif form < 0.4 and (there or all(s.colour != colour for s in scene)):
        ref = f"{colour} shape"
    words = ref.split()
    found = [s for s in scene if all(w in (s.colour, s.kind, "shape") for w in words)]
    assert bool(found) == there
    text = pick(rng, (f"Is there a {ref}?", f"Do you see a {ref}?", f"Does the picture show a {ref}?", f"Can you find a {ref} here?"))
    article = "an" if ref.startswith("orange") else "a"
    if article == "an":
        text = text.replace(f" a {ref}", f" an {ref}")
    cells = tuple(s.cell for s in found)
    pairs = (
        ("{yes}.", "{no}."),
        (f"{{yes}}, there is {article} {ref}.", f"{{no}}, there is no {ref}."),
        (f"there is {{{article}}} {ref}.", f"there is {{no}} {ref}."),
        (f"{{yes}}, I see {article} {ref}.", f"{{no}}, I see no {ref}."),
    )
    answers, spare = [], []
    for number, n in enumerate(rng.permutation(len(pairs))):
        sentences = [(Sentence(capital(t), t == pairs[n][0 if there else 1], cells),) for t in pairs[n]]
        for body in with_filler(rng, sentences) if number < 2 else sentences:
            true = all(s.true for s in body)
            answer = Answer(body, RIGHT if true else WRONG, number if number < 2 else -1, "" if true else "exists")
            if number < 2:
                answers.append(answer)
            elif not true:
                spare.append(answer)
    return Question("exists", text, f"exists {'yes' if there else 'no'}", cells, tuple(answers), spare=tuple(spare))


def about_relation(rng, scene: Scene) -> Question | None:
    if len(scene.shapes) < 2:
        return None
    a, b = (scene.shapes[int(n)] for n in rng.choice(len(scene.shapes), 2, replace=False))
    one, two = names(a, scene), names(b, scene)
    across = rng.random() < 0.5
    gap = (a.column - b.column) if across else (a.row - b.row)
    if not one or not two or gap == 0:
        return None
    first, second = pick(rng, one), pick(rng, two)
    values = ("left", "right") if across else ("above", "below")
    value = values[0] if gap < 0 else values[1]
    if across:
        text = f"Is the {first} to the left or to the right of the {second}?"
        forms = (lambda v: f"to the {v}.", lambda v: f"it is to the {v}.", lambda v: f"I see it to the {v}.", lambda v: f"the {first} is to the {v} of the {second}.")
    else:
        text = f"Is the {first} above or below the {second}?"
        forms = (lambda v: f"{v}.", lambda v: f"it is {v}.", lambda v: f"I see it {v}.", lambda v: f"the {first} is {v} the {second}.")
    cells = (a.cell, b.cell)
    answers, spare = facts(rng, forms, value, [other(rng, values, value)], cells)
    return Question("relation", text, f"relation {value}", cells, answers, spare=spare)


def about_everything(rng, scene: Scene) -> Question | None:
    """A description; a wrong one has exactly one false sentence."""
    count = min(len(scene.shapes), int(rng.integers(1, 3, endpoint=True)))
    chosen = [scene.shapes[int(n)] for n in rng.choice(len(scene.shapes), count, replace=False)]
    text = pick(rng, ("Describe the picture.", "What do you see?", "Describe what is here.", "Tell me what the picture shows."))
    opening = pick(rng, ("there is", "I see", "the picture shows"))

    def sentence(size: str, colour: str, kind: str, zone: str, fault: str, cells: tuple[int, ...]) -> Sentence:
        value = {"size": size, "colour": colour, "kind": kind, "zone": zone}
        said = {name: f"{{{v}}}" for name, v in value.items()}
        article = "an" if not size and colour == "orange" else "a"
        thing = f"{said['size']} {said['colour']} {said['kind']}" if size else f"{said['colour']} {said['kind']}"
        return Sentence(capital(f"{opening} {article} {thing} at the {said['zone']}."), not fault, cells)

    answers: list[Answer] = []
    spare: list[Answer] = []
    for number in range(4):
        sized = rng.random() < 0.5
        true = [sentence(s.size if sized else "", s.colour, s.kind, s.zone, "", (s.cell,)) for s in chosen]
        at = int(rng.integers(count))
        s = chosen[at]
        wrong = dict(size=s.size if sized else "", colour=s.colour, kind=s.kind, zone=s.zone)
        fault = pick(rng, ("colour", "kind", "zone", "size") if sized else ("colour", "kind", "zone"))
        if fault == "size":
            wrong["size"] = other(rng, SIZES, s.size)
        else:
            values = {"colour": list(COLOURS), "kind": KINDS, "zone": PLACES}[fault]
            wrong[fault] = nearby(rng, values, [getattr(o, fault) for o in scene], wrong[fault])[0]
        if any(all(not v or getattr(o, k) == v for k, v in wrong.items()) for o in scene):
            return None
        false = [*true[:at], sentence(**wrong, fault=fault, cells=(s.cell,)), *true[at + 1 :]]
        if number < 2:
            good, bad = with_filler(rng, [tuple(true), tuple(false)])
            answers += [Answer(good, RIGHT, number), Answer(bad, WRONG, number, fault)]
        else:
            spare.append(Answer(tuple(false), WRONG, -1, fault))
    cells = tuple(s.cell for s in chosen)
    return Question("describe", text, "", cells, tuple(answers), spare=tuple(spare))


KNOWLEDGE = (
    ("How many sides does a triangle have?", "three", ("four", "two", "five")),
    ("How many sides does a square have?", "four", ("three", "five", "two")),
    ("How many points does the star shape here have?", "five", ("four", "three")),
    ("Which shape has no corners?", "circle", ("square", "triangle", "star")),
    ("Which shape has three corners?", "triangle", ("circle", "square", "cross")),
    ("What is the opposite of left?", "right", ("top", "below", "left")),
    ("What is the opposite of above?", "below", ("left", "above", "right")),
    ("What is the opposite of small?", "large", ("small", "red", "round")),
    ("Which is more, two or four?", "four", ("two", "one")),
    ("Which is less, one or three?", "one", ("three", "four")),
    ("What is one plus one?", "two", ("one", "three", "four")),
    ("What is two plus one?", "three", ("two", "four", "one")),
    ("What is two plus two?", "four", ("two", "three", "five")),
    ("What is two plus three?", "five", ("four", "two", "three")),
    ("What is four minus one?", "three", ("two", "four", "one")),
    ("What is five minus three?", "two", ("one", "three", "four")),
    ("What colour is grass?", "green", ("purple", "red", "pink")),
    ("What colour is a ripe lemon?", "yellow", ("blue", "black", "red")),
    ("What colour is coal?", "black", ("pink", "yellow", "green")),
    ("What colour is a clear sky by day?", "blue", ("red", "black", "green")),
    ("What colour do red and yellow paint make?", "orange", ("blue", "green", "purple")),
    ("What colour do blue and yellow paint make?", "green", ("red", "pink", "orange")),
    ("What colour do red and blue paint make?", "purple", ("green", "yellow", "orange")),
    ("What comes after one and two?", "three", ("five", "one", "four")),
)


def about_nothing_seen(rng, _scene: Scene | None) -> Question | None:
    """Needs no picture."""
    text, right, wrongs = pick(rng, KNOWLEDGE)
    forms = (lambda v: f"{v}.", lambda v: f"it is {v}.", lambda v: f"the answer is {v}.", lambda v: f"I would say {v}.")
    shuffled = [wrongs[int(n)] for n in rng.permutation(len(wrongs))]
    answers, spare = facts(rng, forms, right, shuffled, ())
    return Question("knowledge", text, "", (), answers, looks=False, spare=spare)


STILL = {
    "colour": about_colour, "shape": about_shape, "count": about_count, "size": about_size, "exists": about_exists,
    "where": about_where, "relation": about_relation, "describe": about_everything, "knowledge": about_nothing_seen,
}


# what can be asked about the first frame of a clip, for all of it
MOVING = {
    "colour": about_colour, "shape": about_shape, "size": about_size, "exists": about_exists,
    "count": lambda rng, scene: about_count(rng, scene, lambda rng: random_clip(rng).frames[0]),
}


def about_motion(rng, clip: Clip) -> Question | None:
    """Cells are those of the first and of the last frame; see `cells_of_clip`."""
    scene = clip.frames[0]
    shape = scene.shapes[clip.mover]
    options = names(shape, scene)
    if not options:
        return None
    ref = pick(rng, options)
    text = pick(rng, (f"Which way does the {ref} move?", f"In which direction does the {ref} go?"))
    forms = (lambda v: f"{v}.", lambda v: f"it moves {v}.", lambda v: f"the {ref} moves {v}.", lambda v: f"the {ref} goes {v}.")
    # clips have fewer rows than columns
    wrongs = nearby(rng, ("left", "right") * 6 + ("up", "down") * 5, (), clip.direction)
    answers, spare = facts(rng, forms, clip.direction, wrongs, (shape.cell,))
    return Question("motion", text, f"motion {clip.direction}", (shape.cell,), answers, spare=spare)


def about_pair(rng, scenes: tuple[Scene, Scene]) -> Question | None:
    """Which of two pictures shows it? Cells of the second picture count on from 25."""
    at = int(rng.integers(2))
    shape = pick(rng, scenes[at].shapes)
    ref = pick(rng, (shape.kind, f"{shape.colour} {shape.kind}", f"{shape.colour} shape"))
    words = ref.split()

    def shows(scene: Scene) -> list[Shape]:
        return [s for s in scene if all(w in (s.colour, s.kind, "shape") for w in words)]

    if shows(scenes[1 - at]):
        return None
    article = "an" if ref.startswith("orange") else "a"
    text = pick(rng, (f"Which image shows {article} {ref}?", f"In which image do you see {article} {ref}?"))
    forms = (lambda v: f"the {v} one.", lambda v: f"the {v} image.", lambda v: f"it is in the {v} image.", lambda v: f"the {v} image shows {article} {ref}.")
    cells = tuple(25 * at + s.cell for s in shows(scenes[at]))
    answers, spare = facts(rng, forms, ORDINALS[at], [ORDINALS[1 - at]], cells)
    return Question("pair", text, f"pair {ORDINALS[at]}", cells, answers, spare=spare)


def easy_answer(rng, kind: str, elsewhere: Question) -> Answer:
    """Off topic, empty or cut off: recognised without looking."""
    form = rng.random()
    if form < 0.5:
        said = pick(rng, [a for a in elsewhere.answers])
        sentences = tuple(dataclasses.replace(s, true=False, cells=()) for s in said.sentences)
        return Answer(sentences, OFF_TOPIC, -1, "off-topic")
    if form < 0.7:
        return Answer((Sentence(pick(rng, VAGUE), False),), EMPTY, -1, "vague")
    if form < 0.85:
        return Answer((), EMPTY, -1, "empty")
    words = plain(pick(rng, elsewhere.answers).text).split()
    cut = " ".join(words[: max(1, int(rng.integers(1, max(2, 1 + len(words) // 2))))]).rstrip(".")
    return Answer((Sentence(cut, False),), EMPTY, -1, "truncated")

