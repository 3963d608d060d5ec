"""What people call the colours of hair and eyes: the numbers of charaface.colour, fitted on 1,000 anime faces.

python benchmarks/colour_names.py [--model parser.onnx ...]        (CHARAFACE_DATA names the folder of anime-colours)

Prints the table: of each name the mean in Lab and the covariance of the colours that attributes finds on faces that
are labelled so. The other 6,000 faces are measured on (benchmarks/analysis.py) and not looked at here.
"""

from __future__ import annotations

import argparse
from functools import partial

import numpy as np

from charaface.colour import lab
from charaface.evaluate import colours, data_folder
from charaface.tasks.attributes import attributes

SOFT = 5.0  # added to each variance: what few faces do not tell


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", action="append", help="a path.onnx in place of the package's own; repeatable")
    data = data_folder(None)
    find = partial(attributes, model=parser.parse_args().model, threads=2)
    said = colours.judge(data, colours.read_colours(data)[0], find, lambda *_: None)
    for part in colours.GOALS:
        places: dict[str, list[list[int]]] = {}
        for one in said:
            colour = getattr(one, part)
            if colour is not None:
                rgb = [int(colour.hex[i : i + 2], 16) for i in (1, 3, 5)]
                places.setdefault(getattr(one.label, part), []).append(rgb)
        print(f'    "{part}": {{')
        for name, rgb in sorted(places.items()):
            found = lab(np.asarray(rgb))
            spread = np.cov(found.T) + SOFT * np.eye(3)
            numbers = [*found.mean(axis=0), *spread[np.triu_indices(3)]]
            print(f'        "{name}": ({", ".join(str(round(v)) for v in numbers)}),')
        print("    },")


if __name__ == "__main__":
    main()
