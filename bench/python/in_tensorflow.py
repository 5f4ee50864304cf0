"""TensorFlow, each function inside a tf.function. The classes are its last axis; others are transposed."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import numpy as np
import tensorflow as tf

ABOUT = f"TensorFlow {tf.__version__}, tf.function"

tf.config.threading.set_intra_op_parallelism_threads(int(os.environ["THREADS"]))
tf.config.threading.set_inter_op_parallelism_threads(1)

FUNCTIONS = {
    "sparse": lambda x, y: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=x),
    "dense": lambda x, y: tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=x),
    "sigmoid": lambda x, y: tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=x),
    "softmax": lambda x, y: tf.nn.softmax(x),
    "logSoftmax": lambda x, y: tf.nn.log_softmax(x),
}


def load(workload, logits, labels):
    x = tf.constant(logits)
    # a function without labels gets something to pass over
    y = tf.constant(0 if labels is None else labels)
    function = classes_last(FUNCTIONS[workload["fn"]], x.shape.rank, workload["axis"])
    value = tf.function(function)
    gradient = tf.function(with_gradient(function))
    return {"value": lambda: (value(x, y), None), "gradient": lambda: gradient(x, y)}


def classes_last(function, rank, axis):
    if axis == -1:
        return function
    order = [k for k in range(rank) if k != axis] + [axis]
    return lambda x, y: function(tf.transpose(x, order), y)


def with_gradient(function):
    def run(x, y):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x, y)
        return value, tape.gradient(value, x)

    return run


def as_float64(array):
    return array.numpy().astype(np.float64)
