// seconds = overhead + roofline * e^(base + trees). Most of a time is how large
// the layer is, which the roofline says already; trees that predict the
// logarithm of what is left spend no splits on it. Each primitive has a base of
// its own, the median of its samples, and a feature that is 1 for it alone; the
// trees say by how much a choice differs. One ensemble for all primitives of a
// kind of layers, not one each: what makes a strip too large for a cache is
// learnt once. The trainer joins those of depthwise, grouped, 1x1 and other
// layers to trees whose first splits tell these kinds apart. A layer's choices
// are priced together, which is several times as fast (PredictBatch.cpp).

#include "TreeCostModel.h"
#include "Exponential.h"
#include "convopt/CostModel/Roofline.h"
#include "llvm/ADT/STLExtras.h"

using namespace convopt;

size_t TreeCostModel::numColumns() const {
  return numFeatures + variants.size() + otherTraits.size() + primitives.size();
}

void TreeCostModel::writeRow(const ConvProblem &layer, const Choice &choice,
                             const MachineDescription &machine,
                             llvm::MutableArrayRef<double> row) const {
  double *next =
      llvm::copy(computeFeatures(layer, choice, machine), row.begin());
  for (VariantNumber number : variants)
    switch (number) {
    case VariantNumber::Fresh:
      *next++ = choice.variant.fresh;
      break;
    case VariantNumber::Paired:
      *next++ = choice.variant.paired;
      break;
    case VariantNumber::Columns:
      *next++ = static_cast<double>(choice.variant.columns);
      break;
    case VariantNumber::ProductBits:
      *next++ = static_cast<double>(productBits(layer, choice));
      break;
    case VariantNumber::WeightBits:
      *next++ = static_cast<double>(weightBits(layer, choice));
      break;
    }
  const auto own = llvm::find_if(primitives, [&](const KnownPrimitive &known) {
    return known.primitive == choice.primitive;
  });
  next = llvm::copy(own == primitives.end() ? otherTraits : own->traits, next);
  for (const KnownPrimitive &known : primitives)
    *next++ = known.primitive == choice.primitive;
}

double TreeCostModel::baseOf(const Choice &choice) const {
  for (const KnownPrimitive &known : primitives)
    if (known.primitive == choice.primitive && known.samples > 0)
      return known.base;
  return otherBase;
}

bool TreeCostModel::hasSamples(const Choice &choice) const {
  return llvm::any_of(primitives, [&](const KnownPrimitive &known) {
    return known.primitive == choice.primitive && known.samples > 0;
  });
}

bool TreeCostModel::knowsTypes() const {
  return llvm::is_contained(variants, VariantNumber::ProductBits);
}

/// To read the image in single precision and to write it as the numbers that
/// are multiplied, which samples of single precision do not have.
static double conversionSeconds(const ConvProblem &layer, const Choice &choice,
                                const MachineDescription &machine) {
  if (!convertsInput(layer, choice))
    return 0;
  const double bytes = static_cast<double>(bytesOf(layer.types.input)) *
                       static_cast<double>(layer.inputElements());
  return copySeconds(bytes, bytes, machine);
}

double TreeCostModel::seconds(const ConvProblem &layer, const Choice &choice,
                              const MachineDescription &machine, double bound,
                              double learnt) const {
  if (choice.kind() == PrimitiveKind::MatrixTiles && !hasSamples(choice))
    return overhead + bound; // Counted, with all that it does.
  const double time = bound * exponential(baseOf(choice) + learnt);
  return overhead + time +
         (knowsTypes() ? 0 : conversionSeconds(layer, choice, machine));
}

double TreeCostModel::convolution(const ConvProblem &layer,
                                  const Choice &choice,
                                  const MachineDescription &machine) const {
  return convolutions(layer, choice, machine).front();
}

std::vector<double>
TreeCostModel::convolutions(const ConvProblem &layer,
                            llvm::ArrayRef<Choice> choices,
                            const MachineDescription &machine) const {
  const size_t width = numColumns();
  std::vector<double> rows(choices.size() * width), results(choices.size());
  llvm::MutableArrayRef<double> all = rows;
  for (auto [i, choice] : llvm::enumerate(choices))
    writeRow(layer, choice, machine, all.slice(i * width, width));
  trees.predict(all, results);
  for (auto [i, choice] : llvm::enumerate(choices))
    results[i] = seconds(layer, choice, machine,
                         all[i * width + F_bound_seconds], results[i]);
  return results;
}

bool TreeCostModel::knows(const ConvProblem &, const Choice &choice,
                          const MachineDescription &) const {
  return choice.kind() == PrimitiveKind::MatrixTiles || hasSamples(choice);
}

double TreeCostModel::transformation(int64_t batch, int64_t channels,
                                     int64_t height, int64_t width, Layout from,
                                     Layout to,
                                     const MachineDescription &machine) const {
  if (from == to)
    return 0;
  double bytes =
      2.0 * bytesOf(ElementType::F32) * batch * channels * height * width;
  unsigned level = bytes <= machine.l1Bytes   ? 0
                   : bytes <= machine.l2Bytes ? 1
                   : bytes <= machine.l3Bytes ? 2
                                              : 3;
  return transform.overhead +
         bytes / bandwidthFor(bytes, machine) /
             transform.share[static_cast<unsigned>(to)][level];
}
