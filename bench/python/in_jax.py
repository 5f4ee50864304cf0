"""JAX on the CPU, each function jitted. It has one thread or all."""

import os

os.environ["JAX_PLATFORMS"] = "cpu"
if os.environ["THREADS"] == "1":
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

import jax
import jax.numpy as jnp
import numpy as np

ABOUT = f"JAX {jax.__version__}, jit"


def sparse(x, y, axis):
    target = jnp.take_along_axis(x, jnp.expand_dims(y, axis), axis)
    return jax.nn.logsumexp(x, axis) - jnp.squeeze(target, axis)


FUNCTIONS = {
    "sparse": sparse,
    "dense": lambda x, y, axis: -jnp.sum(y * jax.nn.log_softmax(x, axis), axis),
    "sigmoid": lambda x, y, axis: jnp.maximum(x, 0) - x * y + jnp.log1p(jnp.exp(-jnp.abs(x))),
    "softmax": lambda x, y, axis: jax.nn.softmax(x, axis),
    "logSoftmax": lambda x, y, axis: jax.nn.log_softmax(x, axis),
}


def load(workload, logits, labels):
    function, axis = FUNCTIONS[workload["fn"]], workload["axis"]
    # without it float64 becomes float32, and with it the indices of a float32 loss may become int64
    jax.config.update("jax_enable_x64", workload["dtype"] == "float64")
    x = jnp.asarray(logits)
    y = None if labels is None else jnp.asarray(labels)

    def value_and_gradient(x, y):
        value, pullback = jax.vjp(lambda x: function(x, y, axis), x)
        return value, pullback(jnp.ones_like(value))[0]

    value = jax.jit(lambda x, y: function(x, y, axis))
    gradient = jax.jit(value_and_gradient)
    return {
        "value": lambda: (jax.block_until_ready(value(x, y)), None),
        "gradient": lambda: jax.block_until_ready(gradient(x, y)),
    }


def as_float64(array):
    return np.asarray(array).astype(np.float64)
