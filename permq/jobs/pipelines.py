"""The pipeline: what follows what from pieces to a verified answer, as a plain description.

It is no slice of work but a chain of kinds: pair and order show at once whether the scores are
sure; several annealings start from what they found and from the pool; the best of them is operated
on and refined. Aside, a twin is trained and snapshots are made of what the stages bring; at the end
everything is drawn.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from permq.jobs.kind import USUAL
from permq.jobs.kinds import KINDS
from permq.jobs.parameters import Parameter, Params, Value, complete, read_parameters

NAME = "pipeline"
SUMMARY = "pair, order, anneal several times, then surgery and refinement of the best, figures"

PARAMETERS = (
    Parameter("chains", int, 4, "Annealings side by side.", low=1, high=100_000),
    Parameter("steps", int, 20_000, "Proposals of each annealing.", low=1, high=10**12),
    Parameter("rows", int, 256, "Rows of the data that the searches work on.", low=1),
    Parameter("figures", bool, True, "Also snapshots of the pool, a twin, and all figures."),
)


@dataclass(frozen=True)
class Stage:
    """One step of a pipeline; see `permq.jobs.submission.Step`.

    Parameters
    ----------
    kind, params
        Its kind of job, and every parameter of it.
    count
        Jobs side by side, each with a seed of its own; all of them follow the stage before.
    join
        Whether it is one job that takes up the best of all jobs of the stage before.
    aside
        Whether the stage after it does not wait for it.
    gather
        Whether it waits for the stage before and for all that went aside.
    priority
        None for the usual one of its kind.
    """

    kind: str
    params: Params
    count: int = 1
    join: bool = False
    aside: bool = False
    gather: bool = False
    priority: int | None = None


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
    searches = (
        Stage("pair", KINDS["pair"].complete({})),
        Stage("order", KINDS["order"].complete({"method": "quick"})),
        Stage("anneal", KINDS["anneal"].complete({"steps": steps, "rows": rows}), chains),
        Stage("surgery", KINDS["surgery"].complete({"rows": rows}), join=True),
        Stage("refine", KINDS["refine"].complete({"rows": rows, "repair": True})),
    )
    return tuple(_watched(searches)) if params["figures"] else searches


def _watched(searches: Iterable[Stage]) -> Iterator[Stage]:
    """Searches with a twin beside them, a snapshot of what each brings, and figures of it all."""
    yield Stage("twin", KINDS["twin"].complete({}), aside=True)
    snapshot = KINDS["history"].complete({"event": "stage"})
    for stage in searches:
        yield stage
        if stage.kind != "pair":  # which brings pairs alone, no solution
            # at once, or it would show what later stages brought
            yield Stage("history", snapshot, join=True, aside=True, priority=USUAL)
    yield Stage("figures", KINDS["figures"].complete({}), gather=True)
