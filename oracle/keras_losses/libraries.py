"""Keras 2 and 3: a group's runs in each of them."""

import warnings

import keras
import numpy as np
import tensorflow as tf
import tf_keras

from peers.call import encode, error_to_json

from .group import KERAS3_REDUCTIONS, Group, Run

warnings.simplefilter("ignore")

VERSIONS = {"keras2": tf_keras.__version__, "keras3": keras.__version__}


def keras2_loss(group: Group, reduction):
    return getattr(tf_keras.losses, group.loss)(reduction=reduction, **group.config)


def keras3_loss(group: Group, reduction):
    dtype = "float64" if group.y_pred.dtype == np.float64 else None
    # what Keras 3 names the default, which it refuses under that name
    reduction = "sum_over_batch_size" if reduction == "auto" else reduction
    return getattr(keras.losses, group.loss)(reduction=reduction, dtype=dtype, **config_of_3_16(group))


def config_of_3_16(group: Group):
    """The options that make of Keras 3.15 what 3.16 computes; `smoothed_as_3_16` does the rest."""
    config = dict(group.config)
    if group.loss == "Tversky":
        # 3.15 has the roles of the two the other way round
        config["alpha"], config["beta"] = config.get("beta", 0.5), config.get("alpha", 0.5)
    if is_smoothed_elsewhere(group):
        del config["label_smoothing"]
    return config


def is_smoothed_elsewhere(group: Group) -> bool:
    """Whether labels are smoothed over classes along an axis that 3.15 takes for the last."""
    return (
        "label_smoothing" in group.config
        and group.config.get("axis", -1) != -1
        and group.loss.startswith("Categorical")
    )


def smoothed_as_3_16(group: Group, y_true):
    share = group.config["label_smoothing"]
    return y_true * (1 - share) + share / group.y_pred.shape[group.config["axis"]]


MAKERS = {"keras2": keras2_loss, "keras3": keras3_loss}


def outcome(library: str, group: Group, run: Run):
    """What a run gives: value, and gradients of the sum of upstream times value; or the error; None without the class."""
    module = tf_keras.losses if library == "keras2" else keras.losses
    if not hasattr(module, group.loss) or (library == "keras2" and run.reduction in KERAS3_REDUCTIONS):
        return None
    try:
        loss = MAKERS[library](group, run.reduction)
        if library == "keras3" and is_smoothed_elsewhere(group):
            return computed(lambda t, p, **rest: loss(smoothed_as_3_16(group, t), p, **rest), group, run)
        return computed(loss, group, run)
    except Exception as raised:
        return error_to_json(raised)


def computed(loss, group: Group, run: Run):
    y_true, y_pred = tf.constant(group.y_true), tf.constant(group.y_pred)
    if run.mask is not None:
        y_pred._keras_mask = tf.constant(group.masks[run.mask])
    weights = None if run.weights is None else tf.constant(group.weights[run.weights])
    with tf.GradientTape() as tape:
        tape.watch([y for y in (y_true, y_pred) if y.dtype.is_floating])
        value = loss(y_true, y_pred, sample_weight=weights)
        total = tf.reduce_sum(value * upstream_of(value))
    found = {"value": encode(value.numpy())}
    if run.gradient:
        slopes = tape.gradient(total, {"yTrue": y_true, "yPred": y_pred})
        found["gradients"] = {
            key: encode(tf.convert_to_tensor(slope).numpy()) for key, slope in slopes.items() if slope is not None
        }
    return found


def upstream_of(value) -> np.ndarray:
    """Factors that tell the values apart; 1 for a scalar."""
    if len(value.shape) == 0:
        return np.ones((), value.dtype.as_numpy_dtype)
    return (1 + np.arange(int(tf.size(value)))).reshape(value.shape).astype(value.dtype.as_numpy_dtype) / 4
