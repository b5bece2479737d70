"""The texts of a locale, for somebody who writes them: shown, checked while typed, and saved."""

from assetforge.locale_desk.desk import LocaleDesk
from assetforge.locale_desk.saving import TextChanged

__all__ = ["LocaleDesk", "TextChanged"]
