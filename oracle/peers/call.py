"""A call of one function, and what came of it, as JSON: arrays are dtype, shape and base64 of little-endian elements."""

import base64
import re
from dataclasses import dataclass, field
from typing import Any

import ml_dtypes
import numpy as np

Arrays = dict[str, np.ndarray]

BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


@dataclass(frozen=True)
class Call:
    """
    function: xent's name of it, `v1.` before those of xent/compat/v1
    args:     arrays by xent's names; None where the caller gives None
    options:  axis and the like
    wrt:      the arguments whose gradient of sum(upstream * value) is wanted
    upstream: of the value's shape; ones where it is missing
    tangents: the vector that the Hessian is to be multiplied with, by argument; empty where that is not wanted
    """

    function: str
    args: dict[str, np.ndarray | None]
    options: dict[str, Any] = field(default_factory=dict)
    wrt: tuple[str, ...] = ()
    upstream: np.ndarray | None = None
    tangents: Arrays = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """
    magnitudes: by gradient, where it is a difference: the sum of the absolute values of its terms. No arithmetic of
                finite precision is exact to an ulp of the difference; this is what its ulps are counted at.
    """

    value: np.ndarray
    gradients: Arrays = field(default_factory=dict)
    products: Arrays = field(default_factory=dict)
    magnitudes: Arrays = field(default_factory=dict)


def dtype_named(name: str) -> np.dtype:
    return BFLOAT16 if name == "bfloat16" else np.dtype(name)


def encode(array: np.ndarray) -> dict[str, Any]:
    array = np.asarray(array)
    data = base64.b64encode(array.tobytes()).decode()
    return {"dtype": array.dtype.name, "shape": list(array.shape), "data": data}


def decode(encoded: dict[str, Any] | None) -> np.ndarray | None:
    if encoded is None:
        return None
    dtype = dtype_named(encoded["dtype"])
    return np.frombuffer(base64.b64decode(encoded["data"]), dtype).reshape(encoded["shape"])


def call_from_json(json: dict[str, Any]) -> Call:
    return Call(
        function=json["function"],
        args={key: decode(value) for key, value in json["args"].items()},
        options=json.get("options", {}),
        wrt=tuple(json.get("wrt", ())),
        upstream=decode(json.get("upstream")),
        tangents={key: decode(value) for key, value in json.get("tangents", {}).items()},
    )


def call_to_json(call: Call) -> dict[str, Any]:
    parts = {
        "options": call.options,
        "wrt": list(call.wrt),
        "upstream": None if call.upstream is None else encode(call.upstream),
        "tangents": encode_all(call.tangents),
    }
    args = {key: None if value is None else encode(value) for key, value in call.args.items()}
    return {"function": call.function, "args": args, **{key: part for key, part in parts.items() if part}}


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    parts = {
        "gradients": encode_all(outcome.gradients),
        "products": encode_all(outcome.products),
        "magnitudes": encode_all(outcome.magnitudes),
    }
    return {"value": encode(outcome.value), **{key: part for key, part in parts.items() if part}}


def encode_all(arrays: Arrays) -> dict[str, Any]:
    return {key: encode(array) for key, array in arrays.items()}


def error_to_json(error: Exception) -> dict[str, Any]:
    """Class and text, without what names the node of the graph and not the mistake."""
    text = re.sub(r"\{\{function_node [^}]*\}\} ?", "", str(error))
    text = re.sub(r"\n\t; NodeDef:.*", "", text, flags=re.DOTALL)
    text = re.sub(r" \[Op:\w+\]( name: ?\S*)?\s*$", "", text)
    return {"error": {"class": type(error).__name__, "text": text}}


def snake_case(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: "_" + letter.group().lower(), name)


def upstream_like(call: Call, value: np.ndarray) -> np.ndarray:
    """The upstream factors; ones of the value's type where the call has none."""
    return np.ones(value.shape, value.dtype) if call.upstream is None else call.upstream
