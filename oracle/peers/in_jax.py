"""JAX on the CPU: jax.nn, and the losses as its users write them."""

import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np

from .call import Call, Outcome, upstream_like

VERSION = jax.__version__

# not by the environment, for another library may have imported JAX before
jax.config.update("jax_enable_x64", True)


def dense(logits, labels, axis=-1):
    labels = labels.astype(logits.dtype)
    return -jnp.sum(labels * jax.nn.log_softmax(logits, axis), axis)


def sparse(logits, labels, axis=-1):
    index = jnp.expand_dims(labels, axis)
    return -jnp.squeeze(jnp.take_along_axis(jax.nn.log_softmax(logits, axis), index, axis), axis)


def weighted(logits, labels, posWeight):
    labels = labels.astype(logits.dtype)
    log_p, log_not_p = jax.nn.log_sigmoid(logits), jax.nn.log_sigmoid(-logits)
    return -posWeight.astype(logits.dtype) * labels * log_p - (1 - labels) * log_not_p


def sigmoid(logits, labels):
    labels = labels.astype(logits.dtype)
    return -labels * jax.nn.log_sigmoid(logits) - (1 - labels) * jax.nn.log_sigmoid(-logits)


FUNCTIONS = {
    "softmax": lambda logits, axis=-1: jax.nn.softmax(logits, axis),
    "logSoftmax": lambda logits, axis=-1: jax.nn.log_softmax(logits, axis),
    "softmaxCrossEntropyWithLogits": dense,
    "sparseSoftmaxCrossEntropyWithLogits": sparse,
    "sigmoidCrossEntropyWithLogits": sigmoid,
    "weightedCrossEntropyWithLogits": weighted,
    "reduceMean": jnp.mean,
    "reduceSum": jnp.sum,
}

compiled = {}


def run(call: Call) -> Outcome | None:
    if call.function not in FUNCTIONS:
        return None
    key = (call.function, tuple(sorted(call.options.items())), call.wrt, tuple(call.tangents))
    if key not in compiled:
        compiled[key] = jax.jit(derivatives(FUNCTIONS[call.function], call.options, call.wrt, tuple(call.tangents)))
    args = {"a" if name == "inputTensor" else name: array for name, array in call.args.items()}
    value_shape = jax.eval_shape(lambda given: FUNCTIONS[call.function](**given, **call.options), args)
    upstream = upstream_like(call, value_shape)
    value, gradients, products = compiled[key](args, upstream, call.tangents)
    as_numpy = lambda arrays: {name: np.asarray(array) for name, array in arrays.items()}
    return Outcome(value=np.asarray(value), gradients=as_numpy(gradients), products=as_numpy(products))


def derivatives(function, options, wrt, second):
    """Value, gradients and Hessian products of sum(upstream * function), as one program for the compiler."""

    def run_all(args, upstream, tangents):
        def gradients_at(point):
            return jax.vjp(lambda watched: function(**{**args, **watched}, **options), point)

        point = {name: args[name] for name in wrt}
        if not wrt:
            return function(**args, **options), {}, {}
        value, pullback = gradients_at(point)
        gradients = pullback(upstream)[0]
        products = {}
        if second:
            rest = {name: args[name] for name in wrt if name not in second}
            slope = lambda part: {
                name: gradient
                for name, gradient in gradients_at({**rest, **part})[1](upstream)[0].items()
                if name in second
            }
            products = jax.jvp(slope, ({name: args[name] for name in second},), (tangents,))[1]
        return value, gradients, products

    return run_all
