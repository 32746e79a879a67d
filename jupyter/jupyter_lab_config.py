"""JupyterLab in this project: it begins with the notebook that says what is here, asks no other host for news, and its
kernels are warm. `make lab` names this folder, and postBuild copies it to where Jupyter looks on Binder and JupyterHub.
"""

import os

from casetimeline.workflow.execute import WARM

c = get_config()  # noqa: F821
c.LabApp.default_url = "/lab/tree/notebooks/index.ipynb"
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
for name, value in WARM.items():
    os.environ.setdefault(name, value)
