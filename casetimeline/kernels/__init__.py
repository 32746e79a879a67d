"""Warm kernels: stock Jupyter kernels that are born by a fork of a process which has the large imports behind it.

What a notebook waits for is mostly not the notebook: an interpreter starts, ipykernel, pandas and matplotlib are
imported, ports are bound, and the client waits for 0.2 s of silence. Here one *template* process imports third-party
packages once. For each kernel it forks; the child goes on as the ordinary `IPKernelApp` with the ordinary connection
file. Client, protocol and kernel are those of Jupyter; only the birth differs.

    JUPYTER_DEFAULT_PROVISIONER_NAME=fork-provisioner papermill in.ipynb out.ipynb

is all that papermill, nbclient, nbval, JupyterLab or Voila need: jupyter_client's own extension point for how kernels
are launched. The package knows nothing of casetimeline, and nothing here imports it.

| environment | meaning |
|---|---|
| `JUPYTER_DEFAULT_PROVISIONER_NAME=fork-provisioner` | use warm kernels |
| `FORK_KERNEL_PRELOAD=pandas,matplotlib.figure` | what the template imports; third-party modules only |
| `FORK_KERNEL_IDLE=60` | seconds after its last kernel at which a template ends; 0: at once |
| `KERNEL=cold` | stock kernels |

`template` is the process that forks, `launch` finds or starts the template that a kernel may come from and asks it for
one, `process` is a kernel as its client sees it, `provisioner` is what jupyter_client asks for.

Where it works: Linux, a kernel of the very interpreter that asks for it. Anywhere else, and after any failure, the
stock kernel is launched, and a line on standard error says so.

What is not as in a stock kernel: a module that the template has imported is in `sys.modules` before a cell imports it,
so that a forgotten import of its submodule is not noticed; kernels of one template share one hash seed, where
PYTHONHASHSEED is not set; the process is listed under the name of the template.
"""
