#ifndef CONVOPT_TRANSFORMS_SELECTIONPASSES_TD
#define CONVOPT_TRANSFORMS_SELECTIONPASSES_TD

include "mlir/Pass/PassBase.td"

def AssignLayouts : Pass<"convopt-assign-layouts", "::mlir::func::FuncOp"> {
  let summary = "Stores tensors as the chosen primitives read and write them";
  let description = [{
    Each convolution with a `convopt.primitive` becomes one on tensors whose
    dimensions stand in the order of the layouts it names; the filter stays.
    Padding, element-wise operations, pooling, concatenations, slices and
    reshapes in between follow; transpositions stand where layouts meet, as few
    and as small as possible. An explicit transposition in the program costs
    nothing where its result is stored as its operand is. Arguments and results
    keep their order.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect", "::convopt::ConvoptDialect"];
}

#endif // CONVOPT_TRANSFORMS_SELECTIONPASSES_TD
