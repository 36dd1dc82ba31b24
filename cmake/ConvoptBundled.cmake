# The libraries of others that convopt's are linked with, under the names that the installed package gives them too
# (cmake/package/ConvoptBundled.cmake): it has Halide and ONNX beside our own archives, since Debian has neither in the
# version that is needed, and finds lld where LLVM is.

# By path: Debian's LLD package would bring a second way to link LLVM.
find_library(LLD_ELF lldELF HINTS ${LLVM_LIBRARY_DIR} REQUIRED)
find_library(LLD_COMMON lldCommon HINTS ${LLVM_LIBRARY_DIR} REQUIRED)

foreach(name Halide onnx onnx_proto lld)
  add_library(Convopt::${name} INTERFACE IMPORTED)
endforeach()
target_link_libraries(Convopt::Halide INTERFACE Halide::Halide)
target_link_libraries(Convopt::onnx INTERFACE ONNX::onnx)
target_link_libraries(Convopt::onnx_proto INTERFACE ONNX::onnx_proto)
# Wheel.cmake has another LLVM for it.
target_link_libraries(Convopt::lld INTERFACE ${LLD_ELF} ${LLD_COMMON}
  $<$<NOT:$<BOOL:$<TARGET_PROPERTY:WITHOUT_SHARED_LLVM>>>:LLVM> z zstd)
get_target_property(CONVOPT_HALIDE_LIBRARY Halide::Halide LOCATION)
get_target_property(CONVOPT_HALIDE_INCLUDE_DIR Halide::Halide INTERFACE_INCLUDE_DIRECTORIES)
