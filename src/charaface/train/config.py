"""What a training run may be told: frozen dataclasses with every default."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from charaface.face import DOMAINS


class RecipeError(ValueError):
    """A recipe that cannot be read: an unknown name, a wrong type, a value out of its range."""


@dataclass(frozen=True)
class Data:
    """Which renders the tasks landmarks and detect draw from. They are rendered once and kept outside the run."""

    pack: str = "1"  # the generator's version: another word renders anew
    seed: int = 1  # of the generator
    renders: int = 60_000  # pictures with faces to learn from
    held_out: int = 600  # further pictures with faces, for validation alone
    negatives: int = 8_000  # pictures without a face
    size: int = 160  # side of a render in pixels
    masks: bool = False  # whether the renders are kept with the parts of their faces, for the task segment
    heads: str = ""  # a file of 3-D heads, for photographs of people beside drawings; $NAME as in labels.files
    people: int = 0  # photographs to learn from
    people_share: float = 0.4  # of the samples with a face: photographs
    toons: int = 0  # drawings of people of data.heads in flat colours to learn from
    toons_share: float = 0.1  # of the samples with a face: such drawings
    workers: int = 2  # processes that render; the result is the same for any number
    negative_share: float = 0.1  # of the samples: pictures without a face
    misframed_share: float = 0.08  # of the samples: crops that are not framed on their face
    strength: float = (
        1.0  # of landmark crops' turns, bends, covers and wear: less than 1 ends a training nearer to clean art
    )
    loaders: int = 1  # threads that prepare batches


@dataclass(frozen=True)
class Labels:
    """Which labelled faces the tasks points and emotion learn from: any files that charaface.formats reads."""

    files: list[str] = field(default_factory=list)  # relative to the recipe; $NAME is filled in from the environment
    form: str = ""  # a key of FORMATS, where the files' names do not tell it
    file_scheme: str = ""  # of the files' points, where neither they nor their number tell it
    pictures: str = ""  # a folder of the pictures, where the files' names do not find them
    only: str = ""  # a regular expression that a picture's name must match
    scheme: str = "ibug68"  # of the network; the points of a file in another one are converted
    shared: bool = False  # only points that are the same place in both schemes, none that are derived
    group: str = "picture"  # what belongs together and is never divided, as charaface.data.split.key_of has it
    seed: int = 1  # of what is learned from and what is held out
    held_out: float = 0.15  # share of the faces that is kept for validation alone
    measure: str = ""  # in place of held_out: a regular expression that finds the names of the pictures held out
    folds: int = 0  # in place of held_out: so many parts, of which the one numbered fold is held out
    fold: int = 0
    stop: float = 0.0  # share of the other faces that decides when to stop, and is not learned from
    most: int = 0  # at most so many faces to learn from, drawn by chance; 0 for all
    size: int = 128  # of the network's input, pixels
    crop_scale: float = 1.4  # side of the crop over the longer side of the face's box (points: that of the points)


@dataclass(frozen=True)
class Augment:
    """What happens to a labelled crop on its way into a batch: how far, or how often. All 0 is nothing."""

    turn: float = 14.0  # degrees at most
    zoom: float = 0.12  # log of the crop's size, at most
    shift: float = 0.05  # of the crop's middle, in sides of the box, at most
    mirror: float = 0.5  # how often
    hue: float = 0.1  # of a turn of the colours, at most
    saturation: float = 0.3  # at most so much more or less of it
    brightness: float = 0.24
    contrast: float = 0.15
    bend: float = 0.0  # how often the whole crop is bent smoothly
    parts: float = 0.0  # how often eyes, brows, nose and mouth are moved and scaled, each by itself
    cover: float = 0.0  # how often something lies in front of the face
    style: float = 0.0  # how often a picture is redrawn: ink, tone, flat colours, soft paint
    wear: float = 0.0  # how often it is blurred, shrunk, compressed
    mix: float = 0.0  # how often a face is laid over another, and its label likewise: of the task emotion


@dataclass(frozen=True)
class Schedule:
    """How long and how fast a training learns: AdamW under a warm-up and a cosine."""

    samples: int = 300_000  # the length of the whole training
    batch: int = 64
    rate: float = 2e-3  # the highest learning rate
    last_rate: float = 0.01  # the rate at the end, as a share of the highest
    warmup: int = 200  # steps
    start: float = 0.0  # where on the cosine training begins: 0 its top, 0.5 half-way down
    decay: float = 0.05  # weight decay, of matrices and filters only
    clip: float = 5.0  # limit on the norm of the gradient
    ema: float = 0.999  # memory of the averaged weights, shorter while training is young
    accumulate: int = 1  # parts that a batch is computed in, to take less memory
    validate: int = 0  # steps between validations; 0: by the clock, every sheet_every seconds
    patience: int = 0  # validations without a better one on the faces of labels.stop after which it ends; 0: never


@dataclass(frozen=True)
class Loss:
    """What is made small: for points a loss of charaface.train.losses.LOSSES, else weights of the parts of a loss."""

    kind: str = "smooth_l1"  # of the task points
    options: dict[str, Any] = field(default_factory=dict)  # further arguments of that loss
    smooth: float = 0.1  # share of a label that all expressions get alike: of the task emotion
    heed: float = 0.5  # share of a label that is the teacher's answer: of the task emotion
    balance: float = 0.0  # 1: all expressions count alike, 0: all faces do; of the task emotion
    point: float = 10.0  # mean distance along x and y, in face boxes
    likelihood: float = 0.1  # Laplace negative log-likelihood of the distance
    visible: float = 0.2
    face: float = 0.5
    domain: float = 0.05  # cross-entropy of the kind of picture
    parts: float = 1.0  # cross-entropy of the parts of pixels
    overlap: float = 1.0  # soft Dice of the parts
    worn: float = 0.3  # cross-entropy of accessories, monochrome, presentation
    eyes: float = 1.6  # how much more a point of an eye counts than one elsewhere
    hidden: float = 0.4  # how much a point that is hidden or not drawn counts
    score: float = 1.0  # quality focal loss of the detector
    box: float = 2.0  # generalised IoU of the detector


@dataclass(frozen=True)
class Recipe:
    """One training run. `name` and `version` become the name of its weights."""

    name: str
    task: str  # a key of jobs.JOBS
    net: str  # a key of nets.NETS
    version: int = 1
    seed: int = 1  # of the weights and of every sample
    licence: str = "MIT"  # of the weights
    source: str = "generated drawings only (charaface.synth)"  # of the data, for the weights' metadata
    domains: list[str] = field(default_factory=list)  # kinds of picture that the weights are for; none named: all
    init_from: str = ""  # a .safetensors or .onnx of ours to go on from; relative to the recipe
    init: str = "all"  # which blocks are taken from it: a key of transfer.INIT; another number of points: a new head
    teacher: str = ""  # an .onnx of ours whose answers are mixed with the labels, as init_from: of the task emotion
    freeze: str = "none"  # which blocks stay as they are: a key of transfer.FREEZE
    bf16: bool = True  # mixed precision, where the machine does not only emulate it
    compile: bool = False  # fuse the steps of the network (torch.compile): minutes first, and a C++ compiler at hand
    threads: int = 1  # of the arithmetic; part of what makes a run repeatable to the bit
    sheet_every: float = 240.0  # seconds between pictures of predictions
    save_every: float = 120.0  # seconds between checkpoints
    options: dict[str, Any] = field(default_factory=dict)  # further arguments of the net
    data: Data = field(default_factory=Data)
    labels: Labels = field(default_factory=Labels)
    augment: Augment = field(default_factory=Augment)
    schedule: Schedule = field(default_factory=Schedule)
    loss: Loss = field(default_factory=Loss)

    def __post_init__(self) -> None:
        for name, value in (
            ("schedule.samples", self.schedule.samples),
            ("schedule.batch", self.schedule.batch),
            ("data.renders", self.data.renders),
            ("data.size", self.data.size),
            ("schedule.accumulate", self.schedule.accumulate),
            ("labels.size", self.labels.size),
            ("threads", self.threads),
        ):
            if value < 1:
                raise RecipeError(f"{name} must be at least 1, got {value}")
        for name, share in (
            ("schedule.start", self.schedule.start),
            ("schedule.ema", self.schedule.ema),
            ("data.negative_share", self.data.negative_share),
            ("data.misframed_share", self.data.misframed_share),
            ("data.people_share", self.data.people_share),
            ("data.toons_share", self.data.toons_share),
            ("labels.held_out", self.labels.held_out),
            ("labels.stop", self.labels.stop),
            ("loss.smooth", self.loss.smooth),
        ):
            if not 0 <= share < 1:
                raise RecipeError(f"{name} must be at least 0 and below 1, got {share}")
        if not 0 <= self.loss.heed <= 1:
            raise RecipeError(f"loss.heed must be from 0 to 1, got {self.loss.heed}")
        if self.teacher and self.task != "emotion":
            raise RecipeError(f"a teacher is for the task emotion, not {self.task}")
        if (self.data.people or self.data.toons) and not self.data.heads:
            raise RecipeError("data.people and data.toons need data.heads, a file of 3-D heads")
        if self.data.people and self.data.toons and self.data.people_share + self.data.toons_share >= 1:
            raise RecipeError("data.people_share and data.toons_share must be below 1 together")
        if self.data.negative_share and not self.data.negatives:
            raise RecipeError("data.negative_share needs data.negatives, the number of pictures without a face")
        unknown = [name for name in self.domains if name not in DOMAINS]
        if unknown:
            raise RecipeError(f"domains are of {', '.join(DOMAINS)}, got {', '.join(unknown)}")
        if self.labels.folds and not 0 <= self.labels.fold < self.labels.folds:
            raise RecipeError(f"labels.fold is one of 0 to {self.labels.folds - 1}, got {self.labels.fold}")
        if self.schedule.patience and not (self.labels.stop and self.schedule.validate):
            raise RecipeError("schedule.patience needs labels.stop (on what) and schedule.validate (how often to look)")

    @property
    def steps(self) -> int:
        """Optimiser steps of the whole training; none where all is frozen."""
        return 0 if self.freeze == "all" else -(-self.schedule.samples // self.schedule.batch)
