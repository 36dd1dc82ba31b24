# cpack -G DEB: convopt compiles models, convopt-dev is what programs are built on that have passes or compiler inside.
# Debian 12 has LLVM and MLIR 19, so the packages depend on those of Debian; Halide, which it has not, is in ours.
set(CPACK_PACKAGE_NAME convopt)
set(CPACK_PACKAGE_VENDOR convopt)
set(CPACK_PACKAGE_CONTACT "The convopt maintainers <maintainers@convopt.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_CHECKSUM SHA256)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL tools development)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_ENABLE_COMPONENT_DEPENDS ON)
set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME convopt)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS ON)
# What dpkg-shlibdeps does not see: it finds LLVM by a link that is in the -dev package.
set(CPACK_DEBIAN_TOOLS_PACKAGE_DEPENDS "libllvm${LLVM_VERSION_MAJOR}")
set(CPACK_DEBIAN_TOOLS_PACKAGE_RECOMMENDS "gcc | c-compiler, libc6-dev")
set(CPACK_DEBIAN_TOOLS_PACKAGE_SUGGESTS "convopt-dev, cmake, mlir-${LLVM_VERSION_MAJOR}-tools")
# dpkg-shlibdeps looks for Halide where it was linked from; it belongs to no package and becomes no dependency.
get_filename_component(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${CONVOPT_HALIDE_LIBRARY}" DIRECTORY)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME convopt-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
string(CONCAT CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
  "libmlir-${LLVM_VERSION_MAJOR}-dev, mlir-${LLVM_VERSION_MAJOR}-tools, llvm-${LLVM_VERSION_MAJOR}-dev, "
  "liblld-${LLVM_VERSION_MAJOR}-dev, libprotobuf-dev, nlohmann-json3-dev, zlib1g-dev, libzstd-dev")
include(CPack)
cpack_add_component(tools DESCRIPTION "convopt-compile, which compiles an ONNX model to one object file, and its companions.")
cpack_add_component(development DEPENDS tools
  DESCRIPTION "Libraries and headers of convopt's MLIR passes and of its compiler.")
