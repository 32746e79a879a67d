"""The files of a case: read, checked with every fault at its place, written, and to and from a workbook.

Where to look: `read` finds the files, `model` makes them a case (`parse_case`, `interpret_case`); `check` finds the
faults of a timeline; `passages` looks a quote up in a text (`find_quote`), `proving` does so for each row
(`check_quotes`, `check_numbers`), and `sources` for the texts of a case (`prove`); `proposals` holds drafted rows
against a text; `author` makes and imports cases of one's own; `workbook/entries` refuses a cell (`text_of`), and
`workbook/placed` names each fault by its cell (`at_cells`); `shards` reads, checks and derives a part of a registry.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
