"""What model.compile makes of the losses of several outputs."""

import numpy as np
import tensorflow as tf
from keras.src.trainers.compile_utils import CompileLoss
from tf_keras.src.engine.compile_utils import LossesContainer

from peers.call import encode

from .inputs import classes, distribution, normal, one_hot, uniform

F32 = np.float32


def case(name, loss, y_true, y_pred, loss_weights=None, sample_weight=None, libraries=("keras2", "keras3")):
    found = {library: RUN[library](loss, y_true, y_pred, loss_weights, sample_weight) for library in libraries}
    return {
        "name": name,
        "loss": loss,
        "lossWeights": loss_weights,
        "yTrue": encoded(y_true),
        "yPred": encoded(y_pred),
        "sampleWeight": encoded(sample_weight),
        **found,
    }


def encoded(structure):
    if isinstance(structure, dict):
        return {key: encoded(value) for key, value in structure.items()}
    if isinstance(structure, list):
        return [encoded(value) for value in structure]
    return None if structure is None else encode(structure)


def in_keras2(loss, y_true, y_pred, loss_weights, sample_weight):
    container = LossesContainer(loss, loss_weights, output_names=names_of(y_pred))
    return evaluated(container, y_true, y_pred, sample_weight)


def in_keras3(loss, y_true, y_pred, loss_weights, sample_weight):
    container = CompileLoss(loss, loss_weights, output_names=names_of(y_pred))
    return evaluated(container, y_true, y_pred, sample_weight)


RUN = {"keras2": in_keras2, "keras3": in_keras3}


def names_of(y_pred):
    if isinstance(y_pred, dict):
        return list(y_pred)
    return [f"output {k}" for k in range(len(y_pred))] if isinstance(y_pred, list) else None


def evaluated(container, y_true, y_pred, sample_weight):
    labels, predictions = (tf.nest.map_structure(tf.constant, arrays) for arrays in (y_true, y_pred))
    weights = None if sample_weight is None else tf.nest.map_structure(tf.constant, sample_weight)
    with tf.GradientTape() as tape:
        tape.watch(predictions)
        value = container(labels, predictions, sample_weight=weights)
    slopes = tape.gradient(value, predictions, unconnected_gradients="zero")
    flat = tf.nest.map_structure(lambda slope: tf.convert_to_tensor(slope).numpy(), slopes)
    return {"value": encode(value.numpy()), "yPred": encoded(flat)}


def compiled():
    shape = (4, 3)
    hot, soft = one_hot("compiled", shape), distribution("compiled", shape)
    numbers, guesses = normal("compiled labels", shape), normal("compiled", shape)
    column, chances = (uniform("compiled labels", (4, 1)) < 0.5).astype(F32), uniform("compiled", (4, 1))
    weights = np.array([0.5, 1, 2, 0.25], F32)
    yield case("one output", "mse", numbers, guesses)
    yield case("one output, weighed", "mse", numbers, guesses, sample_weight=weights)
    yield case("a class", "CategoricalCrossentropy", hot, soft)
    yield case("labels of rank 1", "mae", column[:, 0], chances)
    yield case(
        "labels and weights of rank 1", "mae", column[:, 0], chances, sample_weight=weights, libraries=("keras2",)
    )
    lists = [hot, numbers], [soft, guesses]
    yield case("a list", ["categorical_crossentropy", "mse"], *lists)
    yield case("a list with weights", ["categorical_crossentropy", "mse"], *lists, loss_weights=[0.25, 2.0])
    yield case(
        "a list with sample weights",
        ["categorical_crossentropy", "mse"],
        *lists,
        sample_weight=[weights, 2 * weights],
    )
    yield case("a loss for one output alone", ["categorical_crossentropy", None], *lists, libraries=("keras2",))
    names = {"kind": hot, "size": numbers}, {"kind": soft, "size": guesses}
    losses = {"kind": "categorical_crossentropy", "size": "huber"}
    yield case("a dictionary", losses, *names)
    yield case("a dictionary with weights", losses, *names, loss_weights={"kind": 3.0, "size": 0.5})
    yield case("one loss for all outputs", "mse", *lists, libraries=("keras2", "keras3"))
    for name, y_true, y_pred in (
        ("binary", column, chances),
        ("sparse", classes("compiled", shape), soft),
        ("sparse, a column", classes("compiled", shape)[:, None], soft),
        ("categorical", hot, soft),
    ):
        for word in ("crossentropy", "ce"):
            yield case(f"{word} resolved as {name}", word, y_true, y_pred, libraries=("keras3",))
