"""Sigmoid and weighted cross-entropy."""

from math import inf, nan

import numpy as np

from peers.call import Call

from .case import SIGMOID, WEIGHTED, Case
from .values import FLOATS, LOGITS, SHAPES, WIDE_FLOATS, logits, normal, uniform

ELEMENT_SHAPES = ((), *SHAPES)

# factors that broadcast to the logits, and one that makes the result larger
WEIGHT_SHAPES = {
    (): ((), (2,)),
    (5,): ((), (5,), (1,), (2, 5)),
    (2, 3): ((), (2, 3), (3,), (2, 1), (1, 3)),
    (2, 3, 4): ((), (2, 3, 4), (4,), (3, 1), (2, 1, 4)),
    (2, 2, 3, 2): ((), (2, 2, 3, 2), (2,)),
}

LABELS = {
    "hard": lambda name, shape, dtype: np.asarray(uniform(name, shape, np.float64) < 0.5).astype(dtype),
    "soft": uniform,
    "beyond 0 and 1": lambda name, shape, dtype: np.asarray(3 * uniform(name, shape, np.float64) - 1).astype(dtype),
}


def elements(name, labels, array, weight=None, wrt=("logits", "labels"), second=False):
    args = {"labels": labels, "logits": array, **({} if weight is None else {"posWeight": weight})}
    wrt = wrt if weight is None else (*wrt, "posWeight")
    shape = array.shape if weight is None else np.broadcast_shapes(array.shape, weight.shape)
    tangents = {key: normal("tangent" + key + name, args[key].shape, array.dtype) for key in wrt} if second else {}
    function = SIGMOID if weight is None else WEIGHTED
    return Case(name, Call(function, args, {}, wrt, normal(name, shape, array.dtype), tangents))


def cases():
    for dtype in FLOATS:
        for shape in ELEMENT_SHAPES:
            for kind in LABELS:
                yield from of_shape(dtype, shape, kind)
        yield from ranges(dtype)
        yield from specials(dtype)
    yield from label_types()


def of_shape(dtype, shape, kind):
    name = f"{dtype.name}, shape {shape}, labels {kind}"
    second = dtype in WIDE_FLOATS
    labels, array = LABELS[kind](name, shape, dtype), np.asarray(logits(name, shape, dtype))
    yield elements(name, labels, array, second=second and kind == "soft")
    if kind != "soft":
        return
    for weight_shape in WEIGHT_SHAPES[shape]:
        weighted_name = f"{name}, weight {weight_shape}"
        weight = np.asarray(5 * uniform(weighted_name, weight_shape, np.float64)).astype(dtype)
        yield elements(weighted_name, labels, array, weight, second=second)


def ranges(dtype):
    for kind in LOGITS:
        for labels in LABELS:
            name = f"{dtype.name}, logits {kind}, labels {labels}"
            z, x = LABELS[labels](name, (3, 6), dtype), logits(name, (3, 6), dtype, kind)
            yield elements(name, z, x)
            if labels == "hard":
                weight = np.array([0.25, 1, 2, 10, 0, 100]).astype(dtype)
                yield elements(name + ", weights from 0 to 100", z, x, weight)
    name = f"{dtype.name}, a negative weight"
    yield elements(name, uniform(name, (2, 3), dtype), logits(name, (2, 3), dtype), np.asarray(-2, dtype=dtype))
    for shape in ((0,), (2, 0), (0, 3)):
        empty = np.zeros(shape, dtype)
        yield elements(f"{dtype.name}, empty {shape}", empty, empty)
        yield elements(f"{dtype.name}, empty {shape}, weighted", empty, empty, np.asarray(2, dtype=dtype))


def specials(dtype):
    for label in (0, 0.25, 1):
        x = np.array([inf, -inf, nan, 0.0, -0.0, 30, -30, 60, -60, 90, -90, 700, -700]).astype(dtype)
        z = np.full(x.shape, label).astype(dtype)
        yield elements(f"{dtype.name}, special logits, label {label}", z, x)
        yield elements(f"{dtype.name}, special logits, label {label}, weighted", z, x, np.asarray(3, dtype=dtype))
        yield elements(f"{dtype.name}, special logits, label {label}, weight 0", z, x, np.asarray(0, dtype=dtype))
    z = np.array([nan, inf, -inf, 0.5]).astype(dtype)
    yield elements(f"{dtype.name}, labels that are not finite", z, logits("odd labels", (4,), dtype))


def label_types():
    for label_type in (np.int8, np.int32, np.int64, np.uint8, np.bool_):
        labels = np.array([[1, 0, 1], [0, 0, 1]]).astype(label_type)
        name = f"labels of {labels.dtype.name}"
        x = logits(name, (2, 3), np.float32)
        yield elements(name, labels, x, wrt=("logits",))
        yield elements(name + ", weighted", labels, x, np.asarray(2, np.float32), wrt=("logits",))
    for label_type in FLOATS:
        labels = np.array([[1, 0, 0.5], [0, 0.25, 1]]).astype(label_type)
        dtype = np.float64 if label_type != np.float64 else np.float32
        name = f"labels of {labels.dtype.name}, logits of {np.dtype(dtype).name}"
        x = logits(name, (2, 3), dtype)
        yield elements(name, labels, x, wrt=("logits",))
        yield elements(name + ", weighted", labels, x, np.asarray(2, label_type), wrt=("logits",))
