"""Version 1's functions: the names of their arguments, and their gradients."""

import numpy as np

from peers.call import Call

from .case import Case
from .values import WIDE_FLOATS, class_indices, distributions, logits, normal, uniform, unnormalized


def cases():
    for dtype in WIDE_FLOATS:
        yield from of_type(dtype)


def of_type(dtype):
    def call(function, args, options=None, wrt=("logits",), second=False):
        array = args["logits"]
        name = f"{function}, {dtype.name}, {options or 'no options'}, {sorted(args)}"
        tangents = {"logits": normal(name, array.shape, dtype)} if second else {}
        return Case(name, Call("v1." + function, args, options or {}, wrt, None, tangents))

    x = logits("version 1", (3, 4), dtype)
    for options in ({}, {"axis": 0}, {"dim": 0}, {"dim": -1}, {"axis": -2}):
        yield call("softmax", {"logits": x}, options)
    t = distributions("version 1", (3, 4), dtype)
    scores = unnormalized("version 1", (3, 4), dtype)
    for labels in (t, scores):
        args = {"labels": labels, "logits": x}
        yield call("softmaxCrossEntropyWithLogits", args, second=True)
        yield call("softmaxCrossEntropyWithLogits", args, {"dim": -1})
        yield call("softmaxCrossEntropyWithLogitsV2", args, {}, ("logits", "labels"), second=True)
        yield call("softmaxCrossEntropyWithLogitsV2", args, {"dim": 0}, ("logits", "labels"))
        yield call("softmaxCrossEntropyWithLogitsV2", args, {"axis": 0}, ("logits", "labels"))
    classes = class_indices("version 1", (3, 4), np.int64)
    yield call("sparseSoftmaxCrossEntropyWithLogits", {"labels": classes, "logits": x}, second=True)
    z = uniform("version 1", (3, 4), dtype)
    yield call("sigmoidCrossEntropyWithLogits", {"labels": z, "logits": x}, {}, ("logits", "labels"))
    weight = np.asarray(2.5, dtype)
    for key in ("labels", "targets"):
        yield call("weightedCrossEntropyWithLogits", {key: z, "logits": x, "posWeight": weight})
