#ifndef CONVOPT_TRANSFORMS_QUANTISATION_H
#define CONVOPT_TRANSFORMS_QUANTISATION_H

#include "mlir/IR/BuiltinOps.h"

namespace convopt {

struct MachineDescription;

/// The sign of 8-bit integers that are multiplied by filters.
enum class Activations { AsIs, Unsigned, Signed };

/// What the instructions of the machine multiply by signed filters.
Activations activationsFor(const MachineDescription &machine);

/// Makes convolutions and products of matrices of what 8-bit integers stand
/// for, by constant filters that are such too, ones of the integers with sums
/// in i32, exact up to the rounding of f32, and leaves integers wherever
/// elements are only moved. Data of filters that are replaced is released, so
/// no other module may share it.
void foldQuantisation(mlir::ModuleOp module,
                      Activations activations = Activations::AsIs);

/// In element-wise operations that read or write 8-bit integers: joins what
/// constants do to sums, so that a correction, a bias and scales become one
/// addition and one multiply-add, and a division by a scale none. Results of
/// f32 differ in the last bit, which decides ties.
void foldRescaling(mlir::Operation *op);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_QUANTISATION_H
