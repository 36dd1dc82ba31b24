// price-layers LAYERS.txt [MODEL.json]: how long a cost model takes to load and
// to price every choice of the layers, as a compiler does that chooses among
// them; the least of several times each. LAYERS.txt is what
// python -m convopt.layers prints for a network.

#include "convopt/CostModel/CostModel.h"
#include "convopt/CostModel/Features.h"
#include "convopt/CostModel/LayerText.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <ctime>

using namespace convopt;

/// The least milliseconds of `rounds` calls, of this program's processor time:
/// others on the machine do not count.
template <typename F> static double leastMilliseconds(int rounds, F work) {
  double least = 1e9;
  for (int i = 0; i < rounds; ++i) {
    const std::clock_t start = std::clock();
    work();
    least =
        std::min(least, 1e3 * double(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return least;
}

static int fail(llvm::Error error) {
  llvm::errs() << "price-layers: " << llvm::toString(std::move(error)) << "\n";
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 2 && argc != 3) {
    llvm::errs() << "price-layers: LAYERS.txt [MODEL.json] are needed\n";
    return 1;
  }
  auto layers = readLayers(argv[1]);
  if (!layers)
    return fail(layers.takeError());
  auto machine = describeMachine({"x86-64", "znver4", ""});
  if (!machine)
    return fail(machine.takeError());
  const std::string file = argc == 3 ? argv[2] : "";
  auto model = makeCostModel(file);
  if (!model)
    return fail(model.takeError());

  const double load = leastMilliseconds(
      5, [&] { llvm::cantFail(makeCostModel(file).takeError()); });
  std::vector<std::vector<Choice>> choices;
  const double list = leastMilliseconds(3, [&] {
    choices.clear();
    for (const ConvLayer &layer : *layers)
      choices.push_back(allChoices(layer, *machine));
  });
  size_t count = 0;
  for (const auto &some : choices)
    count += some.size();
  double sum = 0;
  auto forEachLayer = [&](auto each) {
    return leastMilliseconds(5, [&] {
      for (size_t i = 0; i < layers->size(); ++i)
        each((*layers)[i], choices[i]);
    });
  };
  const double features = forEachLayer([&](const ConvLayer &layer, auto &all) {
    for (const Choice &choice : all)
      sum += computeFeatures(layer, choice, *machine).back();
  });
  const double together = forEachLayer([&](const ConvLayer &layer, auto &all) {
    sum += (*model)->convolutions(layer, all, *machine).back();
  });
  const double alone = forEachLayer([&](const ConvLayer &layer, auto &all) {
    for (const Choice &choice : all)
      sum += (*model)->convolution(layer, choice, *machine);
  });
  llvm::outs() << layers->size() << " layers, " << count << " choices; in ms: "
               << llvm::format("load %.2f, list choices %.2f, features %.2f, "
                               "price %.2f, one by one %.2f\n",
                               load, list, features, together, alone);
  return sum == 0;
}
