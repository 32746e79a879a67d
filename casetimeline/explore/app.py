"""The page without Jupyter: one address, one socket a reader, one process a session; nothing else is served."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import tornado.httpserver
import tornado.netutil
import tornado.web
import tornado.websocket

from ..faults import Fault, TimelineError
from .processes import SessionLostError, SessionProcess, prepare
from .quotas import MOST_BYTES_A_MESSAGE, MOST_SESSIONS, SECONDS_AN_ANSWER, SECONDS_IDLE
from .widget import page_files

_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_FIRST = "page.html"
_KINDS = {"html": "text/html", "js": "text/javascript", "css": "text/css"}
# A page asks for one thing after the other.
_MOST_WAITING = 8
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
        name, _, port = self.request.host.rpartition(":")
        if hosts and (name if port.isdecimal() else self.request.host) not in hosts:
            raise tornado.web.HTTPError(403)

    def write_error(self, status_code: int, **kwargs) -> None:
        """One line of text: no trace, no path."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {self._reason}\n")


class _Page(_Guarded):
    def get(self, name: str) -> None:
        """A file of the page; no address is ever made into a path."""
        name, contents = name or _FIRST, self.settings["contents"]
        if name not in contents:
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", f"{_KINDS[name.rpartition('.')[2]]}; charset=utf-8")
        self.finish(contents[name])


class _Missing(_Guarded):
    def prepare(self) -> None:
        """Nothing is here."""
        super().prepare()
        raise tornado.web.HTTPError(404)


class _Socket(_Guarded, tornado.websocket.WebSocketHandler):
    """One reader: what the page asks goes to the process of the session, and its answers come back."""

    work: asyncio.Task | None = None
    left = False

    async def open(self) -> None:
        """Begin a session, if there is a place left."""
        sessions = self.settings["sessions"]
        if len(sessions) >= self.settings["most_sessions"]:
            self.close(1013, f"All {self.settings['most_sessions']} places are taken. Try again later.")
            return
        if self.left:
            return
        loop = asyncio.get_running_loop()
        self.waiting: asyncio.Queue[str] = asyncio.Queue(_MOST_WAITING)
        sessions[self] = loop.create_future()
        self.made = loop.run_in_executor(None, SessionProcess)
        self.work = asyncio.create_task(self._work())
        # However it ends, and also where it is cancelled before it has begun.
        self.work.add_done_callback(lambda _: self._leave())

    async def on_message(self, message: str | bytes) -> None:
        """Keep a question until those before it are answered."""
        if self.work is None:
            return
        if isinstance(message, bytes) or self.waiting.full():
            self.close(1008, "The page asked for more than it may.")
            return
        self.waiting.put_nowait(message)

    def on_close(self) -> None:
        """End what is done for this reader."""
        self.left = True
        if self.work is not None:
            self.work.cancel()

    async def _work(self) -> None:
        try:
            session = await asyncio.shield(self.made)
            await session.connect()
            while True:
                async with asyncio.timeout(SECONDS_IDLE):
                    message = await self.waiting.get()
                async for part in session.ask(message):
                    # A page that takes nothing holds no place for ever.
                    async with asyncio.timeout(SECONDS_AN_ANSWER):
                        await self.write_message(part)
        except TimeoutError:
            self.close(1000, "Nothing was heard from the page for too long, and the session has ended.")
        except SessionLostError as error:
            self.close(1011, str(error))
        except (OSError, EOFError):
            self.close(1011, "No session could be started.")
        except tornado.websocket.WebSocketClosedError:
            pass

    def _leave(self) -> None:
        # A task of its own, which nobody cancels. The place is free once the process is gone.
        sessions, ending = self.settings["sessions"], asyncio.ensure_future(_end(self.made))
        ending.add_done_callback(lambda _: sessions.pop(self).set_result(None))


async def _end(made: asyncio.Future) -> None:
    try:
        session = await made
    except (OSError, EOFError):
        return
    await session.close()


def application(hosts: tuple[str, ...], most_sessions: int = MOST_SESSIONS) -> tornado.web.Application:
    """The addresses of the page.

    Parameters
    ----------
    hosts : tuple of str
        Names that it answers to; none: any.
    most_sessions : int
        Sessions at once.
    """
    return tornado.web.Application(
        [(r"/session", _Socket), (r"/([a-z.]*)", _Page)],
        default_handler_class=_Missing,
        contents=page_files(),
        hosts=hosts,
        sessions={},
        most_sessions=most_sessions,
        websocket_max_message_size=MOST_BYTES_A_MESSAGE,
        websocket_ping_interval=30,
        log_function=lambda handler: None,
    )


def run_app(data: Path, first: str, host: str, port: int, most_sessions: int = MOST_SESSIONS) -> None:
    """Serve the page until it is interrupted.

    Parameters
    ----------
    data : Path
        The folder of the cases.
    first : str
        The case that is shown first; blank: the first of the folder.
    host, port : str, int
        The address to be at; port 0 is any that is free.
    most_sessions : int
        Sessions at once.

    Raises
    ------
    TimelineError
        If the address cannot be had, or the cases cannot be read.
    """
    asyncio.run(_serve(data, first, host, port, most_sessions))


async def _serve(data: Path, first: str, host: str, port: int, most_sessions: int) -> None:
    host, bound = _named(host)
    local = host in _LOCAL
    try:
        if not 0 <= port <= 65_535:
            raise ValueError("no port")
        sockets = tornado.netutil.bind_sockets(port, bound)
    except (OSError, ValueError) as error:
        expected = "an address and port of this machine that are free; another one with --port"
        raise TimelineError([Fault("--port", None, None, f"{host}:{port}: {error}", expected)]) from None
    prepare(data, first)
    await _check_first(data, first)
    served = application(_LOCAL if local else (), most_sessions)
    server = tornado.httpserver.HTTPServer(served, max_body_size=100_000, max_header_size=20_000)
    server.add_sockets(sockets)
    port = sockets[0].getsockname()[1]
    print(f"casetimeline: http://{host}:{port}/   (Ctrl-C ends it)", flush=True)
    if not local:
        print(
            "casetimeline: others can reach this page: there is no password; put it behind one that asks for it",
            file=sys.stderr,
            flush=True,
        )
    ended = asyncio.Event()
    # As a service is ended: the sessions then take with them what they hold.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    try:
        await ended.wait()
    finally:
        server.stop()
        sessions = served.settings["sessions"]
        gone = list(sessions.values())
        for reader in list(sessions):
            reader.on_close()
        await asyncio.gather(*gone)


def _named(host: str) -> tuple[str, str]:
    """A host as its address is written, and as it is bound.

    Examples
    --------
    >>> _named("localhost"), _named("::1"), _named("[::1]")
    (('localhost', '127.0.0.1'), ('[::1]', '::1'), ('[::1]', '::1'))
    """
    bare = host.strip("[]")
    return (f"[{bare}]" if ":" in bare else bare), ("127.0.0.1" if bare == "localhost" else bare)


async def _check_first(data: Path, first: str) -> None:
    """Ask the first session what it knows: the page is ready once it answers, and what is wrong is said now."""
    session = await asyncio.get_running_loop().run_in_executor(None, SessionProcess)
    try:
        await session.connect()
        answers = [json.loads(part) async for part in session.ask(json.dumps({"do": "start"}))]
    except SessionLostError as error:
        raise TimelineError([Fault("app", None, None, str(error), "a session that answers")]) from None
    finally:
        await session.close()
    started = answers[0]
    if started["is"] == "faults":
        raise TimelineError(Fault(*(fault[name] for name in Fault._fields)) for fault in started["faults"])
    cases = started["cases"]
    if first and first not in cases:
        raise TimelineError([Fault("--case", None, None, first, f"a case of the folder: {', '.join(cases) or 'none'}")])
