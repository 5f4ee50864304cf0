"""TensorFlow, eager on the CPU, through its public functions."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
# oneDNN's softmax depends on the processor; without it every machine records the same
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import tensorflow as tf

from .call import Call, Outcome, snake_case, upstream_like

VERSION = tf.__version__

v1 = tf.compat.v1.nn


def sparse(axis=None, **args):
    """The sparse loss, whose class axis is the last, with the logits transposed where another is meant."""
    if axis is not None:
        args["logits"] = tf.experimental.numpy.moveaxis(args["logits"], axis, -1)
    return tf.nn.sparse_softmax_cross_entropy_with_logits(**args)


FUNCTIONS = {
    "softmax": tf.nn.softmax,
    "logSoftmax": tf.nn.log_softmax,
    "softmaxCrossEntropyWithLogits": tf.nn.softmax_cross_entropy_with_logits,
    "sparseSoftmaxCrossEntropyWithLogits": sparse,
    "sigmoidCrossEntropyWithLogits": tf.nn.sigmoid_cross_entropy_with_logits,
    "weightedCrossEntropyWithLogits": tf.nn.weighted_cross_entropy_with_logits,
    "computeAverageLoss": tf.nn.compute_average_loss,
    "reduceMean": tf.reduce_mean,
    "reduceSum": tf.reduce_sum,
    "v1.softmax": v1.softmax,
    "v1.softmaxCrossEntropyWithLogits": v1.softmax_cross_entropy_with_logits,
    "v1.softmaxCrossEntropyWithLogitsV2": v1.softmax_cross_entropy_with_logits_v2,
    "v1.sparseSoftmaxCrossEntropyWithLogits": v1.sparse_softmax_cross_entropy_with_logits,
    "v1.sigmoidCrossEntropyWithLogits": v1.sigmoid_cross_entropy_with_logits,
    "v1.weightedCrossEntropyWithLogits": v1.weighted_cross_entropy_with_logits,
}


def run(call: Call) -> Outcome:
    function = FUNCTIONS[call.function]
    args = {key: None if array is None else tf.constant(array) for key, array in call.args.items()}
    options = {snake_case(key): option for key, option in call.options.items()}
    watched = [args[key] for key in call.wrt]
    tangents = {key: tf.constant(tangent) for key, tangent in call.tangents.items()}
    with tf.GradientTape(persistent=True) as outer:
        outer.watch([args[key] for key in tangents])
        with tf.GradientTape() as inner:
            inner.watch(watched)
            value = function(**{snake_case(key): arg for key, arg in args.items()}, **options)
        gradients = {}
        if watched:
            upstream = tf.constant(upstream_like(call, value.numpy()))
            gradients = dict(zip(call.wrt, inner.gradient(value, watched, upstream), strict=True))
        if tangents:
            slope = tf.add_n([tf.reduce_sum(gradients[key] * tangents[key]) for key in tangents])
    products = {key: outer.gradient(slope, args[key]) for key in tangents}
    return Outcome(
        value=value.numpy(),
        gradients={key: gradient.numpy() for key, gradient in gradients.items() if gradient is not None},
        products={key: zeros_if_none(product, args[key]).numpy() for key, product in products.items()},
    )


def zeros_if_none(gradient, like):
    """TensorFlow has None where nothing depends on an argument."""
    return tf.zeros_like(like) if gradient is None else gradient
