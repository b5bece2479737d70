"""The entry point: a build with nothing to do is answered before the command line is imported."""

from __future__ import annotations

import sys

from assetforge.trace.fast import is_up_to_date, look_first, tell
from assetforge.trace.look import keep


def main(arguments: list[str] | None = None) -> None:
    """Run a command line, by default that of this process, and exit with its code."""
    sys.exit(exit_code_of(sys.argv[1:] if arguments is None else arguments))


def exit_code_of(arguments: list[str]) -> int:
    """Run a command line and return its exit code; errors are told on stderr."""
    found = look_first(arguments)
    if is_up_to_date(found):
        return 0
    # What is imported from here on takes longer than the answer above.
    if found is not None and found.rows and not found.changed:
        from assetforge.restoring import put_back

        if (summary := put_back(found)) is not None:
            keep(found)
            tell(found, summary)
            return 0
    from assetforge.cli.entry import run

    return run(arguments, found)


if __name__ == "__main__":
    main()
