"""compute_average_loss, reduce_mean and reduce_sum."""

import numpy as np

from peers.call import Call

from .case import Case
from .values import FLOATS, WIDE_FLOATS, normal, uniform


def average(name, losses, weights=None, batch=None):
    args = {"perExampleLoss": losses, **({} if weights is None else {"sampleWeight": weights})}
    options = {} if batch is None else {"globalBatchSize": batch}
    return Case(name, Call("computeAverageLoss", args, options))


def cases():
    for dtype in FLOATS:
        for function in ("reduceMean", "reduceSum"):
            for shape in ((), (1,), (7,), (3, 4), (2, 3, 4)):
                name = f"{function} of {dtype.name} {shape}"
                yield Case(name, Call(function, {"inputTensor": np.asarray(normal(name, shape, dtype))}))
            yield Case(f"{function} of nothing, {dtype.name}", Call(function, {"inputTensor": np.zeros((0,), dtype)}))
        for shape in ((4,), (3, 4), (2, 3, 2)):
            name = f"{dtype.name} losses {shape}"
            losses = uniform(name, shape, dtype)
            yield average(name, losses)
            yield average(name + ", batch 8", losses, batch=8)
            yield average(name + ", batch 0", losses, batch=0)
            for weight_shape in ((), shape[:1], (*shape[:1], 1), shape, (*shape, 1)):
                weighted_name = f"{name}, weights {weight_shape}"
                weights = np.asarray(uniform(weighted_name, weight_shape, dtype))
                yield average(weighted_name, losses, weights)
                yield average(weighted_name + ", batch 5", losses, weights, 5)
    for kind in (np.int8, np.int16, np.int32, np.int64, np.uint8):
        yield average(f"losses of {np.dtype(kind).name}", np.arange(1, 6, dtype=kind))
    yield average("no losses", np.zeros((0,), np.float32))
    yield average("no losses, batch 4", np.zeros((0,), np.float32), batch=4)
    for dtype in WIDE_FLOATS:
        yield average(f"a scalar {dtype.name} loss", np.asarray(2, dtype))
        yield average(f"{dtype.name}, weights that do not fit", np.ones(4, dtype), np.ones(3, dtype))
        yield average(f"{dtype.name}, weights of three columns", np.ones(4, dtype), np.ones((4, 3), dtype))
    for batch in (-1, 2.5):
        yield average(f"batch {batch}", np.ones(4, np.float32), batch=batch)
