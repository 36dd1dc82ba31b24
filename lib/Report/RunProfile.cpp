// What was measured belongs beside what was predicted only if it is of the same
// program: kernels are named by their content, so the names in order say it.

#include "convopt/Report/Page.h"
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

Expected<json::Value> readRunProfile(StringRef path) {
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
  return value;
}

Error checkRunProfile(StringRef path, const json::Value &profile,
                      const Program &program) {
  std::vector<StringRef> kernels;
  for (const ProgramStep &step : program.steps)
    if (step.launch)
      kernels.push_back(step.profile.kernel);
  const json::Array &launches = *profile.getAsObject()->getArray("launches");
  if (launches.size() != kernels.size())
    return errorIn(path, "of another model: it has " + Twine(launches.size()) +
                             " launches, not " + Twine(kernels.size()));
  for (auto [launch, kernel] : zip_equal(launches, kernels))
    if (StringRef name = *launch.getAsObject()->getString("kernel");
        name != kernel)
      return errorIn(path, "of another model: it launches " + name +
                               " where this one launches " + kernel);
  return Error::success();
}

} // namespace convopt
