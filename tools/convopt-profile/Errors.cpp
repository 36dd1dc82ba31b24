// What a choice's arithmetic does to a result, measured as times are, by the
// kernels and the programs that times are measured with: so it is the error of
// the code that a network runs. Inputs and weights are normally distributed,
// and the same ones for all choices of a layer.

#include "Errors.h"
#include "convopt/CostModel/LayerText.h"
#include "convopt/Driver/OutputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Parallel.h"
#include <cmath>
#include <random>

using namespace convopt;
using llvm::ArrayRef;
using llvm::createStringError;

static std::vector<float> normalNumbers(int64_t count, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> numbers(count);
  for (float &number : numbers)
    number = normal(generator);
  return numbers;
}

namespace {
/// A layer with numbers: image and filter as ONNX orders them, and the result,
/// rectified as the kernels' is.
struct Example {
  ConvProblem layer;
  std::vector<float> image, filter;
  std::vector<double> result;
};
} // namespace

/// Weights of bytes are whole numbers up to 127 in each output channel.
static void scaleToBytes(const ConvLayer &l, std::vector<float> &filter) {
  const int64_t size = l.filterElements() / (l.groups * l.outChannels);
  for (int64_t at = 0; at < l.filterElements(); at += size) {
    auto channel = llvm::MutableArrayRef(filter).slice(at, size);
    float largest = 0;
    for (float weight : channel)
      largest = std::max(largest, std::fabs(weight));
    for (float &weight : channel)
      weight *= 127 / largest;
  }
}

static double sumOf(const Example &example, int64_t n, int64_t channel,
                    int64_t y, int64_t x) {
  const ConvLayer &l = example.layer;
  const int64_t group = channel / l.outChannels;
  double sum = 0;
  for (int64_t c = 0; c < l.inChannels; ++c)
    for (int64_t r = 0; r < l.kernelHeight; ++r)
      for (int64_t s = 0; s < l.kernelWidth; ++s) {
        const int64_t row =
            y * l.strideHeight + r * l.dilationHeight - l.padTop;
        const int64_t column =
            x * l.strideWidth + s * l.dilationWidth - l.padLeft;
        if (row < 0 || row >= l.inHeight || column < 0 || column >= l.inWidth)
          continue;
        const int64_t from =
            ((n * l.groups + group) * l.inChannels + c) * l.inHeight + row;
        const int64_t tap =
            ((channel * l.inChannels + c) * l.kernelHeight + r) *
                l.kernelWidth +
            s;
        sum += double(example.image[from * l.inWidth + column]) *
               double(example.filter[tap]);
      }
  return sum;
}

static Example makeExample(const ConvProblem &l, bool ofBytes) {
  Example example{l, normalNumbers(l.inputElements(), 1),
                  normalNumbers(l.filterElements(), 2),
                  std::vector<double>(l.outputElements())};
  if (ofBytes)
    scaleToBytes(l, example.filter);
  const int64_t channels = l.groups * l.outChannels;
  const int64_t plane = l.outHeight * l.outWidth;
  llvm::parallelFor(0, l.batch * channels, [&](size_t at) {
    for (int64_t i = 0; i < plane; ++i)
      example.result[at * plane + i] =
          std::max(0.0, sumOf(example, at / channels, at % channels,
                              i / l.outWidth, i % l.outWidth));
  });
  return example;
}

/// The place in `layout` of what is the `at`th number of planes.
static int64_t placeOf(int64_t at, int64_t channels, int64_t plane,
                       Layout layout) {
  if (layout == Layout::NCHW)
    return at;
  const int64_t image = at / (channels * plane), rest = at % (channels * plane);
  return (image * plane + rest % plane) * channels + rest / plane;
}

static llvm::Error writeNumbers(const std::string &path, const void *data,
                                size_t bytes) {
  return writeOutput(path,
                     llvm::StringRef(static_cast<const char *>(data), bytes));
}

/// Writes what kernel `index` is run on.
static llvm::Error writeArguments(const Example &example, const Choice &choice,
                                  const MachineDescription &machine,
                                  const std::string &path) {
  const ConvProblem &l = example.layer;
  std::vector<float> image(example.image.size());
  for (auto [i, number] : llvm::enumerate(example.image))
    image[placeOf(i, l.groups * l.inChannels, l.inHeight * l.inWidth,
                  choice.input)] = number;
  const std::vector<char> packed =
      packBytes(l, choice, machine,
                ArrayRef(reinterpret_cast<const char *>(example.filter.data()),
                         example.filter.size() * sizeof(float)));
  const std::vector<float> bias(l.groups * l.outChannels);
  if (auto error = writeNumbers(path + "-0", image.data(), 4 * image.size()))
    return error;
  if (auto error = writeNumbers(path + "-1", packed.data(), packed.size()))
    return error;
  return writeNumbers(path + "-2", bias.data(), 4 * bias.size());
}

static llvm::Expected<double> errorOfResult(const Example &example,
                                            const Choice &choice,
                                            const std::string &path) {
  auto file = llvm::MemoryBuffer::getFile(path + "-result");
  if (!file)
    return createStringError(file.getError(), "has no result");
  const auto *result =
      reinterpret_cast<const float *>((*file)->getBufferStart());
  if ((*file)->getBufferSize() != 4 * example.result.size())
    return createStringError("has a result of another size");
  const ConvLayer &l = example.layer;
  double difference = 0, norm = 0;
  for (auto [i, want] : llvm::enumerate(example.result)) {
    const double got = result[placeOf(i, l.groups * l.outChannels,
                                      l.outHeight * l.outWidth, choice.output)];
    difference += (got - want) * (got - want);
    norm += want * want;
  }
  return std::sqrt(difference / norm);
}

namespace {
/// Measures some choices, whose kernels are one program.
class Run {
public:
  Run(ArrayRef<Task> tasks, const BatchOptions &options, const RunOptions &run,
      std::string folder)
      : tasks(tasks), options(options), run(run), folder(std::move(folder)) {}

  llvm::Error measure(llvm::raw_ostream &os) {
    auto batch = buildBatch(tasks, options);
    if (!batch)
      return batch.takeError();
    for (auto [i, task] : llvm::enumerate(tasks)) {
      auto error =
          batch->kernels[i] < 0
              ? llvm::Expected<double>(createStringError(batch->failures[i]))
              : measureOne(std::get<LayerChoice>(task.what), batch->path,
                           batch->kernels[i]);
      if (!error) {
        llvm::errs() << "convopt-profile: left out " << task.key() << ": "
                     << llvm::toString(error.takeError()) << "\n";
        continue;
      }
      os << task.key() << "," << llvm::format("%.3e", *error) << "\n";
    }
    return llvm::Error::success();
  }

private:
  llvm::Expected<double> measureOne(const LayerChoice &what,
                                    const std::string &program, int kernel) {
    const bool ofBytes = what.choice.variant.precision == Precision::I8Weights;
    if (!example || !(example->layer == what.layer) || ofBytes != isOfBytes)
      example = makeExample(what.layer, ofBytes);
    isOfBytes = ofBytes;
    const std::string path = folder + "/" + std::to_string(kernel);
    if (auto error =
            writeArguments(*example, what.choice, options.machine, path))
      return std::move(error);
    std::string why;
    auto error = Board().run(
        program, {"--kernels=" + std::to_string(kernel), "--values=" + folder},
        run.timeoutSeconds + 10, [&](llvm::StringRef line) {
          if (line.consume_front("failure ") || line.consume_front("error "))
            why = line.str();
        });
    if (!why.empty()) {
      llvm::consumeError(std::move(error));
      return createStringError(why);
    }
    if (error)
      return std::move(error);
    return errorOfResult(*example, what.choice, path);
  }

  ArrayRef<Task> tasks;
  const BatchOptions &options;
  const RunOptions &run;
  std::string folder;
  std::optional<Example> example;
  bool isOfBytes = false;
};
} // namespace

llvm::Error convopt::measureErrors(ArrayRef<Task> all,
                                   const BatchOptions &options,
                                   const RunOptions &run,
                                   llvm::StringRef path) {
  std::vector<Task> tasks;
  for (const Task &task : all)
    if (const auto *what = std::get_if<LayerChoice>(&task.what);
        what && what->layer.types == ConvTypes())
      tasks.push_back(task);
  llvm::SmallString<128> folder;
  if (auto code = llvm::sys::fs::createUniqueDirectory("convopt", folder))
    return createStringError("cannot make a temporary folder: " +
                             code.message());
  auto cleanUp =
      llvm::make_scope_exit([&] { llvm::sys::fs::remove_directories(folder); });
  return writeOutput(path, [&](llvm::raw_ostream &os) -> llvm::Error {
    os << "layer,choice,error\n";
    constexpr size_t most = 128; // Kernels of one program.
    for (ArrayRef<Task> rest = tasks; !rest.empty();
         rest = rest.drop_front(std::min(rest.size(), most))) {
      Run some(rest.take_front(most), options, run, folder.str().str());
      if (auto error = some.measure(os))
        return error;
    }
    return llvm::Error::success();
  });
}
