"""Self-contained pages: charts with their library inside, opened without a network."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files

from permq.bench.views.view import Chart

LIBRARY = "echarts/echarts.min.js"
"""Of `permq/static`."""


@dataclass(frozen=True)
class Section:
    """A part of a page.

    Parameters
    ----------
    title
        Its heading; empty for none.
    html
        What stands in it, escaped already.
    chart
        Drawn below; None for none.
    """

    title: str
    html: str = ""
    chart: Chart | None = None


def page(title: str, sections: Sequence[Section]) -> str:
    """HTML of a page, with its charts and the library that draws them.

    Parameters
    ----------
    title
        Of the page.
    sections
        From top to bottom.
    """
    charts = [section.chart for section in sections if section.chart is not None]
    body, number = [], 0
    for section in sections:
        heading = f"<h2>{escape(section.title)}</h2>" if section.title else ""
        body.append(f"<section>{heading}{section.html}")
        if section.chart is not None:
            label = escape(section.title or title)
            body.append(
                f'<div class="chart" id="chart{number}" role="img" aria-label="{label}" '
                f'style="height:{section.chart.height}px"></div>{_numbers(section.chart)}'
            )
            number += 1
        body.append("</section>")
    # no text of a run may end the element it stands in
    options = json.dumps([chart.option for chart in charts], allow_nan=False)
    options = options.replace("<", "\\u003c")
    library = f"<script>{_library()}</script>" if charts else ""
    script = f'<script type="application/json" id="options">{options}</script>' if charts else ""
    glue = f"<script>{_read('charts.js')}</script>" if charts else ""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_read('page.css')}</style></head>\n"
        f"<body><main><h1>{escape(title)}</h1>\n{''.join(body)}</main>\n"
        f"{library}{script}{glue}</body></html>\n"
    )


def table(rows: Sequence[Sequence[str]]) -> str:
    """HTML of a table whose first row is its header; texts are escaped here."""
    head, *rest = rows
    cells = "".join(f'<th scope="col">{escape(word)}</th>' for word in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(word)}</td>" for word in row) + "</tr>" for row in rest
    )
    inner = f"<thead><tr>{cells}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="wide"><table>{inner}</table></div>'


def _numbers(chart: Chart) -> str:
    if len(chart.table) < 2:
        return ""
    return f"<details><summary>numbers</summary>{table(chart.table)}</details>"


@cache
def _library() -> str:
    text = (files("permq") / "static" / LIBRARY).read_text("utf-8")
    if "</script" in text.lower():
        raise ValueError(f"{LIBRARY} cannot stand in a page: it holds the end of a script")
    return text


@cache
def _read(name: str) -> str:
    return (files("permq.bench") / "page_parts" / name).read_text("utf-8")
