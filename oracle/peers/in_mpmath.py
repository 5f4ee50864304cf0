"""The truth: textbook formulas in mpmath's arithmetic of arbitrary precision, rounded once to the result's type."""

import mpmath
import numpy as np
from mpmath import mp

from .call import BFLOAT16, Call, Outcome

VERSION = mpmath.__version__

ONE = mp.mpf(1)

# Arrays hold mpf numbers from here on (dtype object), so NumPy's operators compute in the working precision.


def elementwise(function):
    """The function of each element; an array also where NumPy would make a scalar of a single one."""
    each = np.frompyfunc(function, 1, 1)
    return lambda array: np.array(each(array), dtype=object)


exp = elementwise(mp.exp)
log = elementwise(mp.log)


def sum_along(array, axis):
    return np.sum(array, axis=axis, keepdims=True)


def log_softmax(x, axis):
    # counted from the maximum, which changes nothing but makes a single class exactly certain
    x = x - np.max(x, axis=axis, keepdims=True, initial=mp.mpf("-inf"))
    return x - log(sum_along(exp(x), axis))


def softmax(x, axis):
    return exp(log_softmax(x, axis))


def softplus(x):
    return log(1 + exp(x))


def sigmoid(x):
    return 1 / (1 + exp(-x))


def one_hot(labels, x, axis):
    """1 at the label's class, 0 elsewhere, in the shape of x."""
    classes = np.arange(x.shape[axis])
    shape = [1] * x.ndim
    shape[axis] = -1
    return np.where(np.expand_dims(labels, axis) == classes.reshape(shape), mp.mpf(1), mp.mpf(0))


def spread(p, u, axis):
    """Terms of u - sum p u, whose own share cancels exactly: the sum over the others of p (u - u')."""
    return abs(u) * (1 - p) + sum_along(p * abs(u), axis) - p * abs(u)


class Softmax:
    def value(self, logits, axis=-1):
        return softmax(logits, axis), None

    def logits(self, u, logits, axis=-1):
        p = softmax(logits, axis)
        return p * (u - sum_along(p * u, axis)), p * spread(p, u, axis)

    def product_magnitude(self, u, v, logits, axis=-1):
        """Of the Hessian's product with v: p (d - sum p d), where d = (u - sum p u) (v - sum p v)."""
        p = softmax(logits, axis)
        terms = spread(p, u, axis) * spread(p, v, axis)
        return p * (terms + sum_along(p * terms, axis))


class LogSoftmax:
    def value(self, logits, axis=-1):
        return log_softmax(logits, axis), None

    def logits(self, u, logits, axis=-1):
        p = softmax(logits, axis)
        others = sum_along(abs(u), axis) - abs(u)
        return u - p * sum_along(u, axis), abs(u) * (1 - p) + others * p

    def product_magnitude(self, u, v, logits, axis=-1):
        p = softmax(logits, axis)
        return sum_along(abs(u), axis) * p * spread(p, v, axis)


class Dense:
    def value(self, logits, labels, axis=-1):
        terms = -labels * log_softmax(logits, axis)
        return np.sum(terms, axis=axis), np.sum(abs(terms), axis=axis)

    def logits(self, u, logits, labels, axis=-1):
        labels = np.broadcast_to(labels, logits.shape)
        u = np.expand_dims(u, axis)
        p = softmax(logits, axis)
        # sum(t) p - t = (the others' labels) p - t (1 - p)
        others = sum_along(abs(labels), axis) - abs(labels)
        return u * (sum_along(labels, axis) * p - labels), abs(u) * (others * p + abs(labels) * (1 - p))

    def product_magnitude(self, u, v, logits, labels, axis=-1):
        p = softmax(logits, axis)
        total = sum_along(np.broadcast_to(abs(labels), logits.shape), axis)
        return np.expand_dims(abs(u), axis) * total * p * spread(p, v, axis)

    def labels(self, u, logits, labels, axis=-1):
        gradient = -np.expand_dims(u, axis) * log_softmax(logits, axis)
        return reduced(gradient, labels.shape), reduced(abs(gradient), labels.shape)


class Sparse:
    def value(self, logits, labels, axis=-1):
        return -np.sum(one_hot(labels, logits, axis) * log_softmax(logits, axis), axis=axis), None

    def logits(self, u, logits, labels, axis=-1):
        return np.expand_dims(u, axis) * (softmax(logits, axis) - one_hot(labels, logits, axis)), None

    def product_magnitude(self, u, v, logits, labels, axis=-1):
        p = softmax(logits, axis)
        return np.expand_dims(abs(u), axis) * p * spread(p, v, axis)


class Weighted:
    def value(self, logits, labels, posWeight=ONE):
        absent, present = (1 - labels) * softplus(logits), posWeight * labels * softplus(-logits)
        return absent + present, abs(absent) + abs(present)

    def logits(self, u, logits, labels, posWeight=ONE):
        absent, present = u * (1 - labels) * sigmoid(logits), u * posWeight * labels * sigmoid(-logits)
        gradient = absent - present
        return reduced(gradient, logits.shape), reduced(abs(absent) + abs(present), logits.shape)

    def labels(self, u, logits, labels, posWeight=ONE):
        # posWeight softplus(-x) - softplus(x), whose difference is exact where the weight is 1
        gradient = u * ((posWeight - 1) * softplus(-logits) - logits)
        magnitude = abs(u) * (abs(posWeight) * softplus(-logits) + softplus(logits))
        return reduced(gradient, labels.shape), reduced(magnitude, labels.shape)

    def posWeight(self, u, logits, labels, posWeight):
        gradient = u * labels * softplus(-logits)
        return reduced(gradient, posWeight.shape), reduced(abs(gradient), posWeight.shape)


FUNCTIONS = {
    "softmax": Softmax(),
    "logSoftmax": LogSoftmax(),
    "softmaxCrossEntropyWithLogits": Dense(),
    "sparseSoftmaxCrossEntropyWithLogits": Sparse(),
    "sigmoidCrossEntropyWithLogits": Weighted(),
    "weightedCrossEntropyWithLogits": Weighted(),
}


def run(call: Call) -> Outcome | None:
    """Nothing where an input is not finite: what follows then is a convention, not arithmetic."""
    inputs = [*call.args.values(), *call.tangents.values(), *([] if call.upstream is None else [call.upstream])]
    if call.function not in FUNCTIONS or not all(np.isfinite(array.astype(np.float64)).all() for array in inputs):
        return None
    function = FUNCTIONS[call.function]
    dtype = call.args["logits"].dtype
    bits = precision(call.args["logits"])
    with mp.workprec(bits):
        # class indices stay integers
        args = {
            key: array if key == "labels" and isinstance(function, Sparse) else exactly(array)
            for key, array in call.args.items()
        }
        exact, magnitude = function.value(**args, **call.options)
        value = rounded(exact, dtype)
        upstream = exactly(np.ones(value.shape) if call.upstream is None else call.upstream)
        gradients, magnitudes = {}, {}

        def gradient(key, at):
            return getattr(function, key)(upstream, **at, **call.options)

        if differs(magnitude, exact):
            magnitudes["value"] = approximately(magnitude)
        for key in call.wrt:
            exact, magnitude = gradient(key, args)
            exact = settled(exact, bits)
            gradients[key] = rounded(exact, gradient_dtype(call.args[key], dtype))
            if differs(magnitude, exact):
                magnitudes[key] = approximately(magnitude)
        products = {
            key: rounded(settled(product, bits), gradient_dtype(call.args[key], dtype))
            for key, product in hessian_products(gradient, args, call.tangents).items()
        }
        if list(products) == ["logits"] and hasattr(function, "product_magnitude"):
            tangent = exactly(call.tangents["logits"])
            magnitude = function.product_magnitude(upstream, tangent, **args, **call.options)
            magnitudes["product by logits"] = approximately(magnitude)
    return Outcome(value, gradients, products, magnitudes)


def hessian_products(gradient, args, tangents):
    """The derivative of each gradient along the tangents: central differences, in a precision where they are exact."""
    mp.prec += 1000
    step = mp.mpf(2) ** -400

    def moved(by):
        along = {key: np.array(args[key] + by * exactly(tangent), dtype=object) for key, tangent in tangents.items()}
        return {**args, **along}

    return {key: (gradient(key, moved(step))[0] - gradient(key, moved(-step))[0]) / (2 * step) for key in tangents}


def settled(exact, bits):
    """0 where all cancels but the noise of the working precision."""
    exact = np.asarray(exact, dtype=object)
    return np.where(abs(exact) < mp.mpf(2) ** (60 - bits), mp.mpf(0), exact)


def precision(logits: np.ndarray) -> int:
    """Bits enough for 1 + exp(-range) to keep the small term's digits, and for the differences of the logits."""
    x = logits.astype(np.float64)
    largest = float(np.max(np.abs(x), initial=1.0))
    return int(min(8000, 200 + 1.5 * min(2 * largest, 1e4) + np.log2(largest)))


def exactly(array: np.ndarray) -> np.ndarray:
    """The same numbers as mpf, which hold each of them exactly."""
    return elementwise(mp.mpf)(array.astype(np.float64))


def reduced(array, shape):
    """The gradient of a broadcast argument: summed to the argument's own shape."""
    array = np.asarray(array, dtype=object)
    extra = array.ndim - len(shape)
    array = np.sum(array, axis=tuple(range(extra))) if extra else array
    axes = tuple(axis for axis, size in enumerate(shape) if size == 1 and np.shape(array)[axis] != 1)
    return np.sum(array, axis=axes, keepdims=True) if axes else array


def gradient_dtype(argument: np.ndarray, dtype: np.dtype) -> np.dtype:
    return argument.dtype if argument.dtype == BFLOAT16 or argument.dtype.kind == "f" else dtype


def differs(magnitude, exact) -> bool:
    """Whether something is lost in the sum: where nothing is, an ulp of the result is the measure."""
    return magnitude is not None and bool(np.any(np.asarray(magnitude) > 1.01 * abs(np.asarray(exact))))


def approximately(magnitude) -> np.ndarray:
    """A measure needs few digits: bfloat16 takes little room, and serves unless a number is below its range."""
    wide = np.asarray(magnitude, dtype=np.float64)
    return wide if np.any((wide > 0) & (wide < 1e-37)) else wide.astype(BFLOAT16)


# significand bits, exponent of the smallest normal number, largest number
FORMATS = {
    "float16": (11, -14, 65504.0),
    "bfloat16": (8, -126, 3.3895313892515355e38),
    "float32": (24, -126, 3.4028234663852886e38),
    "float64": (53, -1022, 1.7976931348623157e308),
}


def rounded(array, dtype: np.dtype) -> np.ndarray:
    """Rounded to nearest, ties to even, subnormal numbers included."""
    bits, smallest, largest = FORMATS[dtype.name]

    def nearest(x):
        x = mp.mpf(x)
        if x == 0:
            return 0.0
        quantum = mp.ldexp(1, max(mp.frexp(x)[1] - 1, smallest) - bits + 1)
        result = float(mp.nint(x / quantum) * quantum)
        return result if abs(result) <= largest else float(mp.sign(x)) * float("inf")

    return elementwise(nearest)(array).astype(np.float64).astype(dtype)
