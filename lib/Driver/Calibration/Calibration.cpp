// A gain is a quotient of differences: the network is run with noise at one
// convolution, and what comes out is compared with what came out without. The
// noise is as small as lets activations and maxima behave linearly, and still
// thousands of times what single precision makes of the sums behind it.
//
// A network of L convolutions takes 2 L + 1 runs for each sample. Where that
// would be more arithmetic than a minute's, there are fewer samples, and then
// neighbouring convolutions are measured together: independent errors add up in
// squares, so each has the same share of the square of what they do together,
// and the sum over all of them is right again.

#include "Calibration.h"
#include "OutputError.h"
#include "convopt/Transforms/InsertNoise.h"
#include <atomic>
#include <cmath>
#include <thread>

using namespace llvm;

namespace convopt {

/// A convolution's own noise, and all others are without.
static constexpr float noiseSize = 1.0F / 128;

/// A number for each entry and sample that looks like chance, murmur's end.
static int32_t seedFor(uint32_t entry, uint32_t sample) {
  uint32_t hash = entry * 0x9E3779B1u + sample * 0x7FEB352Du + 1;
  hash = (hash ^ hash >> 16) * 0x85EBCA6Bu;
  hash = (hash ^ hash >> 13) * 0xC2B2AE35u;
  return static_cast<int32_t>(hash ^ hash >> 16);
}

static int64_t multiplyAdds(mlir::ModuleOp module) {
  int64_t sum = 0;
  module.walk([&](mlir::linalg::LinalgOp op) {
    if (std::optional<ConvProblem> layer = getConvLayer(op))
      sum += layer->multiplyAdds();
  });
  return sum;
}

/// How many of `given` samples are measured, and how many checked, where that
/// many runs are not too many. It is better to measure few than to check few.
static int64_t mostMeasured(int64_t runs, int64_t entries) {
  return std::max<int64_t>(runs / (entries + 1), 1);
}
static int64_t mostChecked(int64_t runs) {
  constexpr int64_t share = 4, least = 4;
  return std::max(runs / share, least);
}

template <typename T> static void keepFirst(std::vector<T> &all, int64_t most) {
  if (most < static_cast<int64_t>(all.size()))
    all.resize(most);
}

Expected<std::unique_ptr<Calibration>>
Calibration::prepare(mlir::ModuleOp module, CalibrationSamples samples,
                     const CompileOptions &options, Environment &environment,
                     int64_t work) {
  std::unique_ptr<Calibration> made(new Calibration);
  made->module = module;
  made->options = &options;
  made->environment = &environment;
  auto model = NoisyModel::compile(module, options, environment, made->kernels);
  if (!model)
    return model.takeError();
  made->model = std::move(*model);
  if (none_of(made->model->interface().outputs, hasErrors))
    return createStringError("it has no output of floating-point numbers");

  const int64_t entries = 2 * made->model->convolutions();
  const int64_t runs =
      std::max<int64_t>(work / std::max<int64_t>(multiplyAdds(module), 1), 2);
  made->measuredTogether = (entries + runs - 1) / runs;
  keepFirst(samples.measured, mostMeasured(runs, entries));
  keepFirst(samples.checked, mostChecked(runs));
  for (auto [to, from] : {std::pair(&made->measured, &samples.measured),
                          std::pair(&made->checked, &samples.checked)}) {
    auto known = made->runExact(std::move(*from));
    if (!known)
      return known.takeError();
    *to = std::move(*known);
  }
  return made;
}

/// Calls `work` for all numbers below `count`, in as many places at once as
/// there are, until one fails.
static bool forEach(size_t count, size_t places,
                    function_ref<bool(size_t place, size_t i)> work) {
  std::atomic<size_t> next = 0;
  std::atomic<bool> hasFailed = false;
  auto workAt = [&](size_t place) {
    for (size_t i; (i = next++) < count && !hasFailed;)
      if (!work(place, i))
        hasFailed = true;
  };
  std::vector<std::thread> threads;
  for (size_t place = 1; place < std::min(places, count); ++place)
    threads.emplace_back(workAt, place);
  workAt(0);
  for (std::thread &thread : threads)
    thread.join();
  return !hasFailed;
}

static Error failure() { return createStringError("it fails when it is run"); }

Expected<std::vector<Calibration::Known>>
Calibration::runExact(std::vector<Sample> samples) {
  const std::vector<float> none(2 * model->convolutions());
  const std::vector<int32_t> seeds(none.size());
  std::vector<Known> all(samples.size());
  if (!forEach(all.size(), model->places(), [&](size_t place, size_t i) {
        all[i].sample = std::move(samples[i]);
        return model->run(place, none, seeds, all[i].sample, all[i].exact);
      }))
    return failure();
  for (const Known &known : all)
    if (!outputError(model->interface().outputs, known.exact, known.exact))
      return createStringError("its outputs are zero or not finite");
  return all;
}

Expected<std::vector<double>> Calibration::errorsOf(NoisyModel &model,
                                                    ArrayRef<Run> runs) {
  std::vector<double> errors(runs.size());
  if (!forEach(runs.size(), model.places(), [&](size_t place, size_t i) {
        const Run &run = runs[i];
        std::vector<int32_t> seeds(run.sizes.size());
        for (auto [entry, seed] : enumerate(seeds))
          seed = seedFor(entry, run.seed);
        std::vector<Bytes> outputs;
        if (!model.run(place, run.sizes, seeds, run.known->sample, outputs))
          return false;
        errors[i] =
            outputError(model.interface().outputs, run.known->exact, outputs)
                .value_or(NAN);
        return true;
      }))
    return failure();
  if (!all_of(errors, [](double error) { return std::isfinite(error); }))
    return createStringError("its outputs are not finite");
  return errors;
}

Expected<std::vector<ErrorGain>> Calibration::measure() {
  const int64_t count = model->convolutions();
  std::vector<std::vector<float>> cases;
  auto forEachCase = [&](auto use) {
    for (int64_t first = 0; first < count; first += measuredTogether)
      for (int64_t kind : {0, 1})
        use(first, std::min(first + measuredTogether, count), kind);
  };
  forEachCase([&](int64_t first, int64_t end, int64_t kind) {
    std::vector<float> &sizes = cases.emplace_back(2 * count);
    for (int64_t l = first; l < end; ++l)
      sizes[2 * l + kind] = noiseSize;
  });
  std::vector<Run> runs;
  for (const std::vector<float> &sizes : cases)
    for (auto [i, known] : enumerate(measured))
      runs.push_back({sizes, &known, static_cast<uint32_t>(i)});
  Expected<std::vector<double>> errors = errorsOf(*model, runs);
  if (!errors)
    return errors.takeError();

  std::vector<ErrorGain> gains(count);
  ArrayRef<double> rest(*errors);
  forEachCase([&](int64_t first, int64_t end, int64_t kind) {
    const ArrayRef<double> ofSamples = rest.take_front(measured.size());
    const double error = *std::max_element(ofSamples.begin(), ofSamples.end());
    rest = rest.drop_front(measured.size());
    const double gain =
        error / noiseSize / std::sqrt(static_cast<double>(end - first));
    for (int64_t l = first; l < end; ++l)
      (kind == 0 ? gains[l].inputs : gains[l].weights) = gain;
  });
  // A branch that was not taken may be another time.
  for (ErrorGain &gain : gains)
    if (gain.inputs == 0 && gain.weights == 0)
      gain = {};
  return gains;
}

Expected<std::vector<double>>
Calibration::together(ArrayRef<ChosenError> errors, ArrayRef<int64_t> images) {
  std::vector<float> sizes;
  for (const ChosenError &error : errors)
    sizes.insert(sizes.end(), {static_cast<float>(error.error.inputs), 0});
  std::vector<Run> runs;
  for (auto [i, known] : enumerate(checked))
    runs.push_back({sizes, &known, static_cast<uint32_t>(i)});
  // Of noise alone the model is there.
  if (images.empty() && all_of(errors, [](const ChosenError &error) {
        return error.error.weights == 0;
      }))
    return errorsOf(*model, runs);
  auto rounded = NoisyModel::compile(module, *options, *environment, kernels,
                                     errors, images);
  if (!rounded)
    return rounded.takeError();
  return errorsOf(**rounded, runs);
}

double likelyWorst(ArrayRef<double> errors) {
  constexpr double deviations = 3;
  const auto count = static_cast<double>(errors.size());
  double sum = 0, squares = 0, largest = 0;
  for (double error : errors) {
    if (error <= 0) // Nothing is rounded there.
      return *std::max_element(errors.begin(), errors.end());
    sum += std::log(error);
    largest = std::max(largest, error);
  }
  for (double error : errors) {
    const double apart = std::log(error) - sum / count;
    squares += apart * apart;
  }
  const double deviation = std::sqrt(squares / std::max(count - 1, 1.0));
  return std::max(largest, std::exp(sum / count + deviations * deviation));
}

} // namespace convopt
