"""Calls that TensorFlow refuses, and some beside them that it takes."""

import numpy as np

from peers.call import BFLOAT16, Call

from .case import DENSE, SIGMOID, SPARSE, WEIGHTED, Case


def zeros(*shape, dtype=np.float32):
    return np.zeros(shape, dtype)


def case(function, name, options=None, **args):
    return Case(f"{function}: {name}", Call(function, args, options or {}), truth=False)


def cases():
    yield from probabilities()
    yield from dense()
    yield from sparse()
    for function, weight in ((SIGMOID, {}), (WEIGHTED, {"posWeight": np.float32(2)})):
        yield from elements(function, weight)
    yield from weights()
    yield from version1()


def integers(function, **others):
    for kind in (np.int32, np.int64, np.uint8, np.bool_):
        yield case(function, f"logits of {np.dtype(kind).name}", logits=zeros(2, 3, dtype=kind), **others)


def missing(function, **args):
    """Each argument left out, and given as None."""
    for key in args:
        rest = {other: array for other, array in args.items() if other != key}
        yield case(function, f"no {key}", **rest)
        yield case(function, f"{key} None", **rest, **{key: None})


def probabilities():
    for function in ("softmax", "logSoftmax"):
        yield from integers(function)
        yield from missing(function, logits=zeros(2, 3))
        yield case(function, "a scalar", logits=zeros())
        for axis in (2, 7, -3):
            yield case(function, f"axis {axis} of rank 2", {"axis": axis}, logits=zeros(2, 3))
        yield case(function, "axis 1 of rank 1", {"axis": 1}, logits=zeros(3))


def dense():
    yield from integers(DENSE, labels=zeros(2, 3))
    yield from missing(DENSE, labels=zeros(2, 3), logits=zeros(2, 3))
    yield case(DENSE, "labels of fewer classes", labels=zeros(2, 2), logits=zeros(2, 3))
    yield case(DENSE, "labels of more rows", labels=zeros(3, 3), logits=zeros(2, 3))
    yield case(DENSE, "labels of fewer classes, rank 3", labels=zeros(2, 3, 3), logits=zeros(2, 3, 4))
    yield case(DENSE, "logits of one class that would have to broadcast", labels=zeros(2, 3), logits=zeros(2, 1))
    yield case(DENSE, "logits of one row that would have to broadcast", labels=zeros(2, 3), logits=zeros(1, 3))
    yield case(DENSE, "scalars", labels=zeros(), logits=zeros())
    yield case(DENSE, "scalar logits", labels=zeros(3), logits=zeros())
    yield case(DENSE, "labels of another rank along axis 0", {"axis": 0}, labels=zeros(3), logits=zeros(2, 3))
    for axis in (2, -3):
        yield case(DENSE, f"axis {axis} of rank 2", {"axis": axis}, labels=zeros(2, 3), logits=zeros(2, 3))
    yield case(DENSE, "axis 3 of rank 3", {"axis": 3}, labels=zeros(2, 3, 4), logits=zeros(2, 3, 4))


def sparse():
    labels = np.array([0, 1])
    yield from integers(SPARSE, labels=labels)
    yield from missing(SPARSE, labels=labels, logits=zeros(2, 3))
    yield case(SPARSE, "labels of rank 2", labels=zeros(2, 1, dtype=np.int32), logits=zeros(2, 4))
    yield case(SPARSE, "scalar labels", labels=zeros(dtype=np.int32), logits=zeros(2, 4))
    yield case(SPARSE, "one-hot labels", labels=zeros(2, 4, dtype=np.int32), logits=zeros(2, 4))
    yield case(SPARSE, "labels of more rows", labels=zeros(3, dtype=np.int32), logits=zeros(2, 4))
    yield case(SPARSE, "labels of more rows, rank 3", labels=zeros(2, 2, dtype=np.int32), logits=zeros(2, 3, 4))
    yield case(SPARSE, "scalar logits", labels=zeros(dtype=np.int32), logits=zeros())
    yield case(SPARSE, "no classes", labels=labels, logits=zeros(2, 0))
    for name, values in (("the number of classes", [0, 4]), ("-1", [3, -1]), ("far out", [0, 2_000_000_000])):
        for kind in (np.int32, np.int64):
            array = np.array(values, dtype=kind)
            yield case(SPARSE, f"label {name}, {array.dtype.name}", labels=array, logits=zeros(2, 4))
    huge = np.array([0, 2**40])
    yield case(SPARSE, "label beyond 32 bits", labels=huge, logits=zeros(2, 4))
    for kind in (np.float16, BFLOAT16, np.float32, np.float64, np.bool_):
        yield case(SPARSE, f"labels of {np.dtype(kind).name}", labels=labels.astype(kind), logits=zeros(2, 4))


def elements(function, weight):
    yield from integers(function, labels=zeros(2, 3), **weight)
    integer = zeros(2, 3, dtype=np.int32)
    yield case(function, "integers", labels=integer, logits=integer, **weight)
    yield from missing(function, labels=zeros(2, 3), logits=zeros(2, 3), **weight)
    for shape in ((1, 3), (3,), (2, 1), (3, 2), (2, 3, 1), ()):
        yield case(function, f"labels {shape}, logits (2, 3)", labels=zeros(*shape), logits=zeros(2, 3), **weight)
    yield case(function, "labels (2, 3), scalar logits", labels=zeros(2, 3), logits=zeros(), **weight)


def weights():
    for shape in ((2,), (3, 3), (2, 2)):
        name = f"weights {shape}, logits (2, 3)"
        yield case(WEIGHTED, name, labels=zeros(2, 3), logits=zeros(2, 3), posWeight=zeros(*shape))
    name = "weights (2,), logits (3,)"
    yield case(WEIGHTED, name, labels=zeros(3), logits=zeros(3), posWeight=zeros(2))


def version1():
    for function in (DENSE, DENSE + "V2", SPARSE, SIGMOID):
        labels = zeros(2, dtype=np.int32) if function == SPARSE else zeros(2, 3)
        yield from missing("v1." + function, labels=labels, logits=zeros(2, 3))
    for function in (DENSE, DENSE + "V2"):
        both = {"dim": -1, "axis": -1}
        yield case("v1." + function, "dim and axis", both, labels=zeros(2, 3), logits=zeros(2, 3))
    yield case("v1.softmax", "dim and axis", {"dim": -1, "axis": -1}, logits=zeros(2, 3))
    yield case("v1.softmax", "a scalar", logits=zeros())
    two = {"posWeight": np.float32(2), "logits": zeros(2, 3)}
    yield case("v1." + WEIGHTED, "targets and labels", targets=zeros(2, 3), labels=zeros(2, 3), **two)
    yield case("v1." + WEIGHTED, "neither targets nor labels", **two)
    yield case(WEIGHTED, "targets, a name of version 1", targets=zeros(2, 3), **two)
    yield case("v1." + SPARSE, "labels out of range", labels=np.array([3, 0]), logits=zeros(2, 3))
    yield case("v1." + DENSE, "labels of fewer classes", labels=zeros(2, 2), logits=zeros(2, 3))
