"""Records what Keras 2 and Keras 3 make of their losses, as the fixtures of the tests of xent/keras."""

import json
import pathlib

from keras_losses.compiled import compiled
from keras_losses.errors import errors
from keras_losses.facts import facts
from keras_losses.groups import groups
from keras_losses.libraries import MAKERS, VERSIONS, outcome
from keras_losses.names import configs, identifiers
from peers.call import encode

FIXTURES = pathlib.Path(__file__).parent.parent / "packages/xent/test/keras/fixtures"


def compact(value) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def group_to_json(group):
    runs = []
    for run in group.runs:
        found = {library: outcome(library, group, run) for library in MAKERS}
        known = {library: result for library, result in found.items() if result is not None}
        if len(known) == 2 and known["keras2"] == known["keras3"]:
            known = {"both": known["keras2"]}
        parts = {"reduction": run.reduction, "weights": run.weights, "mask": run.mask}
        runs.append(
            {**{key: part for key, part in parts.items() if part is not None or key == "reduction"}, **known}
        )
    return {
        "name": group.name,
        "loss": group.loss,
        "config": group.config,
        "yTrue": encode(group.y_true),
        "yPred": encode(group.y_pred),
        "weights": {name: encode(array) for name, array in group.weights.items()},
        "masks": {name: encode(array) for name, array in group.masks.items()},
        "runs": runs,
    }


def write(name: str, lines) -> None:
    FIXTURES.mkdir(parents=True, exist_ok=True)
    path = FIXTURES / f"{name}.json"
    text = ",\n".join(compact(line) for line in lines)
    path.write_text(f'{{"versions":{compact(VERSIONS)},"cases":[\n{text}\n]}}\n')
    print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB", flush=True)


if __name__ == "__main__":
    write("losses", [group_to_json(group) for group in groups()])
    write("configs", configs())
    write("identifiers", identifiers())
    write("errors", errors())
    write("compiled", compiled())
    write("facts", facts())
