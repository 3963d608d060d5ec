"""Held-out renders: as many of each expression, each with what it is, judged as the runtime would."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from charaface.evaluate.emotion import RENDERS
from charaface.evaluate.renders import judge_renders, section
from charaface.face import EXPRESSIONS
from charaface.session import Feed
from charaface.synth.labels import DOMAINS


class _Happy:
    """A session that says happy of every face."""

    spec = SimpleNamespace(
        label="always-1",
        task="emotion",
        domains=(),
        labels={"emotion": EXPRESSIONS},
        crop_scale=1.4,
        input=Feed("image", (32, 32), 1, (127.5,) * 3, (127.5,) * 3),
    )

    def run(self, batch):
        out = np.zeros((len(batch), 7), np.float32)
        out[:, EXPRESSIONS.index("happy")] = 1.0
        return {"emotion": out}


def test_who_always_says_happy_is_right_once_in_seven():
    drawn = judge_renders(_Happy(), 28)
    assert drawn.judged.name == RENDERS
    assert np.bincount(drawn.judged.true, minlength=7).tolist() == [4] * 7
    assert drawn.right.sum() == 4
    assert set(drawn.domains.tolist()) <= set(DOMAINS)
    assert np.abs(drawn.yaws).max() <= 65
    rows = section(drawn).rows
    assert sum(row[1] for row in rows if str(row[0]).startswith("yaw")) == 28
    assert sum(row[1] for row in rows if row[0] in DOMAINS) == 28
