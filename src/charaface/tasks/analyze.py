"""analyze: all that is known of each face: points, pose, kind of picture, colours, what is worn, expression."""

from __future__ import annotations

from collections.abc import Sequence

from charaface import session
from charaface.face import Face
from charaface.image import DEFAULT_LIMITS, Limits, Source, load, name_of
from charaface.session import Model
from charaface.tasks.attributes import Presented, check_presented, describe
from charaface.tasks.detect import THRESHOLD
from charaface.tasks.emotion import express, load_networks
from charaface.tasks.landmarks import Pointing, pointed
from charaface.weights import Choice


def analyze(
    image: Source,
    faces: Sequence[Face] | None = None,
    *,
    presentation: Presented = "drawn",
    threshold: float = THRESHOLD,
    flip: bool = False,
    weights: Choice = "all",
    model: Model = None,
    threads: int | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[Face]:
    """The faces of a picture with all that landmarks, attributes and emotion say of them, each face read once.

    Given faces keep their order, box, score and all fields that nothing is said of. What is not known is absent:
    colours of a picture without any, an expression for which there is no network. The options and errors as for
    attributes and emotion.
    """
    check_presented(presentation)
    networks = load_networks(model, threads, weights)
    parser = session.load_for("segment", model, threads)
    pixels = load(image, limits)
    faces = pointed(pixels, faces, Pointing(threshold, flip, model, threads, limits, name_of(image), weights))
    return express(pixels, describe(pixels, faces, parser, presentation), networks, flip=flip)
