"""Keras 2 and 3: a group's runs in each of them."""

import os
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

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
    # what Keras 3 names the default, and what it refuses
    reduction = "sum_over_batch_size" if reduction == "auto" else reduction
    return getattr(keras.losses, group.loss)(reduction=reduction, dtype=dtype, **group.config)


MAKERS = {"keras2": keras2_loss, "keras3": keras3_loss}


def outcome(library: str, group: Group, run: Run):
    """What a run gives: value, and gradients of the sum of upstream times value; or the error; None without the class."""
    module = tf_keras.losses if library == "keras2" else keras.losses
    if not hasattr(module, group.loss) or (library == "keras2" and run.reduction in KERAS3_REDUCTIONS):
        return None
    try:
        return computed(MAKERS[library](group, run.reduction), group, run)
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
        found["gradients"] = {key: encode(tf.convert_to_tensor(slope).numpy()) for key, slope in slopes.items() if slope is not None}
    return found


def upstream_of(value) -> np.ndarray:
    """Factors that tell the values apart; 1 for a scalar."""
    if len(value.shape) == 0:
        return np.ones((), value.dtype.as_numpy_dtype)
    return (1 + np.arange(int(tf.size(value)))).reshape(value.shape).astype(value.dtype.as_numpy_dtype) / 4
