#ifndef CONVOPT_LIB_TRANSFORMS_PACKEDCHOICE_H
#define CONVOPT_LIB_TRANSFORMS_PACKEDCHOICE_H

#include "convopt/IR/ConvoptDialect.h"
#include "convopt/Primitives/Primitive.h"

namespace convopt {

/// What the annotation names, as the catalogue knows it; a user who pins a
/// primitive alone gets its first variant.
std::optional<Choice> findChoice(PrimitiveAttr attr, const ConvProblem &layer,
                                 const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_PACKEDCHOICE_H
