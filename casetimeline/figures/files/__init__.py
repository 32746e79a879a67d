"""Figures as files: bytes for a notebook, a page or a journal, what journals ask, and the proof of each file."""
