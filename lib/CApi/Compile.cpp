// The C interface. Each function ends all that may go wrong below it in a
// message. A compilation runs on a thread of its own, for three reasons: its
// stack is as large as a deep model needs, whatever the caller's is; no signal
// of the program is handled on it; and what others keep for each thread (LLVM
// does) is gone with it.

#include "convopt-c/Compile.h"
#include "FindTool.h"
#include "LibraryEnvironment.h"
#include "convopt/Codegen/ModelModule.h"
#include "convopt/Driver/Options.h"
#include "convopt/IR/LocatedError.h"
#include "convopt/IR/NearestName.h"
#include "llvm/ADT/STLExtras.h"
#include <csignal>
#include <cstring>
#include <pthread.h>

using namespace llvm;
using namespace convopt;

struct convopt_compiler {
  /// The options in the order of their first setting, each with its values.
  std::vector<std::pair<const OptionInfo *, std::vector<std::string>>> given;
  convopt_diagnostic_handler *handler = nullptr;
  void *userData = nullptr;
};

struct convopt_compilation {
  ResultBytes results;
};

static void tell(const convopt_compiler &compiler, convopt_severity severity,
                 const std::string &message, const std::string &location) {
  if (compiler.handler)
    compiler.handler(severity, message.c_str(), location.c_str(),
                     compiler.userData);
}

/// Says what `error` is, as one message.
static void report(const convopt_compiler &compiler, Error error) {
  std::string location, message;
  error = handleErrors(std::move(error), [&](const LocatedError &located) {
    location = located.where();
    message = oneLine(createStringError(located.what()));
  });
  if (error) {
    location.clear();
    message = oneLine(std::move(error));
  }
  tell(compiler, CONVOPT_SEVERITY_ERROR, message, location);
}

/// What `body` returns. An exception is an error: of our own code there is none
/// but where memory ends, but Halide's and protobuf's are written by others.
template <typename Body> static auto guarded(Body body) -> decltype(body()) {
  try {
    return body();
  } catch (const std::exception &exception) {
    return createStringError(exception.what());
  } catch (...) {
    return createStringError("an unknown exception");
  }
}

static Error set(convopt_compiler &compiler, StringRef name,
                 const char *value) {
  const OptionInfo *option = findOption(name);
  if (!option) {
    SmallVector<StringRef> names;
    for (const OptionInfo &info : optionTable())
      if (!info.ofToolOnly)
        names.push_back(info.name);
    return createStringError("unknown option '" + name + "'" +
                             didYouMean(name, names));
  }
  if (option->ofToolOnly)
    return createStringError(option->spelling() +
                             ": only convopt-compile has this option");
  const bool needsValue = option->form == OptionInfo::Form::Value ||
                          option->form == OptionInfo::Form::Repeated;
  if (!value && needsValue)
    return createStringError(option->spelling() +
                             ": this option needs a value");
  auto place = find_if(compiler.given,
                       [&](const auto &pair) { return pair.first == option; });
  std::vector<std::string> values;
  if (option->form == OptionInfo::Form::Repeated &&
      place != compiler.given.end())
    values = place->second;
  values.push_back(value ? value : "");
  CompileOptions scratch;
  for (const std::string &each : values)
    if (Error error = option->read(*option, each, scratch))
      return error;
  if (scratch.emit == Emit::Llvm || scratch.emit == Emit::Asm)
    return createStringError("--emit=" + values.back() +
                             ": only convopt-compile writes folders");
  if (place == compiler.given.end())
    compiler.given.emplace_back(option, std::move(values));
  else
    place->second = std::move(values);
  return Error::success();
}

static Expected<CompileOptions> readOptions(const convopt_compiler &compiler,
                                            StringRef input,
                                            std::optional<ModelBytes> memory) {
  CompileOptions options;
  options.input = input.str();
  for (const auto &[option, values] : compiler.given)
    for (const std::string &value : values)
      if (Error error = option->read(*option, value, options))
        return std::move(error);
  options.import.memory = std::move(memory);
  if (Error error = finishOptions(options))
    return std::move(error);
  return options;
}

static void *runBody(void *body) {
  (*static_cast<function_ref<void()> *>(body))();
  return nullptr;
}

/// Runs `body` on a thread as the head of this file says, and waits for it. Not
/// by llvm::thread, which ends the program where none can be started.
static Error runApart(function_ref<void()> body) {
  // The tool's is 8 MB; it costs only what is touched of it.
  constexpr size_t stackBytes = 64 << 20;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stackBytes);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const int error = pthread_create(&thread, &attributes, runBody, &body);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  if (error)
    return createStringError("cannot start a thread: %s", std::strerror(error));
  pthread_join(thread, nullptr);
  return Error::success();
}

static convopt_compilation *compileModel(const convopt_compiler &compiler,
                                         StringRef input,
                                         std::optional<ModelBytes> memory) {
  auto compilation = std::make_unique<convopt_compilation>();
  LibraryEnvironment::Notes notes;
  auto compileApart = [&]() -> Error {
    Expected<CompileOptions> options =
        readOptions(compiler, input, std::move(memory));
    if (!options)
      return options.takeError();
    Expected<std::string> tool = findTool();
    if (!tool)
      return tool.takeError();
    LibraryEnvironment environment(*options, std::move(*tool));
    if (Error error = compile(*options, environment))
      return error;
    notes = environment.getNotes();
    compilation->results = environment.take();
    for (auto &bytes : compilation->results)
      if (bytes) {
        bytes->push_back('\0');
        bytes->pop_back();
      }
    return Error::success();
  };
  Error problem = Error::success();
  (void)!!problem; // What is moved into it was checked.
  if (Error error = runApart([&] { problem = guarded(compileApart); })) {
    report(compiler, std::move(error));
    return nullptr;
  }
  if (problem) {
    report(compiler, std::move(problem));
    return nullptr;
  }
  for (const auto &[location, message] : notes)
    tell(compiler, CONVOPT_SEVERITY_NOTE, message, location);
  return compilation.release();
}

const char *convopt_compiler_version(void) {
  static const std::string version = compilerVersion();
  return version.c_str();
}

convopt_compiler *convopt_compiler_create(void) {
  return new (std::nothrow) convopt_compiler;
}

void convopt_compiler_destroy(convopt_compiler *compiler) { delete compiler; }

void convopt_compiler_set_handler(convopt_compiler *compiler,
                                  convopt_diagnostic_handler *handler,
                                  void *userData) {
  compiler->handler = handler;
  compiler->userData = userData;
}

int convopt_compiler_set_option(convopt_compiler *compiler, const char *name,
                                const char *value) {
  Error error = guarded([&] { return set(*compiler, name, value); });
  if (!error)
    return 0;
  report(*compiler, std::move(error));
  return 1;
}

/// Reports what goes wrong on this side of the other thread: that it cannot be
/// started, above all.
template <typename Body>
static convopt_compilation *orReport(const convopt_compiler &compiler,
                                     Body body) {
  convopt_compilation *compilation = nullptr;
  Error error = guarded([&]() -> Error {
    compilation = body();
    return Error::success();
  });
  if (error)
    report(compiler, std::move(error));
  return compilation;
}

convopt_compilation *convopt_compile(const convopt_compiler *compiler,
                                     const char *name, const void *model,
                                     size_t size, const char *folder) {
  return orReport(*compiler, [&] {
    ModelBytes memory{{static_cast<const char *>(model), size}};
    if (folder)
      memory.folder = folder;
    return compileModel(*compiler, name, std::move(memory));
  });
}

convopt_compilation *convopt_compile_file(const convopt_compiler *compiler,
                                          const char *path) {
  return orReport(*compiler,
                  [&] { return compileModel(*compiler, path, std::nullopt); });
}

const void *convopt_compilation_get(const convopt_compilation *compilation,
                                    enum convopt_result result, size_t *size) {
  const auto index = static_cast<size_t>(result);
  const bool isThere = index < compilation->results.size() &&
                       compilation->results[index].has_value();
  if (size)
    *size = isThere ? compilation->results[index]->size() : 0;
  return isThere ? compilation->results[index]->data() : nullptr;
}

void convopt_compilation_destroy(convopt_compilation *compilation) {
  delete compilation;
}
