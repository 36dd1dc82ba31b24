#ifndef CONVOPT_COSTMODEL_MEASUREDCOSTS_H
#define CONVOPT_COSTMODEL_MEASUREDCOSTS_H

#include "convopt/CostModel/CostModel.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace convopt {

/// The name of a machine in a profile: CPU and vector width, since feature
/// edits make machines of their own.
std::string machineName(const MachineDescription &machine);

/// An image whose layout is changed: what a convolution's row has as choice and
/// as layer, a transformation's has as these.
std::string transformText(Layout from, Layout to); ///< "transform nchw->nhwc"
std::string imageText(int64_t batch, int64_t channels, int64_t height,
                      int64_t width); ///< "n=1 c=64 h=56 w=56"

/// Times that convopt-profile has measured, and those of another model where it
/// has not.
class MeasuredCosts : public CostModel {
public:
  /// Reads the CSV that convopt-profile writes: layer, choice, machine, seconds
  /// and perhaps features. Of several rows for one choice the last counts; rows
  /// of other machines do not. Errors name the file and the line; a file
  /// without any row for `machine` is one.
  static llvm::Expected<std::unique_ptr<MeasuredCosts>>
  read(llvm::StringRef path, const MachineDescription &machine,
       std::unique_ptr<CostModel> model);

  double convolution(const ConvLayer &layer, const Choice &choice,
                     const MachineDescription &machine) const override;
  double transformation(int64_t batch, int64_t channels, int64_t height,
                        int64_t width, Layout from, Layout to,
                        const MachineDescription &machine) const override;
  bool knows(const ConvLayer &layer, const Choice &choice) const override;

  /// What was asked for and has no row.
  std::string lacking() const override;

private:
  std::unique_ptr<CostModel> model;
  llvm::StringMap<double> seconds; ///< by "layer,choice"
  /// Only to say what was missing: no answer depends on it.
  mutable llvm::StringSet<> missingChoices, missingTransformations;
};

} // namespace convopt

#endif // CONVOPT_COSTMODEL_MEASUREDCOSTS_H
