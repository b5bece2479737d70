"""ICU as an oracle: the C functions of the library that `icu4py` brings along.

`icu4py` itself knows message formats, not likely subtags, parents or matching; but its wheel holds
the whole of ICU, whose C interface is stable but for the version at the end of each name.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import icu4py
import icu4py.locale  # loads what the library needs

_STRING = 0  # source: ICU, ures.h, URES_STRING

FOUND = sys.platform == "linux"
"""Whether the wheel brings ICU as a library of its own; its tables are the same everywhere."""

_LIBRARIES = sorted(Path(icu4py.__file__).parent.parent.glob("icu4py.libs/libicuuc-*.so*"))
_ICU = ctypes.CDLL(str(_LIBRARIES[0])) if FOUND else None
_VERSION = icu4py.icu_version.partition(".")[0]


class _Status(ctypes.c_int):
    """ICU's error code; above zero, something failed."""

    def check(self) -> None:
        assert self.value <= 0, f"ICU answers error {self.value}"


def maximised(tag: str) -> str:
    """Return a tag with its likely script and region, such as `zh_Hant_TW`."""
    text, status = ctypes.create_string_buffer(200), _Status()
    _call("uloc_addLikelySubtags", _bytes(tag), text, 200, ctypes.byref(status))
    status.check()
    return text.value.decode()


def right_to_left(tag: str) -> bool:
    """Tell whether the script of a tag runs right to left."""
    return bool(_call("uloc_isRightToLeft", _bytes(tag), result=ctypes.c_int8))


def best_match(want: str, available: Sequence[str]) -> str:
    """Return the id that ICU's LocaleMatcher takes for `want`, or an empty text."""
    status, outcome, text = _Status(), ctypes.c_int(), ctypes.create_string_buffer(200)
    names = (ctypes.c_char_p * len(available))(*map(_bytes, available))
    listed = _call(
        "uenum_openCharStringsEnumeration", names, len(available), ctypes.byref(status),
        result=ctypes.c_void_p,
    )  # fmt: skip
    wanted = (ctypes.c_char_p * 1)(_bytes(want))
    _call(
        "uloc_acceptLanguage", text, 200, ctypes.byref(outcome), wanted, 1,
        ctypes.c_void_p(listed), ctypes.byref(status),
    )  # fmt: skip
    _call("uenum_close", ctypes.c_void_p(listed))
    status.check()
    return text.value.decode()


def parents() -> dict[str, str]:
    """Return CLDR's parent locales that are not found by cutting: child → parent."""
    return {child: parent for parent, children in _parent_table() for child in children}


def _parent_table() -> Iterator[tuple[str, list[str]]]:
    status = _Status()
    data = _resource("ures_openDirect", None, b"supplementalData", status)
    table = _resource("ures_getByKey", data, b"parentLocales", None, status)
    for index in range(_size(table)):
        row = _resource("ures_getByIndex", table, index, None, status)
        key = _call("ures_getKey", row, result=ctypes.c_char_p).decode()
        yield key, [_child(row, place, status) for place in range(_size(row))]
    status.check()


def _child(row: ctypes.c_void_p, place: int, status: _Status) -> str:
    text, length = ctypes.create_string_buffer(60), ctypes.c_int(60)
    alone = _call("ures_getType", row, result=ctypes.c_int) == _STRING
    name = "ures_getUTF8String" if alone else "ures_getUTF8StringByIndex"
    where = () if alone else (place,)
    options = (text, ctypes.byref(length), 1, ctypes.byref(status))
    return str(_call(name, row, *where, *options, result=ctypes.c_char_p).decode())


def _size(resource: ctypes.c_void_p) -> int:
    return int(_call("ures_getSize", resource, result=ctypes.c_int))


def _resource(name: str, *arguments: Any) -> ctypes.c_void_p:
    *given, status = arguments
    return ctypes.c_void_p(_call(name, *given, ctypes.byref(status), result=ctypes.c_void_p))


def _bytes(tag: str) -> bytes:
    return tag.replace("-", "_").encode()


def _call(name: str, *arguments: Any, result: Any = None) -> Any:
    function = getattr(_ICU, f"{name}_{_VERSION}")
    function.restype = result
    return function(*arguments)
