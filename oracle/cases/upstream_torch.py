"""
The cases of PyTorch's own tests: the shapes, dimensions, types and ranges of their inputs, from

test/test_nn.py; test/cpp/api/functional.cpp and modules.cpp;
torch/testing/_internal/common_nn.py, common_modules.py, common_methods_invocations.py and
opinfo/definitions/_masked.py.

Those tests draw their inputs, and so do these; shapes of many elements are here with few. Only what has an
unreduced loss without class weights, an ignored index or smoothing by the function is here.
"""

from collections.abc import Iterator

import numpy as np

from peers.call import BFLOAT16, Call

from .case import DENSE, SIGMOID, SPARSE, WEIGHTED, Case
from .values import FLOATS, array, class_indices, named, normal, one_hot, stream, uniform

SOFTMAXES = ("softmax", "logSoftmax")

# a shape of logits and the dimension of the classes, for the two ways in which the tests draw their inputs
WIDE_DIMENSIONS = (((5,), 0), ((5, 5), 0), ((5, 5), 1), ((5, 5), -1), ((3, 4, 3), 2), ((5, 0, 0), -1))
NORMAL_DIMENSIONS = (
    ((2, 16), -1),
    ((1, 7, 2, 2), 1),
    ((2, 2, 3, 3), 1),
    ((2, 3, 2, 3), 0),
    ((2, 3, 2, 3), 3),
)

NARROW_FLOATS = FLOATS[:2]


def cases() -> Iterator[Case]:
    yield from softmax_dimensions()
    yield from softmax_types()
    yield from softmax_extents()
    yield from softmax_large_logits()
    yield from softmax_masked()
    yield from indices()
    yield from indices_of_types()
    yield from indices_empty()
    yield from indices_wrong()
    yield from probabilities()
    yield from probabilities_of_any_sum()
    yield from probabilities_known()
    yield from binary()
    yield from binary_known()
    yield from binary_weighted()
    yield from binary_wrong()


def wide(name, shape, dtype) -> np.ndarray:
    """What PyTorch's makers of test tensors draw unless told otherwise: evenly from -9 to 9."""
    return array(stream("wide " + name).uniform(-9, 9, shape), dtype)


def like(other, name) -> np.ndarray:
    """Normal numbers of another array's shape and type."""
    return np.asarray(normal(name, other.shape, other.dtype))


def case(function, name, args, options=None, wrt=("logits",), upstream=None, second=()) -> Case:
    """second: the arguments along which the gradients are differentiated once more."""
    tangents = {key: like(args[key], f"tangent {key} {name}") for key in second}
    call = Call(function, args, options or {}, wrt, upstream, tangents)
    return Case(f"{function}: {name}", call, libraries=("torch",))


def softmax_case(function, name, logits, axis, equal_factors=False, second=False):
    upstream = None if equal_factors else like(logits, name)
    args = {"logits": logits}
    return case(function, name, args, {"axis": axis}, upstream=upstream, second=("logits",) if second else ())


def index_case(name, labels, logits, second=False):
    """Class indices; the classes are dimension 1 unless the logits are a vector."""
    factors = np.asarray(normal(name, labels.shape, logits.dtype))
    options = {"axis": 1} if logits.ndim > 1 else {}
    args = {"labels": labels, "logits": logits}
    return case(SPARSE, name, args, options, upstream=factors, second=("logits",) if second else ())


def probability_case(name, labels, logits, second=False):
    """Labels for every class; the classes are dimension 1 unless the logits are a vector."""
    both = ("logits", "labels")
    axis = 1 if logits.ndim > 1 else 0
    rows = logits.shape[:axis] + logits.shape[axis + 1 :]
    factors = np.asarray(normal(name, rows, logits.dtype))
    args = {"labels": labels, "logits": logits}
    return case(DENSE, name, args, {"axis": axis} if axis else {}, both, factors, both if second else ())


def softmax_dimensions():
    for function in SOFTMAXES:
        for shape, axis in WIDE_DIMENSIONS:
            name = f"logits from -9 to 9, shape {shape}, axis {axis}, float64"
            yield softmax_case(function, name, wide(name, shape, np.float64), axis, second=True)
        name = "a scalar, float64"
        yield softmax_case(function, name, wide(name, (), np.float64), 0)
        for shape, axis in NORMAL_DIMENSIONS:
            name = f"normal logits, shape {shape}, axis {axis}, float64"
            yield softmax_case(function, name, normal(name, shape, np.float64), axis, second=True)
    name = "images without a batch"
    yield softmax_case("softmax", name, wide(name, (3, 2, 4), np.float32), -3)
    for function in SOFTMAXES:
        yield softmax_case(function, "0 to 9 in two rows", array(np.arange(10)).reshape(2, 5), 1)


def softmax_types():
    for function in SOFTMAXES:
        for dtype in FLOATS[:3]:
            name = f"logits from -9 to 9, {named(dtype)}"
            yield softmax_case(function, name, wide(name, (5, 5), dtype), -1)
        for dtype in NARROW_FLOATS:
            for axis in (0, 1):
                name = f"logits from 0 to 1 with equal factors, axis {axis}, {named(dtype)}"
                yield softmax_case(function, name, uniform(name, (6, 8), dtype), axis, equal_factors=True)


def softmax_extents():
    """Extents that are odd or zero, along each dimension."""
    for function in SOFTMAXES:
        for shape, axis in (((5, 11), 0), ((5, 11), 1), ((0, 10), 1), ((10, 0), 0), ((10, 0), 1)):
            name = f"logits from 0 to 1, shape {shape}, axis {axis}, float32"
            yield softmax_case(function, name, uniform(name, shape, np.float32), axis, second=True)


def softmax_large_logits():
    for dtype, offset in ((np.float32, 1e7), (np.float16, 1.5e3)):
        small = array(stream("whole numbers").integers(0, 100, (8, 4)), dtype)
        name = f"whole numbers below 100, {named(dtype)}"
        yield softmax_case("logSoftmax", name, small, -1)
        yield softmax_case("logSoftmax", f"{name}, {offset:g} higher", small + array(offset, dtype), -1)
    for axis in range(4):
        name = f"logits from 0 to 1000, axis {axis}, bfloat16"
        logits = array(1000 * uniform(name, (2, 3, 3, 2), np.float64), BFLOAT16)
        yield softmax_case("softmax", name, logits, axis)


def softmax_masked():
    """A mask makes logits of minus infinity: some of a row's, or all of them."""
    logits = normal("masked", (4, 5), np.float32)
    columns, rows = logits.copy(), logits.copy()
    columns[:, 1::2] = -np.inf
    rows[[1, 3]] = -np.inf
    rows[0, 2] = -np.inf
    yield softmax_case("softmax", "every second column masked, down the columns", columns, 0)
    yield softmax_case("softmax", "every second column masked, along the rows", columns, 1)
    yield softmax_case("softmax", "two rows masked", rows, 1)


def indices():
    for shape in ((2, 3), (2, 3, 1), (2, 3, 1, 2), (2, 3, 1, 2, 3)):
        name = f"logits from -9 to 9, shape {shape}, float64"
        labels = class_indices(name, shape, np.int64, 1)
        yield index_case(name, labels, wide(name, shape, np.float64), second=True)
    for shape in ((2, 3), (2, 3, 5), (2, 3, 2, 4), (2, 3, 1, 2, 2, 2)):
        name = f"logits from -9 to 9, shape {shape}, float32"
        yield index_case(name, class_indices(name, shape, np.int64, 1), wide(name, shape, np.float32))
    name = "no batch, float32"
    yield index_case(name, class_indices(name, (3,), np.int64), wide(name, (3,), np.float32))
    yield index_case("two rows of equal logits", array([0, 1], np.int64), array([[3, 3], [2, 2]]))
    yield index_case("two rows whose classes are likely", array([0, 1], np.int64), array([[3, 1], [1, 2]]))
    for shape in ((2, 3), (2, 3, 2, 2)):
        ones = np.ones(shape, np.float32)
        labels = np.zeros((shape[0], *shape[2:]), np.int64)
        yield index_case(f"ones, shape {shape}", labels, ones)


def indices_of_types():
    for dtype in NARROW_FLOATS:
        name = f"logits from -9 to 9, {named(dtype)}"
        yield index_case(name, class_indices(name, (2, 3), np.int64), wide(name, (2, 3), dtype))
    name = "normal logits, bfloat16"
    yield index_case(name, class_indices(name, (5, 10), np.int64), normal(name, (5, 10), BFLOAT16))
    logits = normal("bytes and long integers", (10, 4), np.float32)
    for kind in (np.int64, np.uint8):
        labels = class_indices("bytes and long integers", (10, 4), kind)
        yield index_case(f"labels of {named(kind)}", labels, logits)


def indices_empty():
    for shape in ((0, 3), (0, 3, 5, 7), (2, 3, 0, 7), (2, 3, 5, 0), (2, 3, 5, 7, 0)):
        labels = np.zeros((shape[0], *shape[2:]), np.int64)
        yield index_case(f"nothing, shape {shape}", labels, np.zeros(shape, np.float32))


def indices_wrong():
    for name, labels, shape in (
        ("three labels for two rows", np.arange(3), (2, 3)),
        ("three labels for ten rows", np.zeros(3, np.int64), (10, 3)),
        ("labels of two columns", np.zeros((10, 2), np.int64), (10, 3)),
        ("four labels for five places", np.zeros((2, 4), np.int64), (2, 3, 5)),
        ("label 254 of three classes", np.array([[0, 0], [254, 0]]), (2, 3, 2)),
    ):
        args = {"labels": labels, "logits": normal(name, shape, np.float32)}
        yield case(SPARSE, name, args, {"axis": 1}, wrt=())


def probabilities():
    for shape in ((2, 3), (2, 3, 1), (2, 3, 1, 2), (2, 3, 1, 2, 3)):
        name = f"labels from 0 to 1, shape {shape}, float64"
        labels = uniform(name, shape, np.float64)
        yield probability_case(name, labels, wide(name, shape, np.float64), second=True)
    for dtype in FLOATS[:3]:
        name = f"labels from 0 to 1, {named(dtype)}"
        yield probability_case(name, uniform(name, (2, 3), dtype), wide(name, (2, 3), dtype))
    for shape in ((5, 3), (5, 3, 4), (3, 3, 2, 2), (2, 3, 1, 2, 2, 2)):
        name = f"labels from a softmax, shape {shape}, float32"
        labels = array(softmax(wide("labels " + name, shape, np.float64), 1))
        yield probability_case(name, labels, wide(name, shape, np.float32))
    name = "no batch, logits that are logarithms of probabilities, float32"
    labels = array(softmax(normal("labels " + name, (5,), np.float64), 0))
    logits = array(np.log(softmax(normal(name, (5,), np.float64), 0)))
    yield probability_case(name, labels, logits)


def softmax(x, axis):
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def probabilities_of_any_sum():
    for shape in ((5, 4), (5, 4, 3), (2, 4, 2, 3), (2, 4, 2, 1, 3), (1, 4, 2, 1, 2, 3)):
        name = f"normal labels, shape {shape}, float32"
        labels = normal("labels " + name, shape, np.float32)
        yield probability_case(name, labels, normal(name, shape, np.float32))
    name = "labels that are logarithms of probabilities, float32"
    labels = array(np.log(softmax(normal("labels " + name, (6, 4), np.float64), 1)))
    yield probability_case(name, labels, normal(name, (6, 4), np.float32))


def probabilities_known():
    labels, logits = array([[0.8, 0.2], [0.1, 0.9]]), array([[3, 1], [1, 2]])
    yield probability_case("two rows of two classes", labels, logits)
    logits = normal("one-hot and smoothed", (5, 4, 3), np.float64)
    hot = one_hot("one-hot and smoothed", (5, 4, 3), np.float64, 1)
    yield probability_case("one-hot labels, float64", hot, logits)
    for smoothing in (0.05, 0.15):
        smoothed = hot * (1 - smoothing) + smoothing / 4
        yield probability_case(f"one-hot labels smoothed by {smoothing}, float64", smoothed, logits)
    empty = np.zeros((5, 0), np.float32)
    yield probability_case("no classes", empty, empty)


def binary_case(name, labels, logits, weight=None, second=False):
    args = {"labels": labels, "logits": logits}
    wrt = ("logits", "labels")
    function = SIGMOID if weight is None else WEIGHTED
    args |= {} if weight is None else {"posWeight": weight}
    return case(function, name, args, {}, wrt, like(logits, name), wrt if second else ())


def binary():
    for shape in ((), (1,), (5,), (5, 5), (3, 4, 3)):
        name = f"logits from -9 to 9, shape {shape}, float64"
        labels = np.asarray(uniform(name, shape, np.float64))
        yield binary_case(name, labels, wide(name, shape, np.float64), second=True)
    for dtype in FLOATS[:3]:
        name = f"logits from -9 to 9, {named(dtype)}"
        yield binary_case(name, uniform(name, (5, 5), dtype), wide(name, (5, 5), dtype))
    for name, shape, dtype in (
        ("hard labels, float32", (6, 8), np.float32),
        ("a scalar with a hard label, float64", (), np.float64),
    ):
        logits = array(0.01 + 0.98 * uniform(name, shape, np.float64), dtype)
        yield binary_case(name, array(uniform("labels " + name, shape, np.float64) < 0.5, dtype), logits)
    for shape in ((9,), (3, 5)):
        name = f"normal logits and labels, shape {shape}, float64"
        labels = normal("labels " + name, shape, np.float64)
        yield binary_case(name, labels, normal(name, shape, np.float64))


def binary_known():
    name = "logits from -0.5 to 0.5, float32"
    labels = uniform("labels " + name, (6, 4), np.float32)
    yield binary_case(name, labels, array(uniform(name, (6, 4), np.float64) - 0.5))
    zeros = np.zeros((4, 1), np.float32)
    yield binary_case("logits of -100 against 0", zeros, zeros - 100)
    yield binary_case("zeros", zeros[:3], zeros[:3])
    yield binary_case("a logit of -120 against 1", array([0, 1]), array([0, -120]))


def binary_weighted():
    for dtype in FLOATS:
        name = f"weights from 0 to 9, {named(dtype)}"
        weight = array(9 * uniform("weight " + name, (5,), np.float64), dtype)
        labels, logits = uniform(name, (5, 5), dtype), wide(name, (5, 5), dtype)
        yield binary_case(name, labels, logits, weight, second=dtype == np.float64)
    zeros = np.zeros((3, 1), np.float32)
    yield binary_case("zeros, weighted", zeros, zeros, np.ones((3, 1), np.float32))
    yield binary_case("a logit of -120 against 1, weighted", array([0, 1]), array([0, -120]), array([1, 1]))
    labels = uniform("labels to weight", (6, 4), np.float32)
    logits = array(uniform("logits to weight", (6, 4), np.float64) - 0.5)
    yield binary_case("weights of one", labels, logits, np.ones((6, 4), np.float32))
    row = uniform("weight of each column", (4,), np.float32)
    for weight in (row, row[None], np.tile(row, (6, 1))):
        yield binary_case(f"a weight for each column, shape {weight.shape}", labels, logits, weight)


def binary_wrong():
    for shape, labels_shape in (((5, 1), (5,)), ((5,), (5, 1))):
        args = {"labels": np.zeros(labels_shape, np.float32), "logits": np.zeros(shape, np.float32)}
        yield case(SIGMOID, f"labels {labels_shape}, logits {shape}", args, wrt=())
