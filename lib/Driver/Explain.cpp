// What a compilation says of itself in files. They are written before the
// model, since a path that cannot be written to is likelier among them, and
// removed if the model cannot be written: either all is there or nothing.

#include "Explain.h"
#include "convopt/Report/Page.h"

using namespace llvm;

namespace convopt {

bool wantsReports(const CompileOptions &options) {
  return options.explainJson || !options.report.empty();
}

Expected<std::vector<RunProfile>> readProfiles(const CompileOptions &options) {
  std::vector<RunProfile> profiles;
  for (const std::string &path : options.reportProfiles) {
    Expected<RunProfile> profile = readRunProfile(path);
    if (!profile)
      return profile.takeError();
    profiles.push_back(std::move(*profile));
  }
  return profiles;
}

static bool isStandardOutput(StringRef path) { return path == "-"; }

using Written = SmallVector<std::pair<Result, std::string>>;

/// What was written, which is nothing behind an error.
static Error writeFiles(const CompileOptions &options, Environment &environment,
                        const Explanation &explanation,
                        const SizeProfiles &profiles, Written &written) {
  auto write = [&](Result what, const std::string &path,
                   function_ref<Error(raw_ostream &)> content) -> Error {
    if (Error error = environment.write(what, path, content))
      return error;
    written.emplace_back(what, path);
    return Error::success();
  };
  if (options.explainJson && !isStandardOutput(*options.explainJson))
    if (Error error = write(Result::Explanation, *options.explainJson,
                            [&](raw_ostream &os) {
                              writeExplanation(os, explanation);
                              return Error::success();
                            }))
      return error;
  if (options.report.empty())
    return Error::success();
  return write(Result::Report, options.report, [&](raw_ostream &os) {
    os << makePage(explanation, profiles);
    return Error::success();
  });
}

Error writeWithReports(const CompileOptions &options, Environment &environment,
                       const Explanation &explanation,
                       ArrayRef<RunProfile> profiles,
                       function_ref<Error()> writeModel) {
  if (!wantsReports(options))
    return writeModel();
  Expected<SizeProfiles> bySize = profilesOfSizes(profiles, explanation.sizes);
  if (!bySize)
    return bySize.takeError();
  Written written;
  Error error = writeFiles(options, environment, explanation, *bySize, written);
  if (!error)
    error = writeModel();
  if (error) {
    for (const auto &[what, path] : written)
      environment.remove(what, path);
    return error;
  }
  if (options.explainJson && isStandardOutput(*options.explainJson))
    writeExplanation(environment.explanations(), explanation);
  return Error::success();
}

} // namespace convopt
