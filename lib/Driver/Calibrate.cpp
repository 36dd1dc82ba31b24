// The stage between normalisation and the choice of primitives. What an error
// at a convolution does to the outputs is a property of the network and of what
// it is given, not of the machine that it is compiled for, so it is measured
// here, whatever the target. A model that cannot be run here is compiled all
// the same: then every error is taken to arrive as it is.

#include "Calibrate.h"
#include "convopt/Primitives/Precision.h"
#include "convopt/Transforms/InsertNoise.h"

using namespace llvm;

namespace convopt {

/// How many random samples gains are measured with, and how many of the user's
/// at most; and with how many, of either, a plan is checked.
static constexpr int64_t randomCount = 4, mostMeasured = 8, checkedCount = 16;

/// Whether a convolution may be computed in fewer bits at all.
static Expected<bool> mayReduce(const CompileOptions &options) {
  if (!options.maxError)
    return false;
  Expected<MachineDescription> machine = describeMachine(options.target);
  if (!machine)
    return machine.takeError();
  auto precisions = parsePrecisions(
      options.precisions.empty() ? "all" : StringRef(options.precisions));
  if (!precisions)
    return precisions.takeError();
  return any_of(*precisions, [&](Precision precision) {
    return supportsPrecision(*machine, precision);
  });
}

/// Random ones are new ones for the check. The user may have few; then noise
/// alone is new.
static Expected<CalibrationSamples> readSamples(const CompileOptions &options,
                                                ArrayRef<TensorInfo> inputs) {
  if (options.calibrate.empty()) {
    std::vector<Sample> all = randomSamples(inputs, randomCount + checkedCount);
    const auto middle = all.begin() + randomCount;
    return CalibrationSamples{{all.begin(), middle}, {middle, all.end()}};
  }
  auto arrays = readNpz(options.calibrate);
  if (!arrays)
    return arrays.takeError();
  auto given = samplesFrom(*arrays, inputs, checkedCount);
  if (!given)
    return createStringError("'" + options.calibrate +
                             "': " + toString(given.takeError()));
  CalibrationSamples samples;
  for (int64_t i = 0; i < checkedCount; ++i)
    samples.checked.push_back((*given)[i % given->size()]);
  if (given->size() > mostMeasured)
    given->resize(mostMeasured);
  samples.measured = std::move(*given);
  return samples;
}

static void setGains(mlir::func::FuncOp func, ArrayRef<ErrorGain> gains) {
  ConvoptDialect::ErrorGainAttrHelper helper(func.getContext());
  for (auto [conv, gain] : zip_equal(convolutionsOfFloats(func), gains))
    helper.setAttr(conv.op,
                   mlir::DenseF64ArrayAttr::get(func.getContext(),
                                                {gain.inputs, gain.weights}));
}

Expected<std::unique_ptr<Calibration>>
calibrate(Session &session, mlir::ModuleOp module,
          const CompileOptions &options) {
  Expected<bool> wanted = mayReduce(options);
  if (!wanted)
    return wanted.takeError();
  Expected<mlir::func::FuncOp> main = findMain(module);
  if (!main)
    return main.takeError();
  const size_t count = convolutionsOfFloats(*main).size();
  if (!*wanted || count == 0)
    return nullptr;
  if (options.calibrate == "none") {
    setGains(*main, std::vector<ErrorGain>(count));
    return nullptr;
  }
  mlir::TimingScope scope = session.time("compiling for calibration");
  Expected<ModelInterface> interface = readInterface(*main);
  if (!interface)
    return interface.takeError();
  auto samples = readSamples(options, interface->inputs);
  if (!samples)
    return samples.takeError();

  auto assume = [&](Error error) {
    session.note(
        options.input,
        "the model cannot be calibrated: " + oneLine(std::move(error)) +
            "; errors are taken to reach the outputs undiminished");
    setGains(*main, std::vector<ErrorGain>(count));
    return nullptr;
  };
  auto calibration = Calibration::prepare(module, std::move(*samples), options,
                                          session.environment);
  if (!calibration)
    return assume(calibration.takeError());
  scope.stop();
  scope = session.time("calibration");
  auto gains = (*calibration)->measure();
  if (!gains)
    return assume(gains.takeError());
  setGains(*main, *gains);
  return std::move(*calibration);
}

} // namespace convopt
