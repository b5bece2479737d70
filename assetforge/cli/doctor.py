"""`assetforge doctor`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Protocol, runtime_checkable
from urllib.parse import urlsplit

import click

from assetforge import registry
from assetforge.capabilities import shutdown_of
from assetforge.cli.options import format_option, project_options
from assetforge.cli.output import print_json
from assetforge.errors import ActionFailed, OutcomeUnknown, did_you_mean
from assetforge.limits import Pool
from assetforge.pipeline import Profile
from assetforge.project import Project, open_project
from assetforge.providers.base import Allowance, Provider
from assetforge.reports.doctor import Check, Health, doctor_document, doctor_text
from assetforge.services import Service, is_loopback

PATIENCE_SECONDS: Final = 30.0
"""How long the list of models is waited for: no picture is drawn meanwhile."""

OPENS_NOT: Final = {"no-address": "address", "no-connection": "access"}
"""Code of an error that keeps a provider from being opened → what is wrong; else it is the key."""


@runtime_checkable
class Examinable(Provider, Protocol):
    """A provider that can be examined without making a picture."""

    base_url: str
    key_source: str
    sdk: str

    def models(self) -> tuple[Mapping[str, str | None], Allowance]:
        """Return the models that the service lists, each with its shutdown date if told."""

    def wire_model(self, model: str | None) -> str:
        """Return what the service calls a model."""


@click.command(name="doctor")
@project_options
@format_option("text", "json")
@click.option("--all", "every", is_flag=True, default=False, help="Check every profile.")
def command(file: Path, profile: str | None, form: str, every: bool) -> int:
    """Check key, access, model and limits, without making a picture.

    Exits with 1 when a profile that was checked could make none.
    """
    project = open_project(file, profile)
    others = [each for each in project.pipeline.profiles if each != project.profile_name]
    projects = [project, *(open_project(file, each) for each in others if every)]
    found = [examined(each, datetime.now(UTC).date()) for each in projects]
    if form == "json":
        print_json(doctor_document(found))
    else:
        click.echo(doctor_text(found))
    return int(any(each.failed for each in found))


def examined(project: Project, today: date) -> Health:
    """Return how a project's profile stands."""
    profile = project.profile
    checks = tuple(examine(project, today))
    return Health(project.profile_name, profile.provider, profile.model, checks)


def examine(project: Project, today: date) -> Iterator[Check]:
    """Look at everything that a picture needs, as far as it can be seen without making one."""
    if project.capabilities.local:
        yield Check("provider", "ok", "draws on this machine: no key, no network, no bill")
        return
    if gone := shutdown_of(project.capabilities, today):
        yield Check("model", "failed", gone.message, gone.help or "")
    try:
        connection = replace(project.connection, timeout_seconds=PATIENCE_SECONDS)
        provider = registry.open_provider(connection)
    except ActionFailed as error:
        yield told(error, OPENS_NOT.get(error.code, "key"))
        return
    if isinstance(provider, Examinable):
        yield from examine_service(project, provider)
    else:
        yield Check("provider", "ok", "opens; it cannot be examined further")


def examine_service(project: Project, provider: Examinable) -> Iterator[Check]:
    """Look at a service that lists its models."""
    yield Check("key", "ok", provider.key_source)
    yield address_check(provider.base_url)
    yield Check("sdk", "ok", provider.sdk)
    if project.service:
        yield from setting_checks(project.profile, project.service)
    try:
        models, allowance = provider.models()
    except ActionFailed as error:
        yield access_check(error)
        yield limits_check(project, known_limits(project, provider))
        return
    yield Check("access", "ok", f"reached and let in; models listed: {len(models)}")
    yield from model_checks(project, provider, models)
    earlier = known_limits(project, provider)
    images = allowance.images_per_minute or earlier.images_per_minute
    tokens = allowance.tokens_per_minute or earlier.tokens_per_minute
    yield limits_check(project, Allowance(images, tokens))


def known_limits(project: Project, provider: Provider) -> Allowance:
    """Return the limits that the service told an earlier build of this machine."""
    with closing(Pool(provider.account, limited=project.limited)) as pool:
        state = pool.state()
    return Allowance(state.images, state.tokens)


def told(error: ActionFailed, name: str) -> Check:
    """Return a failed check that says what an error says."""
    message, _, advice = str(error).partition("; ")
    return Check(name, "failed", message, advice)


def address_check(address: str) -> Check:
    """Return whether an address keeps the key to itself."""
    parts = urlsplit(address)
    if parts.scheme == "https" or is_loopback(parts.hostname or ""):
        return Check("address", "ok", address)
    return Check("address", "warning", f"{address} would send the key unencrypted", "use https")


def access_check(error: ActionFailed) -> Check:
    """Return what it means that models could not be listed: not every service or key may."""
    if error.code in ("no-list", "nothing-there"):
        message = "no models are listed here: whether all is right shows with the first picture"
        return Check("access", "warning", message, "check 'base_url'")
    if "scope" in str(error):
        message = "the key may not list models: whether it may make pictures shows with the first"
        return Check("access", "warning", message)
    if isinstance(error, OutcomeUnknown):
        # Its own advice is for pictures: a list costs nothing, whatever became of it.
        return replace(told(error, "access"), advice="check the connection and 'base_url'")
    return told(error, "access")


def model_checks(
    project: Project, provider: Examinable, models: Mapping[str, str | None]
) -> Iterator[Check]:
    """Look whether the model is there, and for how long."""
    name = provider.wire_model(project.profile.model)
    if project.profile.deployment:
        message = f"deployment '{name}': services list models, not deployments"
        yield Check("model", "ok", message)
    elif name not in models:
        # A key that is restricted may not see models that it may use.
        message = f"'{name}' is not listed: the account may not have it"
        yield Check("model", "warning", message, did_you_mean(name, models) or "")
    else:
        end = models[name] or project.capabilities.shutdown
        use = project.capabilities.replacement
        if end is None:
            yield Check("model", "ok", f"'{name}' is listed")
        else:
            message = f"'{name}' is listed until {end}"
            yield Check("model", "warning", message, f"use '{use}'" if use else "")


def setting_checks(profile: Profile, service: Service) -> Iterator[Check]:
    """Look for settings of the profile that the service has no word for."""
    said = [name for name in optional_settings(profile) if name not in service.parameters]
    if profile.partial_images and not service.streaming:
        said.append("partial_images")
    for name in said:
        message = f"'{service.name}' takes no '{name}': it is not sent"
        yield Check("settings", "warning", message, "leave it out of the profile")


def optional_settings(profile: Profile) -> list[str]:
    """Return the names of the parameters that a profile sets."""
    names = ("quality", "moderation", "output_compression")
    return [each for each in names if getattr(profile, each) is not None]


def limits_check(project: Project, allowance: Allowance) -> Check:
    """Return what is known about the account's limits, and who said so."""
    profile = project.profile
    stated = _limits(profile.images_per_minute, profile.tokens_per_minute)
    heard = _limits(allowance.images_per_minute, allowance.tokens_per_minute)
    said = [f"{what} ({who})" for what, who in ((stated, "profile"), (heard, "service")) if what]
    if said:
        return Check("limits", "ok", "; ".join(said))
    if not project.limited:
        return Check("limits", "ok", "none: a server of one's own")
    message = "not known yet: many services tell them with the first picture"
    return Check("limits", "ok", message, "state 'images_per_minute' if yours does not")


def _limits(images: int | None, tokens: int | None) -> str:
    counts = ((images, "images"), (tokens, "tokens"))
    return ", ".join(f"{count:,} {what} a minute" for count, what in counts if count is not None)
