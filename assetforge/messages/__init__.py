"""What a message says: its text, what is put into it, and which of its forms is shown.

`pattern` is the one shape that messages of every syntax have. `syntaxes` reads texts into it, with
`plain`, `icu`, `i18next`, `rails` and `printf` for one syntax each; `formatting` puts values in,
with `forms` for the plurals of PO files. `notation` writes messages for people, `codec` for the
cache. `differences` and `lint` say what a translation lacks. `pseudo` makes texts of languages that
do not exist; `measure` says how much room a message takes.
"""
