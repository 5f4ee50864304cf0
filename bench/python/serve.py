"""A Python library behind the benchmark's protocol: a JSON object a line on stdin, answered by a line each (bench/protocol.ts)."""

import importlib
import json
import os
import sys
import time

# so many threads, whatever a library counts them by
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
    os.environ[name] = os.environ["THREADS"]

import ml_dtypes
import numpy as np

DTYPES = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16, "float32": np.float32, "float64": np.float64}


def read(workload, files):
    dtype = DTYPES[workload["dtype"]]
    logits = np.fromfile(files["logits"], dtype).reshape(workload["shape"])
    function, axis = workload["fn"], workload["axis"]
    if function in ("softmax", "logSoftmax"):
        return logits, None
    if function != "sparse":
        return logits, np.fromfile(files["labels"], dtype).reshape(logits.shape)
    shape = list(logits.shape)
    del shape[axis]
    return logits, np.fromfile(files["labels"], np.int32).reshape(shape)


def timed(call, calls):
    """Milliseconds by the clock and of the processor."""
    before = time.process_time()
    start = time.perf_counter()
    for _ in range(calls):
        call()
    elapsed = time.perf_counter() - start
    return {"ms": 1000 * elapsed, "cpu": 1000 * (time.process_time() - before)}


def warm(call, ms):
    """Twice as many calls from batch to batch, until the second or a later one takes half of the time."""
    timed(call, 1)
    calls = 2
    while (elapsed := timed(call, calls)["ms"]) < ms / 2:
        calls *= 2
    return elapsed / calls


class Server:
    """`library.load` gives a function for each part of a workload, which returns when its results are there."""

    def __init__(self, library):
        self.contestant = library
        self.parts = {}

    def about(self, _):
        return {"text": self.contestant.ABOUT}

    def load(self, question):
        self.parts = self.contestant.load(question["workload"], *read(question["workload"], question["files"]))
        return {}

    def warm(self, question):
        return {"ms": warm(self.parts[question["part"]], question["ms"])}

    def run(self, question):
        return timed(self.parts[question["part"]], question["calls"])

    def results(self, question):
        picks = np.fromfile(question["picks"], np.int32)
        value, gradient = (
            None if array is None else self.contestant.as_float64(array).ravel()
            for array in self.parts[question["part"]]()
        )
        (value if question["isWhole"] else value[picks]).tofile(question["value"])
        if gradient is not None:
            gradient[picks].tofile(question["gradient"])
        return {"hasGradient": gradient is not None}

    def free(self, _):
        self.parts = {}
        return {}


def main():
    # what a library prints is no answer
    answers, sys.stdout = sys.stdout, sys.stderr
    server = Server(importlib.import_module(f"in_{sys.argv[1]}"))
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer = getattr(server, question["ask"])(question)
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
