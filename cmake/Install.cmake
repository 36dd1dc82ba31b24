# cmake --install: two components. `tools` compiles models: the programs, the library they load, the library with a C
# interface, the plugin for mlir-opt, convopt_add_model. `development` is for those who build on the passes or on the compiler: archives, headers.
# All that a file says of another is relative to the file, so the tree may be moved.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(CONVOPT_PRIVATE_DIR ${CMAKE_INSTALL_LIBDIR}/convopt)
set(CONVOPT_PRIVATE_INCLUDE_DIR ${CMAKE_INSTALL_INCLUDEDIR}/convopt)
set(CONVOPT_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/Convopt)
set(CONVOPT_DATA_DIR ${CMAKE_INSTALL_DATADIR}/convopt)
set(package ${PROJECT_SOURCE_DIR}/cmake/package)

# Halide lies in a folder of ours: its name has no version, and another program may need another one.
file(RELATIVE_PATH to_private ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR}/convopt)
set(tools convopt-compile convopt-opt convopt-profile convopt-run)
set_target_properties(${tools} PROPERTIES INSTALL_RPATH "$ORIGIN/${to_private};${LLVM_LIBRARY_DIR}")
install(TARGETS ${tools} EXPORT ConvoptTools RUNTIME COMPONENT tools)
install(EXPORT ConvoptTools NAMESPACE Convopt:: DESTINATION ${CONVOPT_CMAKE_DIR} COMPONENT tools)
if(TARGET convopt_c)
  set_target_properties(convopt_c PROPERTIES INSTALL_RPATH "${LLVM_LIBRARY_DIR}")
  install(TARGETS convopt_c EXPORT ConvoptC LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT tools)
  install(EXPORT ConvoptC NAMESPACE Convopt:: DESTINATION ${CONVOPT_CMAKE_DIR} COMPONENT tools)
endif()
install(FILES $<TARGET_FILE:Halide::Halide> DESTINATION ${CONVOPT_PRIVATE_DIR} COMPONENT tools)
install(TARGETS ConvoptPlugin LIBRARY DESTINATION ${CONVOPT_PRIVATE_DIR} COMPONENT tools)
install(DIRECTORY include/convopt-c DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT tools)
install(FILES lib/CostModel/models/builtin.json lib/CostModel/models/wide.json
        DESTINATION ${CONVOPT_DATA_DIR}/models COMPONENT tools)
install(DIRECTORY examples DESTINATION ${CONVOPT_DATA_DIR} COMPONENT tools
        PATTERN build EXCLUDE PATTERN __pycache__ EXCLUDE)
install(FILES ${package}/copyright LICENSE docs/install.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT tools)
install(FILES ${CONVOPT_HALIDE_INCLUDE_DIR}/../share/doc/Halide/LICENSE.txt DESTINATION ${CMAKE_INSTALL_DOCDIR}
        RENAME Halide-LICENSE.txt COMPONENT tools)

# The archives, each in the export set of the component of find_package that needs it. MLIR and LLVM come with the two
# names that users link with, not with the archives: who links MLIR in another way takes Convopt::transforms.
set(passes convopt_mlir_headers convopt_ir convopt_target convopt_primitives convopt_costmodel convopt_transforms
    convopt_passes)
set(compiler convopt_import convopt_schedules convopt_runtime convopt_codegen convopt_report convopt_driver convopt_compiler)
foreach(target ${passes} ${compiler})
  string(REPLACE convopt_ "" name ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
endforeach()
install(TARGETS ${passes} EXPORT ConvoptPasses ARCHIVE DESTINATION ${CONVOPT_PRIVATE_DIR} COMPONENT development)
install(TARGETS ${compiler} EXPORT ConvoptCompiler ARCHIVE DESTINATION ${CONVOPT_PRIVATE_DIR} COMPONENT development)
foreach(set ConvoptPasses ConvoptCompiler)
  install(EXPORT ${set} NAMESPACE Convopt:: DESTINATION ${CONVOPT_CMAKE_DIR} COMPONENT development)
endforeach()
install(FILES $<TARGET_FILE:ONNX::onnx> $<TARGET_FILE:ONNX::onnx_proto> DESTINATION ${CONVOPT_PRIVATE_DIR}
        COMPONENT development)
install(FILES ${CONVOPT_HALIDE_INCLUDE_DIR}/Halide.h DESTINATION ${CONVOPT_PRIVATE_INCLUDE_DIR}/halide
        COMPONENT development)
install(DIRECTORY include/convopt ${PROJECT_BINARY_DIR}/include/convopt DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        COMPONENT development FILES_MATCHING PATTERN *.h PATTERN *.def PATTERN *.td PATTERN *.h.inc
        PATTERN CMakeFiles EXCLUDE)

write_basic_package_version_file(ConvoptConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
foreach(file Config Development Bundled)
  configure_package_config_file(${package}/Convopt${file}.cmake.in Convopt${file}.cmake
    INSTALL_DESTINATION ${CONVOPT_CMAKE_DIR} NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
endforeach()
install(FILES ${PROJECT_BINARY_DIR}/ConvoptConfig.cmake ${PROJECT_BINARY_DIR}/ConvoptConfigVersion.cmake
              ${package}/ConvoptAddModel.cmake
        DESTINATION ${CONVOPT_CMAKE_DIR} COMPONENT tools)
install(FILES ${PROJECT_BINARY_DIR}/ConvoptDevelopment.cmake ${PROJECT_BINARY_DIR}/ConvoptBundled.cmake
        DESTINATION ${CONVOPT_CMAKE_DIR} COMPONENT development)
