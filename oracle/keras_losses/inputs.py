"""Labels and predictions for every loss. Every array comes from a stream of its own, so that adding one moves no other."""

import zlib

import numpy as np

PAIRED = (
    "BinaryCrossentropy",
    "BinaryFocalCrossentropy",
    "CategoricalCrossentropy",
    "CategoricalFocalCrossentropy",
    "KLDivergence",
    "Poisson",
    "MeanSquaredError",
    "MeanAbsoluteError",
    "MeanAbsolutePercentageError",
    "MeanSquaredLogarithmicError",
    "CosineSimilarity",
    "Huber",
    "LogCosh",
    "Hinge",
    "SquaredHinge",
    "CategoricalHinge",
    "Dice",
    "Tversky",
)
OF_CLASSES = ("SparseCategoricalCrossentropy", "CategoricalGeneralizedCrossEntropy")


def stream(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))


def normal(name, shape, dtype=np.float32, scale=1.5):
    return (scale * stream("normal " + name).normal(size=shape)).astype(dtype)


def uniform(name, shape, dtype=np.float32):
    return stream("uniform " + name).uniform(0.05, 0.95, shape).astype(dtype)


def distribution(name, shape, dtype=np.float32, axis=-1):
    raw = stream("distribution " + name).uniform(0.05, 1, shape)
    return (raw / raw.sum(axis=axis, keepdims=True)).astype(dtype)


def one_hot(name, shape, dtype=np.float32, axis=-1):
    chosen = classes(name, shape, axis)
    return np.moveaxis(np.eye(shape[axis])[chosen], -1, axis).astype(dtype)


def classes(name, shape, axis=-1, dtype=np.int32):
    """A class index for each row of the shape."""
    rows = np.delete(np.array(shape), axis % len(shape))
    return stream("classes " + name).integers(0, shape[axis], tuple(rows)).astype(dtype)


def labels_of(loss, name, shape, dtype, axis=-1):
    if loss in ("CategoricalCrossentropy", "CategoricalFocalCrossentropy", "CategoricalHinge"):
        return one_hot(name, shape, dtype, axis)
    if loss in ("KLDivergence",):
        return distribution("labels " + name, shape, dtype, axis)
    if loss in ("BinaryCrossentropy", "BinaryFocalCrossentropy", "Hinge", "SquaredHinge", "Dice", "Tversky"):
        return (uniform("labels " + name, shape) < 0.5).astype(dtype)
    if loss in ("Poisson", "MeanSquaredLogarithmicError"):
        return np.floor(5 * uniform("labels " + name, shape)).astype(dtype)
    return normal("labels " + name, shape, dtype)


def predictions_of(loss, name, shape, dtype, from_logits=False, axis=-1):
    if from_logits:
        return normal(name, shape, dtype, 3)
    if loss in ("CategoricalCrossentropy", "CategoricalFocalCrossentropy", "KLDivergence", *OF_CLASSES):
        return distribution(name, shape, dtype, axis)
    if loss in ("BinaryCrossentropy", "BinaryFocalCrossentropy", "Dice", "Tversky"):
        return uniform(name, shape, dtype)
    if loss in ("Poisson", "MeanSquaredLogarithmicError"):
        return (3 * uniform(name, shape)).astype(dtype)
    return normal(name, shape, dtype)


def embeddings(name, shape, dtype=np.float32):
    raw = stream("embeddings " + name).normal(size=shape)
    return (raw / np.linalg.norm(raw, axis=-1, keepdims=True)).astype(dtype)
