// The order here is part of the compiler's behaviour: of two choices with equal
// prices the first is taken. So the list is written down, where objects that
// register themselves would come in the order in which a linker happens to put
// their files.

#include "Catalogue.h"
#include "convopt/Primitives/PrimitiveNames.h"
#include <cassert>

namespace convopt {

llvm::ArrayRef<const Primitive *> allPrimitives() {
  static const std::vector<const Primitive *> catalogue = [] {
    std::vector<const Primitive *> all = {
        &directPrimitive(),         &pointwisePrimitive(),
        &im2RowPrimitive(),         &im2ColPrimitive(),
        &depthwisePrimitive(),      &groupedPrimitive(),
        &groupedRotatedPrimitive(), &pointwisePairsPrimitive(),
        &strassenPrimitive(),       &kn2RowPrimitive(),
        &matrixTilesPrimitive(),
    };
    addWinogradPrimitives(all);
    return all;
  }();
  return catalogue;
}

std::vector<llvm::StringRef> primitiveNames() {
  std::vector<llvm::StringRef> names;
  for (const Primitive *primitive : allPrimitives())
    names.push_back(primitive->name());
  return names;
}

double Primitive::tileProducts(const ConvLayer &layer) const {
  auto [rows, columns, products] = outputTile(layer);
  const int64_t taps = layer.kernelHeight * layer.kernelWidth;
  return double(products ? products : taps) / (rows * columns * taps);
}

const Primitive *findPrimitive(llvm::StringRef name) {
  for (const Primitive *primitive : allPrimitives())
    if (primitive->name() == name)
      return primitive;
  return nullptr;
}

const Primitive &getPrimitive(llvm::StringRef name) {
  const Primitive *found = findPrimitive(name);
  assert(found && "there is no primitive of this name");
  return *found;
}

std::vector<Choice> choicesOf(const Primitive &primitive,
                              const ConvProblem &layer,
                              const MachineDescription &machine,
                              Precision precision) {
  if (precision == Precision::Full)
    return primitive.choices(layer, machine);
  if (!(layer.types == ConvTypes() || readsRounded(layer.types, precision)) ||
      !supportsPrecision(machine, precision))
    return {};
  const ConvTypes types = computedTypes(layer.types, precision);
  if (!primitive.supportsTypes(types))
    return {};
  std::vector<Choice> all = primitive.choices({layer, types}, machine);
  for (Choice &choice : all)
    choice.variant.precision = precision;
  return all;
}

std::vector<Choice> allChoices(const ConvProblem &layer,
                               const MachineDescription &machine,
                               llvm::ArrayRef<Precision> precisions) {
  std::vector<Choice> all;
  if (layer.isEmpty())
    return all;
  auto add = [&](Precision precision) {
    for (const Primitive *primitive : allPrimitives())
      for (Choice &choice : choicesOf(*primitive, layer, machine, precision))
        all.push_back(std::move(choice));
  };
  add(Precision::Full);
  for (Precision precision : precisions)
    add(precision);
  return all;
}

} // namespace convopt
