#ifndef CONVOPT_COSTMODEL_COSTMODEL_H
#define CONVOPT_COSTMODEL_COSTMODEL_H

#include "convopt/Primitives/Primitive.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace convopt {

/// Predicts seconds on a machine, without running anything there. Does not
/// depend on how: select-primitives must not know that it is a tree.
class CostModel {
public:
  virtual ~CostModel() = default;

  /// Seconds that `choice` needs for `layer` on one core of `machine`.
  virtual double convolution(const ConvProblem &layer, const Choice &choice,
                             const MachineDescription &machine) const = 0;

  /// The same on `threads` cores together, if that was measured; else it has
  /// to follow from the time on one.
  virtual std::optional<double> threadedConvolution(const ConvProblem &layer,
                                                    const Choice &choice,
                                                    int64_t threads) const {
    return std::nullopt;
  }

  /// The same for each of `choices`, in their order, to the last bit. Models
  /// for which many are cheaper than each by itself say so here.
  virtual std::vector<double>
  convolutions(const ConvProblem &layer, llvm::ArrayRef<Choice> choices,
               const MachineDescription &machine) const;

  /// Whether a measurement stands behind that: of this choice, or of enough
  /// like it to have learnt from. Only what is known may be chosen unless the
  /// user names it.
  virtual bool knows(const ConvProblem &layer, const Choice &choice,
                     const MachineDescription &machine) const {
    return true;
  }

  /// Seconds to rewrite a batch x channels x height x width float tensor from
  /// one layout to another; 0 if they are the same.
  virtual double transformation(int64_t batch, int64_t channels, int64_t height,
                                int64_t width, Layout from, Layout to,
                                const MachineDescription &machine) const = 0;

  /// See threadedConvolution.
  virtual std::optional<double>
  threadedTransformation(int64_t batch, int64_t channels, int64_t height,
                         int64_t width, Layout from, Layout to,
                         int64_t threads) const {
    return std::nullopt;
  }

  /// What it has had to answer without the data that it is there for, in one
  /// sentence; empty if there was nothing of the kind.
  virtual std::string lacking() const { return ""; }
};

/// The models that are part of the compiler.
std::unique_ptr<CostModel> createBuiltinCostModel();

/// A model in the JSON form that convopt.train writes. Errors name the file
/// and what is wrong with it (syntax, version of the features).
llvm::Expected<std::unique_ptr<CostModel>> loadCostModel(llvm::StringRef path);

/// The model in `file`; the built-in one without a name.
llvm::Expected<std::unique_ptr<CostModel>>
makeCostModel(const std::string &file);

} // namespace convopt

#endif // CONVOPT_COSTMODEL_COSTMODEL_H
