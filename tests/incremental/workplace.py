"""A small project whose builds can be looked into: what was rendered, and by which way."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

import assetforge.cli.entry
import assetforge.incremental.build
from assetforge.rendering import VariantRenderer
from tests.space import QUICK, Result, Space

SMALL = QUICK.replace("1200x628", "240x160").replace("600x900", "160x240")
"""The quick project in small pictures."""

CARD = """\
  card:
    matrix: {locale: all}
    steps:
      - compose: "A card."
        copy: {headline: banner.headline}
        size: 160x160
    output: out/cards/{locale}.png
"""
"""A second asset with the same texts."""

MASCOT = """\
  mascot:
    matrix: {locale: all}
    steps:
      - compose: prompts/mascot.j2
        copy: {headline: mascot.says}
        size: 160x160
    output: out/mascot/{locale}.png
"""

GRANULE_SECONDS = 0.03
"""After this long, an edit does not look like one from before."""


class Workplace(Space):
    """A project with a trace, and what its builds did.

    `rendered` are the variants that were rendered by the last build; `slow` counts how often the
    command line was asked, `whole` how often all was planned.
    """

    def __init__(self, root: Path, patch: pytest.MonkeyPatch) -> None:
        super().__init__(root)
        self.rendered: set[str] = set()
        self.slow = 0
        self.whole = 0
        render, run = VariantRenderer.render, assetforge.cli.entry.run
        build_all = assetforge.incremental.build.build_all

        def noted(renderer: VariantRenderer, variant: Any, *rest: Any, **named: Any) -> Any:
            self.rendered.add(variant.name)
            return render(renderer, variant, *rest, **named)

        def counted(*arguments: Any) -> int:
            self.slow += 1
            return run(*arguments)

        def planned(*arguments: Any) -> Any:
            self.whole += 1
            return build_all(*arguments)

        patch.setattr(VariantRenderer, "render", noted)
        patch.setattr(assetforge.cli.entry, "run", counted)
        patch.setattr(assetforge.incremental.build, "build_all", planned)

    def begin(self, *locales: str, pipeline: str = SMALL) -> Workplace:
        """Write the project, and build it until there is nothing to do."""
        self.quick(*locales, pipeline=pipeline)
        self.settled()
        return self

    def settled(self) -> None:
        """Build until the trace tells that there is nothing to do."""
        for _ in range(4):
            time.sleep(GRANULE_SECONDS)
            self.again()
            if not self.slow:
                return
        raise AssertionError("the trace never tells it")

    def again(self, *flags: str) -> Result:
        """Build, and note what was done."""
        self.rendered.clear()
        self.slow = self.whole = 0
        return self.run("build", *flags)

    @property
    def how(self) -> str:
        """How the last build was done."""
        return "whole" if self.whole else "part" if self.slow else "trace"

    @property
    def trace(self) -> Path:
        """The folder of the trace."""
        (folder,) = self.root.glob(".assetforge/traces/*")
        return folder


def counts(result: Result) -> str:
    """Return the counts that a build told."""
    (line,) = [each for each in result.err.splitlines() if " hit; " in each]
    return line.partition(";")[0]
