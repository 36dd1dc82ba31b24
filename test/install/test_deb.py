"""The Debian packages: what they need, what is in which, and that their contents work."""

import subprocess
import tarfile

import pytest
from conftest import BUILD, Machine


@pytest.fixture(scope="module")
def packages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("packages")
    # Compressed in a hurry.
    quick = ["-DCPACK_DEBIAN_COMPRESSION_TYPE=gzip", "-DCPACK_DEBIAN_COMPRESSION_LEVEL=1"]
    command = ["cpack", "-G", "DEB", "--config", BUILD / "CPackConfig.cmake", "-B", folder, *quick]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return {path.name.split("_")[0]: path for path in folder.glob("*.deb")}


def field(package, name):
    return subprocess.run(
        ["dpkg-deb", "--field", package, name], check=True, capture_output=True, text=True
    ).stdout.strip()


def contents(package):
    archive = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE)
    with tarfile.open(fileobj=archive.stdout, mode="r|") as tar:
        names = {member.name.removeprefix("./") for member in tar if not member.isdir()}
    assert archive.wait() == 0
    return names


def test_tools_depend_on_debians_libraries_alone(packages):
    depends = [part.split()[0] for part in field(packages["convopt"], "Depends").split(", ")]
    for needed in ("libc6", "libmlir-19", "libllvm19", "libprotobuf32", "libstdc++6"):
        assert needed in depends
    assert not [part for part in depends if part.endswith("-dev") or "alide" in part]


def test_libraries_need_the_tools_of_their_version(packages):
    depends = field(packages["convopt-dev"], "Depends")
    version = field(packages["convopt"], "Version")
    for needed in (f"convopt (= {version})", "libmlir-19-dev", "mlir-19-tools", "liblld-19-dev", "libprotobuf-dev"):
        assert needed in depends


def test_each_file_is_in_one_package(packages):
    tools, development = contents(packages["convopt"]), contents(packages["convopt-dev"])
    assert {"usr/bin/convopt-compile", "usr/lib/convopt/libHalide.so", "usr/include/convopt-c/model.h"} <= tools
    assert "usr/lib/cmake/Convopt/ConvoptAddModel.cmake" in tools
    assert {"usr/lib/libconvopt-c.so", "usr/include/convopt-c/Compile.h"} <= tools
    assert {"usr/lib/convopt/libconvopt_transforms.a", "usr/include/convopt/Driver/Compile.h"} <= development
    assert not tools & development
    assert not [name for name in tools if name.endswith(".a")]


def test_tools_work_without_the_libraries(packages, tmp_path, project):
    subprocess.run(["dpkg-deb", "--extract", packages["convopt"], tmp_path / "root"], check=True)
    machine = Machine(tmp_path / "root/usr", tmp_path)
    machine.tool("convopt-compile", machine.example("models/classify.onnx"), "--emit=shared", "-o", tmp_path / "net.so")
    machine.tool("convopt-run", tmp_path / "net.so")

    lacking = project("lacking", "project(lacking LANGUAGES CXX)\nfind_package(Convopt REQUIRED COMPONENTS passes)\n")
    lacking.machine = machine
    assert "Convopt's libraries are not installed here, only its tools" in lacking.configure(fails=True)
