#ifndef CONVOPT_LIB_COSTMODEL_MATRIXTILETIMES_H
#define CONVOPT_LIB_COSTMODEL_MATRIXTILETIMES_H

#include "convopt/Primitives/Primitive.h"

namespace convopt {

/// Seconds that a choice of the primitive matrix_tiles takes for `layer` on
/// one core of `machine`.
double matrixTileSeconds(const ConvProblem &layer, const Choice &choice,
                         const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_LIB_COSTMODEL_MATRIXTILETIMES_H
