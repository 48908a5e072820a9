"""Every kind of job, one line each; what a kind searches with loads when it begins."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from permq.jobs.kind import Kind
from permq.jobs.kinds.anneal import Anneal
from permq.jobs.kinds.cascade import Cascade
from permq.jobs.kinds.constrained import Constrained
from permq.jobs.kinds.embed import Embed
from permq.jobs.kinds.figures import Figures
from permq.jobs.kinds.history import History
from permq.jobs.kinds.lns import Lns
from permq.jobs.kinds.loo import Loo
from permq.jobs.kinds.noop import Noop
from permq.jobs.kinds.order import Order
from permq.jobs.kinds.pair import Pair
from permq.jobs.kinds.refine import Refine
from permq.jobs.kinds.report import Report
from permq.jobs.kinds.rotate import Rotate
from permq.jobs.kinds.solve import Solve
from permq.jobs.kinds.surgery import Surgery
from permq.jobs.kinds.sweep import Sweep
from permq.jobs.kinds.twin import TwinKind
from permq.jobs.kinds.views import Views
from permq.jobs.kinds.zone import Zone
from permq.jobs.parameters import Value, unknown

_ALL: tuple[Kind[Any], ...] = (
    Pair(),
    Order(),
    Anneal(),
    Constrained(),
    Surgery(),
    Zone(),
    Rotate(),
    Cascade(),
    Refine(),
    Lns(),
    Sweep(),
    Loo(),
    Solve(),
    Figures(),
    History(),
    Embed(),
    TwinKind(),
    Views(),
    Report(),
    Noop(),
)

KINDS: Mapping[str, Kind[Any]] = MappingProxyType({kind.name: kind for kind in _ALL})


def kind_named(name: str) -> Kind[Any]:
    """Find a kind.

    Raises
    ------
    OptionError
        When there is none of this name.
    """
    if name not in KINDS:
        raise unknown("kind", name, KINDS)
    return KINDS[name]


def parse_parameters(
    kind: Kind[Any], texts: list[str] | tuple[str, ...], blocks: int | None = None
) -> dict[str, Value]:
    """Complete parameters of a job from `name=value` texts; see `Kind.complete` for the errors."""
    return kind.read(texts, blocks)


def parse_step(text: str, blocks: int | None = None) -> tuple[Kind[Any], dict[str, Value]]:
    """Read `kind` or `kind:name=value,name=value`, as `--then` takes it.

    A part without an equals sign goes on with the value before it, so that `lock=0-3,7` may stand
    among others; a switch is then written `repair=true`.

    Raises
    ------
    OptionError
        When kind, name or value is wrong.
    """
    name, _, rest = text.partition(":")
    kind = kind_named(name.strip())
    texts: list[str] = []
    for part in rest.split(",") if rest.strip() else ():
        if "=" in part or not texts:
            texts.append(part)
        else:
            texts[-1] += f",{part}"
    return kind, kind.read(texts, blocks)
