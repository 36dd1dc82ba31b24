# convopt_embed_c_object(NAME RESULT SOURCES FILE.c... DEPENDS HEADER... [OPTIONS ...] [OPTIONS_aarch64 ...])
#
# Compiles the sources for each architecture for which there is a C runtime, to one relocatable object that uses no more
# than the architecture's baseline, and writes its bytes to NAME-ARCH.o.inc for C++ to include. RESULT has these files.
find_program(CLANG NAMES clang-19 REQUIRED)
function(convopt_embed_c_object name result)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS;OPTIONS;OPTIONS_aarch64" ${ARGN})
  set(embedded "")
  foreach(arch x86_64 aarch64)
    set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}-${arch}.o)
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${CLANG} --target=${arch}-linux-gnu -std=c11 -O2 ${arg_OPTIONS} -fno-ident -fno-asynchronous-unwind-tables
              -Wall -Wextra -Werror ${arg_OPTIONS_${arch}} -I${PROJECT_SOURCE_DIR}/include
              -r -nostdlib -fuse-ld=lld ${arg_SOURCES} -o ${object}
      DEPENDS ${arg_SOURCES} ${arg_DEPENDS}
      VERBATIM)
    add_custom_command(
      OUTPUT ${object}.inc
      COMMAND ${CMAKE_COMMAND} -DINPUT=${object} -DOUTPUT=${object}.inc -P ${PROJECT_SOURCE_DIR}/cmake/EmbedBinary.cmake
      DEPENDS ${object} ${PROJECT_SOURCE_DIR}/cmake/EmbedBinary.cmake
      VERBATIM)
    list(APPEND embedded ${object}.inc)
  endforeach()
  set(${result} ${embedded} PARENT_SCOPE)
endfunction()
