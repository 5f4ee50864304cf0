"""What a loss is recorded with: one pair of labels and predictions, and many ways to reduce and weigh their losses."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

# every reduction by the name that xent has for it
REDUCTIONS = ("auto", "sum_over_batch_size", "sum", "none", "mean", "mean_with_sample_weight", None)

# those that Keras 2 refuses
KERAS3_REDUCTIONS = ("mean", "mean_with_sample_weight", None)


@dataclass(frozen=True)
class Run:
    """
    reduction: one of REDUCTIONS
    weights:   the name of the weights in the group, or None
    mask:      the name of the mask in the group, or None
    gradient:  whether the gradients are recorded too
    """

    reduction: str | None
    weights: str | None = None
    mask: str | None = None
    gradient: bool = False


@dataclass(frozen=True)
class Group:
    name: str
    loss: str
    y_true: np.ndarray
    y_pred: np.ndarray
    config: dict[str, Any] = field(default_factory=dict)
    weights: dict[str, np.ndarray] = field(default_factory=dict)
    masks: dict[str, np.ndarray] = field(default_factory=dict)
    runs: tuple[Run, ...] = (Run("none", gradient=True), Run("auto", gradient=True))


def weighed(weights, masks=()) -> tuple[Run, ...]:
    """Every reduction with every one of the weights, and with the masks, alone and with the first of the weights."""
    runs = [Run(reduction, gradient=reduction in ("none", "auto")) for reduction in REDUCTIONS]
    for reduction in REDUCTIONS:
        for name in weights:
            runs.append(Run(reduction, name, gradient=reduction == "mean_with_sample_weight"))
        for mask in masks:
            runs.append(Run(reduction, None, mask))
            runs.append(Run(reduction, next(iter(weights)), mask, gradient=reduction == "auto"))
    return tuple(runs)
