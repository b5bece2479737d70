"""What a whole build proved, in one small file: read back to see whether it still holds.

Imports nothing that Python has not loaded when it starts, but for a checksum.
"""

from __future__ import annotations

import marshal
import os
import zlib

from assetforge.layout import STORE
from assetforge.trace.stamp import Stamp

FOLDER = "traces"
"""Where traces are, below the local store."""

FILE = "proof"

MAGIC = b"assetforge.trace/1\n"

MOST_NAME_BYTES = 200
"""Longest name of a trace's folder; systems allow 255."""


class Folder:
    """A folder that was looked into: its stamp, and what names it had then."""

    __slots__ = ("names", "path", "stamp")

    def __init__(self, path: str, stamp: Stamp, names: str) -> None:
        self.path = path
        self.stamp = stamp
        self.names = names


class Place:
    """A folder of targets: its stamp, and which rows of the targets lie directly in it."""

    __slots__ = ("end", "path", "stamp", "start")

    def __init__(self, path: str, stamp: Stamp, start: int, end: int) -> None:
        self.path = path
        self.stamp = stamp
        self.start = start
        self.end = end


class Proof:
    """All that has to be as it was, so that a build has nothing to do.

    Attributes:
        root: the project's folder.
        made_by: the Python and the assetforge that wrote it.
        days: since which day it holds and from which it does not, counted from 1970 in UTC; what is
            said of models depends on it. 0: for ever.
        variables: digests of the environment's variables that were asked for; empty where unset.
        code: the files of the program that planned, by path.
        files: the project's files that were read or looked for: stamp and digest, None where there
            was none.
        folders: the project's folders that were looked into.
        links: the folders that files and targets lie in, and where those lead that are links.
        store: the inodes of what the store must not be without.
        blobs: the folders of the store that hold pictures, by name.
        generation: which files beside this one belong to it.
        needs: the stamp of the one that says what each variant was made from.
        count: how many targets there are.
        trusted: whether the times of the folders of targets tell what happened in them.
        places: the folders of targets.
        actions: how many actions the plan has.
        warnings: what is worth a look, as it is printed without colours and with them.
        summary: what a build with nothing to do says at its end.
    """

    __slots__ = (
        "actions",
        "blobs",
        "code",
        "count",
        "days",
        "files",
        "folders",
        "generation",
        "links",
        "made_by",
        "needs",
        "places",
        "root",
        "store",
        "summary",
        "trusted",
        "variables",
        "warnings",
    )

    def __init__(
        self,
        root: str,
        made_by: str,
        days: tuple[int, int],
        variables: dict[str, str],
        code: dict[str, Stamp],
        files: dict[str, tuple[Stamp | None, str]],
        folders: list[Folder],
        links: dict[str, str],
        store: dict[str, int],
        blobs: dict[str, Stamp | None],
        generation: str,
        needs: Stamp | None,
        count: int,
        trusted: bool,
        places: list[Place],
        actions: int,
        warnings: tuple[str, str],
        summary: str,
    ) -> None:
        self.root = root
        self.made_by = made_by
        self.days = days
        self.variables = variables
        self.code = code
        self.files = files
        self.folders = folders
        self.links = links
        self.store = store
        self.blobs = blobs
        self.generation = generation
        self.needs = needs
        self.count = count
        self.trusted = trusted
        self.places = places
        self.actions = actions
        self.warnings = warnings
        self.summary = summary


def below(proof: Proof) -> str:
    """Return the folder that all targets lie below, relative to the root."""
    places = [each.path for each in proof.places]
    return os.path.relpath(os.path.commonpath(places), proof.root).replace(os.sep, "/")


def trace_folder(root: str, file: str, profile: str | None) -> str | None:
    """Return the folder of a trace below a project's store; None where it cannot have a name."""
    named = f"{file}\0{profile}" if profile is not None else file
    name = named.encode("utf-8", "surrogateescape").hex()
    if len(name) > MOST_NAME_BYTES:
        return None
    return os.path.join(root, STORE, FOLDER, name)  # noqa: PTH118  pathlib takes too long


def dumped(proof: Proof) -> bytes:
    """Return the bytes of a proof, with their checksum."""
    body = marshal.dumps(
        (
            proof.root,
            proof.made_by,
            proof.days,
            proof.variables,
            proof.code,
            proof.files,
            [(each.path, each.stamp, each.names) for each in proof.folders],
            proof.links,
            proof.store,
            proof.blobs,
            proof.generation,
            proof.needs,
            proof.count,
            proof.trusted,
            [(each.path, each.stamp, each.start, each.end) for each in proof.places],
            proof.actions,
            proof.warnings,
            proof.summary,
        )
    )
    return MAGIC + zlib.crc32(body).to_bytes(4, "big") + body


def read_proof(folder: str) -> Proof | None:
    """Return the proof of a trace; None where there is none, or none that can be read."""
    try:
        with open(f"{folder}/{FILE}", "rb") as file:  # noqa: PTH123  pathlib takes too long
            data = file.read()
    except (OSError, ValueError):
        return None
    start = len(MAGIC) + 4
    body = data[start:]
    if not data.startswith(MAGIC) or zlib.crc32(body).to_bytes(4, "big") != data[start - 4 : start]:
        return None
    try:
        root, made_by, days, variables, code, files, folders, links, *rest = marshal.loads(body)
        store, blobs, generation, needs, count, trusted, places, actions, *said = rest
        warnings, summary = said
        return Proof(
            root,
            made_by,
            days,
            variables,
            code,
            files,
            [Folder(*each) for each in folders],
            links,
            store,
            blobs,
            generation,
            needs,
            count,
            trusted,
            [Place(*each) for each in places],
            actions,
            warnings,
            summary,
        )
    except (EOFError, TypeError, ValueError):
        return None


def write_proof(folder: str, proof: Proof) -> None:
    """Put a proof in the place of the one before, at once.

    Raises:
        OSError: it cannot be written.
    """
    path = f"{folder}/{FILE}"
    part = f"{path}.{os.getpid()}.part"
    try:
        with open(part, "wb") as file:  # noqa: PTH123
            file.write(dumped(proof))
        os.replace(part, path)  # noqa: PTH105
    except BaseException:
        if os.path.exists(part):  # noqa: PTH110
            os.unlink(part)  # noqa: PTH108
        raise
