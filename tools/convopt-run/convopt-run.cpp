#include "../Version.h"
#include "Arrays/Npy.h"
#include "ChooseSize.h"
#include "LoadedModel.h"
#include "Profile.h"
#include "convopt/Driver/OutputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <cmath>
#include <cstring>
#include <random>
#include <sched.h>

using namespace llvm;

namespace convopt {
namespace {

struct Options {
  cl::OptionCategory category{"convopt-run options"};
  cl::opt<std::string> library{cl::Positional, cl::desc("model.so"),
                               cl::Required, cl::cat(category)};
  cl::opt<std::string> name{
      "name", cl::cat(category),
      cl::desc("The model, where there is more than one")};
  cl::list<std::string> inputs{
      "input", cl::value_desc("file.npy"), cl::cat(category),
      cl::desc("An input; once for each, in the model's order (others are "
               "random); of several sizes that with these inputs is run")};
  cl::list<std::string> outputs{
      "output", cl::value_desc("file.npy"), cl::cat(category),
      cl::desc("Where to write an output; in the model's order")};
  cl::opt<std::string> weights{
      "weights", cl::value_desc("file"), cl::cat(category),
      cl::desc("The weights of a model compiled with --weights=external "
               "(default: beside it, ending in .weights)")};
  cl::opt<bool> hugePages{
      "huge-pages", cl::cat(category),
      cl::desc("Take pages of 2 MB for the workspace, and for the weights "
               "file, which is copied there instead of mapped")};
  cl::opt<bool> checkWeights{
      "check-weights", cl::cat(category),
      cl::desc("Read the whole weights file first and compare its hash")};
  cl::opt<uint64_t> seed{"seed", cl::init(0), cl::cat(category),
                         cl::desc("Of random inputs (default 0)")};
  cl::opt<unsigned> warmup{"warmup", cl::init(1), cl::cat(category),
                           cl::desc("Runs before those measured (default 1)")};
  cl::opt<unsigned> repeat{"repeat", cl::init(1), cl::cat(category),
                           cl::desc("Runs to measure (default 1)")};
  cl::opt<int> core{"core", cl::init(-1), cl::cat(category),
                    cl::desc("Run on this core only")};
  cl::opt<std::string> profile{
      "profile", cl::ValueOptional, cl::value_desc("file.json"),
      cl::cat(category),
      cl::desc("Print the time of each kernel (median of the runs), its share "
               "of the machine's peak, the bytes it reads and writes, and what "
               "was predicted for one thread; or write the times to a file, "
               "for convopt-compile --report-profile. For models compiled with "
               "convopt-compile --profile")};
  cl::opt<std::string> trace{
      "trace", cl::value_desc("file.json"), cl::cat(category),
      cl::desc("Write the kernels of all measured runs as a Chrome trace. For "
               "models compiled with convopt-compile --profile")};
};

/// Normally distributed numbers for floats, small ones for integers. The same
/// for a seed on every machine.
Bytes makeRandom(StringRef type, size_t count, std::mt19937_64 &random) {
  Bytes data(count * elementBytes(type));
  for (size_t i = 0; i < count; ++i) {
    auto unit = [&] { return (random() >> 11) * 0x1p-53; };
    double number =
        std::sqrt(-2 * std::log(1 - unit())) * std::cos(6.283185307 * unit());
    char *place = &data[i * elementBytes(type)];
    if (type == "f32") {
      float value = static_cast<float>(number);
      std::memcpy(place, &value, sizeof value);
    } else if (type == "f64") {
      std::memcpy(place, &number, sizeof number);
    } else if (type == "bf16" || type == "f16") {
      // +-1, which both write as sign, exponent, zeros.
      uint16_t value = (type == "bf16" ? 0x3f80 : 0x3c00) | (number < 0) << 15;
      std::memcpy(place, &value, sizeof value);
    } else {
      int64_t value = random() % (type == "bool" ? 2 : 16);
      std::memcpy(place, &value, elementBytes(type));
    }
  }
  return data;
}

/// The part of a tensor of `dims` that has `shape`, dense: the first entries in
/// each dimension.
Bytes cutTensor(const void *data, ArrayRef<int64_t> dims,
                ArrayRef<int64_t> shape, size_t width) {
  const char *from = static_cast<const char *>(data);
  size_t stride = width;
  for (int64_t size : dims.empty() ? dims : dims.drop_front())
    stride *= size;
  if (dims.empty() || dims.drop_front() == shape.drop_front())
    return Bytes(from, from + stride * (dims.empty() ? 1 : shape[0]));
  Bytes part;
  for (int64_t i = 0; i < shape[0]; ++i) {
    Bytes inner = cutTensor(from + i * stride, dims.drop_front(),
                            shape.drop_front(), width);
    part.insert(part.end(), inner.begin(), inner.end());
  }
  return part;
}

size_t countOf(const convopt_tensor &tensor) {
  size_t count = 1;
  for (int64_t size : ArrayRef(tensor.dims, tensor.rank))
    count *= size;
  return count;
}

Expected<std::vector<GivenInput>> readInputs(const Options &options) {
  std::vector<GivenInput> inputs;
  for (const std::string &path : options.inputs) {
    Expected<Array> array = readNpy(path);
    if (!array)
      return array.takeError();
    inputs.push_back({path, std::move(*array)});
  }
  return inputs;
}

Error measure(const LoadedModel &model, const convopt_size &size,
              ArrayRef<const void *> inputs, ArrayRef<void *> outputs,
              const Options &options) {
  for (unsigned i = 0; i < options.warmup; ++i)
    if (Error error = model.run(size, inputs, outputs))
      return error;
  std::unique_ptr<LaunchTimer> timer;
  const bool profiles = options.profile.getNumOccurrences() > 0;
  if (profiles || !options.trace.empty()) {
    auto watching = LaunchTimer::watch(model, size);
    if (!watching)
      return watching.takeError();
    timer = std::move(*watching);
  }
  std::vector<double> times;
  for (unsigned i = 0; i < std::max(1u, options.repeat.getValue()); ++i) {
    if (timer)
      timer->beginRun();
    auto start = std::chrono::steady_clock::now();
    if (Error error = model.run(size, inputs, outputs))
      return error;
    if (timer)
      timer->endRun();
    std::chrono::duration<double, std::milli> elapsed =
        std::chrono::steady_clock::now() - start;
    times.push_back(elapsed.count());
  }
  llvm::sort(times);
  // The smallest time that at least this share of the runs did not exceed.
  auto percentile = [&](double share) {
    size_t rank = std::ceil(share * times.size());
    return times[std::max<size_t>(rank, 1) - 1];
  };
  outs() << formatv("{0} runs: min {1:f3} ms, median {2:f3} ms, 90% {3:f3} ms, "
                    "99% {4:f3} ms, max {5:f3} ms\n",
                    times.size(), times.front(), percentile(0.5),
                    percentile(0.9), percentile(0.99), times.back());
  if (profiles && options.profile.empty())
    timer->printTable(outs());
  auto write = [&](const std::string &path, auto content) {
    return path.empty() ? Error::success()
                        : writeOutput(path, [&](raw_ostream &os) {
                            content(os);
                            return Error::success();
                          });
  };
  if (Error error = write(options.profile,
                          [&](raw_ostream &os) { timer->writeJson(os); }))
    return error;
  return write(options.trace, [&](raw_ostream &os) { timer->writeTrace(os); });
}

Error runModel(const Options &options) {
  if (options.core >= 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (options.core < CPU_SETSIZE)
      CPU_SET(options.core, &set);
    if (sched_setaffinity(0, sizeof set, &set))
      return createStringError("--core=%d: no such core",
                               options.core.getValue());
  }
  auto model = LoadedModel::load(
      options.library, options.name,
      {options.weights, options.hugePages, options.checkWeights});
  if (!model)
    return model.takeError();
  const convopt_model &about = (*model)->descriptor();
  if (static_cast<int64_t>(options.inputs.size()) > about.input_count ||
      static_cast<int64_t>(options.outputs.size()) > about.output_count)
    return createStringError("the model has %lld inputs and %lld outputs",
                             static_cast<long long>(about.input_count),
                             static_cast<long long>(about.output_count));

  auto given = readInputs(options);
  if (!given)
    return given.takeError();
  Expected<const convopt_size *> size = chooseSize(**model, *given);
  if (!size)
    return size.takeError();
  std::mt19937_64 random(options.seed);
  std::vector<Bytes> tensors;
  for (auto [i, tensor] :
       enumerate(ArrayRef((*size)->inputs, about.input_count)))
    tensors.push_back(i < given->size()
                          ? std::move((*given)[i].array.data)
                          : makeRandom(tensor.type, countOf(tensor), random));
  for (const convopt_tensor &tensor :
       ArrayRef((*size)->outputs, about.output_count))
    tensors.emplace_back(countOf(tensor) * elementBytes(tensor.type));
  std::vector<const void *> inputs;
  std::vector<void *> outputs;
  for (auto [i, tensor] : enumerate(tensors)) {
    // An empty tensor has no address otherwise.
    tensor.reserve(1);
    if (static_cast<int64_t>(i) < about.input_count)
      inputs.push_back(tensor.data());
    else
      outputs.push_back(tensor.data());
  }

  outs() << about.name << " for " << about.target << ", workspace "
         << about.workspace_bytes << " bytes\n";
  if (size_t count = (*model)->sizes().size(); count > 1)
    outs() << "size " << (*model)->numberOf(**size) + 1 << " of " << count
           << ": " << sizeText(**model, **size) << "\n";
  if (Error error = measure(**model, **size, inputs, outputs, options))
    return error;
  for (auto [i, path] : enumerate(options.outputs)) {
    const convopt_tensor &tensor = (*size)->outputs[i];
    ArrayRef<int64_t> shape = (*model)->outputShape(i);
    Bytes cut = cutTensor(outputs[i], ArrayRef(tensor.dims, tensor.rank), shape,
                          elementBytes(tensor.type));
    if (Error error = writeNpy(path, tensor.type, shape, cut.data()))
      return error;
  }
  return Error::success();
}

} // namespace
} // namespace convopt

/// Runs a model that convopt-compile --emit=shared made, and times it.
int main(int argc, char **argv) {
  cl::ResetCommandLineParser(); // libLLVM's options are not for this tool.
  convopt::setVersionText();
  convopt::Options options;
  cl::HideUnrelatedOptions(options.category);
  cl::ParseCommandLineOptions(argc, argv, "Runs a compiled model.\n");
  if (Error error = convopt::runModel(options)) {
    std::string text = toString(std::move(error));
    errs() << "convopt-run: error: " << StringRef(text).split('\n').first
           << "\n";
    return 1;
  }
}
