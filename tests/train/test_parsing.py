"""The task segment: parts follow their pixels, what is not known teaches nothing, and a tiny training resumes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from charaface.face import ACCESSORIES, PARTS
from charaface.synth.labels import FACE_PARTS
from charaface.synth.labels import PARTS as DRAWN
from charaface.train import parsing
from charaface.train.config import Loss, RecipeError
from charaface.train.fit import train
from charaface.train.losses import parser_loss
from charaface.train.losses.parser import UNKNOWN
from charaface.train.nets.parser import Parsed, Parser
from charaface.train.parsing import Shown, colourless, parsing_crop, parts_told

from . import drawings
from .conftest import WriteRecipe

RNG = np.random.default_rng(0)


def test_every_part_of_the_generator_is_a_part_of_the_network_or_background() -> None:
    said = {name: PARTS[FACE_PARTS[i]] for i, name in enumerate(DRAWN)}
    assert said["ear"] == said["neck"] == said["nose"] == said["skin"] == "skin"
    assert (said["eye"], said["brow"], said["iris"], said["teeth"]) == ("eyes", "brows", "iris", "teeth")
    assert said["body"] == said["cover"] == said["background"] == "background"
    assert set(said.values()) == set(PARTS)


def blocks(size: int = 96) -> np.ndarray:
    """(size, size) parts of the generator in squares of 24 pixels."""
    return np.kron(RNG.integers(0, len(DRAWN), (size // 24, size // 24)), np.ones((24, 24))).astype(np.uint8)


@pytest.mark.parametrize("seed", range(6))
def test_parts_go_where_their_pixels_go(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "degrade", lambda image, *_: image)
    labels = blocks()
    image = np.repeat((25 * FACE_PARTS[labels])[..., None], 3, axis=2)
    out, parts = parsing_crop(image, labels, np.array([20, 20, 70, 70]), np.random.default_rng(seed), strength=0)
    known = parts != UNKNOWN
    assert 0.2 < known.mean() <= 1
    assert out.shape == (parsing.SIZE, parsing.SIZE, 3)
    apart = np.abs(out[..., 0].astype(int) - 25 * parts.astype(int))[known]
    assert (apart < 13).mean() > 0.9  # but where two meet


def test_beyond_the_render_nothing_is_known_and_under_a_cover_there_is_no_face(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = np.full((40, 40), DRAWN.index("skin"), np.uint8)
    image = np.zeros((40, 40, 3), np.uint8)
    box = np.array([4, 4, 36, 36])
    _, parts = parsing_crop(image, labels, box, np.random.default_rng(1), strength=0)
    assert set(np.unique(parts)) == {PARTS.index("skin"), UNKNOWN}
    whole = np.ones((parsing.SIZE, parsing.SIZE), np.bool_)
    monkeypatch.setattr(parsing, "occlude", lambda picture, *_: (picture, whole))
    _, parts = parsing_crop(image, labels, box, np.random.default_rng(1), strength=100)
    assert set(np.unique(parts)) == {0, UNKNOWN}


@pytest.mark.parametrize("seed", range(4))
def test_somebody_beside_a_face_is_no_part_of_it(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "degrade", lambda image, *_: image)
    monkeypatch.setattr(parsing, "occlude", lambda image, *_: (image, np.zeros(image.shape[:2], np.bool_)))
    monkeypatch.setattr(parsing, "COMPANY", 10.0)
    box, labels = np.array([30, 30, 66, 66]), np.zeros((96, 96), np.uint8)
    labels[30:66, 30:66] = DRAWN.index("skin")
    white, black = np.full((96, 96, 3), 255, np.uint8), np.zeros((96, 96, 3), np.uint8)
    other = Shown(white, np.full_like(labels, DRAWN.index("body")), box)
    image, parts = parsing_crop(black, labels, box, np.random.default_rng(seed), other=other, strength=0.2)
    theirs = (image[..., 0] > 128) & (parts != UNKNOWN)
    assert theirs.mean() > 0.02
    assert (parts[theirs] == 0).all()
    assert (parts == PARTS.index("skin")).mean() > 0.03


def test_grey_and_tinted_pictures_have_no_colour() -> None:
    image = RNG.integers(0, 256, (40, 40, 3)).astype(np.uint8)
    grey = np.repeat(image[..., :1], 3, axis=2)
    assert colourless(grey)
    assert colourless((grey * [1.0, 0.8, 0.5] + [0, 10, 30]).clip(0, 255).astype(np.uint8))
    assert not colourless(image)


def test_iou_counts_what_is_known() -> None:
    truth = RNG.integers(0, 3, (2, 20, 20)).astype(np.uint8)
    perfect = parts_told(truth, truth)
    np.testing.assert_array_equal(perfect[:3], 1)
    assert np.isnan(perfect[3:]).all()
    np.testing.assert_array_equal(parts_told((truth + 1) % 3, truth)[:3], 0)
    half = truth.copy()
    half[:, :10] = UNKNOWN
    wrong = truth.copy()
    wrong[:, :10] = 7
    np.testing.assert_array_equal(parts_told(wrong, half)[:3], 1)


def said(labels: torch.Tensor, sure: float = 12.0) -> Parsed:
    """What is right of (N, S, S) parts and a face with a hat in colour."""
    logits = sure * torch.nn.functional.one_hot(labels.clamp(max=9).long(), len(PARTS)).movedim(-1, 1).float()
    worn = torch.full((len(labels), len(ACCESSORIES)), -sure)
    worn[:, ACCESSORIES.index("hat")] = sure
    return Parsed(logits, worn, torch.full((len(labels),), -sure), torch.full((len(labels),), sure))


def truths(labels: torch.Tensor) -> dict[str, torch.Tensor]:
    worn = torch.zeros(len(labels), len(ACCESSORIES))
    worn[:, ACCESSORIES.index("hat")] = 1
    return {
        "labels": labels,
        "accessories": worn,
        "monochrome": torch.zeros(len(labels)),
        "masculine": torch.ones(len(labels)),
    }


def test_the_truth_costs_nothing_and_beats_whatever_differs_from_it() -> None:
    labels = torch.from_numpy(RNG.integers(0, len(PARTS), (2, 16, 16)).astype(np.uint8))
    best, parts = parser_loss(said(labels), truths(labels), Loss())
    assert best < 0.01
    assert set(parts) == {"parts", "overlap", "worn"}
    for other in (said((labels + 1) % 10), said(labels)._replace(monochrome=torch.full((2,), 12.0))):
        worse, _ = parser_loss(other, truths(labels), Loss())
        assert worse > best + 0.1


def test_of_every_four_pixels_one_teaches_and_four_samples_share_them_out() -> None:
    labels = torch.from_numpy(RNG.integers(0, len(PARTS), (4, 16, 16)).astype(np.uint8))
    guess = said((labels + 1) % 10)
    logits = guess.parts.clone().requires_grad_()
    loss, _ = parser_loss(guess._replace(parts=logits), truths(labels), Loss())
    loss.backward()
    assert logits.grad is not None
    taught = logits.grad.abs().sum(1) > 0  # (4, 16, 16)
    assert taught.flatten(1).float().mean(1).tolist() == [0.25] * 4
    assert taught.any(0).all()


def test_what_is_not_known_teaches_nothing() -> None:
    labels = torch.from_numpy(RNG.integers(0, len(PARTS), (4, 16, 16)).astype(np.uint8))
    labels[:, :8] = UNKNOWN
    truth = truths(labels)
    truth["accessories"][:, 0] = float("nan")
    truth["masculine"][:] = float("nan")
    guess = Parsed(*(v.clone().requires_grad_() for v in said(labels, sure=0.0)))
    loss, _ = parser_loss(guess, truth, Loss())
    loss.backward()
    assert guess.parts.grad is not None
    assert guess.accessories.grad is not None
    assert guess.parts.grad[:, :, :8].abs().sum() == 0
    assert guess.parts.grad[:, :, 8:].abs().sum() > 0
    assert guess.accessories.grad[:, 0].abs().sum() == 0
    assert guess.accessories.grad[:, 1:].abs().sum() > 0
    assert guess.masculine.grad is not None
    assert guess.masculine.grad.abs().sum() == 0


def test_the_network_parses_crops_of_any_multiple_of_32() -> None:
    net = Parser()
    assert net(torch.zeros(2, 3, 64, 96)).parts.shape == (2, len(PARTS), 64, 96)
    assert net.eval()(torch.zeros(1, 3, 64, 64)).shape == (1, len(PARTS), 64, 64)


def test_a_tiny_training_runs_and_goes_on(write_recipe: WriteRecipe, tmp_path: Path) -> None:
    recipe = write_recipe()
    text = recipe.read_text("utf-8").replace('"landmarks"', '"segment"').replace('"landmarker"', '"parser"')
    recipe.write_text(text.replace("[data]", "[data]\nmasks = true"), encoding="utf-8")
    draw = {"faces": drawings.worn}
    options = {"cache": tmp_path / "cache", "draw": draw, "say": lambda _: None}
    part = train(recipe, tmp_path / "run", steps=2, **options)  # type: ignore[arg-type]
    assert (part.step, part.done) == (2, False)
    whole = train(recipe, tmp_path / "run", **options)  # type: ignore[arg-type]
    assert whole.done
    assert {"miou", "miou.drawn", "iou.hair", "told.hat", "told.monochrome"} <= whole.figures.keys()
    assert "told.masculine" not in whole.figures  # no drawing tells
    assert 0 <= whole.figures["miou"] <= 100
    assert list((tmp_path / "run").glob("sheet-*.png"))


def test_a_recipe_without_masks_is_refused(write_recipe: WriteRecipe, tmp_path: Path) -> None:
    recipe = write_recipe()
    text = recipe.read_text("utf-8").replace('"landmarks"', '"segment"').replace('"landmarker"', '"parser"')
    recipe.write_text(text, encoding="utf-8")
    with pytest.raises(RecipeError, match="masks"):
        train(recipe, tmp_path / "run", cache=tmp_path / "cache", draw={"faces": drawings.worn}, say=lambda _: None)
