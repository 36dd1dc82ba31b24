#include "Catalogue.h"
#include "llvm/Support/ErrorHandling.h"

namespace convopt {

llvm::ArrayRef<const Primitive *> allPrimitives() {
  static const Primitive *const catalogue[] = {
      &directPrimitive(),
      &pointwisePrimitive(),
      &im2RowPrimitive(),
      &im2ColPrimitive(),
      &winogradPrimitive(PrimitiveKind::WinogradF2x2_3x3),
      &winogradPrimitive(PrimitiveKind::WinogradF4x4_3x3),
      &depthwisePrimitive(),
      &groupedPrimitive(),
      &groupedRotatedPrimitive(),
      &winogradPrimitive(PrimitiveKind::WinogradF5x5_3x3),
      &winogradPrimitive(PrimitiveKind::WinogradF6x6_3x3),
      &winogradPrimitive(PrimitiveKind::WinogradF7x7_3x3),
      &winogradPrimitive(PrimitiveKind::WinogradF2x4_3x3),
      &winogradPrimitive(PrimitiveKind::WinogradF2x2_5x5),
      &winogradPrimitive(PrimitiveKind::WinogradF4x4_5x5),
      &winogradPrimitive(PrimitiveKind::WinogradF4_3),
      &winogradPrimitive(PrimitiveKind::WinogradF4_7),
      &pointwisePairsPrimitive(),
      &strassenPrimitive(),
      &winogradPrimitive(PrimitiveKind::WinogradF2x2_2x2),
      &winogradPrimitive(PrimitiveKind::WinogradF3x3_2x2),
      &winogradPrimitive(PrimitiveKind::WinogradF4x4_2x2),
      &winogradPrimitive(PrimitiveKind::WinogradF4x4_4x4),
      &winogradPrimitive(PrimitiveKind::ToomCook10),
      &winogradPrimitive(PrimitiveKind::ToomCook14),
      &winogradPrimitive(PrimitiveKind::ToomCook18),
      &kn2RowPrimitive(),
  };
  return catalogue;
}

const Primitive &getPrimitive(PrimitiveKind kind) {
  for (const Primitive *primitive : allPrimitives())
    if (primitive->kind() == kind)
      return *primitive;
  llvm_unreachable("every kind is in the catalogue");
}

std::vector<Choice> allChoices(const ConvLayer &layer,
                               const MachineDescription &machine) {
  std::vector<Choice> all;
  if (layer.isEmpty())
    return all;
  for (const Primitive *primitive : allPrimitives())
    for (Choice &choice : primitive->choices(layer, machine))
      all.push_back(std::move(choice));
  return all;
}

std::string toString(const Choice &choice) {
  return (stringifyPrimitiveKind(choice.kind) + " " +
          stringifyLayout(choice.input) + "->" +
          stringifyLayout(choice.output) + " " + choice.variant.name)
      .str();
}

} // namespace convopt
