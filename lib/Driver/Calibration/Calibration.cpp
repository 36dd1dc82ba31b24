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
#include "convopt/Primitives/Annotation.h"
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

Expected<std::unique_ptr<Calibration>>
Calibration::prepare(mlir::ModuleOp module, std::vector<Sample> samples,
                     const CompileOptions &options, Environment &environment,
                     int64_t work) {
  std::unique_ptr<Calibration> made(new Calibration);
  auto model = NoisyModel::compile(module, options, environment);
  if (!model)
    return model.takeError();
  made->model = std::move(*model);
  ArrayRef<TensorInfo> outputs = made->model->interface().outputs;
  if (none_of(outputs, hasErrors))
    return createStringError("it has no output of floating-point numbers");

  const int64_t entries = 2 * made->model->convolutions();
  const int64_t runs =
      std::max<int64_t>(work / std::max<int64_t>(multiplyAdds(module), 1), 2);
  if (const int64_t most = std::max<int64_t>(runs / (entries + 1), 1);
      most < static_cast<int64_t>(samples.size()))
    samples.resize(most);
  made->measuredTogether = (entries + runs - 1) / runs;
  made->samples = std::move(samples);

  const std::vector<float> none(entries);
  const std::vector<int32_t> seeds(entries);
  for (const Sample &sample : made->samples) {
    std::vector<Bytes> &result = made->exact.emplace_back();
    if (!made->model->run(/*place=*/0, none, seeds, sample, result))
      return createStringError("it fails when it is run");
    if (!outputError(outputs, result, result))
      return createStringError("its outputs are zero or not finite");
  }
  return made;
}

Expected<std::vector<double>>
Calibration::errorsOf(ArrayRef<std::vector<float>> cases) {
  std::vector<double> errors(cases.size() * samples.size());
  std::atomic<size_t> next = 0;
  std::atomic<bool> hasFailed = false;
  auto work = [&](size_t place) {
    std::vector<Bytes> outputs;
    for (size_t i; (i = next++) < errors.size() && !hasFailed;) {
      const std::vector<float> &sizes = cases[i / samples.size()];
      const size_t sample = i % samples.size();
      std::vector<int32_t> seeds(sizes.size());
      for (auto [entry, seed] : enumerate(seeds))
        seed = seedFor(entry, sample);
      if (!model->run(place, sizes, seeds, samples[sample], outputs))
        hasFailed = true;
      else
        errors[i] =
            outputError(model->interface().outputs, exact[sample], outputs)
                .value_or(NAN);
    }
  };
  std::vector<std::thread> threads;
  for (size_t place = 1; place < std::min(model->places(), errors.size());
       ++place)
    threads.emplace_back(work, place);
  work(0);
  for (std::thread &thread : threads)
    thread.join();
  if (hasFailed)
    return createStringError("it fails when it is run");

  std::vector<double> means;
  for (size_t i = 0; i < errors.size(); i += samples.size()) {
    double squares = 0;
    for (double error : ArrayRef(errors).slice(i, samples.size()))
      squares += error * error;
    means.push_back(std::sqrt(squares / static_cast<double>(samples.size())));
    if (!std::isfinite(means.back()))
      return createStringError("its outputs are not finite");
  }
  return means;
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
  Expected<std::vector<double>> errors = errorsOf(cases);
  if (!errors)
    return errors.takeError();

  std::vector<ErrorGain> gains(count);
  const double *error = errors->data();
  forEachCase([&](int64_t first, int64_t end, int64_t kind) {
    const double gain =
        *error++ / noiseSize / std::sqrt(static_cast<double>(end - first));
    for (int64_t l = first; l < end; ++l)
      (kind == 0 ? gains[l].inputs : gains[l].weights) = gain;
  });
  // A branch that was not taken may be another time.
  for (ErrorGain &gain : gains)
    if (gain.inputs == 0 && gain.weights == 0)
      gain = {};
  return gains;
}

Expected<double> Calibration::predict(ArrayRef<RoundingError> errors) {
  std::vector<float> sizes;
  for (const RoundingError &error : errors)
    sizes.insert(sizes.end(), {static_cast<float>(error.inputs),
                               static_cast<float>(error.weights)});
  Expected<std::vector<double>> found = errorsOf(sizes);
  if (!found)
    return found.takeError();
  return found->front();
}

std::vector<RoundingError> chosenErrors(mlir::func::FuncOp func) {
  std::vector<RoundingError> errors;
  for (const ConvOp &conv : convolutionsOfFloats(func)) {
    RoundingError &error = errors.emplace_back();
    auto attr = conv.op->getAttrOfType<PrimitiveAttr>(
        ConvoptDialect::PrimitiveAttrHelper::getNameStr());
    if (!attr)
      continue;
    Expected<Annotation> annotation = readAnnotation(attr);
    if (annotation)
      error = roundingError(annotation->precision());
    else
      consumeError(annotation.takeError());
  }
  return errors;
}

} // namespace convopt
