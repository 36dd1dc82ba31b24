#ifndef CONVOPT_TRANSFORMS_SELECTIONOPTIONS_H
#define CONVOPT_TRANSFORMS_SELECTIONOPTIONS_H

#include "convopt/Primitives/Primitive.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <optional>

namespace convopt {
class PackedForms;

/// What the pass takes for SelectionOptions::maxGrowth where nothing is given.
inline constexpr int64_t kDefaultGrowth = INT64_MIN;

/// What selectPrimitives may choose. The defaults are those of convopt-compile
/// and of the pass.
struct SelectionOptions {
  /// Taken wherever it supports the layer; the normal choice elsewhere.
  const Primitive *force = nullptr;
  /// Largest relative L2 error of the function's results, predicted (see
  /// ErrorsAtResults) for all choices together. Nothing: any, within errorBound
  /// for each. Where no plan is within it, the most exact is chosen.
  std::optional<double> maxError;
  /// Without maxError: largest error bound of a choice (see errorOf). By
  /// default what keeps the error of a whole network below it too: that of
  /// layers is far below their bounds, and they do not add up.
  std::optional<double> errorBound = 1e-4;
  /// In what convolutions of single precision may also be computed, as far as
  /// these let them.
  llvm::SmallVector<Precision> precisions = {};
  /// Only primitives that keep NaN and infinity where the definition has them
  /// (see Primitive::spreadsNonFinite), forced ones included.
  bool strictNan = false;
  /// Largest Primitive::workspaceBytes of a choice.
  std::optional<int64_t> maxWorkspace;
  /// The same for layers that have choices within it, unless maxWorkspace is
  /// given: a fraction of what activations take.
  std::optional<int64_t> preferredWorkspace = int64_t(8) << 20;
  /// Largest size of a choice's packed filter, in sizes of the filter itself.
  std::optional<double> maxWeights;
  /// Bytes that all packed filters together may take beyond the filters
  /// themselves; negative where they have to be stored in fewer bits. Where the
  /// fastest plan takes more, each byte has the lowest price for which the best
  /// plan does not. By default what the filters take (1 MiB at least), and 54
  /// MiB and a thirty-second of that at most.
  std::optional<int64_t> maxGrowth;
  /// Nanoseconds that each of these bytes has to save at least. By default
  /// nothing with a given maxGrowth; else 4 us for a MB, a tenth of what it
  /// takes to read that from memory.
  std::optional<double> growthPrice;
  /// Bytes that all constants of the function may take, filters packed: one
  /// more bound on their growth.
  std::optional<int64_t> maxBytes;
  /// Where the function is one of several sizes of a model in one object: the
  /// forms that filters have for the sizes before, to which those that are
  /// chosen are added. Null else. Only bytes that are not there then count for
  /// maxGrowth, which is one bound for all sizes if it is given; the default
  /// for each size but the first is a thirty-second of the filters, 64 KiB at
  /// least.
  PackedForms *forms = nullptr;
  /// Also convolutions whose filter is no constant.
  bool anyFilter = false;
  /// Of the model: what is predicted for one thread becomes less by as much as
  /// the division among them (Primitives/Division.h) lets it.
  int64_t threads = 1;
  /// Also say why what is predicted to be faster was not chosen
  /// (SelectedConvolution::faster), which takes further plans.
  bool reasons = false;

  /// Every choice, however inexact or large.
  static SelectionOptions unlimited();
};

/// Bytes of the constant tensors in `func`, of equal ones once.
int64_t constantBytes(mlir::func::FuncOp func);

/// `options` with what they leave to the convolutions of `func`: maxGrowth,
/// growthPrice and preferredWorkspace.
SelectionOptions withDefaults(SelectionOptions options,
                              mlir::func::FuncOp func);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_SELECTIONOPTIONS_H
