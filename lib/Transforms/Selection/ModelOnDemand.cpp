// The built-in trees are a long text, and reading them takes as long as all the
// rest of the passes does for a small function. Many functions have nothing to
// choose, and ask nothing. Several may ask at once, of one pass.

#include "Selection/ModelOnDemand.h"
#include <mutex>

namespace convopt {

namespace {
class ModelOnDemand : public CostModel {
public:
  double convolution(const ConvProblem &layer, const Choice &choice,
                     const MachineDescription &machine) const override {
    return get().convolution(layer, choice, machine);
  }
  bool knows(const ConvProblem &layer, const Choice &choice) const override {
    return get().knows(layer, choice);
  }
  double transformation(int64_t batch, int64_t channels, int64_t height,
                        int64_t width, Layout from, Layout to,
                        const MachineDescription &machine) const override {
    return get().transformation(batch, channels, height, width, from, to,
                                machine);
  }

private:
  const CostModel &get() const {
    std::call_once(once, [this] { model = createBuiltinCostModel(); });
    return *model;
  }

  mutable std::once_flag once;
  mutable std::unique_ptr<CostModel> model;
};
} // namespace

std::unique_ptr<CostModel> createModelOnDemand() {
  return std::make_unique<ModelOnDemand>();
}

} // namespace convopt
