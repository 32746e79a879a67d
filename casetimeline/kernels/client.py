"""A kernel is ready when it answers; the client of jupyter_client then waits for another 0.2 s of silence."""

import time
from queue import Empty

from jupyter_client.client import KernelClient
from jupyter_client.utils import run_sync
from jupyter_core.utils import ensure_async

# So long is waited for one channel before the other, or the process, is looked at.
_LOOK = 0.1


class _PromptClient(KernelClient):
    """Ready as soon as one question of this very client was answered on shell and reported as done on IOPub.

    The rule of jupyter_client is any answer on shell and any message on IOPub, and then silence for 0.2 s. This one is
    stricter, and does not wait: what comes before the report of this question cannot be of a later one.
    """

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            question = self.kernel_info()
            if await self._is_answered(question):
                return
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > end:
                raise RuntimeError(f"Kernel didn't respond in {timeout:.0f} seconds")

    async def _is_answered(self, question: str) -> bool:
        """Whether one question is answered on both channels before nothing comes for a moment."""
        try:
            while True:
                reply = await ensure_async(self.shell_channel.get_msg(timeout=1))
                if reply["parent_header"].get("msg_id") == question:
                    break
            self._handle_kernel_info_reply(reply)
            while True:
                told = await ensure_async(self.iopub_channel.get_msg(timeout=_LOOK))
                mine = told["parent_header"].get("msg_id") == question
                if mine and told["content"].get("execution_state") == "idle":
                    return True
        except Empty:
            return False


def prompt(client_class: type[KernelClient]) -> type[KernelClient]:
    """A class of client that is ready as soon as its kernel is.

    Parameters
    ----------
    client_class : type
        That of a manager: blocking or asynchronous.
    """
    if issubclass(client_class, _PromptClient) or not hasattr(client_class, "wait_for_ready"):
        return client_class
    blocking = client_class.wait_for_ready is not KernelClient._async_wait_for_ready
    wait = _PromptClient._async_wait_for_ready
    members = {"wait_for_ready": run_sync(wait) if blocking else wait}
    return type(f"Prompt{client_class.__name__}", (_PromptClient, client_class), members)
