"""Axes over time: their scales and ticks, where a fact is on them, how long it lasted, and where words have room."""
