"""The dashboard: one read-only page that shows a fleet, its pool and what was learned.

What is shown is read by one file for each panel, `reading` shares the answers among all who look,
`app` serves them, and `page/` is what a browser gets.
"""

PORT = 8050
GRAFANA = "http://127.0.0.1:3000"
"""Where Grafana is when nothing is said."""
