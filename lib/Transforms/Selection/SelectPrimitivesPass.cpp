#include "OneBlock.h"
#include "convopt/CostModel/MeasuredCosts.h"
#include "convopt/IR/NearestName.h"
#include "convopt/Primitives/PrimitiveNames.h"
#include "convopt/Transforms/Passes.h"
#include "convopt/Transforms/SelectPrimitives.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_SELECTPRIMITIVES
#include "convopt/Transforms/Passes.h.inc"

template <typename T> static std::optional<T> valueIf(bool isGiven, T value) {
  return isGiven ? std::optional(value) : std::nullopt;
}

namespace {
struct SelectPrimitives : impl::SelectPrimitivesBase<SelectPrimitives> {
  using SelectPrimitivesBase::SelectPrimitivesBase;

  LogicalResult initialize(MLIRContext *context) override {
    auto fail = [&](const Twine &message) {
      return emitError(UnknownLoc::get(context)) << message;
    };
    if (!force.empty()) {
      options.force = findPrimitive(force);
      if (!options.force)
        return fail("there is no primitive called " + force +
                    didYouMean(force, primitiveNames()));
    }
    options.maxError = valueIf<double>(maxError > 0, maxError);
    if (maxError == 0)
      options.errorBound.reset();
    options.maxWorkspace = valueIf<int64_t>(maxWorkspace >= 0, maxWorkspace);
    options.preferredWorkspace =
        valueIf<int64_t>(preferredWorkspace >= 0, preferredWorkspace);
    options.maxWeights = valueIf<double>(maxWeights > 0, maxWeights);
    options.maxGrowth =
        valueIf<int64_t>(maxGrowth != kDefaultGrowth, maxGrowth);
    options.maxBytes = valueIf<int64_t>(maxBytes >= 0, maxBytes);
    options.growthPrice = valueIf<double>(growthPrice >= 0, growthPrice);
    if (threads < 1)
      return fail("threads: expected a positive number");
    options.threads = threads;
    llvm::Expected<llvm::SmallVector<Precision>> reduced =
        parsePrecisions(precisions);
    if (!reduced)
      return fail("precisions: " + llvm::toString(reduced.takeError()));
    options.precisions = std::move(*reduced);
    options.strictNan = strictNan;
    options.anyFilter = anyFilter;
    options.reasons = reasons;

    llvm::Expected<MachineDescription> described =
        describeMachine({target, cpu, features});
    if (!described)
      return fail(llvm::toString(described.takeError()));
    machine = *described;
    llvm::Expected<std::unique_ptr<CostModel>> loaded = makeModel();
    if (!loaded)
      return fail(llvm::toString(loaded.takeError()));
    model = std::move(*loaded);
    return success();
  }

  llvm::Expected<std::unique_ptr<CostModel>> makeModel() {
    llvm::Expected<std::unique_ptr<CostModel>> predicted =
        makeCostModel(costModel);
    if (!predicted || measuredCosts.empty())
      return predicted;
    llvm::Expected<std::unique_ptr<MeasuredCosts>> measured =
        MeasuredCosts::read(measuredCosts, machine, std::move(*predicted),
                            threads);
    if (!measured)
      return measured.takeError();
    return std::move(*measured);
  }

  void runOnOperation() override {
    if (!isOneBlock(getOperation()))
      return;
    llvm::Expected<Selection> selection =
        selectPrimitives(getOperation(), *model, machine, options);
    if (!selection) {
      // The message names the place itself.
      emitError(UnknownLoc::get(&getContext()),
                llvm::toString(selection.takeError()));
      return signalPassFailure();
    }
    for (const ExcludedConvolution &conv : selection->excluded)
      emitRemark(conv.location) << conv.why << ": no primitive is chosen";
    if (explain) {
      std::string table;
      llvm::raw_string_ostream os(table);
      selection->print(os);
      emitRemark(getOperation().getLoc()) << "choices:\n" << table;
    }
    if (use && !getOperation().isExternal())
      use(std::move(*selection));
    else if (!selection->lacking.empty())
      emitWarning(UnknownLoc::get(&getContext()))
          << measuredCosts << ": " << selection->lacking;
  }

  std::function<void(Selection)> use;
  SelectionOptions options;
  MachineDescription machine;
  std::shared_ptr<const CostModel> model;
};
} // namespace

std::unique_ptr<Pass>
createSelectPrimitives(const SelectPrimitivesOptions &options,
                       std::function<void(Selection)> use, PackedForms *forms) {
  auto pass = std::make_unique<SelectPrimitives>(options);
  pass->use = std::move(use);
  pass->options.forms = forms;
  return pass;
}

} // namespace convopt
