"""`permq export`: the recovered network as a file."""

from pathlib import Path

import click

from permq.cli import options
from permq.cli.output import emit, whole_file


@click.command(name="export")
@options.puzzle_argument
@options.answer_argument
@options.out_option("Write the network to this file.", required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(("safetensors", "torch")),
    help="Format of the file; by default what its suffix says, or safetensors.",
)
@options.activation_option
@options.threads_option
@options.json_option
def command(
    folder: Path,
    answer: str,
    out: Path,
    form: str | None,
    activation: str | None,
    threads: int,
    as_json: bool,
) -> None:
    """Write the network that ANSWER makes of the puzzle in DIR, and say how well it answers.

    The file is a state dict with numbered layers in running order (layers.0.weight,
    layers.0.bias, ...; the last layer comes last). permq.core.torch_module.ResidualNetwork.load
    makes a torch module of either format, and permq itself reads it as a puzzle when the data
    lies beside it.

    \b
    Example:
      permq export DIR answer.txt --out network.safetensors
    """
    from permq.core.arrangement import Arrangement
    from permq.core.exporting import choose_format, fit, recovered_state, write_state
    from permq.core.loading import load_puzzle

    form = choose_format(out, form)
    arrangement = Arrangement.read(answer)
    puzzle = load_puzzle(folder, activation=activation)
    state = recovered_state(puzzle, arrangement)
    found = fit(puzzle, arrangement)
    with whole_file(out) as file:
        write_state(file, state, puzzle.activation, form)
    against_true = "no labels here" if found.mse_true is None else f"{found.mse_true:.6g}"
    emit(
        {
            "path": out,
            "format": form,
            "activation": puzzle.activation,
            "sha256": arrangement.sha256,
            "mse_pred": found.mse_pred,
            "mse_true": found.mse_true,
        },
        as_json=as_json,
        lines=[
            f"{out}: {puzzle.blocks} blocks and the last layer, {form}, {puzzle.activation}",
            f"MSE against pred  {found.mse_pred:.6g}",
            f"MSE against true  {against_true}",
        ],
    )
