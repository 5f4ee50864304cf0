"""Softmax cross-entropy against class indices."""

import numpy as np

from .case import SPARSE, row_case
from .softmax import extreme_rows, special_rows
from .values import FLOATS, LOGITS, SHAPES, WIDE_FLOATS, axes_of, class_indices, logits


def sparse(name, labels, array, axis=None, second=False):
    return row_case(SPARSE, name, np.asarray(labels), array, axis, ("logits",), second)


def cases():
    for dtype in FLOATS:
        yield from axes(dtype)
        yield from ranges(dtype)
        yield from specials(dtype)
    for label_type in (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32):
        name = f"labels of {np.dtype(label_type).name}"
        yield sparse(name, class_indices(name, (3, 4), label_type), logits(name, (3, 4), np.float32))


def axes(dtype):
    for shape in SHAPES:
        for axis in axes_of(shape, dtype):
            name = f"{dtype.name}, shape {shape}, axis {axis}"
            label_type = np.int64 if axis % 2 else np.int32
            second = dtype in WIDE_FLOATS and axis in (-1, 0)
            labels = class_indices(name, shape, label_type, axis)
            yield sparse(name, labels, logits(name, shape, dtype), axis, second)


def ranges(dtype):
    for kind in LOGITS:
        name = f"{dtype.name}, logits {kind}"
        array = logits(name, (4, 10), dtype, kind)
        yield sparse(name, class_indices(name, (4, 10), np.int32), array)
        order = array.astype(np.float64).argsort(axis=-1)
        for place, which in ((-1, "most"), (-2, "second most"), (0, "least")):
            yield sparse(f"{name}, the {which} likely class", order[:, place].astype(np.int32), array)
    for classes in (1, 2, 3, 4, 5, 7, 8, 16, 17, 33, 64, 100, 257, 1000):
        name = f"{dtype.name}, {classes} classes"
        shape = (2, classes)
        yield sparse(name, class_indices(name, shape, np.int32), logits(name, shape, dtype))
    for shape in ((0, 3), (0, 2, 3)):
        yield sparse(f"{dtype.name}, empty {shape}", np.zeros(shape[:-1], np.int32), np.zeros(shape, dtype))


def specials(dtype):
    rows = special_rows(dtype)
    for label in range(3):
        labels = np.full(len(rows), label, np.int32)
        yield sparse(f"{dtype.name}, special rows, label {label}", labels, rows)
    extremes = extreme_rows(dtype)
    for label in range(3):
        labels = np.full(len(extremes), label, np.int32)
        yield sparse(f"{dtype.name}, extreme rows, label {label}", labels, extremes)
