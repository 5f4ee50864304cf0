"""PyTorch; F.cross_entropy has its classes in dimension 1, which the last is in two dimensions."""

import os

import ml_dtypes
import numpy as np
import torch
import torch.nn.functional as F

ABOUT = f"PyTorch {torch.__version__}"

torch.set_num_threads(int(os.environ["THREADS"]))
torch.set_num_interop_threads(1)

FUNCTIONS = {
    "sparse": lambda x, y, axis: F.cross_entropy(x, y, reduction="none"),
    "dense": lambda x, y, axis: F.cross_entropy(x, y, reduction="none"),
    "sigmoid": lambda x, y, axis: F.binary_cross_entropy_with_logits(x, y, reduction="none"),
    "softmax": lambda x, y, axis: torch.softmax(x, axis),
    "logSoftmax": lambda x, y, axis: torch.log_softmax(x, axis),
}


def load(workload, logits, labels):
    function, axis = FUNCTIONS[workload["fn"]], workload["axis"]
    x = tensor(logits)
    y = None if labels is None else tensor(labels)
    if workload["fn"] == "sparse":
        y = y.to(torch.int64)
    watched = x.detach().requires_grad_()
    with torch.no_grad():
        ones = torch.ones_like(function(x, y, axis))

    def value():
        with torch.no_grad():
            return function(x, y, axis), None

    def gradient():
        result = function(watched, y, axis)
        return result, torch.autograd.grad(result, watched, ones)[0]

    return {"value": value, "gradient": gradient}


def tensor(array):
    """NumPy's bfloat16 is unknown to it."""
    if array.dtype == ml_dtypes.bfloat16:
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    return torch.from_numpy(array)


def as_float64(array):
    return array.detach().double().numpy()
