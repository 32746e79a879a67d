"""A plugin for pytest: nbval compares the stored outputs of a notebook with those of a warm kernel."""

import os

from .execute import WARM


def pytest_configure() -> None:
    """Let every kernel of this run be a warm one, unless the environment already says how kernels are launched."""
    for name, value in WARM.items():
        os.environ.setdefault(name, value)
