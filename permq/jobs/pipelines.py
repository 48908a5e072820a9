"""The pipeline: what follows what from pieces to a verified answer, as a plain description.

It is no slice of work but a chain of kinds: pair and order show at once whether the scores are
sure; several annealings start from what they found and from the pool; the best of them is operated
on and refined. At the end everything is drawn.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from permq.jobs.kinds import KINDS
from permq.jobs.parameters import Parameter, Params, Value, complete, read_parameters

NAME = "pipeline"
SUMMARY = "pair, order, anneal several times, then surgery and refinement of the best, figures"

PARAMETERS = (
    Parameter("chains", int, 4, "Annealings side by side.", low=1, high=100_000),
    Parameter("steps", int, 20_000, "Proposals of each annealing.", low=1, high=10**12),
    Parameter("rows", int, 256, "Rows of the data that the searches work on.", low=1),
)


@dataclass(frozen=True)
class Stage:
    """One step of a pipeline.

    Parameters
    ----------
    kind, params
        Its kind of job, and every parameter of it.
    count
        Jobs side by side, each with a seed of its own; all of them follow the stage before.
    join
        Whether it is one job that takes up the best of all jobs of the stage before.
    """

    kind: str
    params: Params
    count: int = 1
    join: bool = False


def read(texts: Iterable[str]) -> dict[str, Value]:
    """Every parameter of a pipeline from `name=value` texts.

    Raises
    ------
    OptionError
        When a name is unknown or a value is wrong.
    """
    return complete(NAME, PARAMETERS, read_parameters(NAME, PARAMETERS, texts))


def stages(params: Params) -> tuple[Stage, ...]:
    """Stages of a pipeline with these parameters, complete as `read` gives them."""
    chains, steps, rows = (int(params[name] or 0) for name in ("chains", "steps", "rows"))
    return (
        Stage("pair", KINDS["pair"].complete({})),
        Stage("order", KINDS["order"].complete({"method": "quick"})),
        Stage("anneal", KINDS["anneal"].complete({"steps": steps, "rows": rows}), chains),
        Stage("surgery", KINDS["surgery"].complete({"rows": rows}), join=True),
        Stage("refine", KINDS["refine"].complete({"rows": rows, "repair": True})),
        Stage("figures", KINDS["figures"].complete({})),
    )
