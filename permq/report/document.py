"""A report as parts, written as Markdown and as a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from permq.bench.page import Section, page, table
from permq.bench.views.view import Chart


@dataclass(frozen=True)
class Text:
    """Paragraphs; blank lines separate them."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table; the first row is its header."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Picture:
    """A picture that was made in this run, and the same as a chart.

    Parameters
    ----------
    file
        Beside the report.
    title
        What it shows.
    chart
        For the page.
    """

    file: str
    title: str
    chart: Chart


Part = Text | Bullets | Grid | Picture


@dataclass(frozen=True)
class Chapter:
    """A heading and what follows."""

    title: str
    parts: tuple[Part, ...]


def markdown(title: str, chapters: Sequence[Chapter]) -> str:
    """Write a report as Markdown."""
    out = [f"# {title}"]
    for chapter in chapters:
        out.append(f"## {chapter.title}")
        out += [_markdown(part) for part in chapter.parts]
    return "\n\n".join(out) + "\n"


def web(title: str, chapters: Sequence[Chapter]) -> str:
    """Write a report as one page that holds everything it needs."""
    sections = []
    for chapter in chapters:
        html, heading = "", chapter.title
        for part in chapter.parts:
            if isinstance(part, Picture):
                html += f"<h3>{escape(part.title)}</h3>"
                sections.append(Section(heading, html, part.chart))
                html, heading = "", ""
            else:
                html += _html(part)
        if html or heading:
            sections.append(Section(heading, html))
    return page(title, sections)


def _markdown(part: Part) -> str:
    if isinstance(part, Text):
        return part.text.strip()
    if isinstance(part, Bullets):
        return "\n".join(f"- {line}" for line in part.lines)
    if isinstance(part, Picture):
        return f"![{part.title}]({part.file})"
    head, *rows = [[cell.replace("|", "\\|") for cell in row] for row in part.rows]
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _html(part: Text | Bullets | Grid) -> str:
    if isinstance(part, Text):
        paragraphs = [one for one in part.text.strip().split("\n\n") if one.strip()]
        return "".join(f"<p>{escape(one).replace(chr(10), '<br>')}</p>" for one in paragraphs)
    if isinstance(part, Bullets):
        return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in part.lines) + "</ul>"
    return table(part.rows)
