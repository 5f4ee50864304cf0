"""Runs calls for another program: a JSON object a line on stdin, `{ libraries, call }`, answered by a line each."""

import importlib
import json
import sys
import warnings

from .call import Call, call_from_json, error_to_json, outcome_to_json

# imported when first asked for, because that takes seconds
MODULES = {
    "tensorflow": "in_tensorflow",
    "torch": "in_torch",
    "jax": "in_jax",
    "truth": "in_mpmath",
    "float64": "in_float64",
}


def library(name: str):
    return importlib.import_module(f".{MODULES[name]}", __package__)


def answer(name: str, call: Call):
    """What a library makes of a call: results, an error, or None where it has no such function."""
    try:
        outcome = library(name).run(call)
    except Exception as error:
        return error_to_json(error)
    return outcome and outcome_to_json(outcome)


def main():
    warnings.simplefilter("ignore")
    answers = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        if "call" in request:
            call = call_from_json(request["call"])
            reply = {name: answer(name, call) for name in request["libraries"]}
        else:
            reply = {name: library(name).VERSION for name in request["libraries"]}
        answers.write(json.dumps(reply) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
