// Tables that people edit and join: samples, measured costs, layers, and the
// names in them. What was read is written and read again, which must give the
// same.

#include "Target.h"
#include "TextFile.h"
#include "convopt/CostModel/LayerText.h"
#include "convopt/CostModel/MeasuredCosts.h"
#include "convopt/CostModel/SampleRows.h"
#include "convopt/Primitives/ChoiceName.h"
#include <cstdlib>

using namespace convopt;

namespace {
/// Of which nothing is asked: the built-in model takes long to unpack.
class NoModel : public CostModel {
  double convolution(const ConvProblem &, const Choice &,
                     const MachineDescription &) const override {
    return 0;
  }
  double transformation(int64_t, int64_t, int64_t, int64_t, Layout, Layout,
                        const MachineDescription &) const override {
    return 0;
  }
};
} // namespace

static void require(bool holds) {
  if (!holds)
    std::abort();
}

static void readsItselfBack(llvm::ArrayRef<Sample> samples) {
  std::string text = std::string(sampleColumns) + "\n";
  for (const Sample &sample : samples)
    text += toString(sample) + "\n";
  TextFile file(text);
  auto again = readSamples(file.path());
  require(bool(again));
  require(again->size() == samples.size());
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text(reinterpret_cast<const char *>(data), size);
  TextFile file(text);
  if (auto samples = readSamples(file.path()))
    readsItselfBack(*samples);
  else
    llvm::consumeError(samples.takeError());
  MachineDescription machine;
  machine.cpu = "znver4";
  machine.vectorBits = 512;
  if (auto costs = MeasuredCosts::read(file.path(), machine,
                                       std::make_unique<NoModel>()))
    (void)(*costs)->lacking();
  else
    llvm::consumeError(costs.takeError());
  if (auto layers = readLayers(file.path())) {
    for (const ConvLayer &layer : *layers) {
      auto again = parseLayer(layerText(layer));
      require(bool(again));
      require(layerText(*again) == layerText(layer));
      (void)layerSummary(layer);
    }
  } else {
    llvm::consumeError(layers.takeError());
  }
  if (auto name = parseChoiceName(text.split('\n').first)) {
    auto again = parseChoiceName(toString(*name));
    require(bool(again));
    require(*again == *name);
  } else {
    llvm::consumeError(name.takeError());
  }
  return 0;
}
