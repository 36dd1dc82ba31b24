#ifndef CONVOPT_TARGET_DOTPRODUCTS_H
#define CONVOPT_TARGET_DOTPRODUCTS_H

#include "convopt/IR/ConvTypes.h"
#include "convopt/Target/MachineDescription.h"

namespace convopt {

/// How many neighbouring input channels one instruction multiplies with as many
/// weights and adds up in each lane of a sum: 4 bytes where the machine has an
/// instruction for bytes of these signs, 2 where it has to widen them to 16
/// bits first, 2 of bfloat16 where it multiplies such, 1 of anything else.
int64_t dotLength(const ConvTypes &types, const MachineDescription &machine);

/// Whether the machine multiplies whole tiles of such numbers (AMX).
bool multipliesTiles(const ConvTypes &types, const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_TARGET_DOTPRODUCTS_H
