// A product of matrices is computed in tiles of the result: vectors along its
// innermost dimension, each of one factor's elements beside one of the other's.
// Where that factor lies across, the sums' dimension innermost, as the values
// of an attention do whose result goes on with channels last, each vector would
// be gathered again for every tile. A copy that lies along costs a load and a
// store for each element and makes a gather one load, as often as it is read.

#ifndef CONVOPT_LIB_CODEGEN_PACKEDFACTOR_H
#define CONVOPT_LIB_CODEGEN_PACKEDFACTOR_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace convopt {

/// Where vectors of `op`, of `lanes`, run along its result and an operand lies
/// across it and is read often, has `op` read that operand transposed. The
/// transpositions, which want memory.
llvm::SmallVector<mlir::Value> packFactors(mlir::linalg::LinalgOp op,
                                           int64_t lanes);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_PACKEDFACTOR_H
