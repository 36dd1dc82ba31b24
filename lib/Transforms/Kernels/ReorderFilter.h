#ifndef CONVOPT_TRANSFORMS_REORDERFILTER_H
#define CONVOPT_TRANSFORMS_REORDERFILTER_H

#include "convopt/IR/InferConvLayer.h"
#include <vector>

namespace convopt {

/// The elements of a filter operand, row-major over `conv.filterDims`, in the
/// one order that primitives pack from: groups, output channels, input
/// channels, rows, columns. All as the bytes that they lie in.
std::vector<char> reorderFilter(const ConvOp &conv,
                                llvm::ArrayRef<char> filter);

/// Whether that order is the one the elements have.
bool isInPackingOrder(const ConvOp &conv);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_REORDERFILTER_H
