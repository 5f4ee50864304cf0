"""Where PyTorch and JAX do otherwise than TensorFlow, and each function once in both of them."""

import numpy as np

from peers.call import Call

from .case import Case
from .values import FLOATS, class_indices, distributions, logits, normal, uniform

BOTH = ("torch", "jax")


def cases():
    for dtype in FLOATS:
        yield from each_function(dtype)
    x = logits("other libraries", (3, 4), np.float32)
    sparse = "sparseSoftmaxCrossEntropyWithLogits"
    for label in (4, -1):
        labels = np.array([0, label, 3])
        yield Case(f"label {label} of four classes", Call(sparse, {"labels": labels, "logits": x}), BOTH)
    args = {"labels": np.float32([0, 1]), "logits": np.float32([1, 2]), "posWeight": np.float32([[1, 2], [3, 4]])}
    yield Case("a weight of more dimensions", Call("weightedCrossEntropyWithLogits", args), BOTH)
    for function in ("softmax", "logSoftmax"):
        yield Case(f"{function} of a scalar", Call(function, {"logits": np.float32(2)}), ("torch",), truth=False)


def each_function(dtype):
    shape = (3, 4)
    x = logits("other libraries", shape, dtype)
    z = uniform("other libraries", shape, dtype)
    weight = np.array([0.5, 1, 2, 4]).astype(dtype)
    for function, args, wrt in (
        ("softmax", {}, ("logits",)),
        ("logSoftmax", {}, ("logits",)),
        ("softmaxCrossEntropyWithLogits", {"labels": distributions("other", shape, dtype)}, ("logits", "labels")),
        ("sparseSoftmaxCrossEntropyWithLogits", {"labels": class_indices("other", shape, np.int32)}, ("logits",)),
        ("sigmoidCrossEntropyWithLogits", {"labels": z}, ("logits", "labels")),
        ("weightedCrossEntropyWithLogits", {"labels": z, "posWeight": weight}, ("logits", "labels", "posWeight")),
    ):
        values = (3,) if "oftmaxCross" in function else shape
        upstream = normal(function, values, dtype)
        yield Case(f"{function}, {dtype.name}", Call(function, {**args, "logits": x}, {}, wrt, upstream), BOTH)
