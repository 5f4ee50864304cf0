"""All groups: every loss with every reduction and shape of weights, its options, its types and its edges."""

import numpy as np

from .group import Group, Run, weighed
from .inputs import (
    OF_CLASSES,
    PAIRED,
    classes,
    distribution,
    embeddings,
    labels_of,
    normal,
    one_hot,
    predictions_of,
    uniform,
)

VALUES = (Run("none", gradient=True),)
F32, F64 = np.float32, np.float64

ROW_WEIGHTS = {
    "scalar": np.float32(0.7),
    "[4]": np.array([0.3, 2, 0, 1.5], F32),
    "[4, 1]": np.array([[0.25], [1], [3], [0.5]], F32),
    "negative": np.array([1, -1, 0.5, 2], F32),
    "zeros": np.zeros(4, F32),
    "integers": np.array([1, 2, 0, 3], np.int32),
}
ROW_MASKS = {
    "[4]": np.array([True, False, True, True]),
    "none": np.zeros(4, bool),
}
STEP_WEIGHTS = {
    "[2]": np.array([0.5, 2], F32),
    "[2, 3]": np.array([[1, 0.5, 0], [2, 1, 0.25]], F32),
    "[2, 3, 1]": np.array([[[1], [0.5], [0]], [[2], [1], [0.25]]], F32),
    "[2, 1]": np.array([[0.5], [2]], F32),
    "[1, 3]": np.array([[0.5, 1, 2]], F32),
}
STEP_MASKS = {"[2, 3]": np.array([[True, True, False], [True, False, False]])}


def groups():
    for loss in PAIRED:
        yield from of_paired(loss)
    for loss in OF_CLASSES:
        yield from of_classes(loss)
    yield from options()
    yield from edges()
    yield from shapes()
    yield from sparse()
    yield from circles()
    yield from alignments()
    yield from mistakes()


def pair(loss, name, shape, dtype=F32, axis=-1, from_logits=False):
    if loss in OF_CLASSES:
        return classes(name, shape, axis), predictions_of(loss, name, shape, dtype, from_logits, axis)
    y_true = labels_of(loss, name, shape, dtype, axis)
    return y_true, predictions_of(loss, name, shape, dtype, from_logits, axis)


def named(loss, name, shape, dtype=F32, axis=-1, **rest):
    config = rest.get("config", {})
    arrays = pair(loss, f"{loss} {name}", shape, dtype, axis, config.get("from_logits", False))
    return Group(f"{loss}: {name}", loss, *arrays, **rest)


def of_paired(loss):
    # Dice and Tversky have one loss for all unless they are told otherwise
    config = {"axis": -1} if loss in ("Dice", "Tversky") else {}
    yield from everywhere(loss, config)
    y_true, y_pred = pair(loss, loss + " integers", (3, 4))
    if loss not in ("KLDivergence", "CosineSimilarity"):
        yield Group(
            f"{loss}: integer labels", loss, np.round(y_true).astype(np.int32), y_pred, config, runs=VALUES
        )


def of_classes(loss):
    yield from everywhere(loss, {})


def everywhere(loss, config):
    """Rows, steps, vectors, and in float64."""
    runs = weighed(ROW_WEIGHTS, ROW_MASKS)
    yield named(loss, "rows", (4, 3), config=config, weights=ROW_WEIGHTS, masks=ROW_MASKS, runs=runs)
    runs = tuple(
        run
        for run in weighed(STEP_WEIGHTS, STEP_MASKS)
        if run.reduction not in ("mean", None, "sum_over_batch_size")
    )
    yield named(loss, "steps", (2, 3, 4), config=config, weights=STEP_WEIGHTS, masks=STEP_MASKS, runs=runs)
    yield named(loss, "float64", (3, 4), F64, config=config)
    yield named(loss, "one example", (5,), config=config)


def options():
    for loss in (
        "CategoricalCrossentropy",
        "BinaryCrossentropy",
        "BinaryFocalCrossentropy",
        "CategoricalFocalCrossentropy",
    ):
        for config in (
            {"from_logits": True},
            {"label_smoothing": 0.1},
            {"from_logits": True, "label_smoothing": 0.2},
            {"axis": 1},
            {"axis": 0, "label_smoothing": 0.1},
            {"axis": 1, "from_logits": True, "label_smoothing": 0.1},
        ):
            for dtype in (F32, F64):
                yield named(
                    loss,
                    f"{np.dtype(dtype).name} {config}",
                    (2, 3, 4),
                    dtype,
                    config.get("axis", -1),
                    config=config,
                )
    for config in (
        {"apply_class_balancing": True},
        {"apply_class_balancing": True, "alpha": 0.8, "gamma": 1.0},
        {"gamma": 0.5},
        {"gamma": 0.0},
        {"from_logits": True, "gamma": 3.0, "apply_class_balancing": True},
    ):
        yield named("BinaryFocalCrossentropy", str(config), (3, 4), F64, config=config)
    for config in (
        {"alpha": 0.6, "gamma": 1.5},
        {"alpha": [0.125, 0.25, 0.375, 0.5]},
        {"gamma": 0.0},
        {"from_logits": True, "alpha": [0.5, 0.125, 0.25, 0.375], "gamma": 1.0},
    ):
        yield named("CategoricalFocalCrossentropy", str(config), (3, 4), F64, config=config)
    for delta in (0.3, 2.5):
        yield named("Huber", f"delta {delta}", (3, 4), config={"delta": delta})
    for axis in (0, 1, -2):
        yield named("CosineSimilarity", f"axis {axis}", (2, 3, 4), config={"axis": axis})
    for loss in ("Dice", "Tversky"):
        for axis in (None, 0, [1, 2], [0, 2], [-1, 0]):
            yield named(loss, f"axis {axis}", (2, 3, 4), F64, config={"axis": axis})
    for config in ({"alpha": 0.3, "beta": 0.7}, {"alpha": 0.9, "beta": 0.1, "axis": -1}):
        yield named("Tversky", str(config), (3, 4), F64, config=config)
    for q in (0.1, 0.9):
        yield named("CategoricalGeneralizedCrossEntropy", f"q {q}", (3, 4), F64, config={"q": q})
    name = "signs and numbers"
    for loss in ("Hinge", "SquaredHinge"):
        signs = np.sign(normal(name, (3, 4)))
        yield Group(f"{loss}: labels of -1 and 1", loss, signs, normal(loss + name, (3, 4)), runs=VALUES)
        numbers = normal(name + " labels", (3, 4))
        yield Group(f"{loss}: labels of any size", loss, numbers, normal(loss + name, (3, 4)), runs=VALUES)


def edges():
    """Predictions that are sure, rightly or wrongly, and what lies on a kink."""
    sure = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0], [1e-9, 1 - 1e-9, 0]])
    right = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0], [0, 1, 0]])
    for dtype in (F32, F64):
        name = np.dtype(dtype).name
        for loss in (
            "CategoricalCrossentropy",
            "CategoricalFocalCrossentropy",
            "BinaryCrossentropy",
            "BinaryFocalCrossentropy",
            "KLDivergence",
            "Poisson",
            "MeanAbsolutePercentageError",
            "MeanSquaredLogarithmicError",
            "CategoricalHinge",
        ):
            yield Group(
                f"{loss}: sure predictions, {name}", loss, right.astype(dtype), sure.astype(dtype), runs=VALUES
            )
        ids = np.argmax(right, -1).astype(np.int32)
        yield Group(
            f"SparseCategoricalCrossentropy: sure predictions, {name}",
            "SparseCategoricalCrossentropy",
            ids,
            sure.astype(dtype),
            runs=VALUES,
        )
    far = np.array([[100, -100, 30], [-30, 60, 0], [700, -700, 5]], F32)
    hot = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0]], F32)
    for loss in (
        "CategoricalCrossentropy",
        "CategoricalFocalCrossentropy",
        "BinaryCrossentropy",
        "BinaryFocalCrossentropy",
    ):
        yield Group(f"{loss}: far logits", loss, hot, far, {"from_logits": True}, runs=VALUES)
    errors = np.array([[0, 1, -1, 1e-4, 50, -50, 1000]], F32)
    for loss in ("MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh"):
        yield Group(f"{loss}: errors of all sizes", loss, np.zeros((1, 7), F32), errors, runs=VALUES)
    unnormalized = uniform("unnormalized", (3, 4))
    yield Group(
        "CategoricalCrossentropy: probabilities of another sum",
        "CategoricalCrossentropy",
        one_hot("unnormalized", (3, 4)),
        3 * unnormalized,
        runs=VALUES,
    )
    yield Group(
        "CategoricalCrossentropy: soft labels",
        "CategoricalCrossentropy",
        distribution("soft", (3, 4)),
        unnormalized,
        runs=VALUES,
    )
    short = np.array([[3e-8, 4e-8], [3e-4, 4e-4]], F64)
    yield Group(
        "CosineSimilarity: short vectors",
        "CosineSimilarity",
        np.array([[0.6, 0.8], [1, 2]], F64),
        short,
        runs=VALUES,
    )
    zeros = np.zeros((3, 4), F32)
    for loss in ("Dice", "Tversky"):
        yield Group(f"{loss}: nothing to find", loss, zeros, zeros, runs=VALUES)
    ties = np.array([[2, 2, 1], [0, 0, 0]], F32)
    yield Group(
        "CategoricalHinge: ties", "CategoricalHinge", np.array([[0, 0, 1], [1, 0, 0]], F32), ties, runs=VALUES
    )


def shapes():
    both = (Run("none", gradient=True), Run("auto", gradient=True))
    for loss in ("MeanSquaredError", "BinaryCrossentropy", "Hinge", "CategoricalHinge"):
        y_true, y_pred = pair(loss, loss + " columns", (4, 1))
        yield Group(f"{loss}: labels [4], predictions [4, 1]", loss, y_true[:, 0], y_pred, runs=both)
        yield Group(f"{loss}: labels [4, 1], predictions [4]", loss, y_true, y_pred[:, 0], runs=both)
        yield Group(f"{loss}: labels [4, 1], predictions [4, 1]", loss, y_true, y_pred, runs=both)
    for loss in (
        "MeanSquaredError",
        "MeanAbsoluteError",
        "Poisson",
        "LogCosh",
        "KLDivergence",
        "BinaryCrossentropy",
    ):
        y_true, y_pred = pair(loss, loss + " broadcast", (4, 3))
        yield Group(f"{loss}: labels [1, 3], predictions [4, 3]", loss, y_true[:1], y_pred, runs=both)
        yield Group(f"{loss}: labels [4, 3], predictions [1, 3]", loss, y_true, y_pred[:1], runs=both)
        yield Group(f"{loss}: labels [3], predictions [4, 3]", loss, y_true[0], y_pred, runs=both)
    for loss in ("MeanSquaredError", "CategoricalCrossentropy", "BinaryCrossentropy", "CosineSimilarity"):
        empty = np.zeros((0, 3), F32)
        runs = tuple(Run(reduction) for reduction in ("auto", "sum", "none", "mean_with_sample_weight"))
        yield Group(f"{loss}: no examples", loss, empty, empty, runs=runs)
    for loss in ("MeanSquaredError", "MeanAbsoluteError", "Huber", "CategoricalCrossentropy"):
        y_true, y_pred = pair(loss, loss + " whole", (3, 4))
        yield Group(f"{loss}: integer predictions", loss, y_true, np.round(4 * y_pred).astype(np.int32), runs=both)


def sparse():
    loss = "SparseCategoricalCrossentropy"
    for dtype in (F32, F64):
        for config in ({}, {"from_logits": True}, {"ignore_class": 1}, {"ignore_class": -1, "from_logits": True}):
            name = f"{np.dtype(dtype).name} {config}"
            y_true, y_pred = pair(loss, name, (2, 3, 4), dtype, -1, config.get("from_logits", False))
            if config.get("ignore_class") == -1:
                y_true = np.where(y_true == 2, -1, y_true)
            weights = STEP_WEIGHTS if dtype == F32 else {}
            runs = weighed(STEP_WEIGHTS, STEP_MASKS) if dtype == F32 else Group.runs
            masks = STEP_MASKS if dtype == F32 else {}
            yield Group(f"{loss}: {name}", loss, y_true, y_pred, config, weights, masks, runs)
    for config in ({}, {"from_logits": True}):
        y_true, y_pred = pair(loss, f"shapes {config}", (4, 3), F32, -1, bool(config))
        for kind in (np.int64, np.uint8, np.float32, np.float64):
            yield Group(
                f"{loss}: {config} labels of {np.dtype(kind).name}",
                loss,
                y_true.astype(kind),
                y_pred,
                config,
                runs=VALUES,
            )
        yield Group(f"{loss}: {config} labels [4, 1]", loss, y_true[:, None], y_pred, config)
        yield Group(f"{loss}: {config} a scalar label", loss, y_true[0], y_pred[0], config)
        y_true, y_pred = pair(loss, f"steps {config}", (2, 3, 4), F32, -1, bool(config))
        yield Group(f"{loss}: {config} labels [2, 3, 1]", loss, y_true[..., None], y_pred, config)
        yield Group(f"{loss}: {config} flat labels", loss, y_true.reshape(-1), y_pred, config)
    y_true, y_pred = pair(loss, "all ignored", (3, 4))
    yield Group(f"{loss}: all ignored", loss, np.full_like(y_true, 2), y_pred, {"ignore_class": 2})


def circles():
    labels = np.array([0, 1, 0, 2, 1, 0], np.int32)
    for config in ({}, {"gamma": 8.0, "margin": 0.25}, {"gamma": 4.0, "remove_diagonal": False}):
        for dtype in (F32, F64):
            # a steep loss in float32 has no digits left to compare
            if dtype == F32 and not config:
                continue
            name = f"Circle: {np.dtype(dtype).name} {config}"
            weights = {"[6]": np.array([1, 0.5, 2, 0, 1, 3], F32)}
            runs = weighed(weights) if dtype == F64 else Group.runs
            yield Group(name, "Circle", labels, embeddings(name, (6, 5), dtype), config, weights, runs=runs)
    name = "Circle: labels [6, 1]"
    yield Group(name, "Circle", labels[:, None], embeddings(name, (6, 5), F64), {"gamma": 8.0})
    name = "Circle: nobody has a partner"
    yield Group(name, "Circle", np.arange(4, dtype=np.int32), embeddings(name, (4, 3), F64))


def alignments():
    name = "CTC: speech"
    labels = np.array([[1, 2, 3, 0], [2, 2, 0, 0], [3, 0, 0, 0], [0, 0, 0, 0]], np.int32)
    weights = {"[4]": np.array([1, 0.5, 2, 0], F32)}
    yield Group(name, "CTC", labels, normal(name, (4, 6, 5)), {}, weights, runs=weighed(weights))
    repeated = np.array([[4, 4, 4]], np.int32)
    yield Group("CTC: as many frames as it takes", "CTC", repeated, normal(name + " repeated", (1, 5, 5)))
    yield Group("CTC: too few frames", "CTC", repeated[:, :2], normal(name + " short", (1, 2, 5)), runs=VALUES)
    yield Group(
        "CTC: a blank among the symbols",
        "CTC",
        np.array([[1, 0, 3, 2]], np.int32),
        normal(name + " blank", (1, 7, 5)),
        runs=VALUES,
    )


def mistakes():
    """What a Keras gets wrong, or takes for something else."""
    vectors = np.array([[0, 0, 0], [1, 2, 2]], F32)
    yield Group("CosineSimilarity: a zero vector", "CosineSimilarity", vectors[::-1], vectors, runs=VALUES)
    sure = np.array([[1, 0, 0.5]], F32)
    yield Group(
        "BinaryFocalCrossentropy: no focus, sure predictions",
        "BinaryFocalCrossentropy",
        np.array([[1, 1, 1]], F32),
        sure,
        {"gamma": 0.0},
        runs=VALUES,
    )
    name = "BinaryCrossentropy: sure predictions in 16 bits"
    y_true, y_pred = np.array([[1, 0], [0, 1]], np.float16), np.array([[1, 0], [1, 0]], np.float16)
    yield Group(name, "BinaryCrossentropy", y_true, y_pred, runs=VALUES)
    name = "CategoricalFocalCrossentropy: weights of classes along axis 1"
    shape = (2, 3, 3)
    yield Group(
        name,
        "CategoricalFocalCrossentropy",
        one_hot(name, shape, F32, 1),
        distribution(name, shape, F32, 1),
        {"alpha": [0.125, 0.5, 1.0], "axis": 1},
        runs=VALUES,
    )
    yield Group(
        "CTC: float64", "CTC", np.array([[1, 2]], np.int32), normal("CTC: float64", (1, 4, 3), F64), runs=VALUES
    )
    for loss in ("Dice", "Tversky"):
        yield Group(
            f"{loss}: labels [1, 3], predictions [4, 3]",
            loss,
            np.ones((1, 3), F32),
            uniform(loss, (4, 3)),
            runs=VALUES,
        )
    far = np.array([0, 7], np.int32)
    fractions = np.array([0.5, 1.75], F32)
    for loss in OF_CLASSES:
        predictions = distribution(loss + " mistakes", (2, 3))
        yield Group(f"{loss}: a class index out of range", loss, far, predictions, runs=VALUES)
        yield Group(f"{loss}: class indices that are fractions", loss, fractions, predictions, runs=VALUES)
    for config in ({"axis": 1}, {"axis": 0, "from_logits": True}):
        name = f"SparseCategoricalCrossentropy: {config}"
        axis = config["axis"]
        yield Group(
            name,
            "SparseCategoricalCrossentropy",
            classes(name, (2, 3, 4), axis),
            distribution(name, (2, 3, 4), F32, axis),
            config,
            runs=VALUES,
        )
