"""Fixtures of the tests of what people decide."""

from tests.review.shop import open_shop, shop

__all__ = ["open_shop", "shop"]
