r"""Small valid catalogs of every format, with the words that their formats are made of."""

from __future__ import annotations

from dataclasses import dataclass

_WORDS = (
    "\n", "\r", "\t", " ", "\ufeff", "\u2028", "\u0085", "\u202e", "\0", "\x1b", "😀", "é",
    "\uffff", "{", "}", "{{", "}}", "{name}", "{count, plural, one {#} other {#}}",
    "{n, select, other {", "'", "%", "%s", "%1$s", "%(name)s", "%{name}", "$t(a)", "$t(", "[",
    "]", '"', "\\", "\\u", "\\ud800", ",", ":", "=", "#", "-", "1e999999999", "9" * 50, "null",
    "zh-Hant-TW", "no", "other", "<<<<<<< a\n",
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """Valid files of one format.

    Attributes:
        file: where an input is written; in a format that is a folder, one file of it.
        reader: module and name of the format's reader.
        texts: the files.
        tokens: what is strewn into them.
    """

    file: str
    reader: str
    texts: tuple[bytes, ...]
    tokens: tuple[bytes, ...]

    @property
    def is_folder(self) -> bool:
        """Whether the reader takes the folder."""
        return "/" in self.file


def _sample(file: str, reader: str, texts: tuple[str, ...], words: tuple[str, ...] = ()) -> Sample:
    tokens = (*map(str.encode, (*_WORDS, *words)), b"\xff", b"\xed\xa0\x80")
    from_module = f"assetforge.catalogs.formats.{reader}"
    return Sample(file, from_module, tuple(map(str.encode, texts)), tokens)


PO = (
    r"""msgid ""
msgstr ""
"Language: de\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#. Shown large
#: banner.html:3
msgctxt "banner"
msgid "Get %(name)s now"
msgstr "Hol dir "
"%(name)s jetzt"

#, fuzzy
#| msgid "Old"
msgid "headline"
msgstr "Neu"

msgid "one day"
msgid_plural "%d days"
msgstr[0] "ein Tag"
msgstr[1] "%d Tage"

#~ msgid "gone"
#~ msgstr "weg"
""",
)

JSON = (
    '{"banner": {"headline": "Hi {name}", "items": ["a", 1.50, null, true]}, "a.b": "C"}\n',
    '{"day_one": "{{count}} day", "day_other": "{{count}} days", "x": "see $t(day)", "y": ""}',
    '{"n": "{count, plural, =0 {none} one {# day} other {# days}}", "g": "{g, select, other {x}}"}',
)

ARB = (
    '{"@@locale": "de", "title": "Hi {name}", "@title": {"description": "Large",'
    ' "placeholders": {"name": {"type": "String"}}}, "n": "{n, plural, =1{one} other{{n}}}"}',
)

CSV = (
    'key,comment,max_length,de,en\nbanner.headline,Large,30,"Hallo, {name}",Hi\nx,,,,"a\nb"\n',
    "key;de;fr\na;b;c\n",
)

TSV = ("key\tcontext\tde\ten\nbanner.headline\tx\tHallo {name}\tHi {name}\nb\t\t\tB\n",)

XCSTRINGS = (
    """{"sourceLanguage": "en", "version": "1.0", "strings": {
  "hello %@": {"comment": "Large", "extractionState": "manual", "localizations": {
    "de": {"stringUnit": {"state": "translated", "value": "Hallo %@"}},
    "en": {"stringUnit": {"state": "new", "value": ""}}}},
  "days": {"localizations": {"de": {"variations": {"plural": {
    "one": {"stringUnit": {"state": "translated", "value": "%lld Tag"}},
    "other": {"stringUnit": {"state": "needs_review", "value": "%lld Tage"}}}}}}},
  "OK": {"shouldTranslate": false}}}
""",
)

FOLDER = ("Hallo {name}\n", "Zwei\nZeilen\n\n")

YAML = (
    """de:
  banner:
    headline: "Hi %{name}"
    long: >
      more
      text
    block: |
      a
        b
    days:
      one: ein Tag
      other: '%{count} Tage'
  list: [no, 1.10, 12:30, ~]
""",
    """base: &base
  yes: off
  items: [a, b]
more:
  <<: *base
  yes: "on"
again: *base
? key
: value
""",
    "{banner.headline: 'Hi {name}', no: no, \"quoted\\u00e9\": x}\n",
)

XLIFF_1 = """<?xml version="1.0" encoding="UTF-8"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
 <file source-language="en" target-language="de" datatype="plaintext" original="x"><body>
  <group id="g"><trans-unit id="1" resname="headline" maxwidth="30" size-unit="char">
   <source>Hi <x id="INTERPOLATION" equiv-text="{{name}}"/></source>
   <target state="needs-review-translation">Hallo <x id="INTERPOLATION" equiv-text="{{name}}"/>
   </target><note>Large</note></trans-unit></group>
  <trans-unit id="2" translate="no" xml:space="preserve"><source> Brand </source></trans-unit>
  <trans-unit id="3" approved="yes"><source><g id="1">b</g></source>
   <target state="new"><bpt id="1">&lt;b&gt;</bpt>b<ept id="1">&lt;/b></ept></target></trans-unit>
 </body></file>
</xliff>
"""

XLIFF_2 = """<xliff version="2.0" srcLang="en" trgLang="de"
 xmlns="urn:oasis:names:tc:xliff:document:2.0"
 xmlns:slr="urn:oasis:names:tc:xliff:sizerestriction:2.0">
 <file id="f"><group id="g"><unit id="u1" name="headline" slr:sizeRestriction="30">
  <notes><note>Large</note></notes>
  <segment state="final"><source>One.</source><target>Eins.</target></segment>
  <ignorable><source> </source></ignorable>
  <segment><source>Two <ph id="n" equiv="{n}"/></source>
   <target>Zwei <pc id="1"><ph id="n" equiv="{n}"/></pc></target></segment>
 </unit></group></file>
</xliff>
"""

ANDROID = (
    r"""<?xml version="1.0" encoding="utf-8"?>
<resources xmlns:xliff="urn:oasis:names:tc:xliff:document:1.2">
    <!-- Large -->
    <string name="title">Don\'t <b>go</b> "  now " \u2019\n
        <xliff:g id="name">%1$s</xliff:g></string>
    <string name="brand" translatable="false">Brand</string>
    <string name="half" formatted="false">50% &amp; <![CDATA[<i>x</i>]]></string>
    <string name="same">@string/title</string>
    <string-array name="tips"><item>one</item><item>two</item></string-array>
    <plurals name="days"><item quantity="one">%d day</item><item quantity="other">%d days</item>
    </plurals>
</resources>
""",
)

_XML_WORDS = (
    "<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "&", "&amp;", "&#0;", "&#x1F600;",
    "&lol;", '<!DOCTYPE x [<!ENTITY lol "lol">]>', "<?xml version='1.0' encoding='utf-16'?>",
    "<g>", "</g>", "<a>", "xmlns='x'", "x:y", ' name="title"', ' xml:space="preserve"',
    ' id=""', ' state="new"',
)  # fmt: skip

FLUENT = (
    """# Large
headline = Hi { $name } from { -brand(case: "gen") }
    and more
    .label = L { headline.label }
-brand = { $case ->
    [gen] Mozilli
   *[nom] Mozilla
}
    .gender = feminine
days = { $count ->
    [0] none
    [one] { $count } day
   *[other] { NUMBER($count, maximumFractionDigits: 0) } days
}
by = { -brand.gender ->
    [feminine] she { DATETIME($day, dateStyle: "long") }
   *[other] it { "{" } { headline } { 5 }
}
""",
)

_YAML_WORDS = (
    "&a ", "*a", "<<: ", "<<: *base", "- ", "? ", ": ", "|\n", ">-\n", "!!str ", "!!null ",
    "!x ", "---\n", "...\n", "%YAML 1.1\n", "- - - ", "[[", "{a: ", "  ", "~", "one: x\n",
    "other: x\n", "de:\n", "no: ",
)  # fmt: skip
_FLUENT_WORDS = (
    "{ $x ->\n", "*[other] x\n", "[one] x\n", "}\n", "-a", ".b", "NUMBER(", "DATETIME($x)",
    "{ -brand.gender ->\n", "{ { ", "a = b\n", "\n .c = d\n", "# x\n", "### x\n", '{ "',
    '\\U01F600', "->", "*[", "X($y)",
)  # fmt: skip
_PO_WORDS = (
    "#~ ", "#| ", "#, fuzzy\n", "msgid ", "msgstr ", "msgstr[1] ", "msgctxt ",
    'msgid_plural "a"\n', 'msgid "a"\n', 'msgstr "b"\n',
    '"Content-Type: text/plain; charset=utf-7\\n"\n',
    "Plural-Forms: nplurals=9; plural=n**9**9;\\n", "plural=(((((", "nplurals=INTEGER",
)  # fmt: skip
_TABLE_WORDS = ('""', '","', ";", "\t", "key", "de", "\nde", "key,de,de\n")

SAMPLES = {
    "po": _sample("x.po", "po:read", PO, _PO_WORDS),
    "json": _sample("x.json", "json_file:read", JSON),
    "arb": _sample("x.arb", "arb:read", ARB),
    "csv": _sample("x.csv", "csv_file:read", CSV, _TABLE_WORDS),
    "tsv": _sample("x.tsv", "csv_file:read", TSV, _TABLE_WORDS),
    "xcstrings": _sample("x.xcstrings", "xcstrings:read", XCSTRINGS),
    "folder": _sample("x/title.txt", "folder:read", FOLDER),
    "yaml": _sample("x.yaml", "yaml_file:read", YAML, _YAML_WORDS),
    "xliff": _sample("x.xlf", "xliff:read", (XLIFF_1, XLIFF_2), _XML_WORDS),
    "xml": _sample("strings.xml", "android:read", ANDROID, _XML_WORDS),
    "ftl": _sample("x.ftl", "fluent:read", FLUENT, _FLUENT_WORDS),
}
"""By a name of each reader; one that reads several suffixes alike is here once."""
