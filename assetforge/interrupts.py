"""Ctrl-C and polite kills while something runs that must not be broken off half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import FrameType

ENDS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Signals that end a run once all in flight is done: Ctrl-C, a polite kill, a closed terminal."""


@contextmanager
def ending_like_ctrl_c() -> Iterator[None]:
    """Let a polite kill, or a terminal that closes, end what runs as Ctrl-C does.

    Only the main thread is told; where somebody listens, or it is to be ignored, it stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.getsignal(each) for each in ENDS if each is not signal.SIGINT}
    ours = [each for each, handler in before.items() if handler is signal.SIG_DFL]
    for each in ours:
        signal.signal(each, signal.default_int_handler)
    try:
        yield
    finally:
        for each in ours:
            signal.signal(each, signal.SIG_DFL)


@contextmanager
def noting_interrupts(note: Callable[[], None], stopping: threading.Event) -> Iterator[None]:
    """Take note of Ctrl-C and of SIGTERM, which would break off what is half done.

    Only the main thread is told of it; and where somebody else listens for it, or it is to be
    ignored, it stays so. `stopping` is set after each.
    """
    alone = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    usual = (signal.SIG_DFL, signal.default_int_handler)
    alone = alone and signal.getsignal(signal.SIGTERM) in usual
    if not alone or threading.current_thread() is not threading.main_thread():
        yield
        return

    with _bell(stopping) as ring:

        def heed(number: int, frame: FrameType | None) -> None:
            note()
            ring()

        heeded = (each for each in ENDS if signal.getsignal(each) is not signal.SIG_IGN)
        before = {each: signal.signal(each, heed) for each in heeded}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


@contextmanager
def _bell(stopping: threading.Event) -> Iterator[Callable[[], None]]:
    """Give what a signal handler may call to stop executors, without waiting for anything.

    It must not set the event itself: what it broke into may be just that, and have its lock.
    """
    rung: SimpleQueue[bool] = SimpleQueue()

    def answer() -> None:
        if rung.get():
            stopping.set()

    listening = threading.Thread(target=answer, name="assetforge-signals")
    listening.start()
    try:
        yield lambda: rung.put(True)
    finally:
        rung.put(False)
        listening.join()
