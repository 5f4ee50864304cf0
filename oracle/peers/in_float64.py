"""
The truth where mpmath takes too long: float64, and no formula that subtracts what it has just added, for labels in
[0, 1] and an upstream gradient of 1. Results stay float64, so that a fraction of another type's ulp can be measured.
"""

import math

import numpy as np

from .call import Call, Outcome

VERSION = np.__version__


def sum_of_others(terms):
    """Along the last axis the sum without each term itself, for terms that are never negative."""
    largest = np.expand_dims(np.argmax(terms, axis=-1), -1)
    at_largest = np.take_along_axis(terms, largest, -1)
    rest = terms.copy()
    np.put_along_axis(rest, largest, 0.0, -1)
    rest = row_sums(rest)
    # no less than the largest is left where another term is taken off the whole
    others = at_largest + rest - terms
    np.put_along_axis(others, largest, rest, -1)
    return others


def row_sums(terms):
    """Sums along the last axis, which stays with length 1, each rounded once."""
    rows = terms.reshape(-1, terms.shape[-1])
    return np.array([math.fsum(row.tolist()) for row in rows]).reshape(*terms.shape[:-1], 1)


class Row:
    """
    below:    how far each logit is below the row's largest
    log_odds: log(sum of exp(x - max))
    p, not_p: the probability of each class, and that of the others together
    """

    def __init__(self, logits):
        self.below = np.max(logits, axis=-1, keepdims=True) - logits
        exponentials = np.exp(-self.below)
        others = sum_of_others(exponentials)
        # the first class of the largest logit has exponential 1
        tail = np.take_along_axis(others, np.expand_dims(np.argmax(logits, axis=-1), -1), -1)
        self.log_odds = np.log1p(tail)
        self.p = exponentials / (1 + tail)
        self.not_p = others / (1 + tail)


# Each gives the value, and where asked for the gradient by logits with the sum of the absolute values of its terms.


def softmax(logits):
    return Row(logits).p, None, None


def log_softmax(logits):
    row = Row(logits)
    return -(row.below + row.log_odds), None, None


def sparse(logits, labels):
    row = Row(logits)
    label = np.expand_dims(labels, -1)
    value = np.take_along_axis(row.below + row.log_odds, label, -1)[..., 0]
    gradient = row.p
    np.put_along_axis(gradient, label, -np.take_along_axis(row.not_p, label, -1), -1)
    return value, gradient, abs(gradient)


def dense(logits, labels):
    row = Row(logits)
    value = row_sums(labels * (row.below + row.log_odds))[..., 0]
    others, own = sum_of_others(labels) * row.p, labels * row.not_p
    return value, others - own, others + own


def softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-abs(x)))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def weighted(logits, labels, posWeight=1.0):
    value = (1 - labels) * softplus(logits) + posWeight * labels * softplus(-logits)
    absent, present = (1 - labels) * sigmoid(logits), posWeight * labels * sigmoid(-logits)
    return value, absent - present, absent + present


FUNCTIONS = {
    "softmax": softmax,
    "logSoftmax": log_softmax,
    "sparseSoftmaxCrossEntropyWithLogits": sparse,
    "softmaxCrossEntropyWithLogits": dense,
    "sigmoidCrossEntropyWithLogits": weighted,
    "weightedCrossEntropyWithLogits": weighted,
}


def run(call: Call) -> Outcome | None:
    """Of functions along the last axis the value and the gradient by logits."""
    if call.function not in FUNCTIONS or call.options or call.upstream is not None or call.tangents:
        return None
    args = {
        # class indices stay integers
        key: array if array.dtype.kind in "iu" else array.astype(np.float64)
        for key, array in call.args.items()
    }
    with np.errstate(over="ignore", under="ignore"):
        value, gradient, magnitude = FUNCTIONS[call.function](**args)
    if "logits" not in call.wrt:
        return Outcome(value)
    is_difference = bool(np.any(magnitude > abs(gradient)))
    return Outcome(value, {"logits": gradient}, magnitudes={"logits": magnitude} if is_difference else {})
