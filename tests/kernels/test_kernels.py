"""Warm kernels: the same as stock ones in all that a cell can see, and gone with whoever asked for them."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from jupyter_client.connect import write_connection_file
from jupyter_client.manager import KernelManager

from casetimeline.kernels import launch, provisioner
from casetimeline.kernels.provisioner import ForkProvisioner
from casetimeline.workflow.execute import WARM

pytestmark = [pytest.mark.xdist_group("kernels"), pytest.mark.kernels]
LONG = 60


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory):
    """An environment with a template of its own, which ends soon after its last kernel."""
    folder = tmp_path_factory.mktemp("k")
    return {
        **os.environ,
        **WARM,
        "FORK_KERNEL_IDLE": "2",
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(folder),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "IPYKERNEL_CELL_NAME": "<cell>",
    }


@contextlib.contextmanager
def kernel(env, folder, warm=True, **given):
    """A kernel with its manager and client, launched as papermill does."""
    manager = KernelManager(kernel_name="python3", transport="ipc", ip=str(folder / "s"))
    manager.connection_file = str(folder / "connection.json")
    if warm:
        manager.provisioner = ForkProvisioner(kernel_id="k", kernel_spec=manager.kernel_spec, parent=manager)
    manager.start_kernel(env=dict(env), cwd=str(folder), stderr=subprocess.DEVNULL, **given)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=LONG)
        yield manager, client
    finally:
        client.stop_channels()
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)


def run(client, code):
    """What a cell prints and shows; or the name of its error."""
    seen = []

    def hear(message):
        content = message["content"]
        if message["msg_type"] == "stream":
            seen.append(content["text"])
        elif message["msg_type"] in ("execute_result", "display_data"):
            seen.append(json.dumps(content["data"], sort_keys=True))
        elif message["msg_type"] == "error":
            seen.append(content["ename"])

    client.execute_interactive(code, output_hook=hear, timeout=LONG)
    return "".join(seen)


def template_of(manager):
    """The process that a warm kernel was forked from."""
    return psutil.Process(psutil.Process(manager.provisioner.pid).ppid())


def ended(pid):
    """Wait until a process is gone, without asking again and again."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], LONG)[0])
    finally:
        os.close(descriptor)


# What a cell can see of the process it runs in.
# The thread that looks whether the parent lives has nothing to do where the template does that.
LOOK = """
import numpy, pandas, matplotlib, seaborn
import os, sys, signal, resource, time, locale, warnings, builtins, threading, decimal, asyncio, gc
print(os.getcwd() == os.environ["PWD_TOLD"], oct(os.umask(0o22)), time.tzname, sys.path, sys.flags, locale.getlocale())
print([os.path.basename(a) for a in sys.argv[:1]], sys.argv[1:2], [os.path.basename(a) for a in sys.orig_argv[:3]])
print({k: v for k, v in sorted(os.environ.items()) if k != "JPY_PARENT_PID"}, "JPY_PARENT_PID" in os.environ)
print([(n, str(signal.getsignal(n)).split(" at ")[0]) for n in sorted(signal.valid_signals())])
print([(n, resource.getrlimit(getattr(resource, n))) for n in dir(resource) if n.startswith("RLIMIT")])
print(os.getsid(0) == os.getpid() == os.getpgid(0), os.nice(0), os.sched_getaffinity(0), signal.pthread_sigmask(0, []))
print(os.readlink("/proc/self/fd/0") in ("/dev/null", ) or "pipe" in os.readlink("/proc/self/fd/0"))
print(sorted({t.name.rsplit("-", 1)[0] for t in threading.enumerate()} - {"Thread"}), decimal.getcontext(), __name__)
print(*sorted(str((f[0], f[1], f[2].__name__, f[3], f[4])) for f in warnings.filters), sep="\\n")
print(sys.displayhook.__class__, sys.stdout.__class__, sys.stdin.isatty(), sys.excepthook.__qualname__)
"""
# What a cell can see of libraries, which a template has imported before it.
LIBRARIES = """
import numpy, pandas, matplotlib, matplotlib.units, matplotlib.figure, random
print({k: str(v) for k, v in matplotlib.rcParams.items()}, matplotlib.get_backend())
print(pandas.describe_option(_print_desc=False), numpy.get_printoptions(), numpy.geterr())
print(sorted(k.__name__ for k in matplotlib.units.registry))
print(sorted(map(str, pandas.api.types.pandas_dtype("str").__class__.__mro__)))
numpy.random.seed(3); random.seed(3); print(numpy.random.rand(2), random.random())
"""
VANDAL = """
import os, sys, numpy, pandas, matplotlib, matplotlib.units, random, locale, warnings, builtins, signal, datetime, time
import matplotlib.pyplot as plt
os.environ["LEFT"] = "x"; os.environ["TZ"] = "Asia/Tokyo"; time.tzset(); os.chdir("/"); os.umask(0); os.nice(5)
sys.path.insert(0, "/left"); sys.modules["left"] = sys; builtins.left = 1; warnings.simplefilter("error")
numpy.random.seed(1); random.seed(1); numpy.seterr(all="raise"); numpy.set_printoptions(precision=1)
pandas.set_option("display.max_rows", 3); pandas.DataFrame.left = 1; matplotlib.rcParams["lines.linewidth"] = 99
matplotlib.units.registry[datetime.tzinfo] = None; plt.figure(); plt.style.use("ggplot"); signal.alarm(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN); locale.setlocale(locale.LC_ALL, "C")
"""


def look(env, folder, warm, code):
    with kernel({**env, "PWD_TOLD": str(folder), "PYTHONPATH": f"{folder}/a:{folder}/b"}, folder, warm) as (_, client):
        return run(client, code)


@pytest.mark.product
@pytest.mark.parametrize("code", [pytest.param(LOOK, id="process"), pytest.param(LIBRARIES, id="libraries")])
def test_a_cell_sees_the_same_in_a_stock_and_in_a_warm_kernel_that_follows_a_vandal(surroundings, tmp_path, code):
    stock = look(surroundings, tmp_path, False, code)
    assert look(surroundings, tmp_path, True, code) == stock
    with kernel(surroundings, tmp_path) as (_, client):
        run(client, VANDAL)
        assert run(client, "print(left, os.getcwd())") == "1 /\n"
    assert look(surroundings, tmp_path, True, code) == stock


@pytest.mark.product
def test_environment_folder_zone_limits_and_priority_are_those_of_the_client(surroundings, tmp_path):
    env = {**surroundings, "TZ": "Asia/Tokyo", "ONLY_HERE": "1", "PWD_TOLD": str(tmp_path)}
    code = "import time, os; print(time.tzname[0], os.environ['ONLY_HERE'], os.getcwd())"
    with kernel(env, tmp_path) as (_, client):
        assert run(client, code) == f"JST 1 {tmp_path}\n"
    with kernel(surroundings, tmp_path) as (_, client):
        assert run(client, "import os, time; print('ONLY_HERE' in os.environ, time.tzname[0])").startswith("False")


@pytest.mark.product
def test_no_two_kernels_draw_the_same_numbers(surroundings, tmp_path):
    code = "import numpy, random, uuid; print(numpy.random.rand(), random.random(), uuid.uuid4().hex)"
    drawn = []
    for _ in range(2):
        with kernel(surroundings, tmp_path) as (_, client):
            drawn.append(run(client, code).split())
    assert all(one != other for one, other in zip(*drawn, strict=True))


@pytest.mark.product
def test_a_figure_of_pyplot_is_shown_as_in_a_stock_kernel(surroundings, tmp_path):
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2], label='a')\nplt.legend()\nplt.gcf().set_label('x')"
    shown = []
    for warm in (False, True):
        with kernel(surroundings, tmp_path, warm) as (_, client):
            shown.append(run(client, code))
    assert "image/png" in shown[0] and shown[0] == shown[1]


@pytest.mark.product
def test_the_first_kernel_of_many_clients_at_once_comes_from_one_template(surroundings, tmp_path):
    env = {**surroundings, "PYTHON_OF_THIS_TEST": "1"}
    with contextlib.ExitStack() as stack:
        folders = [tmp_path / str(number) for number in range(3)]
        for folder in folders:
            folder.mkdir()
        managers = [stack.enter_context(kernel(env, folder))[0] for folder in folders]
        templates = {template_of(manager).pid for manager in managers}
        assert len(templates) == 1
    assert ended(templates.pop())


@pytest.mark.product
@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("import os; os._exit(3)", 3),
        ("import ctypes; ctypes.string_at(0)", -signal.SIGSEGV),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL),
    ],
)
def test_exit_status_as_of_a_process_of_its_own(surroundings, tmp_path, code, status):
    with kernel(surroundings, tmp_path) as (manager, client):
        forked = manager.provisioner.process
        client.execute(code)
        assert forked.wait(LONG) == status
        assert not manager.is_alive()


@pytest.mark.product
def test_a_kernel_that_is_asked_to_end_runs_what_was_registered_for_its_end(surroundings, tmp_path):
    with kernel(surroundings, tmp_path) as (manager, client):
        forked = manager.provisioner.process
        run(client, f"import atexit; atexit.register(open({str(tmp_path / 'bye')!r}, 'w').close)")
        manager.shutdown_kernel()
        assert forked.returncode == 0
    assert (tmp_path / "bye").exists()


@pytest.mark.product
def test_a_large_message_that_is_sent_when_a_kernel_ends_comes_whole(surroundings, tmp_path):
    # The function comes last: after what ipykernel registered, and after what pyzmq registers at a first large message.
    code = f"""
import atexit
from ipykernel.kernelapp import IPKernelApp
app = IPKernelApp.instance()
def bye():
    print("x" * 100_000, flush=True)
    with open({str(tmp_path / "bye")!r}, "w") as file:
        file.write(str(app.iopub_thread.thread.is_alive()))
for each in (app.iopub_thread.stop, app.close):
    atexit.unregister(each)
for each in (bye, app.close, app.iopub_thread.stop):
    atexit.register(each)
print("y" * 100_000)
"""
    with kernel(surroundings, tmp_path) as (manager, client):
        assert run(client, code) == "y" * 100_000 + "\n"
        manager.shutdown_kernel()
        text = ""
        while "x" * 100_000 not in text:
            message = client.get_iopub_msg(timeout=LONG)
            text += message["content"].get("text", "")
    assert (tmp_path / "bye").read_text(encoding="utf-8") == "True"


@pytest.mark.product
def test_an_interrupt_stops_the_cell_and_not_the_kernel(surroundings, tmp_path):
    with kernel(surroundings, tmp_path) as (manager, client):
        # The cell itself asks for the interrupt once it is running.
        asked = client.execute("import time\nprint('here', flush=True)\ntime.sleep(600)", stop_on_error=False)
        while client.get_iopub_msg(timeout=LONG)["msg_type"] != "stream":
            pass
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=LONG)
        while reply["parent_header"]["msg_id"] != asked:
            reply = client.get_shell_msg(timeout=LONG)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert run(client, "print(6 * 7)") == "42\n"


@pytest.mark.product
@pytest.mark.parametrize(("interrupted", "sent"), [(True, [signal.SIGINT, signal.SIGKILL]), (False, [signal.SIGKILL])])
def test_a_kernel_whose_work_is_done_is_killed_without_being_interrupted(
    surroundings, tmp_path, monkeypatch, interrupted, sent
):
    with kernel(surroundings, tmp_path) as (manager, client):
        run(client, "1")
        manager.provisioner.interrupt_at_end = interrupted
        seen, process = [], type(manager.provisioner.process)
        send = process.send_signal
        monkeypatch.setattr(process, "send_signal", lambda self, signum: seen.append(signum) or send(self, signum))
        pid = manager.provisioner.pid
        manager.shutdown_kernel(now=True)
        assert ended(pid)
    assert seen == sent


def test_a_kernel_that_ignores_signals_is_killed_with_what_it_started(surroundings, tmp_path):
    code = """
import signal, subprocess, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid)
"""
    with kernel(surroundings, tmp_path) as (manager, client):
        pid, child = manager.provisioner.pid, int(run(client, code))
        manager.shutdown_kernel(now=True)
        assert ended(pid) and ended(child)


# Ways in which a process leaves the session and the parent of its kernel, deaf to all but SIGKILL. The cell is told the
# number of each by a pipe: one daemon, one that was forked twice, one that is another program, one with a child.
DAEMONS = """
import os, signal, subprocess, sys
SLEEP = [sys.executable, "-c", "import signal; signal.pause()"]
def daemon(times, program=False, child=False):
    told, tell = os.pipe()
    if os.fork() == 0:
        for _ in range(times):
            os.setsid()
            if os.fork():
                os._exit(0)
        os.chdir("/")
        for number in (1, 2, 15): signal.signal(number, signal.SIG_IGN)
        born = subprocess.Popen(SLEEP, start_new_session=True).pid if child else ""
        os.write(tell, f"{os.getpid()} {born}".encode())
        if program:
            os.execv(SLEEP[0], SLEEP)
        signal.pause()
    return os.read(told, 40).decode()
print(daemon(1), daemon(2), daemon(3, program=True), daemon(1, child=True))
"""


@pytest.mark.product
@pytest.mark.parametrize("kind", [pytest.param("warm", marks=pytest.mark.product), "cold"])
@pytest.mark.parametrize("end", ["shutdown", pytest.param("kill_all", marks=pytest.mark.product)])
def test_a_daemon_of_a_cell_ends_with_its_kernel_and_no_other_does(surroundings, tmp_path, monkeypatch, kind, end):
    monkeypatch.setenv("KERNEL", kind)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    with (
        kernel(surroundings, tmp_path / "a") as (manager, client),
        kernel(surroundings, tmp_path / "b") as (second, other),
    ):
        assert isinstance(manager.provisioner.process, subprocess.Popen) == (kind == "cold")
        daemons, others = ([int(number) for number in run(each, DAEMONS).split()] for each in (client, other))
        assert len(daemons) == len(others) == 5
        manager.shutdown_kernel(now=True)
        assert all(map(ended, daemons))
        assert all(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE for pid in others)
        assert run(other, "print(1)") == "1\n"
        if end == "kill_all":
            provisioner.kill_all()
        else:
            second.shutdown_kernel(now=True)
        assert all(map(ended, others))


def left(folder):
    """Sockets and connection files of a kernel."""
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(("s-", "connection")))


CLIENT = """
import os, sys
sys.path.insert(0, {tests!r})
from test_kernels import Path, kernel, run, template_of
with kernel(os.environ, Path({folder!r})) as (manager, client):
    run(client, "1")
    print(manager.provisioner.pid, template_of(manager).pid, flush=True)
    sys.stdin.read()
"""


@pytest.mark.product
def test_when_the_client_is_killed_nothing_of_the_kernel_is_left(surroundings, tmp_path):
    code = CLIENT.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, env=surroundings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as client:
        born, template = map(int, client.stdout.readline().split())
        assert left(tmp_path)
        client.kill()
        assert ended(born)
    assert ended(template)
    assert left(tmp_path) == []


def is_template(process, folder):
    """Whether a process is the template of the test with this folder."""
    try:
        of_this_test = process.environ().get("PYTHON_OF_THIS_TEST") == str(folder)
        return of_this_test and str(launch.TEMPLATE) in process.cmdline()
    except psutil.Error:
        return False


@pytest.mark.product
def test_a_client_that_dies_before_its_kernel_is_born_leaves_neither(surroundings, tmp_path):
    """The template is still importing, or has just forked: a kill for the group comes before there is a group."""
    name = str(tmp_path / "connection.json")
    write_connection_file(name, transport="ipc", ip=str(tmp_path / "s"))
    env = {**surroundings, "FORK_KERNEL_IDLE": "0", "PYTHON_OF_THIS_TEST": str(tmp_path)}
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", name]
    forked = launch.launch(command, env, str(tmp_path), (0, 1, 2))
    forked._connection.close()
    templates = [process for process in psutil.process_iter() if is_template(process, tmp_path)]
    assert len(templates) == 1 and ended(templates[0].pid)
    assert left(tmp_path) == []


@pytest.mark.product
def test_when_the_template_is_killed_its_kernels_die_and_the_next_one_has_a_new_template(surroundings, tmp_path):
    with kernel(surroundings, tmp_path) as (manager, client):
        run(client, "1")
        template, forked = template_of(manager), manager.provisioner.process
        template.kill()
        assert ended(manager.provisioner.pid)
        assert forked.wait(LONG) == -signal.SIGKILL and not manager.is_alive()
    with kernel(surroundings, tmp_path) as (manager, client):
        assert run(client, "print(1)") == "1\n"
        assert template_of(manager).pid != template.pid


@pytest.mark.product
def test_a_template_ends_when_it_was_idle_and_leaves_no_process_behind(surroundings, tmp_path):
    with kernel({**surroundings, "FORK_KERNEL_IDLE": "0"}, tmp_path) as (manager, client):
        run(client, "1")
        template = template_of(manager)
        assert [child.pid for child in template.children()] == [manager.provisioner.pid]
    assert ended(template.pid)
    assert left(tmp_path) == []


@pytest.mark.product
def test_an_ended_kernel_is_no_zombie_of_its_template(surroundings, tmp_path):
    with kernel(surroundings, tmp_path) as (manager, _):
        template = template_of(manager)
        manager.shutdown_kernel(now=True)
        assert template.children() == []


@pytest.mark.product
@pytest.mark.parametrize(
    ("setting", "reason"),
    [
        ({"FORK_KERNEL_PRELOAD": "no_such_module"}, "No module named 'no_such_module'"),
        ({"PYTHONPATH": "relative"}, "PYTHONPATH has a folder that is not absolute"),
        ({"PYTHONPATH": "/tmp::/tmp"}, "PYTHONPATH has a folder that is not absolute"),
        ({"PYTHONPATH": "HERE/other"}, "other/yaml.py would be imported in place"),
    ],
)
def test_what_cannot_be_forked_is_a_stock_kernel_and_said(surroundings, tmp_path, capsys, monkeypatch, setting, reason):
    monkeypatch.setattr(provisioner, "_reported", set())
    (tmp_path / "other").mkdir()
    (tmp_path / "other/yaml.py").write_text("mine = 1\n")
    env = {name: text.replace("HERE", str(tmp_path)) for name, text in setting.items()}
    with kernel({**surroundings, **env}, tmp_path) as (manager, client):
        assert isinstance(manager.provisioner.process, subprocess.Popen)
        assert run(client, "import yaml; print(hasattr(yaml, 'mine'))") == f"{'other' in reason}\n"
    printed = capsys.readouterr().err
    assert "a stock kernel is launched" in printed and reason in printed


@pytest.mark.product
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()", "threads before"),
        ("import zmq; zmq.Context.instance()", "a zmq context before"),
        ("import matplotlib_inline", "matplotlib_inline before there is a shell"),
    ],
)
def test_a_template_that_may_not_fork_says_why_and_ends(surroundings, tmp_path, code, reason):
    (tmp_path / "unsafe.py").write_text(code + "\n")
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind("")
        listener.listen()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
            client.connect(listener.getsockname())
            command = [sys.executable, str(launch.TEMPLATE), str(listener.fileno()), "0", "unsafe"]
            env = {**surroundings, "PYTHONPATH": str(tmp_path)}
            ended = subprocess.run(command, env=env, pass_fds=[listener.fileno()], capture_output=True, timeout=LONG)
            assert ended.returncode == 1
            assert reason in client.recv(4096).decode()


@pytest.mark.product
def test_a_module_beside_the_notebook_is_imported_as_ever(surroundings, tmp_path):
    (tmp_path / "yaml.py").write_text("mine = 1\n")
    with kernel(surroundings, tmp_path) as (_, client):
        assert run(client, "import yaml; print(yaml.mine)") == "1\n"


@pytest.mark.product
def test_a_matplotlibrc_in_the_folder_acts_as_ever(surroundings, tmp_path):
    (tmp_path / "matplotlibrc").write_text("lines.linewidth: 7\n")
    with kernel(surroundings, tmp_path) as (_, client):
        assert run(client, "import matplotlib; print(matplotlib.rcParams['lines.linewidth'])") == "7.0\n"


@pytest.mark.product
def test_cold_is_stock(surroundings, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KERNEL", "cold")
    with kernel(surroundings, tmp_path) as (manager, client):
        assert isinstance(manager.provisioner.process, subprocess.Popen)
        assert type(client).__name__ == "BlockingKernelClient"
    assert capsys.readouterr().err == ""


def test_a_template_of_another_user_is_not_asked(surroundings, tmp_path, monkeypatch):
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "x"]
    env = {**surroundings, "FORK_KERNEL_IDLE": "0", "FORK_KERNEL_PRELOAD": ""}
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with pytest.raises(launch.NoTemplateError, match="another user"):
        launch.connect(command, env)


@pytest.mark.product
def test_a_client_that_says_nonsense_does_not_stop_the_template(surroundings, tmp_path):
    with kernel(surroundings, tmp_path) as (manager, client):
        command = manager.format_kernel_cmd()
        where = launch.address_of(command, {**surroundings, "JPY_PARENT_PID": "1"})
        for message in (b"start", b"signal 9", b"what", b""):
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as other:
                other.connect(where)
                other.send(message)
        assert run(client, "print(1)") == "1\n"


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"TZ": "Asia/Tokyo"}, True),
        ({"CASETIMELINE_BUILD": "/b"}, True),
        ({"PYTHONHASHSEED": "1"}, False),
        ({"LC_ALL": "C"}, False),
        ({"MPLCONFIGDIR": "/m"}, False),
        ({"MATPLOTLIBRC": "/m"}, False),
        ({"NPY_DISABLE_CPU_FEATURES": "AVX2"}, False),
        ({"OPENBLAS_NUM_THREADS": "1"}, False),
        ({"HOME": "/h"}, False),
        ({"FORK_KERNEL_PRELOAD": "pandas"}, False),
        ({"PYTHONPATH": "/p"}, True),
    ],
)
def test_what_acts_at_a_start_has_a_template_of_its_own(change, same):
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "x"]
    env = {"HOME": "/root", "PATH": "/bin", "FORK_KERNEL_PRELOAD": "matplotlib"}
    assert (launch.address_of(command, env) == launch.address_of(command, {**env, **change})) is same
    frozen = [sys.executable, "-X", "frozen_modules=off", *command[1:]]
    assert launch.address_of(frozen, env) != launch.address_of(command, env)
