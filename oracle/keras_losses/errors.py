"""Calls that Keras refuses, with its words."""

import re

import keras
import numpy as np
import tensorflow as tf
import tf_keras

from peers.call import error_to_json


def zeros(*shape, dtype=np.float32):
    return tf.zeros(shape, dtype)


def calls(losses):
    """Each mistake, as the libraries are asked to make it."""
    ids = tf.constant([0, 1], tf.int32)
    square = losses.MeanSquaredError
    return {
        "a reduction that is none": lambda: square(reduction="Foo"),
        "weights of one dimension too many": lambda: square()(zeros(2, 3), zeros(2, 3), zeros(2, 3)),
        "weights of another number of rows": lambda: square(reduction="none")(zeros(2, 3), zeros(2, 3), zeros(3)),
        "weights of other steps": lambda: square()(zeros(2, 3, 4), zeros(2, 3, 4), zeros(2, 2)),
        "an unknown name": lambda: losses.get("typo"),
        "a number for a loss": lambda: losses.get(0),
        "labels of other classes, categorical": lambda: losses.CategoricalCrossentropy()(zeros(3, 2), zeros(3, 3)),
        "labels of one class, categorical": lambda: losses.CategoricalCrossentropy()(zeros(3, 1), zeros(3, 3)),
        "labels of other classes, categorical logits": lambda: losses.CategoricalCrossentropy(from_logits=True)(
            zeros(3, 2), zeros(3, 3)
        ),
        "labels of other classes, focal": lambda: losses.CategoricalFocalCrossentropy()(zeros(3, 2), zeros(3, 3)),
        "labels of other classes, binary": lambda: losses.BinaryCrossentropy()(zeros(3, 2), zeros(3, 3)),
        "labels of one class, binary logits": lambda: losses.BinaryCrossentropy(from_logits=True)(
            zeros(3, 1), zeros(3, 3)
        ),
        "labels of other classes, errors": lambda: square()(zeros(3, 2), zeros(3, 3)),
        "an axis that is none, categorical": lambda: losses.CategoricalCrossentropy(axis=2)(
            zeros(3, 3), zeros(3, 3)
        ),
        "an axis that is a boolean": lambda: losses.CategoricalCrossentropy(axis=True)(zeros(3, 3), zeros(3, 3)),
        "class indices of other rows": lambda: losses.SparseCategoricalCrossentropy()(ids, zeros(3, 3)),
        "one-hot labels for class indices": lambda: losses.SparseCategoricalCrossentropy()(
            zeros(3, 3), zeros(3, 3)
        ),
        "a class index out of range": lambda: losses.SparseCategoricalCrossentropy(from_logits=True)(
            tf.constant([0, 4]), zeros(2, 4)
        ),
        **(only_in_2(losses) if losses is tf_keras.losses else only_in_3(losses)),
    }


def only_in_2(losses):
    def under_a_strategy():
        with tf.distribute.OneDeviceStrategy("/cpu:0").scope():
            losses.MeanSquaredError()(zeros(2, 3), zeros(2, 3))

    return {"a mean under a distribution strategy": under_a_strategy}


def only_in_3(losses):
    return {
        "q outside its interval": lambda: losses.CategoricalGeneralizedCrossEntropy(q=1.5),
        "labels of rank 1 for CTC": lambda: losses.CTC()(zeros(3), zeros(3, 4, 5)),
        "logits of rank 2 for CTC": lambda: losses.CTC()(zeros(3, 4), zeros(3, 4)),
    }


def errors():
    found = {}
    for library, losses in (("keras2", tf_keras.losses), ("keras3", keras.losses)):
        for name, call in calls(losses).items():
            try:
                call()
            except Exception as raised:
                error = error_to_json(raised)["error"]
                # a set, printed in another order each time
                error["text"] = re.sub(r"\{'[^}]*\}", "{...}", error["text"])
                found.setdefault(name, {"name": name})[library] = error
    return found.values()
