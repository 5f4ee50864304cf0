"""
The cases of TensorFlow's own tests: their inputs, types, axes and factors, from

tensorflow/python/kernel_tests/nn_ops/softmax_op_test.py, xent_op_test.py, xent_op_test_base.py,
xent_op_deterministic_test.py, losses_test.py;
tensorflow/python/kernel_tests/sparse_ops/sparse_xent_op_test_base.py, sparse_xent_op_deterministic_test.py;
tensorflow/python/ops/nn_test.py, nn_grad_test.py, nn_xent_test.py, nn_loss_scaling_utilities_test.py;
tensorflow/compiler/tests/unary_ops_test.py, binary_ops_test.py; tensorflow/cc/gradients/nn_grad_test.cc;
and the examples in the documentation of nn_ops.py and nn_impl.py, which are tests as well.

Their arrays of thousands are here with few elements, and their losses with a reduction are here before it.
"""

from collections.abc import Iterator
from math import inf, nan

import numpy as np

from peers.call import BFLOAT16, Call

from .case import DENSE, SIGMOID, SPARSE, WEIGHTED, Case
from .values import FLOATS, WIDE_FLOATS, array, named, normal, uniform

# one row where all classes are alike and one where they are not
ROWS = [[1, 1, 1, 1], [1, 2, 3, 4]]
ROWS_LABELS = [[0, 0, 0, 1], [0, 0.5, 0.5, 0]]

BLOCK = [[[1, 1, 1, 1], [1, 2, 3, 4]], [[2, 3, 4, 5], [6, 7, 8, 9]], [[5, 4, 3, 2], [1, 2, 3, 4]]]
BLOCK_LABELS = [
    [[0, 0, 0, 1], [0, 1, 0, 0]],
    [[0, 0.5, 0.5, 0], [0.5, 0.5, 0, 0]],
    [[0, 1, 0, 0], [0, 0, 1, 0]],
]

GRADIENT_LOGITS = [[0.1, 0.2, 0.3, 0.4], [0.1, 0.4, 0.9, 1.6], [0.1, 0.8, 2.7, 6.4]]
GRADIENT_LABELS = [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0.5, 0, 0.5]]

# exp(-TAIL) is half of float64's epsilon: the likely class' probability rounds to one
TAIL = 37.42994775023705

SIGMOID_LOGITS = [-100, -2, -2, 0, 2, 2, 2, 100]
SIGMOID_LABELS = [0, 0, 1, 0, 0, 1, 0.5, 1]


def cases() -> Iterator[Case]:
    yield from softmaxes()
    yield from softmax_axes()
    yield from softmax_gradients()
    yield from dense()
    yield from dense_single_class()
    yield from dense_broadcasts()
    yield from dense_gradients()
    yield from dense_tails()
    yield from dense_shapes()
    yield from dense_version1()
    yield from sparse()
    yield from sparse_shapes()
    yield from sparse_gradients()
    yield from sparse_version1()
    yield from sigmoid()
    yield from sigmoid_version1()
    yield from weighted()
    yield from average()


def case(function, name, args, options=None, wrt=(), upstream=None, tangents=None) -> Case:
    return Case(f"{function}: {name}", Call(function, args, options or {}, wrt, upstream, tangents or {}))


def softmax_case(function, name, logits, options=None, second=False):
    """Unequal factors for the results: with equal ones the gradient of a softmax is zero."""
    tangents = {"logits": normal(f"tangent {name}", logits.shape, logits.dtype)} if second else {}
    upstream = normal(name, logits.shape, logits.dtype)
    return case(function, name, {"logits": logits}, options, ("logits",), upstream, tangents)


def loss_case(function, name, labels, logits, options=None, wrt=("logits", "labels"), second=False):
    tangents = {"logits": normal(f"tangent {name}", logits.shape, logits.dtype)} if second else {}
    return case(function, name, {"labels": labels, "logits": logits}, options, wrt, None, tangents)


def error_case(function, name, options=None, **args):
    return case(function, name, args, options)


def softmaxes():
    for function in ("softmax", "logSoftmax"):
        for dtype in FLOATS:
            name = f"equal logits and four in a row, {named(dtype)}"
            yield softmax_case(function, name, array(ROWS, dtype))
        name = "normal logits, float32"
        yield softmax_case(function, name, normal(name, (5, 10), np.float32), {"axis": 1})
    for dtype in WIDE_FLOATS:
        largest = array([[1, 1, 1, 1], [np.finfo(dtype).max, 1, 2, 3]], dtype)
        yield softmax_case("logSoftmax", f"the largest number of {named(dtype)} among small ones", largest)
    yield softmax_case("softmax", "a vector, float64", array([3, 2, 3, 9], np.float64))
    yield softmax_case("softmax", "three numbers around 0", array([-1, 0, 1]))
    yield softmax_case("softmax", "two classes in rank 3", array([[[1, 1], [1, 1]], [[1, 2], [3, 4]]]))


def softmax_axes():
    for options in ({}, {"axis": 0}, {"axis": 1}, {"axis": -2}):
        yield softmax_case("softmax", f"rank 3, {options or 'no axis'}", array(BLOCK), options)
    yield softmax_case("v1.softmax", "rank 3, the second dimension", array(BLOCK), {"dim": 1})
    for function in ("softmax", "logSoftmax"):
        for axis in (-2, 0):
            steps = np.linspace(0, 1, 12).reshape(3, 4)
            yield softmax_case(function, f"even steps from 0 to 1, axis {axis}", steps, {"axis": axis})
    yield softmax_case("softmax", "no rows, along the rows", np.zeros((0, 3), np.float32), {"axis": 0})
    yield error_case("softmax", "axis 100 of a vector", {"axis": 100}, logits=array([1, 2, 3, 4]))
    yield error_case("softmax", "axis 2 of a matrix", {"axis": 2}, logits=np.ones((2, 3), np.float32))


def softmax_gradients():
    for function in ("softmax", "logSoftmax"):
        for shape in ((5, 10), (2, 3, 4)):
            name = f"gradient of {shape}, float64"
            yield softmax_case(function, name, normal(name, shape, np.float64))
    for dtype in (np.float32, BFLOAT16):
        rows = array([[-2, -1, 1, 3], [5, 7, 8, 9]], dtype)
        yield softmax_case("softmax", f"second derivative, {named(dtype)}", rows, second=True)
    small = [-0.9, -0.7, -0.5, -0.3, -0.1, 0.1, 0.3, 0.5, 0.7, 0.8, -0.1, 0.1, 0.1, 0.1, 1.2]
    yield softmax_case("logSoftmax", "gradient of small logits, float32", array(small).reshape(5, 3))
    name = "gradient at a class whose probability rounds to one"
    args = {"logits": array([TAIL, 0], np.float64)}
    yield case("softmax", name, args, {}, ("logits",), array([1, 0], np.float64))


def dense():
    for dtype in FLOATS:
        name = f"a hard and a soft row, {named(dtype)}"
        yield loss_case(DENSE, name, array(ROWS_LABELS, dtype), array(ROWS, dtype))
    labels, logits = array([[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]]), array([[1, 2, 3, 4], [5, 6, 7, 8]])
    yield loss_case(DENSE, "labels that rise and labels that fall", labels, logits)
    labels, logits = array([[1, 0, 0], [0, 0.8, 0.2]]), array([[4, 2, 1], [0, 5, 1]])
    yield loss_case(DENSE, "the documentation's example", labels, logits)
    labels, logits = array([[1, 0], [1, 0], [0, 1]]), array([[1, 0], [-1, 0], [0, 0]])
    yield loss_case(DENSE, "a sigmoid as two classes", labels, logits)
    labels, logits = array([[0.2, 0.4], [0.1, 0.2]]), array([[0.3, 0.5], [0.5, 0.6]])
    yield loss_case(DENSE, "labels that sum to less than one", labels, logits)
    for dtype in (np.float16, np.float32, np.float64):
        name = f"signed labels that sum to one, {named(dtype)}"
        labels = 2 * uniform(f"labels, {name}", (4, 10), np.float64) - 1
        labels = array(labels / labels.sum(axis=1, keepdims=True), dtype)
        args = {"labels": labels, "logits": array(2 * uniform(name, (4, 10), np.float64) - 1, dtype)}
        factors = array(2 * uniform(f"factors, {name}", (4,), np.float64) - 1, dtype)
        yield case(DENSE, name, args, {}, ("logits", "labels"), factors)


def dense_single_class():
    for dtype in (np.float16, BFLOAT16, np.float32):
        labels, logits = array([[-1], [0], [1], [1]], dtype), array([[1], [-1], [0], [1]], dtype)
        yield loss_case(DENSE, f"one class, labels of any sum, {named(dtype)}", labels, logits)
    yield loss_case(DENSE, "one class and one row, float64", np.ones((1, 1)), np.zeros((1, 1)))
    for shape, dtype in (((0, 0), np.float32), ((1, 0), np.float32), ((1, 0), np.float64)):
        empty = np.zeros(shape, dtype)
        yield loss_case(DENSE, f"no classes, shape {shape}, {named(dtype)}", empty, empty)


def dense_broadcasts():
    """Gradients in the logits alone: TensorFlow has none in labels that it broadcasts."""
    three_rows = [[1, 1, 1, 1], [1, 2, 3, 4], [1, 2, 3, 4]]
    for name, labels, logits in (
        ("labels of one row", [[0, 0, 0, 1]], ROWS),
        ("one label for two rows of one class", [[1]], [[1], [2]]),
        ("a label for all classes of a row", [[0], [2], [0.25]], three_rows),
    ):
        labels, logits = array(labels, np.float16), array(logits, np.float16)
        yield loss_case(DENSE, name, labels, logits, wrt=("logits",))
    yield error_case(DENSE, "logits of one row", labels=array(ROWS_LABELS), logits=array([[1, 2, 3, 4]]))
    yield error_case(DENSE, "logits of one row and class", labels=array([[1], [1]]), logits=array([[1]]))


def dense_gradients():
    labels, logits = array(GRADIENT_LABELS, np.float64), array(GRADIENT_LOGITS, np.float64)
    yield loss_case(DENSE, "second derivative of a matrix, float64", labels, logits, second=True)
    name = "second derivative of a vector whose labels sum to one, float64"
    yield loss_case(DENSE, name, labels.ravel() / 3, logits.ravel(), second=True)


def dense_tails():
    """Confident rows, whose small gradients a difference of rounded probabilities loses."""
    for dtype in WIDE_FLOATS:
        for target in (0, 1):
            yield tail(dtype, target, 2, 2)
    yield tail(np.float64, 1, 2, 1)
    yield tail(np.float64, 0, 0, 0)
    logits, labels = np.zeros((3, 10)), np.zeros((3, 10))
    for row, (target, logit) in enumerate(((0, 40), (9, 40), (4, 3))):
        logits[row, target] = logit
        labels[row, target] = 1
    yield loss_case(DENSE, "ten classes, one 40 ahead of nine", labels, logits)
    halves = array([[0.5, 0.5]], np.float64)
    yield loss_case(DENSE, "a confident row against equal labels", halves, array([[TAIL, 0]], np.float64))
    logits = array([[0, 0], [0, 0], [0, 0], [inf, 0], [nan, 0], [-inf, -inf]], np.float64)
    labels = array([[0, 0], [2, 0], [nan, 0], [1, 0], [1, 0], [1, 0]], np.float64)
    yield loss_case(DENSE, "rows of any sum and rows that are not finite", labels, logits)


def tail(dtype, target, rows, labels_rows):
    logits, labels = np.zeros((rows, 2), dtype), np.zeros((labels_rows, 2), dtype)
    logits[:, target] = TAIL
    labels[:, target] = 1
    wrt = ("logits", "labels") if rows == labels_rows else ("logits",)
    name = f"sure of class {target}, logits {logits.shape}, labels {labels.shape}, {named(dtype)}"
    return loss_case(DENSE, name, labels, logits, wrt=wrt)


def dense_shapes():
    labels, logits = array(BLOCK_LABELS), array(BLOCK)
    for options in ({}, {"axis": 0}, {"axis": 1}):
        yield loss_case(DENSE, f"rank 3, {options or 'no axis'}", labels, logits, options)
    for dtype in (np.float16, np.float32):
        labels, logits = array(ROWS_LABELS, dtype)[:, None], array(ROWS, dtype)[:, None]
        yield loss_case(DENSE, f"rank 3 with an axis of one, {named(dtype)}", labels, logits)
    yield loss_case(DENSE, "a vector with two right classes", array([0, 1, 0, 1]), array([0, 1, 2, 3]))
    empty = np.zeros((0, 2, 4), np.float32)
    yield loss_case(DENSE, "rank 3 without a row", empty, empty)
    labels, logits = array([[0, 1, 0], [1, 0, 0]]), array([[0, 1], [2, 3]])
    yield error_case(DENSE, "three classes against two", labels=labels, logits=logits)


def dense_version1():
    first, second = "v1." + DENSE, "v1." + DENSE + "V2"
    labels, logits = array(BLOCK_LABELS), array(BLOCK)
    for options in ({"dim": 0}, {"dim": 1}):
        yield loss_case(first, f"rank 3, {options}", labels, logits, options, ("logits",))
    labels, logits = array(GRADIENT_LABELS, np.float64), array(GRADIENT_LOGITS, np.float64)
    yield loss_case(first, "gradient, float64", labels, logits, wrt=("logits",))
    name = "second derivative of a vector, float64"
    yield loss_case(first, name, labels.ravel() / 3, logits.ravel(), wrt=("logits",), second=True)
    yield loss_case(second, "gradients, float64", labels, logits)
    labels, logits = array([[0, 1, 0], [1, 0, 0]]), array([[0, 1], [2, 3]])
    yield error_case(first, "three classes against two", labels=labels, logits=logits)
    ahead = 10 * np.eye(3, dtype=np.float32)
    for name, labels in (("right", np.eye(3)), ("wrong", np.roll(np.eye(3), -1, axis=1))):
        integers = labels.astype(np.int32)
        yield loss_case(second, f"classes 10 ahead, all {name}", integers, ahead, wrt=("logits",))
    smoothed = array([[0.9 + 0.1 / 3, 0.1 / 3, 0.1 / 3]])
    yield loss_case(second, "smoothed labels, 200 ahead", smoothed, array([[100, -100, -100]]))


def sparse():
    for dtype in FLOATS:
        for kind in (np.int32, np.int64):
            labels = array([0, 3] if dtype == np.float64 else [3, 0], kind)
            name = f"equal logits and four in a row, {named(dtype)}, labels of {named(kind)}"
            yield loss_case(SPARSE, name, labels, array(ROWS, dtype), wrt=("logits",))
    for kind in (np.int32, np.int64):
        labels, logits = np.zeros(3, kind), array([[1], [-1], [0]])
        yield loss_case(SPARSE, f"one class, labels of {named(kind)}", labels, logits, wrt=("logits",))
    labels = array([0, 3, 1], np.int32)
    logits = array([[2, -5, 0.5, -0.1], [0, 0, 1.9, 1.4], [-100, 100, -100, -100]])
    yield loss_case(SPARSE, "the documentation's example", labels, logits, wrt=("logits",))
    labels, logits = array([0, 0, 1], np.int32), array([[1, 0], [-1, 0], [0, 0]])
    yield loss_case(SPARSE, "a sigmoid as two classes", labels, logits, wrt=("logits",))
    labels, steps = array([2, 1, 7], np.int32), array(np.arange(1, 13).reshape(3, 4) / 10)
    yield loss_case(SPARSE, "steps of a tenth", labels[:2], steps[:2], wrt=("logits",))
    yield error_case(SPARSE, "label 7 of four classes", labels=labels, logits=steps)
    labels, logits = array([4, 3, 0, -1], np.int32), array([*ROWS[:1], *ROWS, *ROWS[1:]])
    yield error_case(SPARSE, "labels below and above the classes", labels=labels, logits=logits)


def sparse_shapes():
    labels, logits = np.zeros(0, np.int32), np.zeros((0, 3))
    yield loss_case(SPARSE, "no rows, float64", labels, logits, wrt=("logits",))
    label = array(0, np.int32)
    yield loss_case(SPARSE, "a vector of one class", label, array([1]), wrt=("logits",))
    labels, logits = array([[3], [0]], np.int32), array(ROWS)[:, None]
    yield loss_case(SPARSE, "rank 3 with an axis of one", labels, logits, wrt=("logits",))
    labels = array([[3, 2], [0, 3]], np.int32)
    logits = array([[[1, 1, 1, 1], [2, 2, 2, 2]], [[1, 2, 3, 4], [5, 6, 7, 8]]])
    yield loss_case(SPARSE, "rank 3", labels, logits, wrt=("logits",))
    logits = array([[0, 1], [2, 3], [2, 3]])
    yield error_case(SPARSE, "labels of the logits' rank", labels=array([[0, 2]], np.int32), logits=logits)
    yield error_case(SPARSE, "a scalar logit", labels=label, logits=array(1))
    yield error_case(SPARSE, "a scalar label for a matrix of one logit", labels=label, logits=array([[7]]))
    row = normal("a row for a scalar label", (1, 3), np.float32)
    yield error_case(SPARSE, "a scalar label for a matrix of one row", labels=label, logits=row)


def sparse_gradients():
    labels = array([3, 0, 1], np.int32)
    yield loss_case(SPARSE, "gradient, float64", labels, array(GRADIENT_LOGITS, np.float64), wrt=("logits",))
    logits = array([[0.3, 0.4, 0.1, 1.2], [0.1, 1.9, 0.1, 0.7], [0.8, 0.2, 1.3, 1.3]], np.float64)
    yield loss_case(SPARSE, "second derivative, float64", labels, logits, wrt=("logits",), second=True)
    for dtype, kind in zip(FLOATS, (np.int32, np.int64, np.int32, np.int64), strict=True):
        name = f"gradient with signed factors, {named(dtype)}, labels of {named(kind)}"
        args = {
            "labels": array(10 * uniform(f"labels, {name}", (4,), np.float64), kind),
            "logits": array(2 * uniform(name, (4, 10), np.float64) - 1, dtype),
        }
        factors = array(2 * uniform(f"factors, {name}", (4,), np.float64) - 1, dtype)
        yield case(SPARSE, name, args, {}, ("logits",), factors)


def sparse_version1():
    function = "v1." + SPARSE
    ahead = 10 * np.eye(3, dtype=np.float32)
    for name, labels, kind in (("right", [0, 1, 2], np.int32), ("wrong", [2, 0, 1], np.int64)):
        labels = array(labels, kind)
        yield loss_case(function, f"classes 10 ahead, all {name}", labels, ahead, wrt=("logits",))
    far = array(200 * np.eye(4) - 100)
    args = {"labels": array([0, 1, 2, 3], np.int32), "logits": far[:3, :3]}
    yield error_case(function, "labels of more rows than the logits", **args)
    args = {"labels": array([[0, 1], [2, 3]], np.int32), "logits": far}
    yield error_case(function, "labels of the logits' rank", **args)
    yield loss_case(function, "classes 200 ahead", array([0, 1, 2, 3], np.int32), far, wrt=("logits",))


def sigmoid():
    for dtype, shape in ((np.float32, (8,)), (np.float16, (2, 2, 2)), (np.float64, (4, 2))):
        name = f"logits from -100 to 100, {named(dtype)}, shape {shape}"
        labels, logits = array(SIGMOID_LABELS, dtype), array(SIGMOID_LOGITS, dtype)
        yield loss_case(SIGMOID, name, labels.reshape(shape), logits.reshape(shape))
    yield loss_case(SIGMOID, "gradients at zero, float64", array([0, 1], np.float64), np.zeros(2))
    labels, logits = array([0, 0, 0, 1, 1, 1, 0.5]), array([1, -1, 0, 1, -1, 0, 0])
    yield loss_case(SIGMOID, "the documentation's example", labels, logits)
    yield loss_case(SIGMOID, "the example of two classes", array([1, 1, 0]), array([1, -1, 0]))
    yield error_case(SIGMOID, "three labels for two logits", labels=array([1, 2, 3]), logits=array([[2, 1]]))


def sigmoid_version1():
    function = "v1." + SIGMOID
    far = array(200 * np.eye(3) - 100)
    for name, labels in (("right", np.eye(3)), ("mostly wrong", np.roll(np.eye(3), -1, axis=1))):
        yield loss_case(function, f"logits 100 from 0, {name}", array(labels), far)
    signs = [[1, -1, 1], [1, -1, 1], [1, 1, -1]]
    for dtype in WIDE_FLOATS:
        labels, logits = array([[1, 0, 1], [1, 1, 0], [0, 1, 1]], dtype), 100 * array(signs, dtype)
        yield loss_case(function, f"logits 100 from 0, three wrong, {named(dtype)}", labels, logits)
    yield loss_case(function, "smoothed labels", array([[0.95, 0.05, 0.95]]), array([[100, -100, -100]]))


def weighted():
    for function, key, shape, dtype in (
        (WEIGHTED, "labels", (2, 2, 2), np.float32),
        (WEIGHTED, "labels", (4, 2), np.float64),
        ("v1." + WEIGHTED, "targets", (8,), np.float32),
    ):
        name = f"logits from -100 to 100, weight 3, {named(dtype)}, shape {shape}"
        labels, logits = array(SIGMOID_LABELS, dtype), array(SIGMOID_LOGITS, dtype)
        yield weighted_case(function, name, labels.reshape(shape), logits.reshape(shape), 3, key)
    for weight in (1.5, 0.5):
        name = f"the documentation's example, weight {weight}"
        yield weighted_case(WEIGHTED, name, array([1, 0.5, 0]), array([1.5, -0.1, -10]), weight)
    mismatched = {"labels": array([1, 2, 3]), "logits": array([[2, 1]]), "posWeight": array(2)}
    yield error_case(WEIGHTED, "three labels for two logits", **mismatched)


def weighted_case(function, name, labels, logits, weight, key="labels"):
    args = {key: labels, "logits": logits, "posWeight": array(weight, logits.dtype)}
    # version 1's old name of the labels has no gradient in xent, whose name of it is labels
    wrt = ("logits", "labels", "posWeight") if key == "labels" else ("logits", "posWeight")
    return case(function, name, args, {}, wrt)


def average():
    integers = {"perExampleLoss": np.arange(1, 6, dtype=np.int32)}
    yield case("computeAverageLoss", "five integers over a batch of ten", integers, {"globalBatchSize": 10})
    yield average_case("three losses", [2.5, 6.2, 5])
    yield average_case("one weight for three losses", [2, 4, 6], 2)
    yield average_case("a weight for each loss", [2, 4, 6], [0.3, 0.5, 0.2])
    yield average_case("a weight for each step", [[2, 0.5], [4, 1]], [[0.3, 0.7], [0.2, 0.8]])
    yield average_case("float64 losses with one weight", [2, 4, 6], 2, dtype=np.float64)
    yield average_case("two weights for three losses", [2.5, 6.2, 5], [0.2, 0.8], {"globalBatchSize": 10})
    yield error_case("computeAverageLoss", "a scalar integer", perExampleLoss=array(2, np.int32))
    yield error_case("reduceSum", "three losses, as for regularization", inputTensor=array([2.5, 6.2, 5]))


def average_case(name, losses, weights=None, options=None, dtype=np.float32):
    args = {"perExampleLoss": array(losses, dtype)}
    if weights is not None:
        # an integer weight stays one, as it is in the call of the test
        args["sampleWeight"] = np.asarray(weights, np.int32 if isinstance(weights, int) else np.float32)
    return case("computeAverageLoss", name, args, options)
