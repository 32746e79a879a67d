from .app import (
    run_app as run_app,
)
from .widget import Explorer as Explorer
