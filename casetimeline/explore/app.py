"""The page without Jupyter: each reader has a socket and a process of a session; nothing else is served.

Whoever started the page has its token, in the address that was printed; nobody else gets anything.
"""

import asyncio
import errno
import json
import secrets
import signal
import socket
import sys
from pathlib import Path

import tornado.httpserver
import tornado.log
import tornado.web
import tornado.websocket

from ..faults import Fault, TimelineError, fault
from .processes import SessionLostError, SessionProcess, prepare
from .quotas import MOST_BYTES_A_MESSAGE, MOST_SESSIONS, SECONDS_AN_ANSWER, SECONDS_IDLE
from .widget import page_files

# The names of this machine for itself. Both addresses are held whichever is asked for, so that no program of somebody
# else answers to one of these names at the same port.
_LOCAL = ("localhost", "127.0.0.1", "[::1]")
_LOOPBACKS = ("127.0.0.1", "::1")
_MOST_ATTEMPTS = 20
_NO_TOKEN = (
    "This page is only for whoever started it: open the whole address that casetimeline printed, with its token."
)
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
    """A handler that refuses requests without the token, and those to a foreign host name.

    By the second no other site can make a browser ask it.
    """

    def set_default_headers(self) -> None:
        """Set the headers of every response."""
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse a request to a host name that is not ours, or without the token."""
        hosts, host = self.settings["hosts"], self.request.host
        name, _, port = host.rpartition(":")
        if hosts and (name if port.isdecimal() else host) not in hosts:
            raise tornado.web.HTTPError(403)
        if not self._has_token():
            raise tornado.web.HTTPError(403, reason=_NO_TOKEN)
        self.set_header("Casetimeline-Run", self.settings["run"])

    def _has_token(self) -> bool:
        """Whether a request has the token, in its address or in the cookie that it was answered with before."""
        token, cookie = self.settings["token"], self.settings["cookie"]
        if any(secrets.compare_digest(sent, token.encode()) for sent in self.request.query_arguments.get("token", [])):
            # From now on the browser needs no token in the address.
            self.set_cookie(cookie, token, httponly=True, samesite="Strict")
            return True
        return secrets.compare_digest((self.get_cookie(cookie) or "").encode(), token.encode())

    def log_exception(self, kind: type | None, error: BaseException | None, trace: object) -> None:
        """Log a fault of the program by its path: the address itself may hold the token."""
        if not isinstance(error, tornado.web.HTTPError):
            tornado.log.app_log.error("The program failed at %s", self.request.path, exc_info=(kind, error, trace))

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


def application(
    hosts: tuple[str, ...], token: str, port: int, most_sessions: int = MOST_SESSIONS
) -> tornado.web.Application:
    """The addresses of the page.

    Parameters
    ----------
    hosts : tuple of str
        The host names that it answers to; empty: every name.
    token : str
        What a request must hold, in its address or in a cookie.
    port : int
        The port of the page. The cookie is named by it, since a browser keeps one set of cookies for all ports.
    most_sessions : int
        How many sessions there may be at once.
    """
    return tornado.web.Application(
        [(r"/session", _Socket), (r"/([a-z.]*)", _Page)],
        default_handler_class=_Missing,
        contents=page_files(),
        hosts=hosts,
        token=token,
        cookie=f"casetimeline-{port}",
        # By this a page knows that the program that it speaks with is still the one that it came from.
        run=secrets.token_urlsafe(),
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
        The name or address to listen at; a name of this machine for itself: both its addresses.
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
    host = _in_address(host)
    local = host in _LOCAL
    sockets = _bind(host, port)
    prepare(data, first)
    await _check_first(first)
    port, token = sockets[0].getsockname()[1], secrets.token_urlsafe()
    served = application(_LOCAL if local else (), token, port, most_sessions)
    server = tornado.httpserver.HTTPServer(served, max_body_size=100_000, max_header_size=20_000)
    server.add_sockets(sockets)
    print(f"casetimeline: http://{host}:{port}/?token={token}   (Ctrl-C ends it)", flush=True)
    if not local:
        print(
            "casetimeline: others can reach this page: whoever has this address reads every case of the folder; "
            "what is sent over http can be read on the way, so put it behind https",
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


def _in_address(host: str) -> str:
    """A host as it is written in an address.

    Examples
    --------
    >>> _in_address("LocalHost"), _in_address("::1"), _in_address("[::1]")
    ('localhost', '[::1]', '[::1]')
    """
    bare = host.strip("[]").lower()
    return f"[{bare}]" if ":" in bare else bare


def _bind(host: str, port: int) -> list[socket.socket]:
    """The sockets of a host and port, or of any free port for 0.

    Raises
    ------
    TimelineError
        If there is no such port, one of the addresses is not free, or not of this machine.
    """
    if not 0 <= port <= 65_535:
        raise TimelineError([fault(str(port), "a port from 0 to 65535, 0 for any that is free", at="--port")])
    bare = host.strip("[]")
    wanted = sorted(_LOOPBACKS, key=lambda address: address != bare) if host in _LOCAL else [bare]
    for _ in range(1 if port else _MOST_ATTEMPTS):
        sockets: list[socket.socket] = []
        try:
            for address in wanted:
                at = f"{_in_address(address)}:{port}"
                sockets += _bound(address, sockets[0].getsockname()[1] if sockets else port, needed=not sockets)
            return sockets
        except (OSError, ValueError) as error:
            # Python adds the address, which is there already.
            reason = str(getattr(error, "strerror", None) or error).partition(" (")[0]
            for one in sockets:
                one.close()
            # A port that was free at the first address may be taken at the other; then another one is tried.
            if not sockets:
                break
    expected = "an address and port of this machine that are free; another one with --port"
    if sockets:
        expected += f" ({' and '.join(wanted)} are both needed, since `localhost` can mean either)"
    raise TimelineError([fault(f"{at}: {reason}", expected, at="--port")]) from None


def _bound(address: str, port: int, needed: bool) -> list[socket.socket]:
    """The sockets of one address; none if this machine has no such address and it is not needed."""
    if not address:
        raise ValueError("no address")
    bound: list[socket.socket] = []
    try:
        for family, *_, (ip, _, *scope) in dict.fromkeys(socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)):
            at = (ip, bound[0].getsockname()[1] if bound else port, *scope)
            bound.append(socket.create_server(at, family=family, backlog=128))
            bound[-1].setblocking(False)
    except OSError as error:
        for one in bound:
            one.close()
        if needed or error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            raise
        return []
    return bound


async def _check_first(first: str) -> None:
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
