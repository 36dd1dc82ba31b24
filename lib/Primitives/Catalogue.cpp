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

std::vector<Choice> allChoices(const ConvProblem &layer,
                               const MachineDescription &machine) {
  std::vector<Choice> all;
  if (layer.isEmpty())
    return all;
  for (const Primitive *primitive : allPrimitives())
    for (Choice &choice : primitive->choices(layer, machine))
      all.push_back(std::move(choice));
  return all;
}

} // namespace convopt
