#include "OptionValues.h"
#include "Sizes.h"
#include "convopt/Primitives/Precision.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace convopt {

/// A reader that stores the text as it is.
template <auto member>
static Error readText(const OptionInfo &, StringRef text,
                      CompileOptions &options) {
  options.*member = text.str();
  return Error::success();
}

/// One that has it added to what was given before.
template <auto member>
static Error addText(const OptionInfo &, StringRef text,
                     CompileOptions &options) {
  (options.*member).push_back(text.str());
  return Error::success();
}

template <std::string TargetRequest::*member>
static Error readTarget(const OptionInfo &, StringRef text,
                        CompileOptions &options) {
  options.target.*member = text.str();
  return Error::success();
}

/// A reader that has `parse` read into a member.
template <auto parse, auto member>
static Error readInto(const OptionInfo &option, StringRef text,
                      CompileOptions &options) {
  return parse(option, text, options.*member);
}

using Form = OptionInfo::Form;
using Options = CompileOptions;

static constexpr OptionInfo table[] = {
    {"o", "file", "Where to write (- for standard output)", Form::Value,
     readText<&Options::output>, /*ofToolOnly=*/true},
    {"target", "machine", "host, x86-64, aarch64 or a triple (default host)",
     Form::Value, readTarget<&TargetRequest::target>},
    {"cpu", "name",
     "CPU to choose primitives and code for; native: that of this machine; "
     "help: a list",
     Form::Value, readTarget<&TargetRequest::cpu>},
    {"features", "+a,-b", "CPU features to use or to avoid", Form::Value,
     readTarget<&TargetRequest::features>},
    {"threads", "n", "Threads that one run uses (default 1)", Form::Value,
     parseThreads},
    {"emit", "what",
     "linalg: the imported model\n"
     "annotated: with primitives chosen\n"
     "kernels: kernels, as MLIR and as loops\n"
     "llvm: a folder of LLVM IR\n"
     "asm: a folder of assembly\n"
     "obj: an object file and its header (default)\n"
     "shared: a shared library and its header",
     Form::Value, parseEmit},
    {"name", "symbol", "The model's name in C (default: the file's)",
     Form::Value, readText<&Options::name>},
    {"shape", "input:1x3x224x224",
     "Shape of an input. Given more than once for one, or as "
     "input:{1,4,8}x3x224x224: the object is for all of these sizes and has "
     "the weights once",
     Form::Repeated, parseShape},
    {"cost-model", "file", "JSON to predict times with", Form::Value,
     readText<&Options::costModel>},
    {"measured-costs", "file",
     "Times that convopt-profile has measured, to choose by", Form::Value,
     readText<&Options::measuredCosts>},
    {"force-primitive", "name",
     "Use this primitive wherever it is possible; help: a list", Form::Value,
     parsePrimitive},
    {"max-error", "rel",
     "Largest relative L2 error of the outputs, predicted: the fastest choices "
     "that together are within it (default f32 throughout, of primitives with "
     "errors of 1e-4 at most)",
     Form::Value, readInto<parsePositive, &Options::maxError>},
    {"precisions", "names",
     "In what convolutions of f32 may also be computed, within --max-error: "
     "w16, wb16 and w8 (weights of f16, bf16 and bytes), bf16, f16, all, f32 "
     "for none (default all, where --max-error is given)",
     Form::Value, parsePrecisionNames},
    {"calibrate", "samples.npz",
     "Inputs to find out with what errors of convolutions do to the outputs; "
     "none: they are taken to reach them undiminished (default random inputs)",
     Form::Value, readText<&Options::calibrate>},
    {"strict-nan", "",
     "Avoid primitives that spread a NaN or an infinity to outputs that do "
     "not depend on it",
     Form::Flag, readInto<parseFlag, &Options::strictNan>},
    {"max-workspace", "bytes",
     "Avoid choices that need more memory while they compute", Form::Value,
     readInto<parseBytes, &Options::maxWorkspace>},
    {"max-weights", "ratio",
     "Avoid choices whose weights take more than that many times the memory "
     "of the model's",
     Form::Value, readInto<parsePositive, &Options::maxWeights>},
    {"max-growth", "bytes",
     "Memory that packed weights may take beyond the model's, in all (default "
     "as much as those, 1 MiB at least, 54 MiB and a 32nd of those at most)",
     Form::Value, readInto<parseBytes, &Options::maxGrowth>},
    {"max-size", "bytes",
     "Size of the object, with the file of its weights if they have one; with "
     "--max-error weights may be stored in fewer bits for that",
     Form::Value, readInto<parseBytes, &Options::maxSize>},
    {"weights", "where",
     "internal: in the object (default)\n"
     "external: in a file beside it that the model is given",
     Form::Value, parseWeights},
    {"weights-memory", "bytes",
     "Keep no more of the packed weights in memory; the rest lies in a "
     "temporary file beside the output (default 768 MiB)",
     Form::Value, readInto<parseBytes, &Options::weightsMemory>},
    {"cache-dir", "folder",
     "Keep compiled kernels there for later compilations", Form::Value,
     readText<&Options::cacheDir>},
    {"explain", "json[:file]",
     "Print each convolution's choice, its predicted time and the runners-up; "
     "as JSON that and kernels, memory and weights",
     Form::OptionalValue, parseExplain},
    {"report", "file.html", "Write a web page that shows all of that",
     Form::Value, readText<&Options::report>},
    {"report-profile", "file.json",
     "Show there, too, what convopt-run --profile=file.json has measured; once "
     "for each size",
     Form::Repeated, addText<&Options::reportProfiles>},
    {"v", "", "Say which stage has begun", Form::Flag,
     readInto<parseFlag, &Options::verbose>, /*ofToolOnly=*/true},
    {"time", "", "Print how long each stage took (each pass: --mlir-timing)",
     Form::Flag, readInto<parseFlag, &Options::time>, /*ofToolOnly=*/true},
    {"profile", "",
     "Have the model announce each kernel it runs, for convopt-run --profile",
     Form::Flag, readInto<parseFlag, &Options::profile>},
};

ArrayRef<OptionInfo> optionTable() { return table; }

const OptionInfo *findOption(StringRef name) {
  const OptionInfo *found =
      find_if(table, [&](const OptionInfo &info) { return info.name == name; });
  return found == std::end(table) ? nullptr : found;
}

std::string OptionInfo::spelling() const {
  return ((name.size() > 1 ? "--" : "-") + name).str();
}

static bool isIdentifier(StringRef text) {
  return !text.empty() && !isDigit(text[0]) &&
         all_of(text, [](char c) { return isAlnum(c) || c == '_'; });
}

static std::string makeIdentifier(StringRef text) {
  std::string result;
  for (char c : text)
    result += isAlnum(c) ? c : '_';
  if (result.empty() || isDigit(result[0]))
    result.insert(0, "_");
  return result;
}

/// An error where reports are asked for of what the model does not pass through
/// on its way.
static Error checkReports(const CompileOptions &options) {
  if (options.explainJson && options.emit == Emit::Linalg)
    return createStringError("--explain=json: --emit=linalg chooses nothing");
  if (!options.report.empty() && options.emit <= Emit::Kernels)
    return createStringError("--report: --emit=" + toString(options.emit) +
                             " plans no memory; expected llvm, asm, obj or "
                             "shared");
  if (!options.reportProfiles.empty() && options.report.empty())
    return createStringError("--report-profile: only with --report");
  return Error::success();
}

/// An error where limits say nothing.
static Error checkLimits(const CompileOptions &options) {
  Expected<SmallVector<Precision>> reduced =
      parsePrecisions(options.precisions);
  if (!reduced)
    return reduced.takeError();
  if (!reduced->empty() && !options.maxError)
    return createStringError("--precisions=" + options.precisions +
                             ": only with --max-error, which says how exact "
                             "the outputs have to be");
  if (options.maxSize && options.emit < Emit::Object)
    return createStringError("--max-size: --emit=" + toString(options.emit) +
                             " makes no object; expected obj or shared");
  return Error::success();
}

static StringRef suffix(Emit emit) {
  switch (emit) {
  case Emit::Linalg:
  case Emit::Annotated:
  case Emit::Kernels:
    return "-";
  case Emit::Llvm:
    return "-llvm";
  case Emit::Asm:
    return "-asm";
  case Emit::Object:
    return ".o";
  case Emit::Shared:
    return ".so";
  }
  llvm_unreachable("an emit");
}

Error finishOptions(CompileOptions &options) {
  if (!options.calibrate.empty() && !options.maxError)
    return createStringError("--calibrate: only with --max-error");
  if (Error error = combineShapes(options))
    return error;
  if (Error error = checkReports(options))
    return error;
  if (Error error = checkLimits(options))
    return error;
  if (options.name.empty())
    options.name = makeIdentifier(sys::path::stem(options.input));
  else if (!isIdentifier(options.name))
    return createStringError("--name=%s: not a C identifier",
                             options.name.c_str());
  bool isText = suffix(options.emit) == "-";
  if (options.output.empty())
    options.output =
        isText ? "-"
               : (sys::path::stem(options.input) + suffix(options.emit)).str();
  if (options.output == "-" && !isText)
    return createStringError("-o -: this output is not text in one file");
  return Error::success();
}

} // namespace convopt
