"""Warm kernels: stock Jupyter kernels that are forked from a process in which the large imports are already done.

Most of the time before the first cell is not spent on the notebook: an interpreter starts, ipykernel, pandas and
matplotlib are imported, ports are bound, and the client waits for 0.2 s of silence. Here one *template* process imports
third-party packages once, and forks for each kernel; the child goes on as the ordinary `IPKernelApp` with the ordinary
connection file. Client, protocol and kernel are those of Jupyter; only the start of the process differs.

    JUPYTER_DEFAULT_PROVISIONER_NAME=fork-provisioner papermill in.ipynb out.ipynb

is all that papermill, nbclient, nbval, JupyterLab or Voila need: it is the extension point of jupyter_client for how
kernels are launched. Nothing here imports casetimeline.

| environment | meaning |
|---|---|
| `JUPYTER_DEFAULT_PROVISIONER_NAME=fork-provisioner` | use warm kernels |
| `FORK_KERNEL_PRELOAD=pandas,matplotlib.figure` | what the template imports; third-party modules only |
| `FORK_KERNEL_OWN=package.module@STATE` | a module of the project itself, and the state of its files |
| `FORK_KERNEL_IDLE=60` | seconds without a kernel after which a template ends; 0: at once |
| `KERNEL=cold` | use stock kernels |

| module | what it does |
|---|---|
| `provisioner` | launches kernels for jupyter_client, which finds it by its entry point |
| `direct` | launches a kernel that is asked over a socket of its own |
| `launch` | finds or starts the template that a kernel may come from, and asks it for one; its `os.fork` is no kernel |
| `process` | a forked kernel as its client sees it: its process, and its first answer |
| `template` | the script of the template process: forks a kernel for each request (`_fork_for`) |
| `fork_kernel_preload` | what a template imports, and the check that it may fork afterwards |
| `fork_kernel_child` | what the forked child does to become a kernel |

It works on Linux, for kernels of the interpreter that asks for them. Anywhere else, and after any failure, a stock
kernel is launched, and a line on standard error says so.

What a cell has started ends with its kernel, also a daemon in a session of its own: that of a warm kernel is known as
its descendant, that of a stock one by its environment. Not known are what another service starts for a cell (systemd,
cron, a container), what becomes another user's, what a cell of a stock kernel starts with an empty environment, and
what is running when the template, or the client of a stock kernel, is killed by SIGKILL.

Four things differ from a stock kernel. A process that loses its parent becomes a child of the kernel, and not of the
first process of the machine. A module that the template has imported is in `sys.modules` before a cell imports it, so
that a missing import of a submodule goes unnoticed. Kernels of one template share one hash seed, unless PYTHONHASHSEED
is set. The process is listed under the name of the template.
"""
