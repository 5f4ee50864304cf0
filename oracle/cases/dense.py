"""Softmax cross-entropy against distributions."""

from math import inf, nan

import numpy as np

from .case import DENSE, row_case
from .softmax import extreme_rows, special_rows
from .values import DENSE_LABELS, FLOATS, LOGITS, SHAPES, WIDE_FLOATS, axes_of, distributions, logits, one_hot, uniform


def dense(name, labels, array, axis=None, wrt=("logits", "labels"), second=False):
    return row_case(DENSE, name, labels, array, axis, wrt, second)


def cases():
    for dtype in FLOATS:
        yield from axes(dtype)
        yield from ranges(dtype)
        yield from specials(dtype)
    for dtype in WIDE_FLOATS:
        yield from broadcasts(dtype)
    yield from label_types()


def axes(dtype):
    for shape in SHAPES:
        for axis in axes_of(shape, dtype):
            for kind, labels in DENSE_LABELS.items():
                name = f"{dtype.name}, shape {shape}, axis {axis}, labels {kind}"
                second = dtype in WIDE_FLOATS and axis in (-1, 0) and kind != "one-hot"
                yield dense(name, labels(name, shape, dtype, axis), logits(name, shape, dtype), axis, second=second)


def ranges(dtype):
    for kind in LOGITS:
        for labels in (distributions, one_hot):
            name = f"{dtype.name}, logits {kind}, {labels.__name__}"
            yield dense(name, labels(name, (4, 10), dtype), logits(name, (4, 10), dtype, kind))
        # labels where the logits point to, so that the confident rows are right
        name = f"{dtype.name}, logits {kind}, labels at the first maximum"
        array = logits(name, (4, 10), dtype, kind)
        hot = np.eye(10)[array.astype(np.float64).argmax(axis=-1)].astype(dtype)
        yield dense(name, hot, array)
    for classes in (1, 2, 8, 17, 64):
        name = f"{dtype.name}, {classes} classes"
        yield dense(name, distributions(name, (3, classes), dtype), logits(name, (3, classes), dtype))
    for shape in ((0, 3), (2, 0), (0,), (2, 0, 3)):
        yield dense(f"{dtype.name}, empty {shape}", np.zeros(shape, dtype), np.zeros(shape, dtype))


def specials(dtype):
    rows = special_rows(dtype)
    for name, label in (
        ("the second class", [0, 1, 0, 0]),
        ("another class", [1, 0, 0, 0]),
        ("all classes", [0.25, 0.25, 0.25, 0.25]),
        ("no class", [0, 0, 0, 0]),
    ):
        labels = np.tile(np.array(label, dtype=np.float64), (len(rows), 1)).astype(dtype)
        yield dense(f"{dtype.name}, special rows against {name}", labels, rows)
    extremes = extreme_rows(dtype)
    for k, label in enumerate(([1, 0, 0], [0, 1, 0], [0.25, 0.5, 0.25])):
        labels = np.tile(np.array(label, dtype=np.float64), (len(extremes), 1)).astype(dtype)
        yield dense(f"{dtype.name}, extreme rows against labels {label}", labels, extremes)
    labels = np.array([[nan, 0, 1], [0, 1, 0], [inf, 0, 0], [-inf, 1, 0]]).astype(dtype)
    yield dense(f"{dtype.name}, labels that are not finite", labels, logits("odd labels", (4, 3), dtype))


def broadcasts(dtype):
    for logits_shape, labels_shapes in (
        ((3, 4), ((1, 4), (3, 1), (1, 1), (4,), (1,), ())),
        ((2, 3, 4), ((1, 3, 4), (2, 1, 4), (2, 3, 1), (1, 1, 4), (3, 4), (4,), (1, 1, 1), (6, 4), (3, 2, 4))),
    ):
        for shape in labels_shapes:
            for wrt in (("logits",), ("logits", "labels")):
                name = f"{dtype.name}, labels {shape} to logits {logits_shape}, gradient in {' and '.join(wrt)}"
                yield dense(name, uniform(name, shape, dtype), logits(name, logits_shape, dtype), wrt=wrt)
    name = f"{dtype.name}, labels (2, 1, 4) to logits (2, 3, 4), axis 1"
    yield dense(name, uniform(name, (2, 1, 4), dtype), logits(name, (2, 3, 4), dtype), 1, ("logits",))


def label_types():
    hot = np.array([[1, 0, 0], [0, 0, 1]])
    for label_type in (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.bool_):
        labels = hot.astype(label_type)
        name = f"labels of {labels.dtype.name}"
        yield dense(name, labels, logits(name, (2, 3), np.float32), wrt=("logits",))
    for label_type in FLOATS:
        for dtype in FLOATS:
            if label_type != dtype:
                name = f"labels of {label_type.name}, logits of {dtype.name}"
                yield dense(name, hot.astype(label_type), logits(name, (2, 3), dtype), wrt=("logits",))
