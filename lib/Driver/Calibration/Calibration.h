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

/// What a model is run on: to measure what one convolution's errors do, and to
/// see what those of a plan do together, which others should tell than those
/// that it was made by. There may be one sample in several places.
struct CalibrationSamples {
  std::vector<Sample> measured, checked;
};

/// A model that is run with errors in its convolutions. Its functions speak of
/// convolutionsOfFloats, in their order, and of relative L2 errors, of several
/// outputs the largest.
class Calibration {
public:
  /// `module` is normalised, stays as it is, and has to stay as long as the
  /// calibration does, with the other arguments. To measure takes about as many
  /// multiplications as `work` says or fewer, on the first of the samples and
  /// of neighbouring convolutions together, if need be. An error says why the
  /// model cannot be run, or what its outputs lack.
  static llvm::Expected<std::unique_ptr<Calibration>>
  prepare(mlir::ModuleOp module, CalibrationSamples samples,
          const CompileOptions &options, Environment &environment,
          int64_t work = usualWork);

  /// Some tens of seconds of one core.
  static constexpr int64_t usualWork = int64_t(500) << 30;

  /// Of each convolution, of the samples that are measured the largest.
  llvm::Expected<std::vector<ErrorGain>> measure();

  /// The errors of the outputs, of each sample that is checked, if each
  /// convolution has that one, all at once: weights are rounded, other errors
  /// are noise. `images` are rounded, too (see roundImages).
  llvm::Expected<std::vector<double>>
  together(llvm::ArrayRef<ChosenError> errors,
           llvm::ArrayRef<int64_t> images = {});

private:
  Calibration() = default;

  /// An input and what comes out without noise.
  struct Known {
    Sample sample;
    std::vector<Bytes> exact;
  };
  /// With noise of `sizes`, two a convolution, by chance as `seed` says.
  struct Run {
    llvm::ArrayRef<float> sizes;
    const Known *known;
    uint32_t seed;
  };
  llvm::Expected<std::vector<Known>> runExact(std::vector<Sample> samples);
  static llvm::Expected<std::vector<double>> errorsOf(NoisyModel &model,
                                                      llvm::ArrayRef<Run> runs);

  mlir::ModuleOp module; ///< the user's
  const CompileOptions *options = nullptr;
  Environment *environment = nullptr;
  KernelMemory kernels;
  std::unique_ptr<NoisyModel> model;
  std::vector<Known> measured, checked;
  int64_t measuredTogether = 1; ///< neighbouring convolutions, to save time
};

/// What next to no input exceeds, if these are the errors of some: errors are
/// products of many factors, so that their logarithms are nearly normally
/// distributed, and three standard deviations are enough for all but one in
/// seven hundred.
double likelyWorst(llvm::ArrayRef<double> errors);

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_CALIBRATION_CALIBRATION_H
