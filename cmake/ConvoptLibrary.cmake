# convopt_library(NAME SOURCES ... LINK ... [PCH header...])
#
# One folder of lib/ as a static library. A precompiled header makes a file that includes MLIR compile in one second
# instead of seven.
function(convopt_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PCH" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC convopt_mlir_headers ${ARG_LINK})
  add_dependencies(${name} ConvoptIRIncGen ConvoptPassIncGen)
  if(ARG_PCH)
    list(TRANSFORM ARG_PCH REPLACE "(.+)" "<\\1>")
    target_precompile_headers(${name} PRIVATE ${ARG_PCH})
  endif()
endfunction()

# convopt_unittest(NAME SOURCES ... LINK ... [SHARDS n]): one GoogleTest program, registered with ctest; in n parts that
# may run side by side if it takes long.
function(convopt_unittest name)
  cmake_parse_arguments(ARG "" "SHARDS" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} MLIR LLVM GTest::gtest GTest::gtest_main)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/unittests)
  if(NOT ARG_SHARDS)
    add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
    return()
  endif()
  math(EXPR last "${ARG_SHARDS} - 1")
  foreach(shard RANGE ${last})
    add_test(NAME ${name}-${shard} COMMAND ${name} --gtest_brief=1)
    set_tests_properties(${name}-${shard} PROPERTIES
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${ARG_SHARDS};GTEST_SHARD_INDEX=${shard}")
  endforeach()
endfunction()
