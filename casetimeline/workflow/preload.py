"""What the kernels of the notebooks need of this package, imported once in the template that they are forked from.

The template is known by the state of the package's files: after a change of one of them there is another template.
"""

import casetimeline

# All but the explorer, whose widgets look for a running shell when they are imported.
LOADED = [getattr(casetimeline, name) for name in dir(casetimeline) if name != "Explorer"]
