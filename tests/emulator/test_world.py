import asyncio
import time

from assetforge.emulator import Settings
from assetforge.emulator.world import World


def test_calls_are_numbered_from_one():
    world = World(Settings())

    assert [world.next_call() for _ in range(3)] == [1, 2, 3]
    world.close()


def test_a_pause_ends_when_the_server_does():
    async def paused() -> None:
        await world.pause(0.01)
        asyncio.get_running_loop().call_later(0.01, world.closing.set)
        await world.pause(3600)
        await world.pause(0)

    world = World(Settings())
    asyncio.run(asyncio.wait_for(paused(), timeout=60))
    world.close()


def test_its_clocks_may_be_a_test_s_own():
    world = World(Settings(images_per_minute=1), clock=lambda: 5.0, wall=lambda: 7.0)

    assert (world.clock(), world.wall()) == (5.0, 7.0)
    assert World(Settings()).clock() <= time.monotonic()
    world.close()
