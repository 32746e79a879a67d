"""The page without Jupyter: served here alone, each reader in a process of its own, nothing else reachable."""

import asyncio
import base64
import contextlib
import errno
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.parse
from pathlib import Path

import psutil
import pytest
import tornado.httpclient
import tornado.httpserver
import tornado.netutil
import tornado.websocket
from conftest import ROOT

from casetimeline.explore.app import _bind, application, run_app
from casetimeline.explore.quotas import MOST_BYTES_A_MESSAGE
from casetimeline.explore.widget import page_files
from casetimeline.faults import TimelineError

# One server for these tests: they look at its processes.
pytestmark = [pytest.mark.xdist_group("app"), pytest.mark.page]
LONG = 60
# Both where this machine has both.
LOOPBACKS = {"127.0.0.1", "::1"} if socket.has_dualstack_ipv6() else {"127.0.0.1"}
CHOICE = {"case": "fu-2025", "figure": "measure", "measure": "mrss"}


@contextlib.contextmanager
def serving(*options):
    """The page on a free port: its process and its address; ended as with Ctrl-C."""
    command = [sys.executable, "-m", "casetimeline", "app", "--data", str(ROOT / "data"), "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            address = re.search(r"http://\S+", process.stdout.readline())
            assert address, process.stderr.read()
            yield process, address[0]
            process.send_signal(signal.SIGINT)
            assert process.wait(LONG) in (130, 0, -signal.SIGKILL, -signal.SIGHUP)
        finally:
            # Of one that has ended nothing is left to kill; and no test waits for one that does not end.
            process.kill()


@pytest.fixture(scope="module")
def server():
    with serving("--case", "fu-2025") as running:
        yield running


def place(address, path, query=None):
    """Another place of the page: with the token of its address, or with another query."""
    parts = urllib.parse.urlsplit(address)
    return f"http://{parts.netloc}/{path}?{parts.query if query is None else query}"


def fetch(address, **options):
    async def get():
        client = tornado.httpclient.AsyncHTTPClient(force_instance=True)
        return await client.fetch(address, raise_error=False, follow_redirects=False, **options)

    return asyncio.run(get())


class Reader:
    """One reader's socket, which is read until it is closed and not beyond."""

    def __init__(self, socket):
        self.socket, self.closed = socket, False

    async def read(self):
        message = await self.socket.read_message()
        self.closed = message is None
        return message

    async def ask(self, do, **fields):
        """The parts of an answer; with code and reason where the session is closed instead."""
        await self.socket.write_message(json.dumps({"do": do, "n": 1, **fields}))
        parts = []
        while (message := await self.read()) is not None:
            parts.append(json.loads(message))
            if parts[-1]["is"] == "end":
                return parts[:-1]
        return parts, self.socket.close_code, self.socket.close_reason


async def connect(address, **headers):
    request = tornado.httpclient.HTTPRequest(place(address, "session").replace("http", "ws", 1), headers=headers)
    return Reader(await tornado.websocket.websocket_connect(request, max_message_size=50_000_000))


async def leave(*readers):
    for reader in readers:
        reader.socket.close()
    for reader in readers:
        while not reader.closed:
            await reader.read()


def sessions_of(process):
    """Processes of sessions: the forks of the one that everything is forked from."""
    forks = [child for child in psutil.Process(process.pid).children(recursive=True) if child.children()]
    return [session for fork in forks for session in fork.children()]


def are_gone(processes):
    """Whether processes end, which takes them as long as it takes."""
    _, alive = psutil.wait_procs(processes, LONG)
    return not alive


def scratch_folders(pid):
    """What sessions of a server write to while they draw."""
    return [path for home in ("/dev/shm", "/tmp") for path in Path(home).glob(f"casetimeline-app-{pid}-*")]


def test_every_file_of_the_page_is_served_and_nothing_else(server):
    _, address = server
    for name, content in page_files().items():
        answer = fetch(place(address, "" if name == "page.html" else name))
        assert (answer.code, answer.body) == (200, content)
    for path in ("../cli.py", "..%2fcli.py", "page.py", "data/fu-2025/case.yaml", "session.py", "%00", "etc/passwd"):
        answer = fetch(place(address, path))
        assert answer.code in (400, 404) and str(ROOT) not in answer.body.decode()
    assert fetch(address, method="POST", body="a").code == 405


def test_every_answer_says_what_a_browser_may_do_with_it(server):
    for path in ("", "none"):
        headers = fetch(place(server[1], path)).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-eval" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"
        assert "Tornado" not in headers["Server"]


def test_it_is_bound_to_this_machine_and_answers_to_its_own_name(server):
    process, address = server
    connections = [c for c in psutil.Process(process.pid).net_connections() if c.status == "LISTEN"]
    listening = [c.laddr.ip for c in connections]
    assert set(listening) == LOOPBACKS
    parts = urllib.parse.urlsplit(address)
    port = parts.port
    assert parts.hostname == "127.0.0.1" and {c.laddr.port for c in connections} == {port}
    assert fetch(address, headers={"Host": f"127.0.0.1:{port}"}).code == 200
    for host in ("evil.example", f"evil.example:{port}", f"localhost.evil.example:{port}"):
        assert fetch(address, headers={"Host": host}).code == 403


REFUSED = (
    "403 This page is only for whoever started it: open the whole address that casetimeline printed, with its token.\n"
)


def refused(address, **headers):
    """The code of a refused session, and what is said."""

    async def attempt():
        with pytest.raises(tornado.httpclient.HTTPClientError) as caught:
            await connect(address, **headers)
        return caught.value.code, (caught.value.response.body or b"").decode()

    return asyncio.run(attempt())


@pytest.mark.parametrize("query", ["", "token=", "token=a", "token=%FF%00", "token", "Token={}", "token={}a"])
def test_without_the_token_there_is_nothing_but_one_sentence(server, query):
    _, address = server
    token = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)["token"][0]
    assert len(token) >= 40
    query = query.format(token)
    for path in ("", "page.html", "page.js", "none", "session"):
        answer = fetch(place(address, path, query))
        assert (answer.code, answer.body.decode()) == (403, REFUSED), path
        assert "Set-Cookie" not in answer.headers and "Casetimeline-Run" not in answer.headers
    assert fetch(place(address, "", query), method="POST", body="a").code == 403
    assert refused(place(address, "", query)) == (403, REFUSED)


def test_the_token_once_given_is_a_cookie_that_opens_page_files_and_session(server):
    _, address = server
    cookie = fetch(address).headers["Set-Cookie"]
    parts = urllib.parse.urlsplit(address)
    pair, *attributes = cookie.split("; ")
    assert pair == f"casetimeline-{parts.port}={parts.query.removeprefix('token=')}"
    # No script reads it, no other site sends it, and it ends with the browser.
    assert {one.lower() for one in attributes} == {"httponly", "samesite=strict", "path=/"}
    for path in ("", "page.js"):
        answer = fetch(place(address, path, ""), headers={"Cookie": pair})
        assert answer.code == 200 and "Set-Cookie" not in answer.headers
    for wrong in (pair[:-1], f"{pair}a", pair.replace("=", "=a"), f"casetimeline-1={parts.query}", "a", "=", ";"):
        assert fetch(place(address, "", ""), headers={"Cookie": wrong}).code == 403, wrong
        assert refused(place(address, "", ""), Cookie=wrong) == (403, REFUSED)

    async def begin():
        reader = await connect(place(address, "", ""), Cookie=pair)
        (start,) = await reader.ask("start")
        await leave(reader)
        return start

    assert asyncio.run(begin())["is"] == "start"
    # With the cookie as well, no other site opens a session.
    assert refused(place(address, "", ""), Cookie=pair, Origin="http://evil.example")[0] == 403
    assert refused(place(address, "", ""), Cookie=pair, Origin=f"http://localhost:{parts.port + 1}")[0] == 403


def test_a_fault_of_the_program_is_logged_without_the_token(caplog):
    async def fail():
        served = application(("127.0.0.1",), "secret-of-this-run", 0)
        # Of this no file can be made.
        served.settings["contents"] = {"page.html": object()}
        server = tornado.httpserver.HTTPServer(served)
        sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        address = f"http://127.0.0.1:{sockets[0].getsockname()[1]}/"
        client = tornado.httpclient.AsyncHTTPClient(force_instance=True)
        answers = [
            await client.fetch(address + path, raise_error=False)
            for path in (
                "?token=secret-of-this-run",
                "?token=secret-of-this-run&a=%FF",
                "session?token=secret-of-this-run",
            )
        ]
        server.stop()
        return answers

    caplog.set_level(0)
    assert [answer.code for answer in asyncio.run(fail())] == [500, 500, 400]
    assert caplog.text.count("The program failed at /\n") == 2 and "secret" not in caplog.text


@contextlib.contextmanager
def taken(address):
    """A port that another program holds at an address of this machine."""
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as other:
        if address == "::":
            other.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        other.bind((address, 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.skipif(len(LOOPBACKS) == 1, reason="this machine has one address for itself")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "::1", "[::1]"])
@pytest.mark.parametrize(
    ("elsewhere", "at"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]")]
)
def test_a_port_that_another_program_holds_at_either_address_is_refused(tmp_path, host, elsewhere, at):
    with taken(elsewhere) as port, pytest.raises(TimelineError) as caught:
        run_app(tmp_path, "", host, port)
    assert f"found '{at}:{port}: Address already in use'" in str(caught.value)
    assert "another one with --port" in str(caught.value)


@pytest.mark.skipif(len(LOOPBACKS) == 1, reason="this machine has one address for itself")
def test_any_free_port_is_one_that_is_free_at_both_addresses(monkeypatch):
    """The first that is free at one address is held by somebody else at the other: another one is taken."""
    bind, refusals = socket.create_server, [errno.EADDRINUSE]

    def create_server(at, **options):
        if at[0] == "::1" and refusals:
            raise OSError(refusals.pop(), "Address already in use")
        return bind(at, **options)

    monkeypatch.setattr(socket, "create_server", create_server)
    with contextlib.ExitStack() as stack:
        places = {stack.enter_context(one).getsockname()[:2] for one in _bind("127.0.0.1", 0)}
    assert not refusals and {ip for ip, _ in places} == LOOPBACKS and len({port for _, port in places}) == 1


@pytest.mark.parametrize("missing", [errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT])
def test_a_machine_without_the_second_address_is_served_at_the_first(monkeypatch, missing):
    bind = socket.create_server

    def create_server(at, **options):
        if at[0] == "::1":
            raise OSError(missing, "none")
        return bind(at, **options)

    monkeypatch.setattr(socket, "create_server", create_server)
    (only,) = _bind("localhost", 0)
    with only:
        assert only.getsockname()[0] == "127.0.0.1"
    with pytest.raises(TimelineError, match="an address and port of this machine"):
        _bind("[::1]", 0)


def test_another_site_cannot_open_a_session(server):
    async def from_elsewhere(**headers):
        with pytest.raises(tornado.httpclient.HTTPClientError) as caught:
            await connect(server[1], **headers)
        return caught.value.code

    assert asyncio.run(from_elsewhere(Origin="http://evil.example")) == 403
    assert asyncio.run(from_elsewhere(Host="evil.example")) == 403


def test_sessions_do_not_see_each_other_and_leave_nothing(server):
    process, address = server

    async def both():
        one, other = await connect(address), await connect(address)
        (draft,) = await one.ask("draft", choice=CHOICE)
        draft["rows"][0]["note"] = "changed"
        draft["about"]["case_id"] = "mine"
        checked, view = await one.ask("check", about=draft["about"], rows=draft["rows"], choice={})
        assert (checked["is"], view["choice"]["case"]) == ("checked", "mine")
        (refused,) = await other.ask("show", choice={"case": "mine"})
        (stored,) = await one.ask("save", about=draft["about"], rows=draft["rows"], form="store")
        content = base64.b64encode((ROOT / "tests/case/files/fu-2025.xlsx").read_bytes()).decode()
        (read,) = await one.ask("read", files=[{"name": "fu-2025.xlsx", "content": content}])
        assert read["is"] == "draft"
        running = sessions_of(process)
        files = [file for session in running for file in session.open_files()]
        await leave(one, other)
        return refused, stored, files, running

    refused, stored, files, running = asyncio.run(both())
    assert refused["is"] == "faults" and "found 'mine'" in refused["text"]
    # A page that is served stores nothing, and what is sent to it is held in memory alone.
    assert "expected xlsx or zip" in stored["text"] and not (ROOT / "data/mine").exists()
    assert not [file.path for file in files if Path(file.path).suffix in (".csv", ".xlsx", ".yaml")]
    assert len(running) == 2 and are_gone(running)


@pytest.mark.product
def test_twenty_readers_at_once_are_all_served_and_one_that_dies_takes_no_other_with_it(server):
    process, address = server

    async def many():
        sockets = await asyncio.gather(*(connect(address) for _ in range(20)))
        baselines = ["phase=1", "phase=2", "first", "last_before"]
        asked = [s.ask("show", choice={**CHOICE, "baseline": baselines[i % 4]}) for i, s in enumerate(sockets)]
        views = [view for (view,) in await asyncio.gather(*asked)]
        assert [view["choice"]["baseline"] for view in views] == baselines * 5
        assert len({view["figure"]["svg"] for view in views}) > 1
        running = sessions_of(process)
        assert len(running) == 20
        os.kill(running[7].pid, signal.SIGKILL)
        answers = await asyncio.gather(*(s.ask("start") for s in sockets))
        lost = [answer for answer in answers if isinstance(answer, tuple)]
        await leave(*sockets)
        return answers, lost, running

    answers, lost, running = asyncio.run(many())
    assert len(lost) == 1 and lost[0][1:] == (1011, "The session has ended: its process stopped.")
    assert sum(isinstance(answer, list) and answer[0]["is"] == "start" for answer in answers) == 19
    assert are_gone(running)


@pytest.mark.product
def test_a_message_larger_than_a_page_sends_ends_that_session_alone(server):
    _, address = server

    async def large():
        reader, other = await connect(address), await connect(address)
        # It may be closed while this is still being sent.
        with contextlib.suppress(tornado.websocket.WebSocketClosedError):
            await reader.ask("read", files=[{"name": "a.csv", "content": "a" * MOST_BYTES_A_MESSAGE}])
        assert await reader.read() is None
        (start,) = await other.ask("start")
        await leave(reader, other)
        return start

    assert asyncio.run(large())["is"] == "start"


@pytest.mark.parametrize(
    "message",
    [
        "",
        "{",
        "[]",
        "null",
        '"show"',
        '{"do": 7}',
        '{"do": []}',
        '{"do": {}}',
        '{"do": "show", "choice": 3}',
        '{"do": "show", "n": NaN}',
        '{"do": "show", "n": Infinity}',
        f'{{"do": "show", "n": {"9" * 5001}}}',
        "[" * 100_000,
        '{"a":' * 5000 + "1" + "}" * 5000,
        '{"do": "check", "about": {}, "rows": [], "choice": null}',
        '{"do": "look", "choice": {"case": "fu-2025", "figure": "measure", "measure": "mood"}}',
        '{"do": "read", "files": [{"name": "a.csv", "content": "é"}]}',
    ],
    ids=range(17),
)
def test_a_message_that_is_none_is_answered_and_the_session_goes_on(server, message):
    async def send():
        reader = await connect(server[1])
        await reader.socket.write_message(message)
        first, end = json.loads(await reader.read()), json.loads(await reader.read())
        (start,) = await reader.ask("start")
        await leave(reader)
        return first, end, start

    first, end, start = asyncio.run(send())
    assert (first["is"], end["is"], start["is"]) == ("faults", "end", "start")
    assert "expected" in first["text"] and "program failed" not in first["text"]


async def connect_when_free(address):
    """A session, once there is a place for it: the place of a reader who left is free when the process is gone."""
    while True:
        reader = await connect(address)
        answer = await reader.ask("start")
        if isinstance(answer, list):
            return reader, answer[0]
        assert answer[1:] == (1013, "All 1 places are taken. Try again later.")
        await leave(reader)


@pytest.mark.product
def test_readers_beyond_the_places_are_told_so_and_those_who_leave_at_once_free_theirs():
    async def come_and_go(process, address):
        one, other = await connect(address), await connect(address)
        assert await other.read() is None
        closed = other.socket.close_code, other.socket.close_reason
        await leave(one, other)
        for _ in range(3):
            await leave(await connect(address))
        socket, start = await connect_when_free(address)
        running = sessions_of(process)
        await leave(socket)
        return closed, start, running

    with serving("--sessions", "1") as (process, address):
        closed, start, running = asyncio.run(come_and_go(process, address))
    assert closed == (1013, "All 1 places are taken. Try again later.")
    assert start["first"] == "acp-imnm-75f" and len(running) == 1 and are_gone(running)


async def come_and_go_at_once(address):
    """The handshake and the end of it in one packet; or no end at all."""
    parts = urllib.parse.urlsplit(address)
    key = base64.b64encode(bytes(16)).decode()
    request = (
        f"GET /session?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    )
    request += f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    for end in (b"\x88\x80\x00\x00\x00\x00", b"\x81\xfe", b""):
        _, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.write(request.encode() + end)
        await writer.drain()
        writer.transport.abort()


@pytest.mark.product
def test_a_place_is_free_again_however_its_session_ends():
    """Killed, or left before it began: a reader who comes then finds the one place that there is."""

    async def lose(process, address):
        for _ in range(3):
            async with asyncio.timeout(60):
                reader, _ = await connect_when_free(address)
            (running,) = sessions_of(process)
            running.kill()
            lost = await reader.ask("start")
            assert lost[1:] == (1011, "The session has ended: its process stopped.")
            await leave(reader)
        for _ in range(10):
            await come_and_go_at_once(address)
        async with asyncio.timeout(60):
            reader, start = await connect_when_free(address)
        await leave(reader)
        return start

    with serving("--sessions", "1") as (process, address):
        assert asyncio.run(lose(process, address))["is"] == "start"


@pytest.mark.product
def test_a_session_begins_anew_after_the_process_that_they_are_forked_from_was_killed():
    async def begin(process, address):
        (template,) = [one for one in psutil.Process(process.pid).children() if "forkserver" in " ".join(one.cmdline())]
        reader = await connect(address)
        assert (await reader.ask("start"))[0]["is"] == "start"
        template.kill()
        other = await connect(address)
        answers = [(await one.ask("start"))[0]["is"] for one in (reader, other)]
        await leave(reader, other)
        return answers

    with serving() as (process, address):
        assert asyncio.run(begin(process, address)) == ["start", "start"]


@pytest.mark.product
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGHUP"])
def test_nothing_is_left_when_the_server_is_ended(name):
    """With a reader there: no process, and no scratch folder of a session."""

    async def end(process, address):
        reader = await connect(address)
        await reader.ask("start")
        there = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.Signals[name])
        await leave(reader)
        return there

    # Under nohup, which ignores the signal, a server would rightly stay.
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        with serving() as (process, address):
            children = asyncio.run(end(process, address))
            process.wait(LONG)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert len(children) >= 2 and are_gone(children)
    assert not scratch_folders(process.pid)


@pytest.mark.product
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--case", "kamata2021"), "did you mean 'kamata2012'?"),
        (("--case", "nobody"), "--case: found 'nobody'; expected a case of the folder: acp-imnm-75f"),
        (("--port", "99999"), "--port: found '99999'; expected a port from 0 to 65535"),
        (("--host", "no host"), "an address and port of this machine that are free"),
        (("--sessions", "0"), "is not a whole number from 1"),
    ],
)
def test_a_page_that_cannot_be_served_says_why(options, words, tmp_path):
    command = [sys.executable, "-m", "casetimeline", "app", "--data", str(ROOT / "data"), "--port", "0", *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert done.returncode == 2 and words in done.stderr and "Traceback" not in done.stderr


@pytest.mark.product
def test_a_page_that_others_can_reach_says_so():
    with serving("--host", "0.0.0.0") as (process, _):
        assert "others can reach this page: whoever has this address reads every case" in process.stderr.readline()


@pytest.mark.product
def test_the_token_is_another_each_time_and_is_printed_once():
    tokens = set()
    for _ in range(2):
        with serving() as (process, address):
            tokens.add(urllib.parse.urlsplit(address).query)
            token = address.partition("=")[2]
            # Neither its arguments nor its environment show it, nor those of its sessions.
            for one in (psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)):
                assert token not in " ".join((*one.cmdline(), *one.environ().values()))
            fetch(place(address, "none"))
            process.send_signal(signal.SIGINT)
            assert token not in "".join(process.communicate(timeout=LONG))
    assert len(tokens) == 2


@pytest.mark.product
def test_a_folder_without_a_case_is_where_the_first_is_written(tmp_path):
    async def begin(address):
        reader = await connect(address)
        (start,), (draft,) = await reader.ask("start"), await reader.ask("new", case="mine")
        await leave(reader)
        return start, draft

    with serving("--data", str(tmp_path)) as (_, address):
        start, draft = asyncio.run(begin(address))
    assert (start["cases"], start["first"], draft["is"]) == ([], "", "draft")


@pytest.mark.product
def test_a_case_that_came_after_the_start_is_there_for_the_next_reader(tmp_path):
    async def cases(address):
        reader = await connect(address)
        (start,) = await reader.ask("start")
        await leave(reader)
        return start["cases"]

    with serving("--data", str(tmp_path)) as (_, address):
        assert asyncio.run(cases(address)) == []
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "timeline.csv").touch()
        assert asyncio.run(cases(address)) == ["mine"]
