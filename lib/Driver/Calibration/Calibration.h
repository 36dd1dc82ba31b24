#ifndef CONVOPT_LIB_DRIVER_CALIBRATION_CALIBRATION_H
#define CONVOPT_LIB_DRIVER_CALIBRATION_CALIBRATION_H

#include "NoisyModel.h"
#include "Samples.h"
#include "convopt/Primitives/ChoiceError.h"

namespace convopt {

/// By how much a relative error of a convolution's result is multiplied on the
/// way to the outputs of the network: an error that differs from input to
/// input, and one that is in the weights.
struct ErrorGain {
  double inputs = 1, weights = 1;
};

/// A model that is run with errors in its convolutions. Both functions speak of
/// convolutionsOfFloats, in their order, and of relative L2 errors, of several
/// outputs the largest.
class Calibration {
public:
  /// `module` is normalised and stays as it is. To measure takes about as many
  /// multiplications as `work` says or fewer, on the first of the samples and
  /// of neighbouring convolutions together, if need be. An error says why the
  /// model cannot be run, or what its outputs lack.
  static llvm::Expected<std::unique_ptr<Calibration>>
  prepare(mlir::ModuleOp module, std::vector<Sample> samples,
          const CompileOptions &options, Environment &environment,
          int64_t work = usualWork);

  /// Some tens of seconds of one core.
  static constexpr int64_t usualWork = int64_t(500) << 30;

  /// Of each convolution, over all samples.
  llvm::Expected<std::vector<ErrorGain>> measure();

  /// The error to be expected of the outputs if each convolution has that one,
  /// all at once.
  llvm::Expected<double> predict(llvm::ArrayRef<RoundingError> errors);

private:
  Calibration() = default;
  /// Of each case, which is sizes of noise, two a convolution, the error that
  /// this makes.
  llvm::Expected<std::vector<double>>
  errorsOf(llvm::ArrayRef<std::vector<float>> cases);

  std::unique_ptr<NoisyModel> model;
  std::vector<Sample> samples;
  std::vector<std::vector<Bytes>> exact; ///< the outputs for each sample
  int64_t measuredTogether = 1; ///< neighbouring convolutions, to save time
};

/// The errors of what is chosen for each convolution of `func`.
std::vector<RoundingError> chosenErrors(mlir::func::FuncOp func);

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_CALIBRATION_CALIBRATION_H
