# convopt_add_model(TARGET_NAME MODEL [NAME symbol] [SHAPE input:1x3x224x224...] [TARGET machine] [OPTIONS ...]
#                   [DEPENDS file...])
#
# A static library of the model, an ONNX file, compiled when the project is built and again when the model, an option or
# the compiler changes. What links with it finds the model's header, NAME.h, on its include path.
#
#   NAME     the model's name in C and of its header; TARGET_NAME unless given, with _ for what no name may have
#   SHAPE    sizes for inputs of symbolic shape
#   TARGET   host, x86-64, aarch64 or a triple; unless given it is what the project is built for: this machine, or with a
#            tool chain for another what CMAKE_SYSTEM_NAME and CMAKE_SYSTEM_PROCESSOR say
#   OPTIONS  more options of convopt-compile, such as --cpu=znver4 --threads=2
#   DEPENDS  files that MODEL or OPTIONS name: external weights, a cost model
#
# MODEL is relative to the current source folder, or if it is not there, to the current binary folder.
function(convopt_add_model target model)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "NAME;TARGET" "SHAPE;OPTIONS;DEPENDS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "convopt_add_model(${target}): unknown argument '${arg_UNPARSED_ARGUMENTS}'")
  endif()
  foreach(option IN LISTS arg_OPTIONS)
    if(option MATCHES "^--?(o|emit|name|target|shape)(=|$)")
      message(FATAL_ERROR "convopt_add_model(${target}): '${option}' is not for OPTIONS, the function gives it itself")
    endif()
  endforeach()
  _convopt_find_model("${target}" "${model}" model)
  if(NOT arg_NAME)
    string(MAKE_C_IDENTIFIER "${target}" arg_NAME)
  endif()
  if(NOT arg_TARGET)
    _convopt_default_target("${target}" arg_TARGET)
  endif()

  set(folder "${CMAKE_CURRENT_BINARY_DIR}/convopt/${target}")
  set(object "${folder}/${arg_NAME}.o")
  set(header "${folder}/${arg_NAME}.h")
  list(TRANSFORM arg_SHAPE PREPEND --shape=)
  set(arguments "--name=${arg_NAME}" "--target=${arg_TARGET}" ${arg_SHAPE} ${arg_OPTIONS})
  # Not every generator runs a command again because it has changed, but all do when a file has.
  string(REPLACE ";" "\n" text "${arguments}")
  file(GENERATE OUTPUT "${folder}/options.txt" CONTENT "${text}\n")
  add_custom_command(
    OUTPUT "${object}" "${header}"
    COMMAND Convopt::convopt-compile "${model}" -o "${object}" ${arguments}
    DEPENDS "${model}" "${folder}/options.txt" "$<TARGET_FILE:Convopt::convopt-compile>" ${arg_DEPENDS}
    COMMENT "Compiling the network ${target}"
    VERBATIM)

  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  set(language C)
  if(NOT "C" IN_LIST languages)
    set(language CXX)
  endif()
  add_library(${target} STATIC "${object}" "${header}")
  set_source_files_properties("${object}" PROPERTIES EXTERNAL_OBJECT TRUE)
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE ${language})
  target_include_directories(${target} INTERFACE "$<BUILD_INTERFACE:${folder}>")
  # As flags: an imported target would be known in this folder only.
  find_package(Threads REQUIRED)
  target_link_libraries(${target} INTERFACE m ${CMAKE_THREAD_LIBS_INIT})
endfunction()

# The absolute path of a model that is there, or that the build will make.
function(_convopt_find_model target model result)
  get_filename_component(path "${model}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  if(NOT EXISTS "${path}")
    get_filename_component(built "${model}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_BINARY_DIR}")
    get_source_file_property(generated "${built}" GENERATED)
    if(NOT generated AND NOT EXISTS "${built}")
      message(FATAL_ERROR "convopt_add_model(${target}): there is no '${path}'")
    endif()
    set(path "${built}")
  endif()
  set(${result} "${path}" PARENT_SCOPE)
endfunction()

# What convopt-compile calls the machine that the tool chain is for.
function(_convopt_default_target target result)
  if(NOT CMAKE_CROSSCOMPILING)
    set(${result} host PARENT_SCOPE)
    return()
  endif()
  string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}" processor)
  if(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND processor MATCHES "^(aarch64|arm64)$")
    set(${result} aarch64 PARENT_SCOPE)
  elseif(CMAKE_SYSTEM_NAME STREQUAL "Linux" AND processor MATCHES "^(x86_64|amd64)$")
    set(${result} x86-64 PARENT_SCOPE)
  else()
    message(FATAL_ERROR "convopt_add_model(${target}): no code can be made for ${CMAKE_SYSTEM_NAME} on "
            "'${CMAKE_SYSTEM_PROCESSOR}', only for Linux on x86-64 and aarch64; TARGET says otherwise")
  endif()
endfunction()
