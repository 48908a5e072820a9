"""Figures of a seed as text."""

from tests.chaos.run import Report


def told(report: Report) -> str:
    """Some lines for a person."""
    faults = ", ".join(f"{fault} {count}" for fault, count in report.faults.items())
    others = "".join(f", {count} {what}" for what, count in report.told.items())
    state = "FAILED" if report.problems else "passed"
    struck = sum(report.faults.values())
    lines = [
        f"seed {report.seed}: {state}",
        f"  jobs        {report.jobs} in {report.seconds:.0f} s under {struck} faults",
        f"  faults      {faults}",
        f"  retried     {report.retried} jobs, {report.redone} of {report.slices} slices",
        f"  refused     {report.refused} writes of those who had lost their lease",
        f"  solutions   {report.solutions}, {report.spooled} files went through spools{others}",
    ]
    if report.problems:
        lines += [f"  problem     {problem}" for problem in report.problems]
    else:
        lines.append(
            "  verdict     0 results missing or doubled, 0 rows twice, 0 solutions lost, all costs "
            "and results those of a calm run"
        )
    return "\n".join(lines)
