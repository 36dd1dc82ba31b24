#ifndef CONVOPT_TRANSFORMS_SELECTPRIMITIVES_H
#define CONVOPT_TRANSFORMS_SELECTPRIMITIVES_H

#include "convopt/CostModel/CostModel.h"
#include "convopt/Transforms/SelectionOptions.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace convopt {

/// A choice and what the cost model says of it.
struct Candidate {
  Choice choice;
  int64_t nanoseconds = 0;
  int64_t growth = 0; ///< bytes of its packed filter beyond the filter's own
  int64_t charge = 0; ///< for them, in nanoseconds; 0 without a limit
  /// The relative L2 error that it alone adds to the function's results.
  double error = 0;
  int64_t errorCharge = 0; ///< for that, in nanoseconds; 0 without a limit
  /// Whether the cost model has measurements of it or its like.
  bool known = true;
  /// What choices are compared by.
  int64_t cost() const { return nanoseconds + charge + errorCharge; }
};

/// A tensor that has to be rewritten from one layout to another.
struct SelectedTransformation {
  std::string name; ///< what produces the tensor
  llvm::SmallVector<int64_t, 6> shape;
  Layout from, to;
  int64_t nanoseconds = 0;
};

/// What keeps a candidate from being chosen: a limit (see SelectionOptions), a
/// name that the user gave, or the rest of the plan.
enum class Obstacle {
  Unmeasured, ///< the cost model has learnt from nothing like it
  Error,
  NonFinite,
  Workspace,
  Weights,
  Named,  ///< the user pinned or forced another
  Growth, ///< what its packed filter costs beyond the filter's own
  Layouts ///< its layouts suit the neighbours worse
};

/// "growth", "layouts"
llvm::StringRef stringifyObstacle(Obstacle obstacle);

/// A candidate that is predicted to be faster than the chosen one.
struct FasterCandidate {
  Candidate candidate;
  Obstacle obstacle;
  /// Layouts: by how much the best plan for the whole function with this
  /// candidate is dearer, charges for weights and fusion that is lost counted;
  /// nothing where the tensors cannot be stored so.
  std::optional<int64_t> dearer = {};
  /// Those of that plan which the chosen one does without.
  std::vector<SelectedTransformation> transformations = {};
};

struct SelectedConvolution {
  std::string name; ///< its location
  ConvProblem layer;
  Candidate chosen;
  bool pinned = false;
  /// By how much it is faster than the fastest admitted candidate that computes
  /// in the layer's own types, if possible in the same layouts; nothing if it
  /// does so itself.
  std::optional<int64_t> saved = {};
  /// The other candidates, the cheapest first, charges counted; layouts left
  /// aside.
  std::vector<Candidate> others;
  /// With SelectionOptions::reasons: of each primitive and pair of layouts the
  /// fastest that is predicted to be faster than `chosen`, the fastest first.
  std::vector<FasterCandidate> faster = {};
};

/// A convolution that nothing can be chosen for: it is computed as it stands.
struct ExcludedConvolution {
  mlir::Location location;
  std::optional<ConvProblem> layer; ///< unless it is not even known as one
  std::string why; ///< a predicate: "has a filter that is not a constant"
};

/// What was decided for one function, in its order.
struct Selection {
  std::vector<SelectedConvolution> convolutions;
  std::vector<SelectedTransformation> transformations;
  std::vector<ExcludedConvolution> excluded;
  std::string lacking;            ///< see CostModel::lacking
  std::optional<double> maxError; ///< see SelectionOptions
  /// What next to no input's error exceeds, where the plan was run with all its
  /// errors together.
  std::optional<double> checked = {};
  /// Of the function as it is, and what packed filters take beyond that.
  int64_t constantBytes = 0, growth = 0;
  int64_t nanoseconds() const;
  /// The relative L2 error that all choices together add to the results.
  double error() const;
  /// The table of convopt-compile --explain; with a maxError each choice's
  /// error and what it saves beside it.
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
