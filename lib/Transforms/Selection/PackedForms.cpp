#include "convopt/Transforms/PackedForms.h"
#include "llvm/Support/raw_ostream.h"

namespace convopt {

/// Equal for choices that pack a filter to the same bytes. Where elements are
/// sums of weights the primitive says which; else the dimensions say all.
static std::string textOf(const PackedFilter &filter, const Choice &choice) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << (filter.holdsWeights() ? "weights" : choice.primitive->name());
  for (const PackedFilter::Dim &dim : filter.dimensions())
    os << " " << static_cast<int>(dim.what) << ":" << dim.extent;
  os << " " << toString(filter.type()) << " " << filter.channelsOfTile() << "/"
     << filter.tilesOfGroup() << "/" << filter.joinedGroups();
  return text;
}

int64_t PackedForms::growthOf(mlir::Attribute filter, const ConvProblem &layer,
                              const Choice &choice,
                              const MachineDescription &machine) const {
  const PackedFilter packed =
      choice.primitive->packedFilter(layer, choice, machine);
  const void *key = filter.getAsOpaquePointer();
  if (forms.count({key, textOf(packed, choice)}))
    return 0;
  if (forms.count({key, ""}))
    return packed.bytes();
  return packed.bytes() - layer.filterElements() * bytesOf(layer.types.filter);
}

void PackedForms::add(mlir::Attribute filter, const ConvProblem &layer,
                      const Choice &choice, const MachineDescription &machine) {
  grown += growthOf(filter, layer, choice, machine);
  const void *key = filter.getAsOpaquePointer();
  forms.insert({key, ""});
  forms.insert(
      {key,
       textOf(choice.primitive->packedFilter(layer, choice, machine), choice)});
}

} // namespace convopt
