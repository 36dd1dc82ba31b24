// The library's side of what Serve.cpp answers.

#include "convopt/Driver/Worker.h"
#include "ChildProcess.h"
#include "Message.h"
#include "convopt/Codegen/ModelModule.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/Builders.h"

using namespace llvm;

namespace convopt {

Worker::Worker(std::string program) : program(std::move(program)) {}
Worker::~Worker() = default;

Error Worker::start() {
  auto started = ChildProcess::start(program, workerArgument);
  if (!started)
    return started.takeError();
  std::optional<Message> greeting = receiveMessage((*started)->getSocket());
  if (!greeting)
    return (*started)->explainEnd();
  if (*greeting != Message{compilerVersion()})
    return createStringError("'%s' is of another version than the library",
                             program.c_str());
  process = std::move(*started);
  return Error::success();
}

Expected<Message> Worker::ask(ArrayRef<StringRef> request) {
  if (!process)
    if (Error error = start())
      return std::move(error);
  std::optional<Message> answer;
  if (sendMessage(process->getSocket(), request))
    answer = receiveMessage(process->getSocket());
  if (!answer || answer->empty()) {
    Error error = process->explainEnd();
    process = nullptr;
    return std::move(error);
  }
  const bool isError = answer->front() == failed;
  answer->erase(answer->begin());
  if (isError)
    return createStringError(answer->front());
  return std::move(*answer);
}

Expected<std::vector<CompiledKernel>>
Worker::compileKernels(mlir::ModuleOp module, const KernelOptions &options) {
  // Not the function beside them, which has the weights.
  mlir::OwningOpRef<mlir::ModuleOp> kernels =
      mlir::ModuleOp::create(module.getLoc());
  for (KernelOp kernel : module.getOps<KernelOp>())
    kernels->push_back(kernel->clone());
  std::string bytecode;
  raw_string_ostream os(bytecode);
  if (mlir::failed(mlir::writeBytecodeToFile(*kernels, os)))
    return createStringError("the kernels cannot be written");
  const TargetRequest &request = options.request;
  auto answer = ask({compileKernelsRequest, request.target, request.cpu,
                     request.features, std::to_string(options.threads),
                     std::to_string(static_cast<int>(options.output)),
                     options.cacheDir, bytecode});
  if (!answer)
    return answer.takeError();
  std::vector<CompiledKernel> compiled;
  for (size_t i = 0; i + 4 <= answer->size(); i += 4) {
    CompiledKernel &kernel = compiled.emplace_back();
    kernel.symbol = (*answer)[i];
    (void)StringRef((*answer)[i + 1]).getAsInteger(10, kernel.scratchBytes);
    (void)StringRef((*answer)[i + 2])
        .getAsInteger(10, kernel.threadScratchBytes);
    kernel.object.assign((*answer)[i + 3].begin(), (*answer)[i + 3].end());
  }
  return compiled;
}

Expected<std::vector<char>>
Worker::mergeObjects(ArrayRef<ArrayRef<char>> objects,
                     ArrayRef<std::string> symbols) {
  const std::string count = std::to_string(symbols.size());
  SmallVector<StringRef> request{mergeObjectsRequest, count};
  request.append(symbols.begin(), symbols.end());
  for (ArrayRef<char> object : objects)
    request.push_back({object.data(), object.size()});
  auto answer = ask(request);
  if (!answer)
    return answer.takeError();
  return std::vector<char>(answer->front().begin(), answer->front().end());
}

Expected<std::string> Worker::linkShared(StringRef object,
                                         const TargetRequest &request) {
  auto answer = ask({linkSharedRequest, request.target, request.cpu,
                     request.features, object});
  if (!answer)
    return answer.takeError();
  return std::move(answer->front());
}

} // namespace convopt
