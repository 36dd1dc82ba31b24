// The stages that make any object make this one too. It has a context of its
// own: passes give back the memory of weights that nothing in their module uses
// any more, and the weights of the model that is being compiled are used again
// afterwards; and what MLIR reports here is not what is wrong with the model.
// With the context goes all that the compilation needed.
//
// The CPU is one of the architecture's usual ones rather than this machine's,
// for the sake of equal results: the same code computes the same gains on all
// machines that can run it, and then the same primitives are chosen. Cores are
// used by several runs at once, not by the threads of one: what it computes
// does not depend on their number then, and cores that others use do no harm.

#include "NoisyModel.h"
#include "Arrays/Npy.h"
#include "HostEnvironment.h"
#include "Stages.h"
#include "convopt/Driver/Link.h"
#include "convopt/Runtime/Plan.h"
#include "convopt/Transforms/InsertNoise.h"
#include "convopt/Transforms/RoundedImages.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/Threading.h"
#include <cstring>

using namespace llvm;

namespace convopt {

int64_t bytesOf(const TensorInfo &tensor) {
  auto bytes = static_cast<int64_t>(elementBytes(tensor.type));
  for (int64_t size : tensor.dims)
    bytes *= size;
  return bytes;
}

namespace {
/// Writes into memory that is there, or only counts.
class MemoryStream : public raw_ostream {
public:
  explicit MemoryStream(char *to = nullptr) : to(to) { SetUnbuffered(); }

private:
  void write_impl(const char *data, size_t bytes) override {
    if (to)
      std::memcpy(to + position, data, bytes);
    position += bytes;
  }
  uint64_t current_pos() const override { return position; }

  char *to;
  size_t position = 0;
};
} // namespace

/// A copy of `module` in `context`.
static OwnedModule copyTo(mlir::MLIRContext &context, mlir::ModuleOp module) {
  MemoryStream counting;
  if (mlir::failed(mlir::writeBytecodeToFile(module, counting)))
    return nullptr;
  // Weights are read where they lie in the buffer, which they keep, and have
  // to be aligned there.
  auto bytes = WritableMemoryBuffer::getNewUninitMemBuffer(
      counting.tell(), "the model", Align(CONVOPT_ALIGNMENT));
  if (!bytes)
    return nullptr;
  MemoryStream stream(bytes->getBufferStart());
  if (mlir::failed(mlir::writeBytecodeToFile(module, stream)))
    return nullptr;
  auto sources = std::make_shared<SourceMgr>();
  sources->AddNewSourceBuffer(std::move(bytes), SMLoc());
  return mlir::parseSourceFile<mlir::ModuleOp>(sources,
                                               mlir::ParserConfig(&context));
}

/// With which the model with noise is compiled.
static CompileOptions hostOptions(const CompileOptions &options,
                                  const char *architecture) {
  CompileOptions host;
  host.input = options.input;
  host.output = options.output;
  host.name = "calibrated";
  host.target.target = architecture;
  host.cacheDir = options.cacheDir;
  host.weightsMemory = options.weightsMemory;
  host.weights = WeightsPlace::External;
  return host;
}

Error NoisyModel::build(mlir::ModuleOp module, const CompileOptions &options,
                        Environment &environment, KernelMemory &known,
                        ArrayRef<ChosenError> errors,
                        ArrayRef<int64_t> images) {
  Expected<MachineDescription> machine = describeMachine(options.target);
  if (!machine)
    return machine.takeError();
  HostEnvironment host(environment);
  Session session(options, host);
  OwnedModule copy = copyTo(session.getContext(), module);
  if (!copy)
    return session.explain(createStringError("the model cannot be copied"));
  Expected<mlir::func::FuncOp> main = findMain(*copy);
  if (!main)
    return main.takeError();
  Expected<ModelInterface> interface = readInterface(*main);
  if (!interface)
    return interface.takeError();
  plain = std::move(*interface);
  if (!errors.empty())
    roundFilters(*main, errors);
  roundImages(*main, images);
  count = insertNoise(*main);
  interface = readInterface(*main);
  if (!interface)
    return interface.takeError();

  Expected<Selected> selected = choose(session, std::move(copy), options);
  if (!selected)
    return selected.takeError();
  Expected<Kernels> kernels = makeKernels(session, std::move(selected->module),
                                          *machine, options, &known);
  if (!kernels)
    return kernels.takeError();
  Expected<Placed> placed =
      place(session, *kernels, *interface, *machine, options);
  if (!placed)
    return placed.takeError();
  Expected<Lowered> lowered = lower(session, *kernels, std::move(*placed),
                                    *interface, *machine, options);
  if (!lowered)
    return lowered.takeError();

  // The weights file, without the hash: nobody else has it.
  convopt_weights_header header = {};
  std::memcpy(header.magic, CONVOPT_WEIGHTS_MAGIC, sizeof header.magic);
  header.bytes = lowered->weights.bytes;
  weights.resize(CONVOPT_WEIGHTS_OFFSET + lowered->weights.bytes);
  std::memcpy(weights.data(), &header, sizeof header);
  MemoryStream stream(weights.data() + CONVOPT_WEIGHTS_OFFSET);
  lowered->weights.write(stream);

  auto code = emitMachineCode(*lowered->main, *machine, /*assembly=*/false);
  if (!code)
    return code.takeError();
  SmallVector<char, 0> filled;
  raw_svector_ostream os(filled);
  if (Error error = writeWithSection(
          os, *code, weightsSection, sizeof header, [&](raw_ostream &section) {
            section.write(reinterpret_cast<const char *>(&header),
                          sizeof header);
          }))
    return error;
  auto objects = partsOf(filled, *kernels, *machine);
  if (!objects)
    return objects.takeError();
  return load(*objects, options.name + "_model");
}

Error NoisyModel::load(ArrayRef<ArrayRef<char>> objects, StringRef symbol) {
  auto linked = LoadedProgram::link(objects);
  if (!linked)
    return linked.takeError();
  program = std::move(*linked);
  auto found = program->find(symbol);
  if (!found)
    return found.takeError();
  model = static_cast<const convopt_model *>(*found);
  // One that does not fit once is somebody's mistake or needs a larger machine.
  constexpr int64_t mostOfOne = int64_t(16) << 30, mostOfAll = int64_t(2) << 30;
  const int64_t bytes = model->workspace_bytes;
  if (bytes > mostOfOne)
    return createStringError("to run it takes %lld bytes",
                             static_cast<long long>(bytes));
  constexpr int64_t mostAtOnce = 16;
  const int64_t cores = hardware_concurrency().compute_thread_count();
  workspaces.resize(
      std::clamp<int64_t>(mostOfAll / bytes, 1, std::min(cores, mostAtOnce)));
  for (Bytes &workspace : workspaces) {
    workspace.resize(bytes);
    if (int status = model->init(workspace.data(), weights.data()))
      return createStringError("it cannot be started: status %d", status);
  }
  return Error::success();
}

Expected<std::unique_ptr<NoisyModel>>
NoisyModel::compile(mlir::ModuleOp module, const CompileOptions &options,
                    Environment &environment, KernelMemory &kernels,
                    ArrayRef<ChosenError> errors, ArrayRef<int64_t> images) {
  Expected<MachineDescription> machine = describeHost();
  if (!machine)
    return machine.takeError();
  std::unique_ptr<NoisyModel> model(new NoisyModel);
  CompileOptions host =
      hostOptions(options, machine->isX86() ? "x86-64" : "aarch64");
  // An old machine has code of its own.
  Expected<MachineDescription> usual = describeMachine(host.target);
  if (!usual)
    return usual.takeError();
  if (!all_of(usual->features, [&](const std::string &feature) {
        return machine->has(feature);
      }))
    host.target.target = "host";
  if (Error error =
          model->build(module, host, environment, kernels, errors, images))
    return std::move(error);
  return model;
}

NoisyModel::~NoisyModel() {
  for (Bytes &workspace : workspaces)
    if (!workspace.empty())
      model->fini(workspace.data()); // Nothing where init was not.
}

bool NoisyModel::run(size_t place, ArrayRef<float> sizes,
                     ArrayRef<int32_t> seeds, ArrayRef<Bytes> inputs,
                     std::vector<Bytes> &outputs) {
  // A tensor without elements has an address, too.
  static char none;
  SmallVector<const void *> in;
  for (const Bytes &input : inputs)
    in.push_back(input.empty() ? &none : input.data());
  if (count > 0)
    in.append({sizes.data(), seeds.data()});
  outputs.resize(plain.outputs.size());
  SmallVector<void *> out;
  for (auto [bytes, info] : zip_equal(outputs, plain.outputs)) {
    bytes.resize(bytesOf(info));
    out.push_back(bytes.empty() ? &none : bytes.data());
  }
  return model->run(in.data(), out.data(), workspaces[place].data()) ==
         CONVOPT_OK;
}

} // namespace convopt
