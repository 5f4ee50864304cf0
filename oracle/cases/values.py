"""Arrays for the cases. Every array comes from a stream of its own, named, so that adding a case moves no other."""

import zlib

import numpy as np

from peers.call import BFLOAT16

FLOATS = (np.dtype(np.float16), BFLOAT16, np.dtype(np.float32), np.dtype(np.float64))
WIDE_FLOATS = FLOATS[2:]

SHAPES = ((5,), (2, 3), (2, 3, 4), (2, 2, 3, 2))

# how the logits of a case lie; each makes float64 numbers that are then rounded to the case's type
LOGITS = {
    "normal": lambda random, shape: 3 * random.normal(size=shape),
    "nearly equal": lambda random, shape: 1e-3 * random.normal(size=shape),
    "spread over 2000": lambda random, shape: random.uniform(-1000, 1000, shape),
    "far from 0": lambda random, shape: 1e4 + random.normal(size=shape),
    "all the same": lambda random, shape: np.full(shape, 12.5),
    "tied at the top": lambda random, shape: np.minimum(3 * random.normal(size=shape), 0.5),
    "15 ahead": lambda random, shape: random.normal(size=shape) + ahead(shape, 15),
    "30 ahead": lambda random, shape: random.normal(size=shape) + ahead(shape, 30),
    "60 ahead": lambda random, shape: ahead(shape, 60),
}


def ahead(shape, gap):
    """The gap at one class of each row of the last axis: the first row's first, the second row's second, ..."""
    rows = np.zeros(shape)
    flat = rows.reshape(-1, shape[-1])
    flat[np.arange(len(flat)), np.arange(len(flat)) % shape[-1]] = gap
    return rows


def axes_of(shape, dtype):
    """Every axis: by both of its names for float32, by one for the other types, whose kernels see it in the same way."""
    return range(-len(shape) if dtype == np.float32 else 0, len(shape))


def array(numbers, dtype=np.float32) -> np.ndarray:
    return np.asarray(numbers).astype(dtype)


def named(dtype) -> str:
    return np.dtype(dtype).name


def stream(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))


def logits(name, shape, dtype, kind="normal"):
    return LOGITS[kind](stream("logits " + name), shape).astype(dtype)


def normal(name, shape, dtype):
    return stream("normal " + name).normal(size=shape).astype(dtype)


def uniform(name, shape, dtype):
    return stream("uniform " + name).random(size=shape).astype(dtype)


# what the rows of dense labels may be
def distributions(name, shape, dtype, axis=-1):
    raw = stream("distributions " + name).random(size=shape)
    return (raw / raw.sum(axis=axis, keepdims=True)).astype(dtype)


def one_hot(name, shape, dtype, axis=-1):
    classes = shape[axis]
    chosen = class_indices(name, shape, np.int64, axis)
    hot = np.eye(classes)[chosen].astype(dtype)
    return np.moveaxis(hot, -1, axis)


def unnormalized(name, shape, dtype, axis=-1):
    """Neither distributions nor non-negative."""
    return stream("unnormalized " + name).uniform(-0.5, 2, shape).astype(dtype)


DENSE_LABELS = {"distributions": distributions, "one-hot": one_hot, "any numbers": unnormalized}


def class_indices(name, shape, dtype, axis=-1):
    """A class for each row of the shape."""
    rows = shape[: axis % len(shape)] + shape[axis % len(shape) + 1 :]
    return np.asarray(stream("classes " + name).integers(0, shape[axis], rows), dtype=dtype)
