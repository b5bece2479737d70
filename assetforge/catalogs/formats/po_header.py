"""What the header of a PO file says: the entry whose msgid is empty.

Source: GNU gettext manual, "Filling in the Header Entry" and "Plural forms".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assetforge.messages.forms import form_number

# CHARSET is what a template says that nobody has filled in.
_UTF8_NAMES = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "charset"})
_CHARSET = re.compile(r"^content-type:.*?charset=([^\s;]+)", re.IGNORECASE | re.MULTILINE)
_PLURAL_FORMS = re.compile(r"^plural-forms:(.*)$", re.IGNORECASE | re.MULTILINE)
_RULE = re.compile(r"\s*nplurals\s*=\s*([0-9]{1,2})\s*;\s*plural\s*=\s*([^;]+?)\s*;?\s*")
_TEMPLATE = re.compile(r"\s*nplurals\s*=\s*INTEGER\s*;.*")
_TRIED = range(1000)


@dataclass(frozen=True, slots=True)
class PluralForms:
    """How many forms a plural has, and gettext's expression in C that chooses one."""

    count: int
    rule: str


class OddHeader(ValueError):
    """A line of the header that cannot be followed; `str` is what is wrong, in words."""


def foreign_charset(header: str) -> str | None:
    """Return the charset that a header names, if it is another than UTF-8."""
    found = _CHARSET.search(header)
    return found[1] if found and found[1].lower() not in _UTF8_NAMES else None


def is_template(header: str) -> bool:
    """Tell whether nobody has filled in how plurals are formed."""
    line = _PLURAL_FORMS.search(header)
    return line is not None and _TEMPLATE.fullmatch(line[1]) is not None


def plural_forms(header: str) -> PluralForms | None:
    """Return how plurals are formed, or None where the header does not say.

    Raises:
        OddHeader: what it says is no expression for one of its forms.
    """
    line = _PLURAL_FORMS.search(header)
    if line is None:
        return None
    rule = _RULE.fullmatch(line[1])
    if rule is None:
        raise OddHeader(f"Plural-Forms {line[1].strip()!r} is not understood")
    forms = PluralForms(int(rule[1]), rule[2])
    _try(forms)
    return forms


def _try(forms: PluralForms) -> None:
    try:
        chosen = {form_number(forms.rule, number) for number in _TRIED}
    except ValueError as error:
        raise OddHeader(str(error)) from None
    beyond = [form for form in chosen if not 0 <= form < forms.count]
    if beyond:
        found = f"plural expression {forms.rule!r} chooses form {max(beyond)}"
        raise OddHeader(f"{found}, but nplurals is {forms.count}")
