"""The case as a page: what is chosen, what is shown of it, and the sessions behind it, in Jupyter and without.

One page (`page.js`) and one session (`session.py`) serve both: in Jupyter as a widget (`widget.py`), and as a page of
its own (`app.py`), each session in a process of its own (`processes.py`).
"""
