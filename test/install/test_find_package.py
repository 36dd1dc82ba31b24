"""find_package(Convopt): its components, and what it says where something is missing."""

import pytest


def test_without_components_there_is_all_that_is_installed(project):
    text = """
project(all LANGUAGES C CXX)
find_package(Convopt 0.1 REQUIRED)
foreach(target convopt-compile c passes transforms compiler)
  get_target_property(type Convopt::${target} TYPE)
  message(STATUS "${target} ${type}")
endforeach()
find_package(Convopt 0.1 REQUIRED COMPONENTS compiler)
"""
    said = project("all", text).configure()
    kinds = {"convopt-compile": "EXECUTABLE", "c": "SHARED_LIBRARY", "passes": "INTERFACE_LIBRARY"}
    for target, kind in (kinds | {"transforms": "STATIC_LIBRARY"}).items():
        assert f"-- {target} {kind}" in said


def test_every_header_is_whole(machine, project):
    include = machine.prefix / "include"
    headers = sorted(str(path.relative_to(include)) for path in include.rglob("*.h") if path.parent.name != "halide")
    assert "convopt/Transforms/SelectPrimitives.h" in headers and "convopt-c/model.h" in headers
    text = """
project(headers LANGUAGES CXX)
find_package(Convopt 0.1 REQUIRED COMPONENTS compiler)
add_library(headers OBJECT headers.cpp)
target_link_libraries(headers PRIVATE Convopt::compiler)
"""
    whole = project("headers", text, {"headers.cpp": "".join(f'#include "{header}"\n' for header in headers)})
    whole.configure()
    whole.make()


@pytest.mark.parametrize(
    "languages, arguments, options, message",
    [
        ("NONE", "REQUIRED COMPONENTS engine", [], "'engine' is none of its components tools, c, passes, compiler"),
        ("NONE", "REQUIRED COMPONENTS passes", [], "no component 'passes': it needs a project with the language CXX"),
        ("NONE", "REQUIRED COMPONENTS c", [], "no component 'c': it needs a project with the language C or CXX"),
        ("NONE", "9.0 REQUIRED", [], 'requested version "9.0"'),
        (
            "CXX",
            "REQUIRED COMPONENTS passes",
            ["-DCMAKE_DISABLE_FIND_PACKAGE_MLIR=ON"],
            "no component 'passes': it needs MLIR 19.1 (libmlir-19-dev, mlir-19-tools)",
        ),
    ],
)
def test_says_what_is_missing(project, languages, arguments, options, message):
    lacking = project("lacking", f"project(lacking LANGUAGES {languages})\nfind_package(Convopt {arguments})\n")
    assert message in lacking.configure(*options, fails=True)
