"""The entry point: the one place that turns errors into words and exit codes."""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from assetforge.cli.group import command_line
from assetforge.cli.output import located
from assetforge.errors import AssetforgeError, InvalidSource

INTERRUPTED = 130
CRASH_LOG = "assetforge-crash.log"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line and exit with its code."""
    sys.exit(exit_code_of(arguments))


def exit_code_of(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; errors are told on stderr, in one place."""
    _speak_utf_8()
    try:
        code = command_line.main(
            args=list(arguments) if arguments is not None else None,
            prog_name="assetforge",
            standalone_mode=False,
        )
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as exit:
        return exit.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        print("assetforge: interrupted", file=sys.stderr)
        return INTERRUPTED
    except InvalidSource as error:
        print(located(error.diagnostics, error.root), file=sys.stderr)
        return error.exit_code
    except AssetforgeError as error:
        print(f"assetforge: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception:
        return _report_bug()


def _speak_utf_8() -> None:
    """Write UTF-8 whatever the system's code page: prompts and copy are in every script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


def _report_bug() -> int:
    """Write down what a report needs, and say where."""
    log = Path(CRASH_LOG)
    words = f"assetforge: BUG: {sys.exc_info()[1]!r}"
    try:
        log.write_text(traceback.format_exc(), encoding="utf-8")
        print(f"{words}; please report it with the file '{log}'", file=sys.stderr)
    except OSError:
        print(words, file=sys.stderr)
    return 1


if __name__ == "__main__":
    main()
