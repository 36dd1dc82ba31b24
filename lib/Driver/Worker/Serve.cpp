// The worker's side. Its process has one thread while it compiles kernels, and
// forks for each as the tool does; lld, whose threads stay, comes last.

#include "Message.h"
#include "convopt/Codegen/ModelModule.h"
#include "convopt/Driver/Link.h"
#include "convopt/Driver/LoadModel.h"
#include "convopt/Driver/OutputFile.h"
#include "convopt/Driver/Worker.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>
#include <sys/prctl.h>

using namespace llvm;

namespace convopt {

/// Takes the parts of a request one after another; each of them is there, since
/// both ends are of one build.
static StringRef next(ArrayRef<std::string> &request) {
  StringRef part = request.front();
  request = request.drop_front();
  return part;
}

static int64_t nextNumber(ArrayRef<std::string> &request) {
  int64_t number = 0;
  (void)next(request).getAsInteger(10, number);
  return number;
}

static Expected<MachineDescription>
nextMachine(ArrayRef<std::string> &request) {
  TargetRequest target;
  target.target = next(request).str();
  target.cpu = next(request).str();
  target.features = next(request).str();
  return describeMachine(target);
}

static Expected<Message> compileKernels(ArrayRef<std::string> request) {
  auto machine = nextMachine(request);
  if (!machine)
    return machine.takeError();
  KernelOptions options{*machine};
  options.threads = nextNumber(request);
  options.output = static_cast<KernelOutput>(nextNumber(request));
  options.cacheDir = next(request).str();

  std::unique_ptr<mlir::MLIRContext> context = makeContext();
  Diagnostics diagnostics(*context);
  auto module =
      mlir::parseSourceString<mlir::ModuleOp>(next(request), &*context);
  if (!module)
    return diagnostics.explain(createStringError("no kernels were sent"));
  auto kernels = convopt::compileKernels(*module, options);
  if (!kernels)
    return diagnostics.explain(kernels.takeError());
  Message answer;
  for (const CompiledKernel &kernel : *kernels)
    answer.insert(answer.end(),
                  {kernel.symbol, std::to_string(kernel.scratchBytes),
                   std::to_string(kernel.threadScratchBytes),
                   std::string(kernel.object.begin(), kernel.object.end())});
  return answer;
}

static Expected<Message> mergeObjects(ArrayRef<std::string> request) {
  const int64_t symbols = nextNumber(request);
  std::vector<ArrayRef<char>> objects;
  for (const std::string &object : request.drop_front(symbols))
    objects.emplace_back(object.data(), object.size());
  auto merged = convopt::mergeObjects(objects, request.take_front(symbols));
  if (!merged)
    return merged.takeError();
  return Message{std::string(merged->begin(), merged->end())};
}

static Expected<Message> linkShared(ArrayRef<std::string> request) {
  auto machine = nextMachine(request);
  if (!machine)
    return machine.takeError();
  SmallString<128> folder;
  if (std::error_code code = sys::fs::createUniqueDirectory("convopt", folder))
    return createStringError("cannot make a temporary folder: %s",
                             code.message().c_str());
  auto cleanUp = make_scope_exit([&] { sys::fs::remove_directories(folder); });
  const std::string object = (folder + "/model.o").str(),
                    library = (folder + "/model.so").str();
  if (Error error = writeOutput(object, next(request)))
    return std::move(error);
  if (Error error = convopt::linkShared(object, library, *machine))
    return std::move(error);
  auto linked = MemoryBuffer::getFile(library, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!linked)
    return createStringError("cannot read the linked library: %s",
                             linked.getError().message().c_str());
  return Message{(*linked)->getBuffer().str()};
}

static Expected<Message> answer(ArrayRef<std::string> request) {
  if (request.empty())
    return createStringError("an empty request");
  const StringRef what = next(request);
  if (what == compileKernelsRequest)
    return compileKernels(request);
  if (what == mergeObjectsRequest)
    return mergeObjects(request);
  if (what == linkSharedRequest)
    return linkShared(request);
  return createStringError("unknown request '%s'", what.str().c_str());
}

int serveWorker() {
  constexpr int socket = 0;
  // Who asked may be killed while this compiles.
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (!sendMessage(socket, {compilerVersion()})) {
    errs() << "convopt-compile: error: " << workerArgument
           << " is what libconvopt-c calls it with\n";
    return 1;
  }
  while (std::optional<Message> request = receiveMessage(socket)) {
    Expected<Message> result = answer(*request);
    SmallVector<StringRef> parts{result ? succeeded : failed};
    std::string error;
    if (result)
      parts.append(result->begin(), result->end());
    else
      parts.push_back(error = toString(result.takeError()));
    if (!sendMessage(socket, parts))
      return 1;
  }
  return 0;
}

} // namespace convopt
