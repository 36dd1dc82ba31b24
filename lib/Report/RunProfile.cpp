// What was measured belongs beside what was predicted only if it is of the same
// program: kernels are named by their content, so the names in order say it.
// Two sizes may well launch the same kernels, if they differ in what is read
// once; so of several sizes a profile says which one ran, by its inputs.

#include "convopt/Report/RunProfile.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace convopt {

static Error errorIn(StringRef path, const Twine &what) {
  return createStringError("'" + path + "': " + what);
}

/// A number of seconds that a clock could give.
static bool isTime(std::optional<double> seconds) {
  return seconds && *seconds >= 0 && *seconds < 1e9;
}

/// The inputs of the size that ran; null where the model has one.
static const json::Array *inputsOf(const json::Value &profile) {
  const json::Object *size = profile.getAsObject()->getObject("size");
  return size ? size->getArray("inputs") : nullptr;
}

static bool isInput(const json::Value &value) {
  const json::Object *input = value.getAsObject();
  const json::Array *shape = input ? input->getArray("shape") : nullptr;
  return shape && input->getString("name") &&
         all_of(*shape, [](const json::Value &dim) {
           return dim.getAsInteger().has_value();
         });
}

Expected<RunProfile> readRunProfile(StringRef path) {
  auto buffer = MemoryBuffer::getFile(path);
  if (!buffer)
    return createStringError("cannot read '%s': %s", path.str().c_str(),
                             buffer.getError().message().c_str());
  Expected<json::Value> value = json::parse((*buffer)->getBuffer());
  if (!value)
    return errorIn(path, "not JSON: " + toString(value.takeError()));
  const json::Object *profile = value->getAsObject();
  const json::Array *launches =
      profile ? profile->getArray("launches") : nullptr;
  if (!launches || profile->getString("format") != "convopt-profile" ||
      !isTime(profile->getNumber("run_s")))
    return errorIn(path, "not a profile of convopt-run --profile=FILE");
  for (const json::Value &launch : *launches) {
    const json::Object *object = launch.getAsObject();
    if (!object || !object->getString("kernel") ||
        !isTime(object->getNumber("measured_s")))
      return errorIn(path, "a launch without kernel or measured_s");
  }
  const json::Array *inputs = inputsOf(*value);
  if (profile->get("size") && !(inputs && all_of(*inputs, isInput)))
    return errorIn(path, "a size without names and shapes of its inputs");
  return RunProfile{path.str(), std::move(*value)};
}

/// "x 1x3x8x8, scale 8"
static std::string textOf(const json::Array &inputs) {
  std::string text;
  raw_string_ostream os(text);
  interleaveComma(inputs, os, [&](const json::Value &value) {
    const json::Object &input = *value.getAsObject();
    os << *input.getString("name") << " ";
    interleave(
        *input.getArray("shape"), os,
        [&](const json::Value &dim) { os << *dim.getAsInteger(); }, "x");
  });
  return text;
}

static bool areInputs(const json::Array &inputs,
                      ArrayRef<TensorInfo> expected) {
  return equal(inputs, expected,
               [](const json::Value &value, const TensorInfo &tensor) {
                 const json::Object &input = *value.getAsObject();
                 return *input.getString("name") == tensor.name &&
                        equal(*input.getArray("shape"), tensor.dims,
                              [](const json::Value &dim, int64_t size) {
                                return *dim.getAsInteger() == size;
                              });
               });
}

/// The number of the size that `profile` is of, as far as its inputs say it.
static Expected<size_t> findSize(const RunProfile &profile,
                                 ArrayRef<SizeExplanation> sizes) {
  if (sizes.size() == 1)
    return 0;
  const json::Array *inputs = inputsOf(profile.value);
  if (!inputs)
    return errorIn(profile.path,
                   "of a model of one size, not of " + Twine(sizes.size()));
  const auto *found = find_if(sizes, [&](const SizeExplanation &size) {
    return areInputs(*inputs, size.interface.inputs);
  });
  if (found == sizes.end())
    return errorIn(profile.path, "of another model: no size has the inputs " +
                                     textOf(*inputs));
  return found - sizes.begin();
}

/// An error unless `profile` is of the kernels of `program`.
static Error checkKernels(const RunProfile &profile, const Program &program) {
  std::vector<StringRef> kernels;
  for (const ProgramStep &step : program.steps)
    if (step.launch)
      kernels.push_back(step.profile.kernel);
  const json::Array &launches =
      *profile.value.getAsObject()->getArray("launches");
  if (launches.size() != kernels.size())
    return errorIn(profile.path, "of another model: it has " +
                                     Twine(launches.size()) +
                                     " launches, not " + Twine(kernels.size()));
  for (auto [launch, kernel] : zip_equal(launches, kernels))
    if (StringRef name = *launch.getAsObject()->getString("kernel");
        name != kernel)
      return errorIn(profile.path, "of another model: it launches " + name +
                                       " where this one launches " + kernel);
  return Error::success();
}

Expected<SizeProfiles> profilesOfSizes(ArrayRef<RunProfile> profiles,
                                       ArrayRef<SizeExplanation> sizes) {
  SizeProfiles result(sizes.size());
  std::vector<StringRef> paths(sizes.size());
  for (const RunProfile &profile : profiles) {
    Expected<size_t> size = findSize(profile, sizes);
    if (!size)
      return size.takeError();
    if (Error error = checkKernels(profile, *sizes[*size].program))
      return std::move(error);
    if (result[*size])
      return errorIn(profile.path,
                     "of the same size as '" + paths[*size] + "'");
    result[*size] = &profile.value;
    paths[*size] = profile.path;
  }
  return result;
}

} // namespace convopt
