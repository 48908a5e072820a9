"""`permq completion`: the script that teaches a shell permq's commands and options."""

import click


@click.command(name="completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    \b
    Example:
      eval "$(permq completion bash)"                                  # in ~/.bashrc
      permq completion fish > ~/.config/fish/completions/permq.fish
    """
    from click.shell_completion import get_completion_class

    complete = get_completion_class(shell)
    if complete is None:
        raise click.UsageError(f"click has no completion for {shell}")
    root = context.find_root().command
    click.echo(complete(root, {}, "permq", "_PERMQ_COMPLETE").source())
