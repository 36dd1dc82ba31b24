# What the wheel for Python carries of this build: the target wheel-tree makes ${tree}, the folder that becomes the
# package's. Its programs and libraries need libc and libstdc++ of the machine and nothing else. MLIR and LLVM come from
# Debian's archives, once for all of them, as libconvopt-llvm.so: it shows the 3,000 symbols that the rest refers to, and
# without what these do not reach it has 92 MB where Debian's two libraries have 200. All else is linked of the very
# objects that the normal build has made, so that there is nothing to compile, and what the tests say of the one holds
# for the other.
#
# libstdc++ stays shared: Halide's library, which comes from Halide's own wheel beside ours, has it shared as well and
# throws exceptions that ours catches. libprotobuf goes along as a library since Debian's archive of it cannot be part
# of one (its thread-local variables are for programs); zlib, which it needs, goes with it.
if(CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  return()
endif()
set(tree ${PROJECT_BINARY_DIR}/wheel/convopt)
set(work ${PROJECT_BINARY_DIR}/wheel-link)
set(wheel_programs convopt-compile convopt-kernels convopt-opt convopt-profile convopt-run)
set(wheel_libraries ConvoptPlugin)
set(wheel_users ${wheel_programs})
if(TARGET convopt_c)
  list(APPEND wheel_libraries convopt_c)
  list(APPEND wheel_users convopt_c)
endif()

# What the users take from MLIR and LLVM, which is what libconvopt-llvm.so has to show.
set(users $<TARGET_FILE:convopt_version> ${LLD_ELF} ${LLD_COMMON})
foreach(user ${wheel_users})
  list(APPEND users $<TARGET_OBJECTS:${user}>)
endforeach()
foreach(library ${passes} ${compiler})
  get_target_property(type ${library} TYPE)
  if(type STREQUAL STATIC_LIBRARY)
    list(APPEND users $<TARGET_FILE:${library}>)
  endif()
endforeach()
find_program(LLVM_NM NAMES llvm-nm HINTS ${LLVM_TOOLS_BINARY_DIR} REQUIRED)
file(GENERATE OUTPUT ${work}/users.txt CONTENT "$<JOIN:${users},\n>\n")
add_custom_command(
  OUTPUT ${work}/shown.map ${work}/wanted.rsp
  COMMAND ${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/cmake/wheel/symbols.py ${LLVM_NM} ${LLVM_LIBRARY_DIR}
          ${work}/users.txt ${work}/shown.map ${work}/wanted.rsp
  DEPENDS ${PROJECT_SOURCE_DIR}/cmake/wheel/symbols.py ${users} ${work}/users.txt
  COMMENT "Listing what is needed of MLIR and LLVM"
  VERBATIM)
add_custom_target(wheel-symbols DEPENDS ${work}/shown.map ${work}/wanted.rsp)

# Code is made for two architectures; lld and MLIR would bring all others along.
set(absent ${LLVM_TARGETS_TO_BUILD})
list(REMOVE_ITEM absent X86 AArch64)
list(TRANSFORM absent REPLACE "(.+)" "ABSENT(\\1)")
list(JOIN absent "\n" absent)
configure_file(cmake/wheel/AbsentParts.cpp.in ${work}/AbsentParts.cpp @ONLY)

# wheel_target(TARGET NAME FOLDER LIBRARIES...): how each is linked.
function(wheel_target target name folder)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY ${tree}/${folder} LIBRARY_OUTPUT_DIRECTORY ${tree}/${folder}
    LINKER_LANGUAGE CXX WITHOUT_SHARED_LLVM ON
    BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "$ORIGIN/../lib;$ORIGIN/../../halide/lib64")
  target_link_options(${target} PRIVATE -fuse-ld=lld LINKER:--as-needed LINKER:--gc-sections LINKER:--strip-all
    LINKER:--build-id LINKER:-O2 LINKER:-z,pack-relative-relocs)
  target_link_libraries(${target} PRIVATE ${ARGN})
endfunction()

file(GLOB archives ${LLVM_LIBRARY_DIR}/libMLIR*.a ${LLVM_LIBRARY_DIR}/libLLVM*.a)
find_library(ZSTD_ARCHIVE libzstd.a REQUIRED)
add_library(wheel-llvm SHARED EXCLUDE_FROM_ALL ${work}/AbsentParts.cpp)
wheel_target(wheel-llvm convopt-llvm lib convopt_mlir_headers ${archives} ${ZSTD_ARCHIVE} z)
add_dependencies(wheel-llvm wheel-symbols)
target_link_options(wheel-llvm PRIVATE LINKER:--version-script=${work}/shown.map @${work}/wanted.rsp
  LINKER:-Bsymbolic-functions LINKER:-z,defs)
set_target_properties(wheel-llvm PROPERTIES LINK_DEPENDS "${work}/shown.map;${work}/wanted.rsp")

set(wheel_parts wheel-llvm)
foreach(original ${wheel_programs} ${wheel_libraries})
  set(target wheel-${original})
  get_target_property(libraries ${original} LINK_LIBRARIES)
  list(REMOVE_ITEM libraries MLIR LLVM)
  get_target_property(type ${original} TYPE)
  if(type STREQUAL EXECUTABLE)
    add_executable(${target} EXCLUDE_FROM_ALL $<TARGET_OBJECTS:${original}>)
    wheel_target(${target} ${original} bin wheel-llvm ${ZSTD_ARCHIVE} ${libraries})
  elseif(type STREQUAL MODULE_LIBRARY)
    # It takes MLIR from the mlir-opt that loads it.
    add_library(${target} MODULE EXCLUDE_FROM_ALL $<TARGET_OBJECTS:${original}>)
    set_target_properties(${target} PROPERTIES PREFIX "")
    wheel_target(${target} ${original} lib ${libraries})
  else()
    add_library(${target} SHARED EXCLUDE_FROM_ALL $<TARGET_OBJECTS:${original}>)
    get_target_property(name ${original} OUTPUT_NAME)
    get_target_property(options ${original} LINK_OPTIONS)
    get_target_property(depends ${original} LINK_DEPENDS)
    wheel_target(${target} ${name} lib wheel-llvm ${ZSTD_ARCHIVE} ${libraries})
    target_link_options(${target} PRIVATE ${options})
    set_target_properties(${target} PROPERTIES LINK_DEPENDS "${depends}")
  endif()
  list(APPEND wheel_parts ${target})
endforeach()

# Debian's libraries under the names by which they are asked for.
find_package(ZLIB REQUIRED)
foreach(library ${Protobuf_LIBRARY_RELEASE} ${ZLIB_LIBRARY_RELEASE})
  file(REAL_PATH ${library} file)
  get_filename_component(name ${file} NAME)
  string(REGEX MATCH "^lib[a-z]+\\.so\\.[0-9]+" name ${name})
  add_custom_command(OUTPUT ${tree}/lib/${name} COMMAND ${CMAKE_COMMAND} -E copy ${file} ${tree}/lib/${name}
                     DEPENDS ${file} VERBATIM)
  list(APPEND wheel_parts ${tree}/lib/${name})
endforeach()
add_custom_target(wheel-tree DEPENDS ${wheel_parts})
