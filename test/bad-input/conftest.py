"""What tests of refusals share."""

import subprocess

import pytest
from convopt.runtime import find_tool

SECONDS = 30


@pytest.fixture
def refuse(tmp_path):
    """refuse(bytes, *arguments) runs the tool, checks how it refuses and returns its message."""

    def refuse(data, *arguments, output=None):
        model = tmp_path / "model.onnx"
        model.write_bytes(data if isinstance(data, bytes) else data.SerializeToString())
        output = output or tmp_path / "model.o"
        command = [find_tool(), model, "-o", output, *arguments]
        result = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        assert result.returncode == 1, result
        message = result.stderr.strip()
        assert message and "\n" not in message and result.stdout == ""
        assert sorted(path.name for path in tmp_path.iterdir()) == ["model.onnx"]
        return message

    return refuse
