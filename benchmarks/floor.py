"""The least that many cases can cost: their cells in one warm process, with the same files. Run by bench.py.

python floor.py NOTEBOOK DATA OUT
"""

import ast
import os
import sys
from pathlib import Path

import nbformat

from casetimeline.files import write_atomic
from casetimeline.workflow.notebook import write_text

source, data, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
os.environ["CASETIMELINE_BUILD"] = str(out)
notebook = nbformat.read(source, as_version=4)
code = [cell for cell in notebook.cells if cell.cell_type == "code"]
for folder in sorted(path.parent for path in data.glob("*/timeline.csv")):
    names: dict = {}
    for number, cell in enumerate(code, 1):
        tree = ast.parse(cell.source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "<cell>", "exec"), names)
        if number == 1:
            names |= {"case_id": folder.name, "data_dir": str(data)}
        cell.execution_count, cell.outputs = number, []
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
            shown = {"text/plain": repr(value)}
            for kind, name in (("text/html", "_repr_html_"), ("image/svg+xml", "_repr_svg_")):
                if hasattr(value, name):
                    shown[kind] = getattr(value, name)()
            cell.outputs = [nbformat.v4.new_output("execute_result", shown, execution_count=number)]
    write_atomic(out / folder.name / Path(source).name, write_text(notebook).encode())
