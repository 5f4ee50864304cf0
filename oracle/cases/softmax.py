"""Softmax and log-softmax."""

from math import inf, nan

import numpy as np

from peers.call import Call

from .case import Case
from .values import FLOATS, LOGITS, SHAPES, WIDE_FLOATS, axes_of, logits, normal

# rows that do not hold numbers only, or hold the last ones
SPECIAL_ROWS = {
    "NaN": [1, nan, 0, 2],
    "+inf": [1, inf, 0, 2],
    "two +inf": [inf, inf, 0, 2],
    "-inf": [1, -inf, 0, 2],
    "+inf and -inf": [inf, -inf, 0, 2],
    "one finite": [-inf, -inf, 3, -inf],
    "only -inf": [-inf, -inf, -inf, -inf],
    "negative zero": [-0.0, 0.0, -0.0, 0.0],
    "ordinary": [1, 2, 0, -1],
}


def special_rows(dtype):
    return np.array(list(SPECIAL_ROWS.values())).astype(dtype)


def extreme_rows(dtype):
    """The largest and the smallest numbers of a type."""
    info = np.finfo(dtype) if dtype.kind == "f" else None
    largest = float(info.max) if info else 3.3895313892515355e38
    if dtype == np.float64:
        # there is no wider type to hold the difference of the largest numbers
        largest /= 4
    tiny = float(info.smallest_subnormal) if info else 9.183549615799121e-41
    rows = [[largest, -largest, 0], [largest, largest, 0], [-largest, -largest, -largest], [tiny, -tiny, 0]]
    return np.array(rows).astype(dtype)


def cases():
    for function in ("softmax", "logSoftmax"):
        for dtype in FLOATS:
            yield from of_type(function, dtype)


def of_type(function, dtype):
    def case(name, array, axis=None, second=False):
        return Case(
            f"{function} of {dtype.name}, {name}",
            Call(
                function,
                {"logits": array},
                {} if axis is None else {"axis": axis},
                ("logits",),
                normal(name, array.shape, dtype),
                {"logits": normal("tangent" + name, array.shape, dtype)} if second else {},
            ),
        )

    for shape in SHAPES:
        for axis in axes_of(shape, dtype):
            name = f"shape {shape}, axis {axis}"
            second = dtype in WIDE_FLOATS and axis in (-1, 0, 1)
            yield case(name, logits(name, shape, dtype), axis, second)
    for kind in LOGITS:
        yield case(f"logits {kind}", logits(kind, (4, 10), dtype, kind), second=dtype in WIDE_FLOATS)
    for classes in (1, 2, 8, 17, 64):
        yield case(f"{classes} classes", logits(f"{classes}", (3, classes), dtype))
    yield case("special rows", special_rows(dtype))
    yield case("extreme rows", extreme_rows(dtype))
    for shape in ((0, 3), (2, 0), (0,), (2, 0, 3)):
        yield case(f"empty {shape}", np.zeros(shape, dtype))
