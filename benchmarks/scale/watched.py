"""Run assetforge and write down what it did: `python watched.py REPORT [ARGUMENT]...`.

Counted are calls of Python functions as `module:name`, those to the system as `os.name`, files
opened, and statements given to SQLite. All threads count; what runs before this file, such as the
start of Python, does not.
"""

from __future__ import annotations

import json
import os
import runpy
import sqlite3
import sys
import threading
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

SYSTEM: Final = ("posix", "nt")
"""The modules in C that ask the system; calls of others in C are not counted."""


class Watch:
    """Counts what a process does."""

    def __init__(self, report: Path) -> None:
        self.report = report
        self.opened: list[str] = []
        self.statements: list[str] = []
        self._opening: list[sqlite3.Connection] = []
        # By identity: equal code at two places is two functions, and hashing code takes time.
        self._called: Counter[int] = Counter()
        self._named: dict[int, tuple[CodeType, str]] = {}
        self._asked: Counter[str] = Counter()

    def start(self) -> None:
        """Look on from here."""
        sys.addaudithook(self._audited)
        threading.setprofile(self._profiled)
        sys.setprofile(self._profiled)

    def stop(self) -> None:
        """Write down what was counted."""
        sys.setprofile(None)
        threading.setprofile(None)
        calls = self._asked.copy()
        for number, (code, module) in self._named.items():
            calls[f"{module}:{code.co_qualname}"] += self._called[number]
        told = {"calls": calls, "opened": self.opened, "statements": self.statements}
        self.report.write_text(json.dumps(told), encoding="utf-8")

    def _profiled(self, frame: FrameType, event: str, function: Any) -> None:
        if event == "call":
            code = frame.f_code
            number = id(code)
            if number not in self._named:
                self._named[number] = code, frame.f_globals.get("__name__", "")
            self._called[number] += 1
        elif event == "c_call":
            if function.__module__ in SYSTEM:
                self._asked[f"os.{function.__name__}"] += 1
        elif self._opening and event == "c_return":
            self._opening.pop().set_trace_callback(self.statements.append)

    def _audited(self, event: str, told: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(told[0], str):
            self.opened.append(told[0])
        elif event == "sqlite3.connect/handle":
            self._opening.append(told[0])  # it can be used when its call has returned


def main(report: str, arguments: list[str]) -> None:
    """Run the command line, and tell what it did however it ends."""
    watch = Watch(Path(report).resolve())
    leave = os._exit

    def leave_told(code: int) -> None:
        watch.stop()
        leave(code)

    sys.argv = ["assetforge", *arguments]
    sys.path[0] = ""  # as `python -m` has it; this folder is nobody's business
    os._exit = leave_told  # type: ignore[assignment]  # who leaves at once is counted too
    watch.start()
    try:
        runpy.run_module("assetforge", run_name="__main__", alter_sys=True)
    finally:
        watch.stop()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
