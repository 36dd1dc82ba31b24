#ifndef CONVOPT_IMPORT_OPS_SIZED_H
#define CONVOPT_IMPORT_OPS_SIZED_H

#include "Generic.h"

namespace convopt {

/// Arithmetic on true sizes, tensors of rank 0 of i64.
mlir::Value computeSize(
    Node &node, llvm::ArrayRef<mlir::Value> sizes,
    llvm::function_ref<mlir::Value(Scalar &, llvm::ArrayRef<mlir::Value>)>
        body);
mlir::Value constantSize(Node &node, int64_t size);
/// Whether two true sizes are computed in the same way from the same values.
bool areEqualSizes(mlir::Value a, mlir::Value b);
/// The true size of a dimension of input `i`, whatever it depends on.
mlir::Value sizeOf(Node &node, size_t i, size_t dim);
/// Entry `index` of the one-dimensional integer input `i`.
mlir::Value sizeFromInput(Node &node, size_t i, int64_t index);
/// In the body of an operation: a true size as i64.
mlir::Value readSize(Scalar &s, mlir::Value size);

/// An error where an input has a size that depends on data in one of the
/// dimensions `dims`, or in any.
llvm::Error refuseSized(Node &node, size_t i,
                        std::optional<llvm::ArrayRef<int64_t>> dims = {});
/// Output `output` gets the sizes of the inputs, broadcast; an error where one
/// meets another that need not be the same.
llvm::Error setBroadcastSizes(Node &node, llvm::ArrayRef<size_t> inputs,
                              size_t output = 0);

/// The dimensions of input `i` whose sizes depend on data.
llvm::SmallVector<int64_t> sizedDims(const Node &node, size_t i);
/// Elements of input `i` behind the true size of `dims` become `filler`.
void maskInput(Node &node, size_t i, llvm::ArrayRef<int64_t> dims,
               mlir::TypedAttr filler);

// SizedShapes.cpp
llvm::Error importSizedExpand(Node &node, ImportFunction plain);
llvm::Error importSizedConstantOfShape(Node &node, ImportFunction plain);
llvm::Error importSizedRange(Node &node, ImportFunction plain);
llvm::Error importSizedShape(Node &node, ImportFunction plain);
llvm::Error importSizedSize(Node &node, ImportFunction plain);

// SizedReduction.cpp
llvm::Error importSizedReduction(Node &node, ImportFunction plain);
llvm::Error importSizedTopK(Node &node, ImportFunction plain);
/// Split, ArgMax and ArgMin.
llvm::Error importSizedAlongAxis(Node &node, ImportFunction plain);

// SizedReshape.cpp, SizedSlice.cpp, SizedConcat.cpp
llvm::Error importSizedReshape(Node &node, ImportFunction plain);
llvm::Error importSizedSlice(Node &node, ImportFunction plain);
llvm::Error importSizedConcat(Node &node, ImportFunction plain);

// SizedGather.cpp
llvm::Error importSizedGather(Node &node, ImportFunction plain);
llvm::Error importSizedGatherElements(Node &node, ImportFunction plain);
llvm::Error importSizedGatherND(Node &node, ImportFunction plain);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_SIZED_H
