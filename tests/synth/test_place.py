"""What is behind people."""

from __future__ import annotations

import numpy as np

from charaface.synth.place import sample_place


def test_places_are_light_of_the_size_wished_the_same_every_time_and_differ() -> None:
    places = [sample_place(np.random.default_rng(seed), 48) for seed in range(60)]
    again = sample_place(np.random.default_rng(7), 48)
    assert np.array_equal(places[7], again)
    for place in places:
        assert place.shape == (48, 48, 3)
        assert place.dtype == np.float32
        assert 0 <= place.min() <= place.max() <= 1.31
    bright = [float(place.mean()) for place in places]
    assert min(bright) < 0.05
    assert max(bright) > 0.4
    assert sum(float(place.std()) > 0.05 for place in places) > 20
