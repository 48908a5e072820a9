"""`permq metrics`: the fleet's numbers for Prometheus."""

from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from permq.cli.guarding import required_password
from permq.cli.servers import data_option
from permq.metrics import PORT

if TYPE_CHECKING:
    from permq.metrics.exporter import Exporter

POLL_SECONDS = 60.0
"""Between looks whether to end; signals do not wait for them."""


@click.command(name="metrics")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    default=PORT,
    show_default=True,
    help="Port to listen on.",
)
@click.option(
    "--address",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Where to listen; any that other machines reach needs a password, and what is sent is "
    "not encrypted.",
)
@click.option(
    "--password-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Ask for the name permq and the password in FILE; or set PERMQ_METRICS_PASSWORD.",
)
@click.option("--once", is_flag=True, help="Print the metrics and end, instead of serving them.")
@data_option
def command(
    port: int, address: str, password_file: Path | None, once: bool, data: Path | None
) -> int:
    """Serve the fleet's numbers to Prometheus until Ctrl-C or SIGTERM.

    They stand at /metrics, counted from Postgres when somebody asks. While Postgres is away the
    page holds permq_up 0. /healthz only says that the exporter runs, without a password. A
    configuration of Prometheus, alert rules and a dashboard lie in ops/.

    Exit status of --once: 0 when Postgres answered, 1 when it did not.

    \b
    Example:
      permq metrics --port 9808
      permq metrics --once
    """
    from permq import __version__
    from permq.cli.servers import reading_url
    from permq.metrics.exporter import Exporter

    def tell(line: str) -> None:
        click.echo(f"permq metrics: {line}", err=True)

    exporter = Exporter(reading_url(data), __version__, tell)
    if once:
        page, up = exporter.page()
        click.echo(page, nl=False)
        return 0 if up else 1
    serve(exporter, address, port, password_for(address, password_file))
    return 0


def password_for(address: str, file: Path | None) -> str | None:
    """Find out what password is asked for; None for none.

    Raises
    ------
    OptionError
        When there is none and others than this machine could ask, or its file is of no use.
    """
    from permq.config import WatchSettings

    chosen = WatchSettings.read().metrics_password
    return required_password(address, file, chosen, "PERMQ_METRICS_PASSWORD")


def serve(exporter: "Exporter", address: str, port: int, password: str | None) -> None:
    """Answer until a signal to end comes."""
    import signal

    from permq.metrics.server import MetricsServer

    def end(number: int, frame: FrameType | None) -> None:
        raise _EndedError

    server = MetricsServer(address, port, lambda: exporter.page()[0], password)
    try:
        signal.signal(signal.SIGTERM, end)
        host = f"[{address}]" if ":" in address else address
        click.echo(f"metrics: http://{host}:{port}/metrics")
        server.serve_forever(POLL_SECONDS)
    except _EndedError:
        return
    finally:
        server.server_close()


class _EndedError(Exception):
    """SIGTERM came."""
