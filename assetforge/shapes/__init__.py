"""The shapes of the JSON documents that commands print and write, as JSON Schemas.

They are said once, here; `schemas/` holds what is made of them, for editors and other programs.
"""
