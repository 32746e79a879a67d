"""What was derived and judged of a case, as tables and sentences for a reader. Nothing is computed here.

A `summarise_*` function takes an analysed case and returns a `Table` or a `Prose`. These parameters are the same for
all of them:

analysis : Analysis, Case, str or path
    From `analyse`. A `Case`, or the path of the folder of a case, is analysed first.
code : str
    A measure, by its code in measures.csv.

A `Table` is a DataFrame of cells as they are to be read, with a caption; each function says what its rows and columns
are. A column in which no row has anything is left out. A `Prose` is a few paragraphs. Both show themselves on the last
line of a cell, as text and as HTML, and both say "not reported" where the source does not report something.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
