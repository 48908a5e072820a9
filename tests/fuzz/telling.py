"""The table that ops/fuzz prints."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from tests.fuzz.fleet import Report

_ROW = "{:<16} {:>10} {:>9} {:>9} {:>9} {:>9} {:>6}"


class Table:
    """A row for every parser, as it ends.

    Parameters
    ----------
    as_json
        An object a line instead.
    guided
        Whether coverage was looked at.
    """

    def __init__(self, *, as_json: bool, guided: bool) -> None:
        self._as_json = as_json
        if not as_json:
            by = "atheris chooses by coverage" if guided else "mutations without coverage"
            click.echo(by)
            click.echo(
                _ROW.format("parser", "cases", "cases/s", "parsed", "branches", "features", "found")
            )

    def row(self, report: Report) -> None:
        """Print one."""
        if self._as_json:
            click.echo(json.dumps(report.as_dict()))
            return
        click.echo(
            _ROW.format(
                report.parser,
                f"{report.cases:,}",
                f"{report.cases / max(report.seconds, 1e-9):,.0f}",
                f"{report.parsed:,}",
                "-" if report.branches is None else f"{report.branches:,}",
                "-" if report.features is None else f"{report.features:,}",
                len(report.found),
            )
        )

    def end(self, reports: Sequence[Report], folder: Path) -> None:
        """Print the sum, and where found cases lie."""
        cases = sum(report.cases for report in reports)
        seconds = sum(report.seconds for report in reports)
        found = [case for report in reports for case in report.found]
        if self._as_json:
            click.echo(json.dumps({"cases": cases, "seconds": seconds, "found": len(found)}))
            return
        parsed = sum(report.parsed for report in reports)
        rate = f"{cases / max(seconds, 1e-9):,.0f}"
        click.echo(_ROW.format("all", f"{cases:,}", rate, f"{parsed:,}", "", "", len(found)))
        for report in reports:
            if report.refused_seeds:
                click.echo(f"{report.parser}: refuses its own seeds {report.refused_seeds}")
            if report.short:
                click.echo(f"{report.parser}: {report.short:,} cases were not reached")
        for case in found:
            click.echo(f"found: {case} (what happened: {Path(case).with_suffix('.told').name})")
        click.echo(f"{folder} holds them" if found else "nothing found")
