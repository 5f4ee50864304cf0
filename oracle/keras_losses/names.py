"""What the libraries say of the losses' names, options and serialized forms."""

import keras
import tf_keras

from .inputs import OF_CLASSES, PAIRED

CONFIGS = {
    "BinaryCrossentropy": {"from_logits": True, "label_smoothing": 0.1, "axis": 1},
    "BinaryFocalCrossentropy": {"apply_class_balancing": True, "alpha": 0.5, "gamma": 3.0},
    "CategoricalCrossentropy": {"from_logits": True, "label_smoothing": 0.2},
    "CategoricalFocalCrossentropy": {"alpha": 0.5, "gamma": 1.0, "axis": 0},
    "SparseCategoricalCrossentropy": {"from_logits": True, "ignore_class": 3},
    "CategoricalGeneralizedCrossEntropy": {"q": 0.25},
    "Circle": {"gamma": 8.0, "margin": 0.25, "remove_diagonal": False},
    "CosineSimilarity": {"axis": 0},
    "Dice": {"axis": [1, 2]},
    "Huber": {"delta": 2.0},
    "Tversky": {"alpha": 0.25, "beta": 0.75, "axis": -1},
}

# what Keras 3.15 leaves out and 3.16 has
ADDED = {"CosineSimilarity": ("axis",), "Huber": ("delta",), "SparseCategoricalCrossentropy": ("axis",)}
DEFAULTS = {"axis": -1, "delta": 1.0}

STRINGS = (
    *(
        "mse MSE mae MAE mape MAPE msle MSLE kld KLD kullback_leibler_divergence logcosh bce BCE huber_loss"
    ).split(),
    *("mean_squared_error MeanSquaredError mean_absolute_error mean_absolute_percentage_error").split(),
    *(
        "mean_squared_logarithmic_error kl_divergence KLDivergence log_cosh LogCosh huber Huber poisson Poisson"
    ).split(),
    *("hinge Hinge squared_hinge SquaredHinge categorical_hinge CategoricalHinge cosine_similarity").split(),
    *("CosineSimilarity binary_crossentropy BinaryCrossentropy binary_focal_crossentropy").split(),
    *("categorical_crossentropy CategoricalCrossentropy categorical_focal_crossentropy").split(),
    *("sparse_categorical_crossentropy SparseCategoricalCrossentropy dice Dice tversky Tversky").split(),
    *("circle Circle ctc CTC cosine_proximity typo").split(),
)


def configs():
    for loss in (*PAIRED, *OF_CLASSES, "Circle", "CTC"):
        yield config_of(loss, {})
        if loss in CONFIGS:
            yield config_of(loss, {**CONFIGS[loss], "reduction": "sum", "name": "mine"})


def config_of(loss, options):
    found = {"loss": loss, "options": options}
    instance = getattr(keras.losses, loss)(**options)
    added = {key: options.get(key, DEFAULTS[key]) for key in ADDED.get(loss, ())}
    serialized = keras.losses.serialize(instance)
    found["keras3"] = {**instance.get_config(), **added}
    found["serialized"] = {**serialized, "config": found["keras3"]}
    if hasattr(tf_keras.losses, loss):
        config = getattr(tf_keras.losses, loss)(**options).get_config()
        found["keras2"] = {key: value for key, value in config.items() if key != "fn"}
    return found


def identifiers():
    for name in STRINGS:
        yield {"name": name, "keras2": resolved(tf_keras.losses, name), "keras3": resolved(keras.losses, name)}


def resolved(module, name):
    """The function's name, or the class's; or the class of the error."""
    try:
        loss = module.get(name)
    except Exception as raised:
        return {"error": type(raised).__name__}
    return {"function": loss.__name__} if hasattr(loss, "__name__") else {"class": type(loss).__name__}
