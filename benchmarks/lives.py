"""Live one kernel for each line of standard input: `cold` or `warm`. Run by bench.py."""

import os
import sys

from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import LocalProvisioner

from casetimeline.kernels.provisioner import ForkProvisioner
from casetimeline.workflow.execute import WARM

os.environ.update({**WARM, "FORK_KERNEL_IDLE": "300", "JUPYTER_PREFER_ENV_PATH": "1"})
IMPORTS = "import pandas, matplotlib.figure, seaborn"


def live(word: str, folder: str, number: int) -> None:
    """Start, be ready, import, end: what a notebook waits for before and after it is run."""
    manager = KernelManager(kernel_name="python3", transport="ipc", ip=f"{folder}/s{number}")
    launcher = ForkProvisioner if word == "warm" else LocalProvisioner
    manager.provisioner = launcher(kernel_id="k", kernel_spec=manager.kernel_spec, parent=manager)
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    reply = client.execute(IMPORTS, reply=True, timeout=60)
    assert reply["content"]["status"] == "ok"
    client.stop_channels()
    manager.shutdown_kernel()


for number, line in enumerate(sys.stdin):
    live(line.strip(), sys.argv[1], number)
    print(line.strip(), flush=True)
