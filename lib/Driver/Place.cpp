#include "Sizes.h"
#include "Stages.h"
#include "WeightsFile.h"
#include "convopt/IR/ConvoptDialect.h"
#include "convopt/Transforms/Pipelines.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace llvm;

namespace convopt {

/// What the model's descriptor will say.
static ModelFacts describe(const CompileOptions &options,
                           ArrayRef<MemoryPlan> memory,
                           ArrayRef<CompiledKernel> kernels) {
  ModelFacts facts;
  facts.name = options.name;
  facts.threads = options.threads;
  for (const MemoryPlan &plan : memory)
    facts.tensorBytes = std::max(facts.tensorBytes, plan.bytes);
  for (const CompiledKernel &kernel : kernels) {
    facts.scratchBytes = std::max(facts.scratchBytes, kernel.scratchBytes);
    facts.threadScratchBytes =
        std::max(facts.threadScratchBytes, kernel.threadScratchBytes);
  }
  return facts;
}

/// Whether any convolution is computed by tile registers.
static bool usesTiles(mlir::ModuleOp module) {
  const StringRef name =
      stringifyPrimitiveKind(PrimitiveKind::MatrixTiles);
  return module
      .walk([&](mlir::linalg::LinalgOp op) {
        auto attr = ConvoptDialect::PrimitiveAttrHelper(op.getContext()).getAttr(op);
        return attr && attr.getName() == name ? mlir::WalkResult::interrupt()
                                              : mlir::WalkResult::advance();
      })
      .wasInterrupted();
}

/// Of an object that holds them.
static Error checkSize(const ConstantPool &weights) {
  // Code reaches the weights, or over them, with 32 bits.
  constexpr int64_t most = (int64_t(1) << 31) - (64 << 20);
  if (weights.bytes > most)
    return createStringError("the weights take %lld bytes; an object can hold "
                             "%lld: use --weights=external",
                             static_cast<long long>(weights.bytes),
                             static_cast<long long>(most));
  return Error::success();
}

/// The launches of each function.
static Expected<std::vector<std::vector<LaunchProfile>>>
profile(ArrayRef<mlir::func::FuncOp> functions,
        const MachineDescription &machine, const CompileOptions &options) {
  auto costs = makeCostModel(options.costModel);
  if (!costs)
    return costs.takeError();
  std::vector<std::vector<LaunchProfile>> launches;
  for (mlir::func::FuncOp function : functions)
    launches.push_back(profileLaunches(function, machine, **costs));
  return launches;
}

static int64_t kernelBytes(const ModelFacts &facts) {
  return facts.scratchBytes + facts.threads * facts.threadScratchBytes;
}

/// The workspace is that of the size that needs the most; of several sizes a
/// line each says what it needs.
static void explainMemory(raw_ostream &os, ArrayRef<MemoryPlan> plans,
                          const ModelFacts &facts,
                          const CompileOptions &options) {
  auto print = [&](const MemoryPlan &memory) {
    os << memory.bytes << " bytes of tensors, of which at least "
       << memory.lowerBound << " are live at one time";
  };
  for (const auto &[size, memory] : zip(options.sizes, plans)) {
    os << "size " << toString(size) << ": ";
    print(memory);
    os << "\n";
  }
  os << "workspace: ";
  print(*max_element(plans, [](const MemoryPlan &a, const MemoryPlan &b) {
    return a.bytes < b.bytes;
  }));
  os << "; " << kernelBytes(facts) << " bytes of kernels' own\n";
}

Expected<Placed> place(Session &session, Kernels &kernels,
                       ArrayRef<ModelInterface> sizes,
                       const MachineDescription &machine,
                       const CompileOptions &options) {
  mlir::ModuleOp module = *kernels.module;
  Placed placed;
  auto addPlacement = [&](mlir::OpPassManager &pm) {
    buildPlacementPipeline(pm, &placed.placement);
  };
  if (Error error = session.run(module, "placement", addPlacement))
    return error;
  const Placement &placement = placed.placement;
  placed.facts = describe(options, placement.memory, kernels.compiled);
  placed.facts.usesTiles = usesTiles(module);
  Expected<ModelInterface> common = commonInterface(sizes);
  if (!common)
    return common.takeError();
  placed.facts.shapeBytes = shapeBytes(*common);
  if (options.weights == WeightsPlace::External)
    placed.facts.weightsFileBytes = weightsFileBytes(placement.weights);
  else if (Error error = checkSize(placement.weights))
    return error;
  if (options.explain)
    explainMemory(session.explanations(), placement.memory,
                  placed.facts, options);

  if (!options.profile && !wantsReports(options))
    return placed;
  auto functions = findSizes(module);
  if (!functions)
    return functions.takeError();
  // Here launches have buffers, whose bytes are counted, and still kernels.
  auto launches = profile(*functions, machine, options);
  if (!launches)
    return launches.takeError();
  if (wantsReports(options))
    for (const auto &[function, size, ofSize, memory] :
         zip_equal(*functions, sizes, *launches, placement.memory)) {
      placed.programs.push_back(describeProgram(function, size, ofSize));
      placed.memory.push_back({memory.bytes, memory.lowerBound,
                               kernelBytes(placed.facts),
                               placement.weights.bytes});
    }
  if (options.profile)
    placed.facts.launches = std::move(*launches);
  return placed;
}

} // namespace convopt
