#ifndef CONVOPT_TRANSFORMS_SELECTIONPASSES_TD
#define CONVOPT_TRANSFORMS_SELECTIONPASSES_TD

include "mlir/Pass/PassBase.td"

def SelectPrimitives : Pass<"convopt-select-primitives", "::mlir::func::FuncOp"> {
  let summary = "Chooses how each convolution is computed";
  let description = [{
    Predicts the time of every primitive, variant and layout for each f32
    convolution with a constant filter, and records the choice that makes the
    whole function fastest, layout transformations counted, as the
    convolution's `convopt.primitive`, and for each operation that has a tensor
    in another order than it is written in, `convopt.storage`. Arguments and
    results of the function keep their layouts. A `convopt.pinned` primitive
    stays; what it leaves open is filled in:

    ```mlir
    linalg.conv_2d_nchw_fchw {convopt.pinned, convopt.primitive = #convopt.primitive<winograd_f4x4_3x3>} ...
    ```

    The choice is a partitioned boolean quadratic problem (Anderson and Gregg,
    "Optimal DNN primitive selection with partitioned boolean quadratic
    programming", CGO 2018), solved exactly.

    Without options the choice is that of convopt-compile.
  }];
  let options = [
    Option<"costModel", "cost-model", "std::string", "\"\"", "JSON file to predict with instead of the built-in model">,
    Option<"force", "force", "std::string", "\"\"", "Primitive to take wherever it supports the layer">,
    Option<"maxError", "max-error", "double", "-1", "Largest relative L2 error of the results, all choices together; -1: any, of primitives whose own bounds are 1e-4 at most; 0: any">,
    Option<"precisions", "precisions", "std::string", "\"\"", "What convolutions of f32 may also be computed in, within max-error: w16,wb16,w8,bf16,f16 or all">,
    Option<"strictNan", "strict-nan", "bool", "false", "Only primitives that keep NaN and infinity where the definition has them">,
    Option<"maxWorkspace", "max-workspace", "int64_t", "-1", "Largest workspace of a choice in bytes; -1: any">,
    Option<"preferredWorkspace", "preferred-workspace", "int64_t", "*::convopt::SelectionOptions().preferredWorkspace", "The same for convolutions that have choices within it, without max-workspace; -1: any">,
    Option<"maxWeights", "max-weights", "double", "0", "Largest packed filter, in sizes of the filter; 0: any">,
    Option<"maxGrowth", "max-growth", "int64_t", "::convopt::kDefaultGrowth", "Most bytes that packed filters may take beyond the filters, in all; fewer than 0 where they have to be narrower (default as much as the filters, at least 1 MiB, at most 54 MiB and a 32nd of them)">,
    Option<"maxBytes", "max-bytes", "int64_t", "-1", "Most bytes that all constants may take, filters packed; -1: any">,
    Option<"growthPrice", "growth-price", "double", "-1", "Nanoseconds that each of these bytes has to save; -1: 1/256, or 0 with a max-growth">,
    Option<"threads", "threads", "int64_t", "::convopt::SelectionOptions().threads", "Threads that one run of the model uses">,
    Option<"measuredCosts", "measured-costs", "std::string", "\"\"", "CSV of convopt-profile to take times from">,
    Option<"anyFilter", "any-filter", "bool", "false", "Also convolutions whose filter is no constant">,
    Option<"explain", "explain", "bool", "false", "Remark on every choice and layout transformation">,
    Option<"reasons", "reasons", "bool", "false", "Find out why what is predicted to be faster was not chosen, for those who call the pass">,
    Option<"target", "target", "std::string", "\"host\"", "host, x86-64, aarch64 or a triple">,
    Option<"cpu", "cpu", "std::string", "\"\"", "CPU to choose for; empty: the target's default">,
    Option<"features", "features", "std::string", "\"\"", "CPU features: +a,-b">];
  let dependentDialects = ["::convopt::ConvoptDialect"];
}

def InsertNoise : Pass<"convopt-insert-noise", "::mlir::func::FuncOp"> {
  let summary = "Lets a network be run with errors of a given size";
  let description = [{
    Puts an operation in front of the image of every convolution of f32 with a
    constant filter that multiplies it by

    ```
    1 + sizes[2l] * sign(seeds[2l], element) + sizes[2l + 1] * sign(seeds[2l + 1], channel)
    ```

    where l is the convolution's number. The first term stands for what rounding
    makes of the image, the second for what it makes of the weights: that is the
    same at all pixels. Where each group has one input channel, its place takes
    a second convolution, by the filter with random signs, that is added to the
    result. Signs are 1 or -1, a hash of the seed and of the position. `sizes` (f32) and `seeds` (i32) are two arguments more of the
    function, its last.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect"];
}

def AssignLayouts : Pass<"convopt-assign-layouts", "::mlir::func::FuncOp"> {
  let summary = "Stores tensors as the chosen primitives read and write them";
  let description = [{
    Each convolution with a `convopt.primitive` becomes one on tensors whose
    dimensions stand in the order of the layouts it names; the filter stays.
    Padding, element-wise operations, pooling, concatenations, slices and
    reshapes in between follow; transpositions stand where layouts meet, as few
    and as small as possible. An explicit transposition in the program costs
    nothing where its result is stored as its operand is. Arguments and results
    keep their order. What select-primitives has decided about all tensors
    (`convopt.storage`) is carried out as it is.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect", "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect", "::convopt::ConvoptDialect"];
}

#endif // CONVOPT_TRANSFORMS_SELECTIONPASSES_TD
