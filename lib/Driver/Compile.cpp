#include "convopt/Driver/Compile.h"
#include "CostNotes.h"
#include "Explain.h"
#include "SizeLimit.h"
#include "Stages.h"
#include "convopt/Runtime/Runtime.h"
#include "convopt/Transforms/Pipelines.h"
#include "llvm/Support/TargetSelect.h"
#include <mutex>

using namespace llvm;

namespace convopt {

std::string oneLine(Error error) {
  // Halide says what is wrong in one line and with what in the next.
  constexpr size_t longest = 1000;
  std::string text = toString(std::move(error)), joined;
  for (StringRef line : llvm::split(StringRef(text), '\n')) {
    line = line.trim();
    if (!line.empty())
      (joined += joined.empty() ? "" : " ") += line;
  }
  if (joined.size() > longest)
    joined.replace(longest, std::string::npos, "...");
  return joined;
}

static Expected<MachineDescription>
describeTarget(const CompileOptions &options) {
  Expected<MachineDescription> machine = describeMachine(options.target);
  if (!machine)
    return machine.takeError();
  // An architecture without runtime is better known now than after a minute.
  if (Error error = runtimeObject(*machine).takeError())
    return error;
  return machine;
}

static void addNote(std::string note, std::vector<std::string> &notes) {
  if (!note.empty())
    notes.push_back(std::move(note));
}

static Error writeTexts(const Lowered &lowered, const Kernels &kernels,
                        const MachineDescription &machine,
                        const CompileOptions &options) {
  std::string text;
  raw_string_ostream os(text);
  if (options.emit == Emit::Llvm) {
    lowered.main->print(os, nullptr);
    return writeFolder(options.output, text, kernels.compiled, ".ll");
  }
  auto code = emitMachineCode(*lowered.main, machine, /*assembly=*/true);
  if (!code)
    return code.takeError();
  os << StringRef(code->data(), code->size());
  return writeFolder(options.output, text, kernels.compiled, ".s");
}

Expected<std::vector<ArrayRef<char>>>
partsOf(ArrayRef<char> main, const Kernels &kernels,
        const MachineDescription &machine) {
  auto runtime = runtimeObject(machine);
  if (!runtime)
    return runtime.takeError();
  std::vector<ArrayRef<char>> objects;
  objects.push_back(main);
  for (const CompiledKernel &kernel : kernels.compiled)
    objects.push_back(kernel.object);
  objects.push_back(
      {reinterpret_cast<const char *>(runtime->data()), runtime->size()});
  return objects;
}

Expected<FinishedModel> link(Session &session, Lowered lowered,
                             const Kernels &kernels,
                             ArrayRef<ModelInterface> sizes,
                             const MachineDescription &machine) {
  auto code = emitMachineCode(*lowered.main, machine, /*assembly=*/false);
  if (!code)
    return code.takeError();
  auto objects = partsOf(*code, kernels, machine);
  if (!objects)
    return objects.takeError();
  std::vector<std::string> symbols{lowered.facts.name + "_model"};
  if (lowered.facts.launches)
    symbols.push_back(lowered.facts.name + "_profile");
  if (sizes.size() > 1)
    symbols.push_back(lowered.facts.name + "_sizes");
  auto merged = session.environment.mergeObjects(*objects, symbols);
  if (!merged)
    return merged.takeError();
  return FinishedModel{sizes.vec(), std::move(lowered.facts),
                       std::move(lowered.weights), std::move(*merged)};
}

/// What is known when the primitives are chosen. Refers to all of it.
static Explanation explain(const CompileOptions &options,
                           const MachineDescription &machine,
                           const ModelInterface &common, const Chosen &chosen) {
  std::vector<SizeExplanation> sizes;
  for (const auto &[interface, selection] :
       zip_equal(chosen.sizes, chosen.selections))
    sizes.push_back({interface, selection});
  return {options.name,      targetName(machine),
          compilerVersion(), options.threads,
          machine,           common,
          std::move(sizes)};
}

/// And when every tensor has its place.
static void addPrograms(Placed &placed, Explanation &explanation) {
  if (!placed.programs.empty())
    for (auto [size, program, memory] :
         zip_equal(explanation.sizes, placed.programs, placed.memory)) {
      size.program = std::move(program);
      size.memory = memory;
    }
}

/// That there is a result, unless there is an error.
static Expected<bool> finished(Error error) {
  if (error)
    return std::move(error);
  return true;
}

namespace {
/// What all attempts to be small enough have in common; without a limit there
/// is one attempt.
struct Attempts {
  SizeLimit limit;
  KernelMemory kernels;
};
} // namespace

/// One attempt; false if its object is too large, so that nothing is written.
static Expected<bool> runStages(Session &session,
                                const MachineDescription &machine,
                                ArrayRef<RunProfile> profiles,
                                Attempts &attempts) {
  const CompileOptions options = attempts.limit.options();
  Environment &environment = session.environment;

  // Which primitive for each convolution.
  Expected<Chosen> chosen = chooseForSizes(session, options);
  if (!chosen)
    return chosen.takeError();
  if (options.emit == Emit::Linalg)
    return finished(writeModule(environment, options.output, *chosen->module));
  Expected<ModelInterface> common = commonInterface(chosen->sizes);
  if (!common)
    return common.takeError();
  Explanation explanation = explain(options, machine, *common, *chosen);
  auto write = [&](function_ref<Error()> writeModel) {
    return finished(writeWithReports(options, environment, explanation,
                                     profiles, writeModel));
  };
  if (options.emit == Emit::Annotated)
    return write([&] {
      return writeModule(environment, options.output, *chosen->module);
    });

  // What is computed together, each in machine code.
  Expected<Kernels> kernels =
      makeKernels(session, std::move(chosen->module), machine, options,
                  options.maxSize ? &attempts.kernels : nullptr);
  if (!kernels)
    return kernels.takeError();
  if (options.emit == Emit::Kernels)
    return write([&] {
      return writeKernels(environment, options.output, *kernels->module,
                          kernels->compiled);
    });

  // Where everything lies, what is left, and the description of the whole.
  const int64_t largestTensor = largestTensorBytes(*kernels->module);
  Expected<Placed> placed =
      place(session, *kernels, chosen->sizes, machine, options);
  if (!placed)
    return placed.takeError();
  addPrograms(*placed, explanation);
  addNote(noteOnWorkspace(placed->facts, largestTensor), kernels->notes);
  Expected<Lowered> lowered = lower(session, *kernels, std::move(*placed),
                                    chosen->sizes, machine, options);
  if (!lowered)
    return lowered.takeError();
  if (options.emit == Emit::Llvm || options.emit == Emit::Asm)
    return write(
        [&] { return writeTexts(*lowered, *kernels, machine, options); });

  // One object.
  mlir::TimingScope scope = session.time("linking and writing");
  Expected<FinishedModel> model =
      link(session, std::move(*lowered), *kernels, chosen->sizes, machine);
  if (!model)
    return model.takeError();
  Expected<bool> isSmall = attempts.limit.accepts(*model, chosen->selections);
  if (!isSmall || !*isSmall)
    return isSmall;
  session.releaseExplanations();
  Expected<bool> written = write([&] {
    return options.emit == Emit::Shared
               ? writeShared(environment, options.output, *model, machine)
               : writeObject(environment, options.output, *model);
  });
  if (written)
    for (const std::string &note : kernels->notes)
      environment.note(options.input, note);
  return written;
}

static Error runAttempts(const CompileOptions &options,
                         Environment &environment) {
  // For whom, and what.
  Expected<MachineDescription> machine = describeTarget(options);
  if (!machine)
    return machine.takeError();
  Expected<std::vector<RunProfile>> profiles = readProfiles(options);
  if (!profiles)
    return profiles.takeError();
  Session session(options, environment);
  Attempts attempts{SizeLimit(options), {}};
  while (true) {
    if (options.maxSize)
      session.holdExplanations();
    Expected<bool> done = runStages(session, *machine, *profiles, attempts);
    if (!done)
      return done.takeError();
    if (*done)
      return Error::success();
  }
}

/// LLVM's list of targets is one of the process, and has no lock.
static void registerTargets() {
  static std::once_flag once;
  std::call_once(once, [] {
    InitializeAllTargetInfos();
    InitializeAllTargets();
    InitializeAllTargetMCs();
    InitializeAllAsmPrinters();
  });
}

Error compile(const CompileOptions &options, Environment &environment) {
  registerTargets();
  return runAttempts(options, environment);
}

} // namespace convopt
