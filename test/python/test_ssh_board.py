"""convopt-profile --remote over a real sshd: one of this test's own, on a free port of this host, for one key alone.

The board behind it is an aarch64 CPU under qemu. Nothing registers qemu with the kernel, so the server runs commands
by the script that stands for ssh in test/Profile.
"""

import json
import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import time

import pytest
from convopt.runtime import find_tool

BOARD = pathlib.Path(__file__).parents[1] / "Profile/Inputs/board.sh"
# Debian has it where users do not look.
SSHD = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")


def missing():
    """Why there can be no such server here; nothing if there can."""
    if not SSHD:
        return "no sshd: openssh-server is not installed"
    for tool in ("ssh", "ssh-keygen", "qemu-aarch64", "aarch64-linux-gnu-gcc"):
        if not shutil.which(tool):
            return f"no {tool}"
    if os.getuid() == 0:
        # A server of root's wants a user and an empty folder for what it does before somebody has logged in.
        try:
            pwd.getpwnam("sshd")
            pathlib.Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        except (KeyError, OSError) as error:
            return f"sshd cannot run as root here: {error}"
    return None


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def new_key(path):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
    return path


def is_up(server, port, seconds=20):
    end = time.monotonic() + seconds
    while server.poll() is None and time.monotonic() < end:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
                return connection.recv(4) == b"SSH-"
        except OSError:
            time.sleep(0.05)
    return False


@pytest.fixture
def ssh(tmp_path):
    """The command that reaches the board, for --ssh; `folder` of it is the board's for temporary files."""
    if reason := missing():
        pytest.skip(reason)
    folder = tmp_path / "board"
    folder.mkdir()
    host, user = new_key(tmp_path / "host"), new_key(tmp_path / "user")
    shutil.copy(f"{user}.pub", tmp_path / "authorized")
    port = free_port()
    (tmp_path / "config").write_text(
        f"""
        ListenAddress 127.0.0.1:{port}
        HostKey {host}
        PidFile none
        AuthorizedKeysFile {tmp_path}/authorized
        AuthenticationMethods publickey
        PermitRootLogin prohibit-password
        UsePAM no
        StrictModes no
        DisableForwarding yes
        PermitTTY no
        ForceCommand TMPDIR={folder} {BOARD} user@board "$SSH_ORIGINAL_COMMAND"
        """
    )
    log = tmp_path / "log"
    server = subprocess.Popen([SSHD, "-D", "-f", tmp_path / "config", "-E", log], stdin=subprocess.DEVNULL)
    if not is_up(server, port):
        server.kill()
        server.wait()
        pytest.skip(f"sshd does not start here: {log.read_text().strip() if log.exists() else server.returncode}")
    (tmp_path / "hosts").write_text(f"[127.0.0.1]:{port} {pathlib.Path(f'{host}.pub').read_text()}")
    yield (
        f"ssh -F none -p {port} -i {user} -o IdentitiesOnly=yes -o BatchMode=yes "
        f"-o StrictHostKeyChecking=yes -o UserKnownHostsFile={tmp_path}/hosts"
    )
    server.terminate()
    server.wait()


def profile(tmp_path, ssh, output):
    (tmp_path / "layers").write_text("c=16 k=32 h=7 w=7 r=3x3 p=1x1x1x1\n")
    board = f"{pwd.getpwuid(os.getuid()).pw_name}@127.0.0.1"
    options = (
        f"--layers={tmp_path}/layers", "-o", output, f"--kernel-cache={tmp_path}/cache", "--choices-per-layer=2",
        "--seconds=0.001", "--passes=2", "--repeat=0", "--target=aarch64", "--cpu=cortex-a72", f"--remote={board}",
        f"--ssh={ssh}",
    )  # fmt: skip
    return subprocess.run([find_tool("convopt-profile"), *map(str, options)], capture_output=True, text=True)


def test_kernels_are_measured_behind_an_ssh_server(ssh, tmp_path):
    result = profile(tmp_path, ssh, tmp_path / "a.csv")
    assert result.returncode == 0, result.stderr
    rows = [line.split(",") for line in (tmp_path / "a.csv").read_text().splitlines()[1:]]
    assert len(rows) == 2 and {row[2] for row in rows} == {"cortex-a72/128"}
    assert all(len(row[6].split()) == 2 and float(row[3]) > 0 for row in rows)
    assert json.loads((tmp_path / "a.json").read_text())["triple"] == "aarch64-unknown-linux-gnu"
    # Nothing stays there.
    assert not list((tmp_path / "board").iterdir())


def test_a_key_that_the_server_does_not_know_is_refused(ssh, tmp_path):
    (tmp_path / "authorized").write_text("")
    result = profile(tmp_path, ssh, tmp_path / "none.csv")
    assert result.returncode == 1
    assert "convopt-profile: --remote=" in result.stderr and "ssh ended with status 255" in result.stderr
    assert not list(tmp_path.glob("none.*"))
