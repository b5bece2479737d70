"""Run a command, write down what it took: `python -I -S spawn.py REPORT PROGRAM [ARGUMENT]...`.

A process of its own, with next to nothing imported: what a system reports as a command's largest
memory begins with that of whoever started it.
"""

from __future__ import annotations

import os
import sys
import time


def main(report: str, command: list[str]) -> None:
    """Write exit code, start (ns since the epoch), wall and CPU seconds, and peak memory."""
    assert sys.platform != "win32", "it does not tell what a process took"
    began_ns = time.time_ns()
    before = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ)
    _, status, used = os.wait4(process, 0)
    wall = time.perf_counter() - before
    code = os.waitstatus_to_exitcode(status)
    told = (code, began_ns, wall, used.ru_utime + used.ru_stime, used.ru_maxrss)
    with open(report, "w", encoding="ascii") as file:  # noqa: PTH123  pathlib is megabytes
        file.write(" ".join(map(str, told)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
