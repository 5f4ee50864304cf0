"""Records what the libraries do with the cases of cases/, as the fixtures of the conformance tests."""

import importlib
import json
import pathlib
import sys
import warnings

from peers.call import call_to_json
from peers.serve import answer, library

FIXTURES = pathlib.Path(__file__).parent.parent / "packages/xent/test/conformance/fixtures"

FILES = (
    "softmax",
    "dense",
    "sparse",
    "elements",
    "average",
    "version1",
    "errors",
    "upstream_tensorflow",
    "upstream_torch",
    "other_libraries",
)


def record(name):
    """One file: the libraries' versions, and a case a line."""
    lines = []
    libraries = set()
    for case in importlib.import_module(f"cases.{name}").cases():
        outcomes = {key: answer(key, case.call) for key in (*case.libraries, *["truth"] * case.truth)}
        recorded = {key: outcome for key, outcome in outcomes.items() if outcome}
        if "error" in recorded.get("truth", {}):
            del recorded["truth"]
        libraries.update(recorded)
        lines.append(compact({"name": case.name, "call": call_to_json(case.call), "outcomes": recorded}))
    versions = {key: library(key).VERSION for key in sorted(libraries)}
    path = FIXTURES / f"{name}.json"
    text = ",\n".join(lines)
    path.write_text(f'{{"versions":{compact(versions)},"cases":[\n{text}\n]}}\n')
    print(f"{path.name}: {len(lines)} cases, {path.stat().st_size / 1e3:.0f} kB", flush=True)


def compact(value) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for name in sys.argv[1:] or FILES:
        record(name)
