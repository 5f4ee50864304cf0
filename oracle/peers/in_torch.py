"""PyTorch, on the CPU with one thread, through torch.nn.functional."""

import ml_dtypes
import numpy as np
import torch
import torch.nn.functional as F

from .call import BFLOAT16, Call, Outcome, upstream_like

VERSION = torch.__version__

torch.set_num_threads(1)


def cross_entropy(logits, labels, axis):
    """F.cross_entropy wants the classes in dimension 1, or alone."""
    if logits.dim() == 1:
        return F.cross_entropy(logits, labels, reduction="none")
    return F.cross_entropy(logits.movedim(axis, 1) if logits.dim() > 1 else logits, labels, reduction="none")


def dense(logits, labels, axis=-1):
    labels = labels.to(logits.dtype).expand(logits.shape)
    return cross_entropy(logits, labels.movedim(axis, 1) if logits.dim() > 1 else labels, axis)


def sparse(logits, labels, axis=-1):
    return cross_entropy(logits, labels.to(torch.int64), axis)


def sigmoid(logits, labels):
    return F.binary_cross_entropy_with_logits(logits, labels.to(logits.dtype), reduction="none")


def weighted(logits, labels, posWeight):
    return F.binary_cross_entropy_with_logits(
        logits, labels.to(logits.dtype), pos_weight=posWeight.to(logits.dtype), reduction="none"
    )


FUNCTIONS = {
    "softmax": lambda logits, axis=-1: torch.softmax(logits, axis),
    "logSoftmax": lambda logits, axis=-1: torch.log_softmax(logits, axis),
    "softmaxCrossEntropyWithLogits": dense,
    "sparseSoftmaxCrossEntropyWithLogits": sparse,
    "sigmoidCrossEntropyWithLogits": sigmoid,
    "weightedCrossEntropyWithLogits": weighted,
    "reduceMean": lambda inputTensor: inputTensor.mean(),
    "reduceSum": lambda inputTensor: inputTensor.sum(),
}


def run(call: Call) -> Outcome | None:
    if call.function not in FUNCTIONS:
        return None
    args = {key: to_torch(array) for key, array in call.args.items()}
    # PyTorch's weight has no gradient
    wrt = [key for key in call.wrt if key != "posWeight"]
    tangents = {key: to_torch(tangent) for key, tangent in call.tangents.items() if key in wrt}
    watched = [args[key].requires_grad_() for key in wrt]
    value = FUNCTIONS[call.function](**args, **call.options)
    if not watched:
        return Outcome(value=to_numpy(value))
    upstream = to_torch(upstream_like(call, to_numpy(value)))
    gradients = torch.autograd.grad(value, watched, upstream, create_graph=bool(tangents))
    by_name = dict(zip(wrt, gradients, strict=True))
    products = {}
    if tangents and len(tangents) == len(call.tangents):
        slope = sum((by_name[key] * tangent).sum() for key, tangent in tangents.items())
        inputs = [args[key] for key in tangents]
        found = torch.autograd.grad(slope, inputs, allow_unused=True, materialize_grads=True)
        products = dict(zip(tangents, found, strict=True))
    return Outcome(
        value=to_numpy(value),
        gradients={key: to_numpy(gradient) for key, gradient in by_name.items()},
        products={key: to_numpy(product) for key, product in products.items()},
    )


def to_torch(array: np.ndarray) -> torch.Tensor:
    if array.dtype == BFLOAT16:
        return torch.from_numpy(array.view(np.int16).copy()).view(torch.bfloat16)
    return torch.from_numpy(array.copy())


def to_numpy(tensor: torch.Tensor) -> np.ndarray:
    tensor = tensor.detach().contiguous()
    if tensor.dtype == torch.bfloat16:
        return tensor.view(torch.int16).numpy().view(ml_dtypes.bfloat16)
    return tensor.numpy()
