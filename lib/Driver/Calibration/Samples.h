#ifndef CONVOPT_LIB_DRIVER_CALIBRATION_SAMPLES_H
#define CONVOPT_LIB_DRIVER_CALIBRATION_SAMPLES_H

#include "Arrays/Npz.h"
#include "convopt/Codegen/ModelInterface.h"

namespace convopt {

/// The inputs of a run, in the model's order.
using Sample = std::vector<Bytes>;

/// Samples by chance, the same ones every time: images where there are rows and
/// columns, else normally distributed numbers; small integers.
std::vector<Sample> randomSamples(llvm::ArrayRef<TensorInfo> inputs,
                                  int64_t count);

/// The first samples of `arrays`, at most `most`: an array for each input by
/// its name, or if there is one input and one array, that. An array is one
/// sample, or holds several, one behind the other along its first dimension or
/// along one more before it; what has one is the same in all samples. An error
/// says which array does not fit.
llvm::Expected<std::vector<Sample>>
samplesFrom(llvm::ArrayRef<NamedArray> arrays,
            llvm::ArrayRef<TensorInfo> inputs, int64_t most);

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_CALIBRATION_SAMPLES_H
