#ifndef CONVOPT_COSTMODEL_MEASUREDCOSTS_H
#define CONVOPT_COSTMODEL_MEASUREDCOSTS_H

#include "convopt/CostModel/CostModel.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace convopt {

/// Times that convopt-profile has measured, and those of another model where it
/// has not.
class MeasuredCosts : public CostModel {
public:
  /// Reads the CSV that convopt-profile writes (see SampleRows.h); rows of
  /// other machines do not count, nor those of other numbers of threads than
  /// `threads` and one. Errors name the file and the line; a file without any
  /// row for `machine` is one.
  static llvm::Expected<std::unique_ptr<MeasuredCosts>>
  read(llvm::StringRef path, const MachineDescription &machine,
       std::unique_ptr<CostModel> model, int64_t threads = 1);

  double convolution(const ConvProblem &layer, const Choice &choice,
                     const MachineDescription &machine) const override;
  double transformation(int64_t batch, int64_t channels, int64_t height,
                        int64_t width, Layout from, Layout to,
                        const MachineDescription &machine) const override;
  bool knows(const ConvProblem &layer, const Choice &choice,
             const MachineDescription &machine) const override;
  std::optional<double> threadedConvolution(const ConvProblem &layer,
                                            const Choice &choice,
                                            int64_t threads) const override;
  std::optional<double> threadedTransformation(int64_t batch, int64_t channels,
                                               int64_t height, int64_t width,
                                               Layout from, Layout to,
                                               int64_t threads) const override;

  /// What was asked for and has no row.
  std::string lacking() const override;

private:
  std::unique_ptr<CostModel> model;
  llvm::StringMap<double> seconds;  ///< of one thread, by sampleKey
  llvm::StringMap<double> threaded; ///< the same of `threads`
  int64_t threads = 1;
  /// Only to say what was missing: no answer depends on it.
  mutable llvm::StringSet<> missingChoices, missingTransformations;
};

} // namespace convopt

#endif // CONVOPT_COSTMODEL_MEASUREDCOSTS_H
