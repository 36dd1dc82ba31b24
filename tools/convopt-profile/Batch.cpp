// Kernels are compiled as in a network and measured as in a network: by a
// program of their own, which holds nothing else than them, the runtime of
// models and a loop that takes times. It is static, so that the same program
// runs on a board that has no compiler, no libraries and no Python. Its name in
// the cache is the hash of what it is linked of.

#include "Batch.h"
#include "CompileTasks.h"
#include "RunnerText.h"
#include "convopt/Driver/Compile.h"
#include "convopt/Driver/LoadModel.h"
#include "convopt/Driver/OutputFile.h"
#include "convopt/Runtime/Runtime.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <unistd.h>

using namespace convopt;
using llvm::createStringError;
using llvm::formatv;
using llvm::StringRef;

llvm::Expected<std::vector<std::string>>
convopt::findCompiler(StringRef given, const MachineDescription &machine) {
  llvm::Triple triple(machine.triple);
  std::string arch = triple.getArchName().str();
  bool isHost = llvm::Triple(llvm::sys::getDefaultTargetTriple()).getArch() ==
                triple.getArch();
  std::vector<std::string> candidates{"clang-19", "clang",
                                      arch + "-linux-gnu-gcc"};
  if (isHost)
    candidates.insert(candidates.end(), {"cc", "gcc"});
  if (!given.empty())
    candidates = {given.str()};
  for (StringRef candidate : candidates) {
    llvm::SmallVector<StringRef> words;
    candidate.split(words, ' ', -1, /*KeepEmpty=*/false);
    auto program =
        words.empty()
            ? std::make_error_code(std::errc::no_such_file_or_directory)
            : llvm::sys::findProgramByName(words[0]);
    if (!program)
      continue;
    std::vector<std::string> command{*program};
    for (StringRef word : llvm::drop_begin(words))
      command.push_back(word.str());
    if (llvm::sys::path::filename(*program).contains("clang"))
      command.push_back("--target=" + arch + "-linux-gnu");
    return command;
  }
  return createStringError("--cc: there is no '" +
                           llvm::join(candidates, "', no '") +
                           "' to link kernels with");
}

/// The C that describes the kernels to the runner and to the runtime.
static llvm::Expected<std::string>
tableText(llvm::ArrayRef<Task> tasks, llvm::ArrayRef<CompiledKernel> kernels,
          llvm::ArrayRef<std::vector<int64_t>> buffers,
          const BatchOptions &options) {
  std::string text = batchTableText().str(), rows;
  int64_t scratch = 0, threadScratch = 0, count = 0;
  const bool usesTiles = llvm::any_of(tasks, [](const Task &task) {
    const auto *layer = std::get_if<LayerChoice>(&task.what);
    return layer && layer->choice.kind() == PrimitiveKind::MatrixTiles;
  });
  for (auto [task, kernel, bytes] : llvm::zip_equal(tasks, kernels, buffers)) {
    if (kernel.symbol.empty())
      continue;
    std::string arguments, passed;
    for (size_t i = 0; i < bytes.size(); ++i) {
      arguments += ", struct halide_buffer_t *";
      passed += formatv(", b + {0}", i);
    }
    text += formatv("int {0}(void *{1});\n"
                    "static int run{2}(void *c, struct halide_buffer_t *b) {{ "
                    "return {0}(c{3}); }\n",
                    kernel.symbol, arguments, count, passed);
    bool hasWeights = std::holds_alternative<LayerChoice>(task.what);
    rows += formatv(
        "  {{run{0}, {1}, {{{2}}, {3}},\n", count, bytes.size(),
        llvm::join(
            llvm::map_range(bytes, [](int64_t b) { return std::to_string(b); }),
            ", "),
        hasWeights ? 1 : -1);
    scratch = std::max(scratch, kernel.scratchBytes);
    threadScratch = std::max(threadScratch, kernel.threadScratchBytes);
    ++count;
  }
  auto requirements = cpuRequirements(options.machine, usesTiles);
  if (!requirements)
    return requirements.takeError();
  std::string needs;
  for (const convopt_requirement &need : *requirements)
    needs +=
        formatv("  {{{0}u, {1}u, {2}u},\n", need.source, need.index, need.bits);
  // Half of the third level, since other things live there too; a small CPU
  // may have no third. Or more than any core has of it: what the machine says
  // is a core's share.
  int64_t last = std::max(options.machine.l2Bytes, options.machine.l3Bytes);
  bool fromMemory = options.weights == WeightSource::Memory;
  int64_t rotation = fromMemory ? 4 * last : last / 2;
  text += formatv(R"(static const struct profile_kernel kernels[] = {{
{0}  {{0}};
const struct profile_batch profile_batch = {{{1}, {8}, {2}, kernels};
static const struct convopt_requirement requirements[] = {{
{3}  {{0}};
const struct convopt_plan convopt_plan = {{
  .threads = {4}, .scratch_bytes = {5}, .thread_scratch_bytes = {6},
  .requirement_count = {7}, .requirements = requirements,
  .main = profile_measure};
)",
                  rows, rotation, count, needs, options.threads, scratch,
                  threadScratch, requirements->size(), int(fromMemory));
  return text;
}

/// Runs `command`; an error has the first line of what it says.
static llvm::Error run(const std::vector<std::string> &command,
                       const std::string &messages) {
  std::vector<StringRef> arguments(command.begin(), command.end());
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(messages),
                                          StringRef(messages)};
  std::string error;
  int status = llvm::sys::ExecuteAndWait(command[0], arguments, std::nullopt,
                                         redirects, 0, 0, &error);
  if (status == 0)
    return llvm::Error::success();
  if (auto text = llvm::MemoryBuffer::getFile(messages); error.empty() && text)
    error = (*text)->getBuffer().split('\n').first.str();
  return createStringError("linking kernels failed: " + error);
}

/// Links `objects` and the table into `path`, which appears when it is whole.
static llvm::Error link(const std::string &table,
                        llvm::ArrayRef<llvm::ArrayRef<char>> objects,
                        const std::string &path, const BatchOptions &options) {
  llvm::SmallString<128> folder;
  if (auto code = llvm::sys::fs::createUniqueDirectory("convopt", folder))
    return createStringError("cannot make a temporary folder: " +
                             code.message());
  auto cleanUp =
      llvm::make_scope_exit([&] { llvm::sys::fs::remove_directories(folder); });
  auto inFolder = [&](const llvm::Twine &name) {
    return (folder + "/" + name).str();
  };
  std::vector<std::string> command = options.compiler;
  command.insert(command.end(), {"-std=c11", "-O1", "-static", "-s", "-o",
                                 inFolder("batch"), inFolder("table.c")});
  if (auto error = writeOutput(inFolder("table.c"), table))
    return error;
  for (auto [i, object] : llvm::enumerate(objects)) {
    command.push_back(inFolder(llvm::Twine(i) + ".o"));
    if (auto error =
            writeOutput(command.back(), {object.data(), object.size()}))
      return error;
  }
  command.insert(command.end(), {"-lm", "-lpthread"});
  if (auto error = run(command, inFolder("messages")))
    return error;
  // Beside it first: the folder may be on another file system.
  std::string beside = path + "." + std::to_string(getpid());
  std::error_code code = llvm::sys::fs::copy_file(inFolder("batch"), beside);
  if (!code)
    code = llvm::sys::fs::setPermissions(beside, llvm::sys::fs::perms(0755));
  if (!code)
    code = llvm::sys::fs::rename(beside, path);
  if (code)
    return cannotWrite(path, code);
  return llvm::Error::success();
}

llvm::Expected<Batch> convopt::buildBatch(llvm::ArrayRef<Task> tasks,
                                          const BatchOptions &options) {
  Batch batch;
  std::string folder = options.cacheDir + "/batches";
  if (auto code = llvm::sys::fs::create_directories(folder))
    return createStringError("cannot write to the cache folder '" + folder +
                             "': " + code.message());
  std::vector<std::vector<int64_t>> buffers;
  auto kernels =
      compileTasks(tasks,
                   {options.machine, options.threads, KernelOutput::Object,
                    options.cacheDir + "/kernels"},
                   batch.failures, buffers);
  if (!kernels)
    return kernels.takeError();
  int count = 0;
  for (const CompiledKernel &kernel : *kernels)
    batch.kernels.push_back(kernel.symbol.empty() ? -1 : count++);
  auto table = tableText(tasks, *kernels, buffers, options);
  if (!table)
    return table.takeError();
  auto runtime = runtimeObject(options.machine);
  if (!runtime)
    return runtime.takeError();
  std::vector<llvm::ArrayRef<char>> objects{
      runnerObject(options.machine),
      {reinterpret_cast<const char *>(runtime->data()), runtime->size()}};
  for (const CompiledKernel &kernel : *kernels)
    if (!kernel.symbol.empty())
      objects.push_back(kernel.object);
  llvm::SHA256 hash;
  hash.update(*table);
  for (const std::string &word : options.compiler)
    hash.update(word);
  for (llvm::ArrayRef<char> object : objects)
    hash.update(StringRef(object.data(), object.size()));
  batch.path = folder + "/" + llvm::toHex(hash.final(), /*LowerCase=*/true);
  if (llvm::sys::fs::exists(batch.path))
    return batch;
  if (auto error = link(*table, objects, batch.path, options))
    return error;
  return batch;
}
