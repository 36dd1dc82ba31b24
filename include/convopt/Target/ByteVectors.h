#ifndef CONVOPT_TARGET_BYTEVECTORS_H
#define CONVOPT_TARGET_BYTEVECTORS_H

#include "convopt/Target/MachineDescription.h"

namespace convopt {

/// Whether the machine narrows numbers to bytes, four vectors to one, by
/// instructions that saturate.
inline bool packsBytes(const MachineDescription &machine) {
  return machine.isX86() &&
         machine.has(machine.vectorBits == 512 ? "avx512bw" : "avx2");
}

} // namespace convopt

#endif // CONVOPT_TARGET_BYTEVECTORS_H
