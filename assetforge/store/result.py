"""An action result, and the record of it that files and the index hold."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from assetforge.action import ActionKey, Manifest
from assetforge.digest import Digest, Json

HEAD: Final = re.compile(
    r'\{"artifact": "([0-9a-f]{64})", "call": "[^"\\]*", "cost_microdollars": [0-9]+, '
    r'"emulated": (true|false), (?:"findings": "[^"\\]*", )?"imported": "(?:[^"\\]|\\.)*", '
    r'(?:"judged_microdollars": [0-9]+, )?"key": "([0-9a-f]{64})", '
)
"""How a record of ours begins: its fields by name, the manifest behind them."""

NO_VERDICT: Final = ', "verdict": ""}'
"""How a record ends where nothing was looked for."""

VERDICT: Final = re.compile(r', "verdict": "([^"\\]*)"\}\Z')
"""How a record ends. No quotation mark stands bare in a text, and the last brace is the record's:
what stands right before it is a field of the record, and of nothing in it."""

DIGEST: Final = re.compile(r"[0-9a-f]{64}")

LONGEST_END: Final = 80
"""Where the search for the end of a record begins, in characters from behind."""


ENCODER: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True)


class _Seen:
    """A result of which only the picture has been looked at; what else there is is read when asked.

    `read` returns the whole of it.
    """

    __slots__ = ("read",)
    read: Callable[[ActionResult], ActionResult]

    if not TYPE_CHECKING:  # a type checker knows the fields as they are declared

        def __getattr__(self, name: str) -> Any:
            """Read what has not been read; called only for a field that is not there yet."""
            if name not in FIELDS or not hasattr(self, "read"):
                raise AttributeError(f"'{type(self).__name__}' has no attribute '{name}'")
            whole = self.read(self)
            for each in FIELDS - SEEN:
                object.__setattr__(self, each, getattr(whole, each))
            return getattr(self, name)


@dataclass(frozen=True, slots=True)
class ActionResult(_Seen):
    """What an action made and how it came to be.

    `made_at` is UTC, ISO 8601; `cost_microdollars` what the call cost; `seconds` how long it took;
    `call` is the id of the ledger's call that paid for it, empty where nothing was paid. `emulated`
    tells that something stood in for the service: the picture is none to be shown. `pixels` is the
    digest of the decoded pixels, empty where nobody looked. `imported` is the name of the file that
    a person gave for it. `verdict` is the worst of what was found out about a picture, and
    `findings` the digest of the document that says so; both empty where nothing was looked for.
    `judged_microdollars` is what a judge was paid meanwhile, whose answer is a result of its own.
    """

    key: ActionKey
    artifact: Digest
    manifest: Manifest
    made_at: str = ""
    seconds: int = 0
    cost_microdollars: int = 0
    usage: Mapping[str, Json] = field(default_factory=dict)
    request_id: str | None = None
    model: str | None = None
    call: str = ""
    emulated: bool = False
    pixels: str = ""
    imported: str = ""
    verdict: str = ""
    findings: str = ""
    judged_microdollars: int = 0

    @property
    def is_paid(self) -> bool:
        """Whether it cannot be had again for nothing: it was bought, or a person gave it."""
        return bool(self.call or self.imported or self.cost_microdollars)

    @property
    def has_file(self) -> bool:
        """Whether it is kept as a file: bought, given, or drawn by a provider of this machine."""
        return self.is_paid or self.model is not None


FIELDS: Final = frozenset(each.name for each in fields(ActionResult))

SEEN: Final = frozenset({"key", "artifact", "emulated", "verdict"})
"""What is known of a result whose picture alone has been looked at."""

_KEY, _ARTIFACT, _EMULATED, _VERDICT, _READ = (
    getattr(ActionResult, name).__set__
    for name in ("key", "artifact", "emulated", "verdict", "read")
)
"""Fill a field of a result that is being made, where no other way does."""


def seen(
    key: ActionKey,
    artifact: Digest,
    verdict: str,
    read: Callable[[ActionResult], ActionResult],
    *,
    emulated: bool,
) -> ActionResult:
    """Return a result of which little is read now, and the rest by `read` if it is asked for."""
    result = ActionResult.__new__(ActionResult)
    _KEY(result, key)
    _ARTIFACT(result, artifact)
    _EMULATED(result, emulated)
    _VERDICT(result, verdict)
    _READ(result, read)
    return result


def glimpse(record: str) -> tuple[str, str, bool, str] | None:
    """Return key, artifact, whether it is emulated, and verdict of a record; None: read it whole.

    Only what was written just as we write it is understood: that is nearly every record there is.
    """
    head = HEAD.match(record)
    if head is None:
        return None
    artifact, emulated, key = head.groups()
    if record.endswith(NO_VERDICT):
        return key, artifact, emulated == "true", ""
    if '"verdict"' not in record:  # written before there were any
        return key, artifact, emulated == "true", ""
    end = VERDICT.search(record, max(0, len(record) - LONGEST_END))
    return None if end is None else (key, artifact, emulated == "true", end[1])


def record_of(result: ActionResult) -> str:
    """Return a result as files and the index hold it."""
    return ENCODER.encode({name: getattr(result, name) for name in FIELDS})


def result_of(record: str) -> ActionResult:
    """Return a result; what a later assetforge wrote down beyond our fields is left out.

    Raises:
        ValueError, TypeError: it is none.
    """
    found = json.loads(record)
    return ActionResult(**{name: found[name] for name in FIELDS if name in found})


def is_whole(result: ActionResult) -> bool:
    """Tell whether each field of a result is of its kind: of one that somebody else wrote."""
    digests = (result.key, result.artifact, *([result.findings] if result.findings else []))
    texts = (result.made_at, result.call, result.pixels, result.imported, result.verdict)
    amounts = (result.seconds, result.cost_microdollars, result.judged_microdollars)
    return (
        all(isinstance(each, str) and DIGEST.fullmatch(each) for each in digests)
        and all(isinstance(each, str) for each in texts)
        and all(type(each) is int and each >= 0 for each in amounts)
        and isinstance(result.manifest, dict)
        and isinstance(result.usage, dict)
        and isinstance(result.emulated, bool)
        and all(each is None or isinstance(each, str) for each in (result.request_id, result.model))
    )


def blobs_of(result: ActionResult) -> list[Digest]:
    """Return the digests of all that a result is: its artifact, and what was found out about it."""
    return [each for each in (result.artifact, Digest(result.findings)) if each]
