"""The page without Jupyter: each reader has a socket and a process of a session; nothing else is served."""

import asyncio
import json
import signal
import sys
from pathlib import Path

import tornado.httpserver
import tornado.netutil
import tornado.web
import tornado.websocket

from ..faults import Fault, TimelineError, fault
from .processes import SessionLostError, SessionProcess, prepare
from .quotas import MOST_BYTES_A_MESSAGE, MOST_SESSIONS, SECONDS_AN_ANSWER, SECONDS_IDLE
from .widget import page_files

_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_FIRST = "page.html"
_KINDS = {"html": "text/html", "js": "text/javascript", "css": "text/css"}
# Messages of one reader that wait to be answered; the page itself sends one after the other.
_MOST_WAITING = 8
_HEADERS = {
    # Figures carry their styles with them; scripts come from this server alone.
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
    """A handler that refuses requests to a foreign host name, so that no other site can make a browser ask it."""

    def set_default_headers(self) -> None:
        """Set the headers of every response."""
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse a request to a host name that is not ours."""
        hosts, host = self.settings["hosts"], self.request.host
        name, _, port = host.rpartition(":")
        if hosts and (name if port.isdecimal() else host) not in hosts:
            raise tornado.web.HTTPError(403)

    def write_error(self, status_code: int, **kwargs) -> None:
        """Answer with one line of text, without a trace or a path."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code} {self._reason}\n")


class _Page(_Guarded):
    def get(self, name: str) -> None:
        """Answer with a file of the page, by its name in a dictionary: no address becomes a path."""
        name, contents = name or _FIRST, self.settings["contents"]
        if name not in contents:
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", f"{_KINDS[name.rpartition('.')[2]]}; charset=utf-8")
        self.finish(contents[name])


class _Missing(_Guarded):
    def prepare(self) -> None:
        """Refuse every other address."""
        super().prepare()
        raise tornado.web.HTTPError(404)


class _Socket(_Guarded, tornado.websocket.WebSocketHandler):
    """One reader: messages of the page go to the process of its session, and the answers come back."""

    # What answers this reader; none before the session has begun, or where there was no place for it.
    work: asyncio.Task | None = None
    left = False

    async def open(self) -> None:
        """Begin a session if there is a place left."""
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
        # Called however the task ends, even if it is cancelled before it begins.
        self.work.add_done_callback(lambda _: self._leave())

    async def on_message(self, message: str | bytes) -> None:
        """Queue a message until those before it are answered."""
        if self.work is None:
            return
        if isinstance(message, bytes) or self.waiting.full():
            self.close(1008, "The page asked for more than it may.")
            return
        self.waiting.put_nowait(message)

    def on_close(self) -> None:
        """End the work for this reader."""
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
                    # A page that reads nothing does not keep its place for ever.
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
        # A separate task, which nobody cancels. The place becomes free when the process has ended.
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
        The host names that it answers to; empty: every name.
    most_sessions : int
        How many sessions there may be at once.
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
    host : str
        The name or address to listen at.
    port : int
        The port to listen at; 0: any free port.
    most_sessions : int
        How many sessions there may be at once.

    Raises
    ------
    TimelineError
        If the address is not free, or the cases cannot be read.
    """
    asyncio.run(_serve(data, first, host, port, most_sessions))


async def _serve(data: Path, first: str, host: str, port: int, most_sessions: int) -> None:
    host, bound = _names_of(host)
    local = host in _LOCAL
    try:
        if not 0 <= port <= 65_535:
            raise ValueError("no port")
        sockets = tornado.netutil.bind_sockets(port, bound)
    except (OSError, ValueError) as error:
        expected = "an address and port of this machine that are free; another one with --port"
        raise TimelineError([fault(f"{host}:{port}: {error}", expected, at="--port")]) from None
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
    # A service is ended by SIGTERM: its sessions then end as well, and remove their files.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    try:
        await ended.wait()
    finally:
        server.stop()
        sessions = served.settings["sessions"]
        ends = list(sessions.values())
        for reader in list(sessions):
            reader.on_close()
        await asyncio.gather(*ends)


def _names_of(host: str) -> tuple[str, str]:
    """A host as it is written in an address, and as a socket is bound to it.

    Examples
    --------
    >>> _names_of("localhost"), _names_of("::1"), _names_of("[::1]")
    (('localhost', '127.0.0.1'), ('[::1]', '::1'), ('[::1]', '::1'))
    """
    bare = host.strip("[]")
    return (f"[{bare}]" if ":" in bare else bare), ("127.0.0.1" if bare == "localhost" else bare)


async def _check_first(data: Path, first: str) -> None:
    """Ask a first session for the cases: once it answers, the page is ready, and what is wrong is reported now."""
    session = await asyncio.get_running_loop().run_in_executor(None, SessionProcess)
    try:
        await session.connect()
        start, *_ = [json.loads(part) async for part in session.ask(json.dumps({"do": "start"}))]
    except SessionLostError as error:
        raise TimelineError([fault(str(error), "a session that answers", at="app")]) from None
    finally:
        await session.close()
    if start["is"] == "faults":
        raise TimelineError(Fault(*(fields[name] for name in Fault._fields)) for fields in start["faults"])
    cases = start["cases"]
    if first and first not in cases:
        expected = f"a case of the folder: {', '.join(cases) or 'none'}"
        raise TimelineError([fault(first, expected, at="--case", known=cases)])
