from dataclasses import dataclass

import numpy as np

from peers.call import Call

from .values import normal

DENSE = "softmaxCrossEntropyWithLogits"
SPARSE = "sparseSoftmaxCrossEntropyWithLogits"
SIGMOID = "sigmoidCrossEntropyWithLogits"
WEIGHTED = "weightedCrossEntropyWithLogits"


@dataclass(frozen=True)
class Case:
    """
    name:      a short sentence: what it is about
    libraries: whose results are recorded besides the truth
    truth:     whether there is one
    """

    name: str
    call: Call
    libraries: tuple[str, ...] = ("tensorflow",)
    truth: bool = True


def row_case(function, name, labels, logits, axis, wrt, second) -> Case:
    """A loss of rows along the axis, or the last where it is None, with random factors; `second` for second order."""
    rows = np.moveaxis(logits, -1 if axis is None else axis, -1).shape[:-1]
    call = Call(
        function,
        {"labels": labels, "logits": logits},
        {} if axis is None else {"axis": axis},
        wrt,
        normal(name, rows, logits.dtype),
        {"logits": normal("tangent" + name, logits.shape, logits.dtype)} if second else {},
    )
    return Case(name, call)
