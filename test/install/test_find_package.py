"""find_package(Convopt): its components, and what it says where something is missing."""

import pytest


def test_without_components_there_is_all_that_is_installed(project):
    text = """
project(all LANGUAGES C CXX)
find_package(Convopt 0.1 REQUIRED)
foreach(target convopt-compile passes transforms compiler)
  get_target_property(type Convopt::${target} TYPE)
  message(STATUS "${target} ${type}")
endforeach()
find_package(Convopt 0.1 REQUIRED COMPONENTS compiler)
"""
    said = project("all", text).configure()
    for target in ("convopt-compile EXECUTABLE", "passes INTERFACE_LIBRARY", "transforms STATIC_LIBRARY"):
        assert f"-- {target}" in said


@pytest.mark.parametrize(
    "languages, arguments, options, message",
    [
        ("NONE", "REQUIRED COMPONENTS engine", [], "'engine' is none of its components tools, passes, compiler"),
        ("NONE", "REQUIRED COMPONENTS passes", [], "no component 'passes': it needs a project with the language CXX"),
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
