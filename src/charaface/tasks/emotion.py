"""emotion: the expression of each face, which is what it shows and not what anyone feels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from charaface import session
from charaface.face import DOMAINS, EXPRESSIONS, Emotion, Face
from charaface.files import InputError
from charaface.geometry import crop_matrix
from charaface.image import DEFAULT_LIMITS, Limits, Source, load, name_of, warp
from charaface.landmarker import BATCH, Framing, framing_of
from charaface.session import Model, Session, Spec
from charaface.tasks.detect import THRESHOLD
from charaface.tasks.landmarks import Pointing, pointed
from charaface.tracking import Vote
from charaface.weights import Choice

_LEAST = 0.05  # of what is to be said of a face: a network with less is not asked
_OFF = 0.01  # from 1, of what probabilities may add up to: half floats lose some


def emotion(
    image: Source,
    faces: Sequence[Face] | None = None,
    *,
    threshold: float = THRESHOLD,
    flip: bool = False,
    weights: Choice = "all",
    model: Model = None,
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[Face]:
    """The faces of a picture with the likeliest of seven expressions and the probability of each.

    The faces are those of landmarks, or the given ones in their order: these keep box, score and all other fields,
    none is dropped, and one without points gets them on the way. Each face is cropped upright by its points and shown
    to the networks for its kind of picture. The answer is the mean of theirs, each weighing the probability that the
    picture is of one of its kinds (Face.domain); where nothing is known of that, all count alike. A face whose
    likeliest kind has no network stays without. weights "generated" leaves out the network that learned from
    photographs of people, so that photographs stay without. model may name networks for expressions too, which then
    take the place of the package's. flip reads each face mirrored as well. The other options and errors as for
    landmarks; InputError where there is no network for expressions at all.
    """
    networks = load_networks(model, threads, weights)
    pixels = load(image, limits)
    faces = pointed(pixels, faces, Pointing(threshold, flip, model, threads, limits, name_of(image), weights))
    return express(pixels, faces, networks, flip=flip)


def express(image: np.ndarray, faces: Sequence[Face], networks: Sequence[Session], *, flip: bool = False) -> list[Face]:
    """The faces with points of an (H, W, 3) uint8 picture with their expressions, where a network tells them."""
    said = ask(image, faces, networks, flip=flip)
    return [face if answer is None else answer.on(face) for face, answer in zip(faces, said, strict=True)]


def load_networks(model: Model, threads: int | None, weights: Choice) -> list[Session]:
    """The networks for expressions. Raises InputError for one whose answers are none, and where there are none."""
    networks = session.load_shared("emotion", model, threads, weights)
    for network in networks:
        spec = network.spec
        unknown = set(spec.labels.get("emotion", ("nothing",))) - set(EXPRESSIONS)
        if unknown:
            raise InputError(f"{spec.label}: names {', '.join(sorted(unknown))}; there are {', '.join(EXPRESSIONS)}")
        if spec.input.size is None or spec.input.size[0] != spec.input.size[1]:
            raise InputError(f"{spec.label}: is no network for expressions in square crops of a fixed size")
    return networks


class Said(NamedTuple):
    """What the networks said of one face."""

    probabilities: np.ndarray  # (7,) float64 in the order of EXPRESSIONS; they add up to 1
    weights: str  # the names of the networks that answered

    def on(self, face: Face) -> Face:
        """The face with its expression."""
        label = EXPRESSIONS[int(self.probabilities.argmax())]
        found = Emotion(label, dict(zip(EXPRESSIONS, self.probabilities.tolist(), strict=True)))
        return replace(face, emotion=found, weights={**face.weights, "emotion": self.weights})


def ask(
    image: np.ndarray, faces: Sequence[Face], networks: Sequence[Session], *, flip: bool = False
) -> list[Said | None]:
    """What is said of each face with points on an (H, W, 3) uint8 picture; None where no network is for its kind."""
    weighed = [shares(face.domain, [network.spec for network in networks]) for face in faces]
    sums = np.zeros((len(faces), len(EXPRESSIONS)))
    names: list[list[str]] = [[] for _ in faces]
    for k, network in enumerate(networks):
        asked = [i for i, share in enumerate(weighed) if share is not None and share[k] > 0]
        for i, answer in zip(asked, _answers(image, [framing_of(faces[i]) for i in asked], network, flip), strict=True):
            share = weighed[i]
            assert share is not None
            sums[i] += share[k] * answer
            names[i].append(network.spec.label)
    return [Said(sums[i], " + ".join(own)) if own else None for i, own in enumerate(names)]


def shares(domain: Mapping[str, float] | None, specs: Sequence[Spec]) -> np.ndarray | None:
    """(K,) how much each of K networks has to say of a face, 1 in all; None where its likeliest kind has none.

    domain: kind of picture to probability; kinds that are not in DOMAINS, as data sets have them, say nothing.
    """
    known = {kind: value for kind, value in (domain or {}).items() if kind in DOMAINS}
    if not specs or (known and not any(max(known, key=known.__getitem__) in _kinds(spec) for spec in specs)):
        return None
    if not known or sum(known.values()) <= 0:
        return np.full(len(specs), 1 / len(specs))
    share = np.array([sum(known.get(kind, 0.0) for kind in _kinds(spec)) for spec in specs])
    share /= share.sum()
    share[share < min(_LEAST, share.max())] = 0
    return np.asarray(share / share.sum())


def _kinds(spec: Spec) -> tuple[str, ...]:
    return spec.domains or DOMAINS


def probabilities(images: Sequence[np.ndarray], boxes: Sequence[np.ndarray], network: Session) -> np.ndarray:
    """(N, 7) what a network says of faces, fed as the runtime feeds it: images (H, W, 3) uint8, a box (4,) of each.

    In the order of EXPRESSIONS. Raises ValueError for a network that does not tell the seven.
    """
    spec, size = network.spec, network.spec.input.size
    names = spec.labels.get("emotion", ())
    if spec.task != "emotion" or set(names) != set(EXPRESSIONS) or size is None or spec.crop_scale is None:
        raise ValueError(f"{spec.label} is for the task {spec.task}, and tells {', '.join(names) or 'no expressions'}")
    order = [names.index(each) for each in EXPRESSIONS]
    found = []
    for start in range(0, len(images), BATCH):
        some = zip(images[start : start + BATCH], boxes[start : start + BATCH], strict=True)
        crops = [warp(image, crop_matrix(box, size[0], spec.crop_scale), size, "nearest") for image, box in some]
        found.append(network.run(spec.input.batch(crops))["emotion"][:, order])
    return np.concatenate(found)


def _answers(image: np.ndarray, framings: Sequence[Framing], network: Session, flip: bool) -> np.ndarray:
    """(N, 7) what a network says of N faces."""
    spec = network.spec
    assert spec.input.size is not None
    assert spec.crop_scale is not None
    side, order = spec.input.size[0], [EXPRESSIONS.index(name) for name in spec.labels["emotion"]]
    out = np.zeros((len(framings), len(EXPRESSIONS)))
    for start in range(0, len(framings), BATCH):
        part = framings[start : start + BATCH]
        crops = [warp(image, framing.matrix(side, spec.crop_scale), (side, side)) for framing in part]
        found = _run(network, crops)
        if flip:
            found = (found + _run(network, [crop[:, ::-1] for crop in crops])) / 2
        out[start : start + BATCH, order] = found
    return out


def _run(network: Session, crops: Sequence[np.ndarray]) -> np.ndarray:
    """(N, K) probabilities of crops. Raises ValueError for answers that are none."""
    found = network.run(network.spec.input.batch(crops))["emotion"].astype(np.float64)
    whole = found.sum(axis=1, keepdims=True)
    if found.min() < -_OFF or np.abs(whole - 1).max() > _OFF:
        raise ValueError(f"{network.spec.label} gave emotion that are no probabilities; end it with a softmax")
    return np.asarray(np.maximum(found, 0) / np.maximum(found, 0).sum(axis=1, keepdims=True))


class Expressions:
    """The expressions of one frame after another; a track's is the mean of the last half second."""

    def __init__(self, networks: Sequence[Session], *, steady: bool = True, flip: bool = False) -> None:
        """steady: whether frames before have a say."""
        self._networks, self._flip = networks, flip
        self._vote = Vote() if steady else None
        self._faces: list[Face] = []
        self._said: list[Said | None] = []

    def see(self, image: np.ndarray, faces: Sequence[Face], time: float) -> list[Face]:
        """The faces with points of an (H, W, 3) uint8 picture at a time in seconds, with their expressions.

        A frame with the very faces of the last one shows what that showed, and no network is asked.
        """
        if len(faces) != len(self._faces) or any(a is not b for a, b in zip(faces, self._faces, strict=True)):
            self._faces, self._said = list(faces), ask(image, faces, self._networks, flip=self._flip)
        return [answer.on(face) if answer else face for face, answer in zip(faces, self._voted(time), strict=True)]

    def _voted(self, time: float) -> list[Said | None]:
        """What is said of the present faces, each with the past of its track."""
        if self._vote is None:
            return self._said
        numbered = {face.track: said for face, said in zip(self._faces, self._said, strict=True) if said}
        fresh = {track: said.probabilities for track, said in numbered.items() if track is not None}
        means = self._vote(fresh, time)
        return [
            said._replace(probabilities=means.get(face.track, said.probabilities))
            if said and face.track is not None
            else said
            for face, said in zip(self._faces, self._said, strict=True)
        ]
