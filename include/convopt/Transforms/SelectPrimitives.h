#ifndef CONVOPT_TRANSFORMS_SELECTPRIMITIVES_H
#define CONVOPT_TRANSFORMS_SELECTPRIMITIVES_H

#include "convopt/CostModel/CostModel.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include <optional>

namespace convopt {

struct SelectionOptions {
  /// Taken wherever it supports the layer; the normal choice elsewhere.
  const Primitive *force = nullptr;
  /// Largest error bound of a primitive (see Primitive::errorBound).
  std::optional<double> maxError;
  /// Only primitives that keep NaN and infinity where the definition has them
  /// (see Primitive::spreadsNonFinite), forced ones included.
  bool strictNan = false;
  /// Largest Primitive::workspaceBytes of a choice.
  std::optional<int64_t> maxWorkspace;
  /// The same for layers that have choices within it.
  std::optional<int64_t> preferredWorkspace;
  /// Largest size of a choice's packed filter, in sizes of the filter itself.
  std::optional<double> maxWeights;
  /// Bytes that all packed filters together may take beyond the filters
  /// themselves. Where the fastest plan takes more, each byte has the lowest
  /// price for which the best plan does not.
  std::optional<int64_t> maxGrowth;
  /// Nanoseconds that each of these bytes has to save at least.
  double growthPrice = 0;
  /// Also convolutions whose filter is no constant.
  bool anyFilter = false;
  /// Of the model: what is predicted for one thread becomes less by as much as
  /// the division among them (Primitives/Division.h) lets it.
  int64_t threads = 1;
};

/// A choice and what the cost model says of it.
struct Candidate {
  Choice choice;
  int64_t nanoseconds = 0;
  int64_t growth = 0; ///< bytes of its packed filter beyond the filter's own
  int64_t charge = 0; ///< for them, in nanoseconds; 0 without a limit
  /// Whether the cost model has measurements of it or its like.
  bool known = true;
  /// What choices are compared by.
  int64_t cost() const { return nanoseconds + charge; }
};

struct SelectedConvolution {
  std::string name; ///< its location
  ConvProblem layer;
  Candidate chosen;
  bool pinned = false;
  /// The other candidates, the cheapest first, charges counted; layouts left
  /// aside.
  std::vector<Candidate> others;
};

/// A tensor that has to be rewritten from one layout to another.
struct SelectedTransformation {
  std::string name; ///< what produces the tensor
  llvm::SmallVector<int64_t, 6> shape;
  Layout from, to;
  int64_t nanoseconds = 0;
};

/// A convolution that no choice is left for: it is computed as it stands.
struct ExcludedConvolution {
  std::string name;
  ConvProblem layer;
  std::string why;
};

/// What was decided for one function, in its order.
struct Selection {
  std::vector<SelectedConvolution> convolutions;
  std::vector<SelectedTransformation> transformations;
  std::vector<ExcludedConvolution> excluded;
  int64_t nanoseconds() const;
  /// The table of convopt-compile --explain.
  void print(llvm::raw_ostream &os, unsigned runnersUp = 2) const;
};

/// Chooses a primitive for each convolution of `func` whose filter is a
/// constant and that a primitive supports, so that the convolutions and the
/// transformations between their layouts together take the least predicted time
/// and charges for weights, and records the choice as its convopt.primitive.
/// Predictions count in whole nanoseconds, so that a last bit cannot decide. A
/// convopt.pinned primitive stays; what it leaves open, variant and layouts, is
/// filled in by the best. Which tensors are stored how goes along as
/// convopt.storage, for assignLayouts. An error names the convolution whose
/// pinned primitive does not support it.
llvm::Expected<Selection> selectPrimitives(mlir::func::FuncOp func,
                                           const CostModel &model,
                                           const MachineDescription &machine,
                                           const SelectionOptions &options);

/// What a location names (see LocationText.h), or "-".
std::string nameOf(mlir::Location location);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_SELECTPRIMITIVES_H
