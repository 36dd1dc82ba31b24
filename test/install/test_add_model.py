"""convopt_add_model: when it compiles again, for what machine, and what it refuses."""

import pytest

FIND = "find_package(Convopt REQUIRED COMPONENTS tools)\n"


# The model is made by the build, from a file that the test touches.
AGAIN = """
project(again LANGUAGES CXX)
find_package(Convopt REQUIRED COMPONENTS tools)
add_custom_command(OUTPUT made.onnx DEPENDS net.onnx
  COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_SOURCE_DIR}/net.onnx made.onnx)
convopt_add_model(a-net made.onnx NAME net OPTIONS ${OPTIONS} DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/weights)
add_executable(again main.cpp)
target_link_libraries(again PRIVATE a-net)
"""


@pytest.mark.parametrize("generator", ["Ninja", "Unix Makefiles"])
def test_compiles_again_when_what_it_is_made_of_changes(machine, project, generator):
    main = '#include "net.h"\nint main() { return net_matches() ? 0 : 1; }\n'
    again = project("again", AGAIN, {"main.cpp": main, "weights": ""})
    (again.source / "net.onnx").write_bytes(machine.example("models/classify.onnx").read_bytes())
    again.configure(generator=generator)
    again.make()
    machine.run(again.build / "again")
    built = again.build / "convopt/a-net/net.o"
    first = built.read_bytes()
    assert "convopt-compile" not in again.make()

    again.configure("-DOPTIONS=--threads=2;--max-error=1e-6", generator=generator)
    assert "--threads=2 --max-error=1e-6" in again.make()
    assert built.read_bytes() != first
    machine.run(again.build / "again")
    assert "convopt-compile" not in again.make()

    for file in ("net.onnx", "weights"):
        (again.source / file).touch()
        assert "convopt-compile" in again.make()
        assert "convopt-compile" not in again.make()


def test_error_of_the_compiler_fails_the_build(machine, project):
    text = "project(bad LANGUAGES C)\n" + FIND + "convopt_add_model(bad bad.onnx)\n"
    bad = project("bad", text, {"bad.onnx": "not a model"})
    bad.configure()
    assert "convopt-compile: error: " in bad.make(fails=True)


ARM = ("Linux", "aarch64")


@pytest.mark.parametrize(
    "call, system, message",
    [
        ("convopt_add_model(net none.onnx)", ARM, "convopt_add_model(net): there is no"),
        ("convopt_add_model(net CMakeLists.txt SIZE 3)", ARM, "convopt_add_model(net): unknown argument 'SIZE;3'"),
        ("convopt_add_model(net CMakeLists.txt OPTIONS --emit=asm)", ARM, "'--emit=asm' is not for OPTIONS"),
        ("convopt_add_model(net CMakeLists.txt)", ("Linux", "riscv64"), "no code can be made for Linux on 'riscv64'"),
        ("convopt_add_model(net CMakeLists.txt)", ("Windows", "AMD64"), "no code can be made for Windows on 'AMD64'"),
    ],
)
def test_refuses(project, call, system, message):
    refused = project("refused", f"project(refused LANGUAGES NONE)\n{FIND}{call}\n")
    name, processor = system
    options = [f"-DCMAKE_SYSTEM_NAME={name}", f"-DCMAKE_SYSTEM_PROCESSOR={processor}"]
    assert message in refused.configure(*options, fails=True)


@pytest.mark.parametrize(
    "processor, expected", [("arm64", "aarch64"), ("aarch64", "aarch64"), ("x86_64", "x86-64"), ("AMD64", "x86-64")]
)
def test_target_follows_the_tool_chain(project, processor, expected):
    text = f'{FIND}_convopt_default_target(net target)\nmessage(STATUS "for ${{target}}.")\n'
    chain = project("chain", f"project(chain LANGUAGES NONE)\n{text}")
    said = chain.configure("-DCMAKE_SYSTEM_NAME=Linux", f"-DCMAKE_SYSTEM_PROCESSOR={processor}")
    assert f"-- for {expected}." in said


def test_given_target_and_option_come_before_the_tool_chain(machine, project):
    text = (
        f"project(other LANGUAGES C)\n{FIND}convopt_add_model(net net.onnx TARGET aarch64 OPTIONS --cpu=cortex-a72)\n"
    )
    other = project("other", text)
    (other.source / "net.onnx").write_bytes(machine.example("models/classify.onnx").read_bytes())
    other.configure()
    other.make()
    assert "AArch64" in machine.run("readelf", "-h", other.build / "convopt/net/net.o")
    assert b"cortex-a72" in (other.build / "convopt/net/net.o").read_bytes()
