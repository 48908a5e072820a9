"""The same report as Markdown and as a page."""

from permq.bench.views.view import Chart
from permq.report.document import Bullets, Chapter, Grid, Picture, Text, markdown, web
from permq.report.provenance import spans

CHAPTERS = [
    Chapter("One", (Text("a < b"), Bullets(("x", "y")), Grid((("h|1", "h2"), ("c", "d"))))),
    Chapter("Two", (Picture("p.png", "A picture", Chart({"series": []}, 100)), Text("after"))),
]


def test_markdown_has_headings_lists_tables_and_pictures():
    text = markdown("Title", CHAPTERS)
    assert text.startswith(
        "# Title\n\n## One\n\na < b\n\n- x\n- y\n\n| h\\|1 | h2 |\n| --- | --- |"
    )
    assert "![A picture](p.png)\n\nafter\n" in text


def test_a_page_has_the_same_with_charts_instead_of_pictures():
    text = web("Title", CHAPTERS)
    assert "<h2>One</h2><p>a &lt; b</p><ul><li>x</li>" in text
    assert '<th scope="col">h|1</th>' in text
    assert "<h3>A picture</h3>" in text
    assert 'id="chart0"' in text
    assert "p.png" not in text
    assert text.index("chart0") < text.index("<p>after</p>")


def test_numbers_in_a_row_are_spans():
    assert spans([3, 1, 2, 7, 9, 10, 2]) == "1-3, 7, 9-10"
    assert spans(range(0, 200, 2), 2) == "0, 2 and 98 more"
