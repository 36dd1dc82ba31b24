// The compiler has two models. Cores that multiply and add two vectors of 512
// bits a cycle are priced by `wide`, which has learnt from one of these, too,
// in numbers of all kinds; all others by `builtin`, of Zen 4 alone: with the
// samples of both it predicts Zen 4 as well, but what it then chooses for a
// Cortex-A73 executes up to 4 % more instructions. A model is unpacked when it
// is first asked.

#include "BuiltinModel.h"
#include "TreeCostModel.h"
#include "llvm/Support/ErrorHandling.h"
#include <mutex>

using namespace convopt;

namespace {

/// One of the models; threads may ask it at the same time.
class LazyModel {
public:
  LazyModel(EmbeddedModel (*model)(), const char *name)
      : model(model), name(name) {}

  const CostModel &get() const {
    std::call_once(once, [this] {
      const EmbeddedModel parts = model();
      auto read = TreeCostModel::parse(parts.head, name, parts.trees);
      // A unit test loads it, so no build that passes its tests gets here.
      if (!read)
        llvm::report_fatal_error(read.takeError(), /*gen_crash_diag=*/false);
      loaded = std::move(*read);
    });
    return *loaded;
  }

private:
  EmbeddedModel (*model)();
  const char *name;
  mutable std::once_flag once;
  mutable std::unique_ptr<CostModel> loaded;
};

class BuiltinCostModel : public CostModel {
public:
  double convolution(const ConvProblem &layer, const Choice &choice,
                     const MachineDescription &machine) const override {
    return of(machine).convolution(layer, choice, machine);
  }
  std::vector<double>
  convolutions(const ConvProblem &layer, llvm::ArrayRef<Choice> choices,
               const MachineDescription &machine) const override {
    return of(machine).convolutions(layer, choices, machine);
  }
  bool knows(const ConvProblem &layer, const Choice &choice,
             const MachineDescription &machine) const override {
    return of(machine).knows(layer, choice, machine);
  }
  double transformation(int64_t batch, int64_t channels, int64_t height,
                        int64_t width, Layout from, Layout to,
                        const MachineDescription &machine) const override {
    return of(machine).transformation(batch, channels, height, width, from, to,
                                      machine);
  }

private:
  const CostModel &of(const MachineDescription &machine) const {
    constexpr int64_t twoVectors = 2 * 512;
    return (machine.fmaBitsPerCycle >= twoVectors ? wide : general).get();
  }

  LazyModel general{builtinModel, "built-in cost model"};
  LazyModel wide{wideModel, "built-in cost model of wide vectors"};
};

} // namespace

std::unique_ptr<CostModel> convopt::createBuiltinCostModel() {
  return std::make_unique<BuiltinCostModel>();
}
