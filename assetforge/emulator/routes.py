"""Which routes an emulator has: OpenAI's, or those of the service whose dialect it speaks."""

from __future__ import annotations

from starlette.routing import Route

from assetforge.emulator.dialects import DIALECTS
from assetforge.emulator.endpoints import Endpoints
from assetforge.emulator.foreign import Foreign
from assetforge.emulator.settings import Settings
from assetforge.emulator.world import World

SPOKEN = "openai"


def service_routes(world: World) -> list[Route]:
    """Return the routes beside OpenAI's two for pictures; those of a dialect stand before them."""
    name = world.settings.dialect
    if name == SPOKEN:
        return Endpoints(world).routes
    return Foreign(world, DIALECTS[name]).routes


def root_of(settings: Settings) -> str:
    """Return what the paths of the service begin with, such as `/v1`."""
    return DIALECTS[settings.dialect].root


def needs_key(settings: Settings) -> bool:
    """Tell whether the service asks for a key."""
    return DIALECTS[settings.dialect].needs_key
