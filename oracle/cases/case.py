from dataclasses import dataclass

from peers.call import Call


@dataclass(frozen=True)
class Case:
    """
    name:      a short sentence: what it is about
    libraries: whose results are recorded besides the truth
    truth:     whether there is one
    """

    name: str
    call: Call
    libraries: tuple[str, ...] = ("tensorflow",)
    truth: bool = True
