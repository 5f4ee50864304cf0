"""Records what tf.compat.v1.losses gives and refuses, as the fixture of packages/xent/test/compat/losses.test.ts."""

import base64
import json
import pathlib

import numpy as np

from peers.call import encode, error_to_json, snake_case
from peers.in_tensorflow import VERSION, tf

FIXTURE = pathlib.Path(__file__).parent.parent / "packages/xent/test/compat/fixtures/losses.json"

losses = tf.compat.v1.losses

REDUCTIONS = (
    "none",
    "weighted_sum",
    "weighted_mean",
    "weighted_sum_over_batch_size",
    "weighted_sum_by_nonzero_weights",
)
DEFAULT = "weighted_sum_by_nonzero_weights"

random = np.random.default_rng(20)


def numbers(shape, low=-2, high=2):
    return random.uniform(low, high, shape).round(3).astype(np.float32)


def bits(shape):
    return random.integers(0, 2, shape).astype(np.float32)


def distributions(*shape):
    """Rows that sum to exactly 1."""
    rows = np.float32([[1, 0, 0, 0], [0.5, 0.25, 0, 0.25], [0, 0, 1, 0], [0.125, 0.5, 0.25, 0.125]])
    return rows[np.arange(np.prod(shape, dtype=int)) % 4].reshape(*shape, 4)


ARRAYS = {
    "numbers [2, 3]": numbers((2, 3)),
    "others [2, 3]": numbers((2, 3)),
    "bits [2, 3]": bits((2, 3)),
    "probabilities [2, 3]": numbers((2, 3), 0.1, 0.9),
    "logits [2, 3, 4]": numbers((2, 3, 4)),
    "distributions [2, 3, 4]": distributions(2, 3),
    "sums of 2 [2, 3, 4]": 2 * distributions(2, 3),
    "classes [2, 3]": random.integers(0, 4, (2, 3)).astype(np.int32),
    "numbers [4]": numbers(4),
    "others [4]": numbers(4),
    "bits [4]": bits(4),
    "probabilities [4]": numbers(4, 0.1, 0.9),
    "distribution [4]": distributions(),
    "class []": np.int32(2),
    "numbers [2, 1, 3]": numbers((2, 1, 3)),
    "others [2, 1, 3]": numbers((2, 1, 3)),
    "bits [2, 1, 3]": bits((2, 1, 3)),
    "probabilities [2, 1, 3]": numbers((2, 1, 3), 0.1, 0.9),
    "logits [3, 4]": numbers((3, 4)),
    "distributions [3, 4]": distributions(3),
    "classes [3]": np.int32([3, 0, 2]),
    "one-hot [3, 4]": np.int32([[0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 1, 0]]),
    "classes [3, 1]": np.int32([[3], [0], [2]]),
    "logits [3, 4, 1]": numbers((3, 4, 1)),
    "number []": np.float32(0.75),
    "other []": np.float32(-0.5),
    "certain": np.float32([1, 0, 1]),
    "whole": np.int32([2, -1, 0]),
    "whole others": np.int32([0, -1, 3]),
    "ends [3]": np.float32([1.5, -1, 0.25]),
    "bends [3]": np.float32([0.5, 0, 0.25]),
}


def array(name):
    """An array by its name, or the same as another type: `float16 numbers [4]`."""
    if name in ARRAYS:
        return ARRAYS[name]
    dtype, _, rest = name.partition(" ")
    ARRAYS[name] = ARRAYS[rest].astype(dtype)
    return ARRAYS[name]


def weights_of(shape):
    """Weights for losses of a shape, by what is particular to them."""
    size = int(np.prod(shape))

    def cycled(*values):
        return np.resize(np.float32(values), size).reshape(shape)

    kinds = {"scalar": np.float32(0.5), "scalar 0": np.float32(0)}
    if shape:
        column = (shape[0], *[1] * (len(shape) - 1))
        kinds |= {
            "a column": np.resize(np.float32([0.5, 2, 1]), column),
            "all": cycled(0.5, 2, 1, 0.25, 1.5, 0.75),
            "zeros": np.zeros(column, np.float32),
            "some zeros": cycled(0.5, 0, 2, 1.5, 0, 0),
            "negative": cycled(0.5, -0.25, 1, -0.5, 2, 0.25),
        }
    return {f"{kind} {list(shape)}": weights for kind, weights in kinds.items()}


def base64_of(tensor):
    return base64.b64encode(tensor.numpy().tobytes()).decode()


def snake_cased(args):
    return {snake_case(key): value for key, value in args.items()}


def called(function, args, options):
    """Calls a function by xent's names; scalar weights of the pairwise error are counted right in a graph only."""
    call = getattr(losses, snake_case(function))
    if function == "meanPairwiseSquaredError":
        call = tf.function(call, autograph=False)
    return call(**snake_cased({**args, **options}))


def chosen_reduction(reduction):
    """The argument, left out where it is the default."""
    return {} if reduction == DEFAULT else {"reduction": reduction}


def outcome(function, args, options, wrt, weights, reduction):
    tensors = {key: tf.constant(array(name)) for key, name in args.items()}
    given = {**options, **chosen_reduction(reduction)}
    with tf.GradientTape() as tape:
        watched = [tensors[key] for key in wrt]
        tape.watch(watched)
        value = called(function, {**tensors, "weights": tf.constant(ARRAYS[weights])}, given)
    recorded = {"value": encode(value.numpy())}
    upstream = None
    if reduction == "none" and value.shape.rank > 0:
        name = f"upstream {value.shape.as_list()}"
        cycle = np.resize(np.float32([1, -0.5, 2, 0.25, -1]), value.shape)
        upstream = tf.constant(ARRAYS.setdefault(name, cycle), value.dtype)
        recorded["upstream"] = name
    if wrt:
        recorded["gradients"] = [base64_of(slope) for slope in tape.gradient(value, watched, upstream)]
    return {"weights": weights, **chosen_reduction(reduction), **recorded}


def group(function, args, losses_shape, wrt, kinds=None, reductions=(DEFAULT,), **options):
    """The calls of a function with the same arguments, by weights and reduction."""
    every = weights_of(losses_shape)
    named = {name: weights for name, weights in every.items() if kinds is None or name.split(" [")[0] in kinds}
    ARRAYS.update(named)
    outcomes = [
        outcome(function, args, options, wrt, weights, reduction) for weights in named for reduction in reductions
    ]
    return {"function": function, "args": args, "options": options, "wrt": list(wrt), "outcomes": outcomes}


def typed(dtype, args):
    return {key: f"{dtype} {name}" for key, name in args.items()}


def comparisons(shape):
    """Every loss of single elements, with labels that suit it."""
    pair = {"labels": f"others {shape}", "predictions": f"numbers {shape}"}
    both = ("labels", "predictions")
    events = {"multiClassLabels": f"probabilities {shape}", "logits": f"numbers {shape}"}
    return [
        ("absoluteDifference", pair, both),
        ("meanSquaredError", pair, both),
        ("huberLoss", pair, both),
        ("logLoss", {"labels": f"bits {shape}", "predictions": f"probabilities {shape}"}, both),
        ("hingeLoss", {"labels": f"bits {shape}", "logits": f"numbers {shape}"}, ("labels", "logits")),
        ("sigmoidCrossEntropy", events, tuple(events)),
        ("computeWeightedLoss", {"losses": f"numbers {shape}"}, ("losses",)),
    ]


def groups():
    pair = {"labels": "others [2, 3]", "predictions": "numbers [2, 3]"}
    both = ("labels", "predictions")
    dense = {"onehotLabels": "distributions [2, 3, 4]", "logits": "logits [2, 3, 4]"}
    sparse = {"labels": "classes [2, 3]", "logits": "logits [2, 3, 4]"}
    sigmoid = {"multiClassLabels": "bits [2, 3]", "logits": "numbers [2, 3]"}
    few = ("scalar", "all")
    # every reduction with every kind of weights
    for function, args, wrt in comparisons([2, 3]):
        yield group(function, args, (2, 3), wrt, reductions=REDUCTIONS)
    yield group("softmaxCrossEntropy", dense, (2, 3), ("logits",), reductions=REDUCTIONS)
    yield group("sparseSoftmaxCrossEntropy", sparse, (2, 3), ("logits",), reductions=REDUCTIONS)
    yield group("cosineDistance", pair, (2, 1), both, reductions=REDUCTIONS, axis=-1)
    yield group("meanPairwiseSquaredError", pair, (2, 3), both)
    # options
    smoothing = {"labelSmoothing": 0.1}
    events = ("multiClassLabels", "logits")
    yield group("softmaxCrossEntropy", dense, (2, 3), ("logits",), few, REDUCTIONS, **smoothing)
    yield group("sigmoidCrossEntropy", sigmoid, (2, 3), events, few, REDUCTIONS, **smoothing)
    yield group("sigmoidCrossEntropy", sigmoid, (2, 3), ("logits",), few, labelSmoothing=-0.5)
    bent = {"labels": "ends [3]", "predictions": "bends [3]"}
    yield group("huberLoss", bent, (3,), both, few, ("none",), delta=1.0)
    yield group("huberLoss", pair, (2, 3), both, few, delta=0.4)
    bets = {"labels": "bits [2, 3]", "predictions": "probabilities [2, 3]"}
    yield group("logLoss", bets, (2, 3), both, few, epsilon=0.01)
    yield group("logLoss", {"labels": "certain", "predictions": "certain"}, (3,), both, few, ("none",))
    yield group("logLoss", {"labels": "whole", "predictions": "certain"}, (3,), ("predictions",), ("scalar",))
    yield group("cosineDistance", pair, (1, 3), both, few, ("none",), axis=0)
    yield group("cosineDistance", pair, (1, 3), both, few, dim=0)
    # other shapes
    for shape in ([4], [2, 1, 3]):
        for function, args, wrt in comparisons(shape):
            yield group(function, args, tuple(shape), wrt, few)
        shaped = {"labels": f"others {shape}", "predictions": f"numbers {shape}"}
        kinds = ("scalar", "a column", "all", "some zeros")
        yield group("meanPairwiseSquaredError", shaped, tuple(shape), both, kinds)
        yield group("cosineDistance", shaped, (*shape[:-1], 1), both, few, axis=len(shape) - 1)
    scalars = {"labels": "other []", "predictions": "number []"}
    yield group("meanSquaredError", scalars, (), both, reductions=REDUCTIONS)
    yield group(
        "softmaxCrossEntropy", {"onehotLabels": "distribution [4]", "logits": "numbers [4]"}, (), ("logits",)
    )
    yield group("sparseSoftmaxCrossEntropy", {"labels": "class []", "logits": "numbers [4]"}, (), ("logits",))
    # dimensions of 1 that do not count
    rows = {"onehotLabels": "distributions [3, 4]", "logits": "logits [3, 4]"}
    yield group("softmaxCrossEntropy", rows, (3,), ("logits",), few, ("none", DEFAULT))
    for labels, logits in (("[3]", "[3, 4]"), ("[3, 1]", "[3, 4]"), ("[3]", "[3, 4, 1]")):
        args = {"labels": f"classes {labels}", "logits": f"logits {logits}"}
        for shape in ((3,), (3, 1)):
            yield group("sparseSoftmaxCrossEntropy", args, shape, ("logits",), ("all",), ("none", DEFAULT))
    # other types
    for dtype in ("float64", "float16"):
        for function, args, wrt in comparisons([2, 3]):
            yield group(function, typed(dtype, args), (2, 3), wrt, ("all",))
        yield group("meanPairwiseSquaredError", typed(dtype, pair), (2, 3), both, ("all",))
        yield group("cosineDistance", typed(dtype, pair), (2, 1), both, ("all",), axis=-1)
        yield group("softmaxCrossEntropy", typed(dtype, rows), (3,), ("logits",), ("all",))
        classes = {"labels": "classes [3]", "logits": f"{dtype} logits [3, 4]"}
        yield group("sparseSoftmaxCrossEntropy", classes, (3,), ("logits",), ("all",))
    whole = {"labels": "whole others", "predictions": "whole"}
    for function in ("absoluteDifference", "meanSquaredError", "huberLoss", "meanPairwiseSquaredError"):
        yield group(function, whole, (3,), (), ("all",))
    whole_bits = "int32 bits [2, 3]"
    for function, labels in (("hingeLoss", "labels"), ("sigmoidCrossEntropy", "multiClassLabels")):
        yield group(function, {labels: whole_bits, "logits": "numbers [2, 3]"}, (2, 3), ("logits",), ("all",))
    one_hot = {"onehotLabels": "one-hot [3, 4]", "logits": "logits [3, 4]"}
    yield group("softmaxCrossEntropy", one_hot, (3,), ("logits",), ("all",))


def errors():
    """Calls that are refused: function, arguments by name, weights by name or None, options."""
    x, y, row = "numbers [2, 3]", "others [2, 3]", "numbers [1, 3]"
    ARRAYS[row] = ARRAYS[x][:1]
    ARRAYS["weights [3]"] = np.ones(3, np.float32)
    ARRAYS["weights [2, 2]"] = np.ones((2, 2), np.float32)
    ARRAYS["weights [1, 2, 3]"] = np.ones((1, 2, 3), np.float32)
    ARRAYS["weights [3, 2]"] = np.ones((3, 2), np.float32)
    ARRAYS["classes up to 4"] = np.int32([3, 4, 0])
    names = {
        function: tuple(args) for function, args, _ in comparisons([2, 3]) if function != "computeWeightedLoss"
    }
    names |= {"cosineDistance": ("labels", "predictions"), "meanPairwiseSquaredError": ("labels", "predictions")}
    names |= {"softmaxCrossEntropy": ("onehotLabels", "logits"), "sparseSoftmaxCrossEntropy": ("labels", "logits")}
    for function, (labels, predictions) in names.items():
        axis = {"axis": 1} if function == "cosineDistance" else {}
        yield function, {labels: None, predictions: x}, axis
        yield function, {labels: y, predictions: None}, axis
        if function == "sparseSoftmaxCrossEntropy":
            continue
        yield function, {labels: row, predictions: x}, axis
        yield function, {labels: y, predictions: x, "weights": None}, axis
        yield function, {labels: y, predictions: x, "weights": "weights [1, 2, 3]"}, axis
        if function != "meanPairwiseSquaredError":
            yield function, {labels: y, predictions: x}, {**axis, "reduction": "sum"}
    pair = {"labels": y, "predictions": x}
    for weights in ("weights [3]", "weights [2, 2]"):
        yield "meanSquaredError", {**pair, "weights": weights}, {}
        yield "meanPairwiseSquaredError", {**pair, "weights": weights}, {}
        yield "computeWeightedLoss", {"losses": x, "weights": weights}, {}
    yield "computeWeightedLoss", {"losses": None}, {}
    yield "computeWeightedLoss", {"losses": x, "weights": None}, {}
    yield "computeWeightedLoss", {"losses": x}, {"reduction": "mean"}
    yield "cosineDistance", pair, {}
    yield "cosineDistance", pair, {"axis": 1, "dim": 1}
    yield "cosineDistance", pair, {"axis": 2}
    yield "meanPairwiseSquaredError", {"labels": "other []", "predictions": "number []"}, {}
    yield "softmaxCrossEntropy", {"onehotLabels": "other []", "logits": "number []"}, {}
    yield "softmaxCrossEntropy", {"onehotLabels": "whole", "logits": "whole"}, {}
    sparse = {"labels": "classes [3]", "logits": "logits [3, 4]"}
    yield "sparseSoftmaxCrossEntropy", {**sparse, "weights": None}, {}
    yield "sparseSoftmaxCrossEntropy", {**sparse, "weights": "weights [3, 2]"}, {}
    single = {"labels": "class []", "logits": "numbers [4]"}
    yield "sparseSoftmaxCrossEntropy", {**single, "weights": "weights [2, 2]"}, {}
    yield "sparseSoftmaxCrossEntropy", {**sparse, "labels": "classes up to 4"}, {}
    yield "sparseSoftmaxCrossEntropy", {**sparse, "labels": "classes [2, 3]"}, {}
    yield "sparseSoftmaxCrossEntropy", {**sparse, "labels": "class []"}, {}
    yield "sparseSoftmaxCrossEntropy", {**sparse, "logits": "distributions [2, 3, 4]"}, {}
    yield "sparseSoftmaxCrossEntropy", {**sparse, "labels": "float32 classes [3]"}, {}


def refused(function, args, options):
    tensors = {key: None if name is None else tf.constant(array(name)) for key, name in args.items()}
    try:
        getattr(losses, snake_case(function))(**snake_cased({**tensors, **options}))
    except Exception as error:
        # the arrays that TensorFlow prints are no part of its words
        text = error_to_json(error)["error"]["text"]
        text = text.split(" Received weights=")[0].split("  Label values:")[0]
        return {"function": function, "args": args, "options": options, "text": text}
    raise AssertionError(f"{function} took {args} {options}")


def differences():
    """What xent does otherwise, and a gradient that is not that of the value."""
    integers = losses.compute_weighted_loss(tf.constant([1, 2, 4]), 0.5)
    third = losses.absolute_difference(tf.constant([0.0], tf.float64), tf.constant([1 / 3], tf.float64))
    logits = tf.constant(ARRAYS["logits [2, 3, 4]"])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = losses.softmax_cross_entropy(ARRAYS["sums of 2 [2, 3, 4]"], logits)
    pair = ARRAYS["others [2, 3]"], ARRAYS["numbers [2, 3]"]
    return {
        "integer losses": encode(integers.numpy()),
        "float64": encode(third.numpy()),
        "labels that sum to 2": encode(tape.gradient(value, logits).numpy()),
        "eager pairwise error": encode(losses.mean_pairwise_squared_error(*pair).numpy()),
    }


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def lines(values):
    return "[\n" + ",\n".join(compact(value) for value in values) + "\n]"


recorded = list(groups())
refusals = [refused(*call) for call in errors()]
deliberate = differences()
arrays = {name: encode(values) for name, values in ARRAYS.items()}
FIXTURE.parent.mkdir(exist_ok=True)
with open(FIXTURE, "w", encoding="utf-8") as file:
    file.write(f'{{"tensorflow":"{VERSION}",\n"arrays":{compact(arrays)},\n"groups":{lines(recorded)},\n')
    file.write(f'"errors":{lines(refusals)},\n"differences":{compact(deliberate)}}}\n')
print(
    sum(len(one["outcomes"]) for one in recorded),
    "calls,",
    len(refusals),
    "errors,",
    FIXTURE.stat().st_size,
    "bytes",
)
