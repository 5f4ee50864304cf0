"""What the tables of differences say of the libraries beyond the losses of arrays."""

import keras
import numpy as np
import tensorflow as tf
import tf_keras

LIBRARIES = {"keras2": tf_keras.losses, "keras3": keras.losses}

LABELS, PREDICTIONS = tf.constant([[1.0], [2.0]]), tf.constant([[2.0], [4.0]])
ONE_HOT, LOGITS = tf.constant([[0.0, 1.0]]), tf.constant([[38.0, 0.0]])


def outcome(call):
    """A number or a name; the class of the error where there is one."""
    try:
        found = call()
    except Exception as raised:
        return {"error": type(raised).__name__}
    return float(found) if isinstance(found, (tf.Tensor, np.generic)) else found


def mean_of_two_replicas(losses):
    devices = tf.config.list_logical_devices("CPU")
    strategy = tf.distribute.MirroredStrategy([device.name for device in devices])
    with strategy.scope():
        return losses.MeanSquaredError()(LABELS, PREDICTIONS)


def in_a_graph(losses):
    @tf.function
    def loss(logits):
        return losses.CategoricalCrossentropy()(ONE_HOT, tf.nn.softmax(logits))

    return loss(LOGITS)


FACTS = {
    "the reduction 'auto'": lambda losses: losses.MeanSquaredError(reduction="auto")(LABELS, PREDICTIONS),
    "a mean under a strategy of two replicas": mean_of_two_replicas,
    "predictions that a softmax made, in a graph": in_a_graph,
    "predictions that a softmax made, not in a graph": lambda losses: losses.CategoricalCrossentropy()(
        ONE_HOT, tf.nn.softmax(LOGITS)
    ),
    "get of a class": lambda losses: type(losses.get(losses.Huber)).__name__,
}


def facts():
    for name, fact in FACTS.items():
        yield {"name": name, **{library: outcome(lambda: fact(losses)) for library, losses in LIBRARIES.items()}}
