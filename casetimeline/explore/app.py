"""The page without Jupyter: one address, one socket a reader, one process a session; nothing else is served."""

import asyncio
import json
import sys
from importlib import resources
from pathlib import Path

import tornado.httpserver
import tornado.netutil
import tornado.web
import tornado.websocket

from ..faults import Fault, TimelineError
from .limits import MOST_BYTES_A_MESSAGE, MOST_SESSIONS, SECONDS_IDLE
from .processes import SessionLostError, SessionProcess, prepare

_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_KINDS = {"html": "text/html", "js": "text/javascript", "css": "text/css"}
# Every file that is served, by its address. No address is ever made into a path.
PAGES = {"": "page.html", **{name: name for name in ("page.js", "page.css", "shell.css", "socket.js")}}
_HEADERS = {
    # Figures carry their styles inside; scripts come from here alone.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Server": "casetimeline",
}


class _Guarded(tornado.web.RequestHandler):
    """Answers only those who ask for the address that it is at: another site's page cannot ask in their place."""

    def set_default_headers(self) -> None:
        """The headers of every answer."""
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse who asks for another host."""
        hosts = self.settings["hosts"]
        name = self.request.host.rpartition(":")[0] if self.request.host.rpartition(":")[2].isdecimal() else ""
        if hosts and (name or self.request.host) not in hosts:
            raise tornado.web.HTTPError(403)

    def write_error(self, status_code: int, **kwargs) -> None:
        """One line of text: no trace, no path."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {self._reason}\n")


class _Page(_Guarded):
    def get(self, name: str) -> None:
        """A file of `PAGES`."""
        if name not in PAGES:
            raise tornado.web.HTTPError(404)
        suffix = PAGES[name].rpartition(".")[2]
        self.set_header("Content-Type", f"{_KINDS[suffix]}; charset=utf-8")
        self.finish(self.settings["contents"][name])


class _Socket(_Guarded, tornado.websocket.WebSocketHandler):
    """One reader: what the page asks goes to the process of the session, and its answers come back."""

    session: SessionProcess | None = None
    idle = None

    async def open(self) -> None:
        """Begin a session, if there is a place left."""
        sessions = self.settings["sessions"]
        if len(sessions) >= self.settings["most_sessions"]:
            self.close(1013, f"All {self.settings['most_sessions']} places are taken. Try again later.")
            return
        sessions.add(self)
        self.waiting: asyncio.Queue[str] = asyncio.Queue(100)
        self.work = asyncio.create_task(self._work())

    async def on_message(self, message: str | bytes) -> None:
        """Keep a question until those before it are answered."""
        if isinstance(message, bytes) or self.waiting.full():
            self.close(1008, "The page asked for more than it may.")
            return
        self.waiting.put_nowait(message)

    def on_close(self) -> None:
        """End what is done for this reader."""
        self.settings["sessions"].discard(self)
        if hasattr(self, "work"):
            self.work.cancel()

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            self.session = await loop.run_in_executor(None, SessionProcess)
            await self.session.connect()
            while True:
                async with asyncio.timeout(SECONDS_IDLE):
                    message = await self.waiting.get()
                async for part in self.session.ask(self._newest(message)):
                    await self.write_message(part)
        except TimeoutError:
            self.close(1000, "Nothing was asked for an hour, and the session has ended.")
        except SessionLostError as error:
            self.close(1011, str(error))
        except tornado.websocket.WebSocketClosedError:
            pass
        finally:
            if self.session is not None:
                session, self.session = self.session, None
                await asyncio.shield(session.close())

    def _newest(self, message: str) -> str:
        """The newest of the questions that wait, as long as each replaces the one before: who types is not kept up."""
        while not self.waiting.empty() and (kind := _replaceable(message)):
            following = self.waiting.get_nowait()
            if _replaceable(following) != kind:
                self.waiting._queue.appendleft(following)
                break
            message = following
        return message


def _replaceable(message: str) -> str:
    """What a message asks, if a newer one of the kind makes it needless; else blank."""
    try:
        told = json.loads(message)
    except ValueError:
        return ""
    kind = told.get("do") if isinstance(told, dict) else ""
    return kind if kind in ("show", "check") else ""


def application(hosts: tuple[str, ...], most_sessions: int = MOST_SESSIONS) -> tornado.web.Application:
    """The addresses of the page.

    Parameters
    ----------
    hosts : tuple of str
        Names that it answers to; none: any.
    most_sessions : int
        Sessions at once.
    """
    folder = resources.files(__package__)
    contents = {address: (folder / name).read_bytes() for address, name in PAGES.items()}
    return tornado.web.Application(
        [(r"/session", _Socket), (r"/([a-z.]*)", _Page)],
        default_handler_class=_Missing,
        contents=contents,
        hosts=hosts,
        sessions=set(),
        most_sessions=most_sessions,
        websocket_max_message_size=MOST_BYTES_A_MESSAGE,
        websocket_ping_interval=30,
        log_function=lambda handler: None,
    )


class _Missing(_Guarded):
    def prepare(self) -> None:
        """Nothing is here."""
        super().prepare()
        raise tornado.web.HTTPError(404)


def run_app(data: Path, first: str, host: str, port: int, most_sessions: int = MOST_SESSIONS) -> None:
    """Serve the page until it is interrupted.

    Raises
    ------
    TimelineError
        If the address cannot be had.
    """
    asyncio.run(_serve(data, first, host, port, most_sessions))


async def _serve(data: Path, first: str, host: str, port: int, most_sessions: int) -> None:
    local = host in _LOCAL
    try:
        sockets = tornado.netutil.bind_sockets(port, "127.0.0.1" if host == "localhost" else host.strip("[]"))
    except (OSError, ValueError) as error:
        expected = "an address and port of this machine that are free; another one with --port"
        raise TimelineError([Fault("--port", None, None, f"{host}:{port}: {error}", expected)]) from None
    prepare(data, first)
    server = tornado.httpserver.HTTPServer(
        application(_LOCAL if local else (), most_sessions), max_body_size=100_000, max_header_size=20_000
    )
    server.add_sockets(sockets)
    port = sockets[0].getsockname()[1]
    print(f"casetimeline: http://{host}:{port}/   (Ctrl-C ends it)", flush=True)
    if not local:
        print(
            "casetimeline: others can reach this page: there is no password; put it behind one that asks for it",
            file=sys.stderr,
            flush=True,
        )
    try:
        await asyncio.Event().wait()
    finally:
        server.stop()
