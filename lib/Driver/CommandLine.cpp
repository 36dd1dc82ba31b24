#include "llvm/Support/CommandLine.h"
#include "OptionValues.h"
#include "Session.h"
#include "convopt/Codegen/ModelModule.h"
#include "convopt/Driver/Compile.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace convopt {

namespace {

/// Values are read as text and interpreted below, so that every mistake is
/// reported in one way. Made after the options that libLLVM brings along are
/// gone: some have the same names.
struct Options {
  cl::OptionCategory category{"convopt-compile options"};
  cl::opt<std::string> input{cl::Positional, cl::desc("model.onnx|model.mlir"),
                             cl::cat(category)};
  cl::opt<std::string> output{
      "o", cl::value_desc("file"),
      cl::desc("Where to write (- for standard output)"), cl::cat(category)};
  cl::opt<std::string> target{
      "target", cl::init("host"), cl::value_desc("machine"),
      cl::desc("host, x86-64, aarch64 or a triple (default host)"),
      cl::cat(category)};
  cl::opt<std::string> cpu{"cpu", cl::value_desc("name"),
                           cl::desc("CPU to choose primitives and code for"),
                           cl::cat(category)};
  cl::opt<std::string> features{"features", cl::value_desc("+a,-b"),
                                cl::desc("CPU features to use or to avoid"),
                                cl::cat(category)};
  cl::opt<std::string> threads{
      "threads", cl::init("1"), cl::value_desc("n"),
      cl::desc("Threads that one run uses (default 1)"), cl::cat(category)};
  cl::opt<std::string> emit{"emit", cl::init("obj"), cl::value_desc("what"),
                            cl::desc("linalg: the imported model\n"
                                     "annotated: with primitives chosen\n"
                                     "kernels: kernels, as MLIR and as loops\n"
                                     "llvm: a folder of LLVM IR\n"
                                     "asm: a folder of assembly\n"
                                     "obj: an object file and its header "
                                     "(default)\n"
                                     "shared: a shared library and its header"),
                            cl::cat(category)};
  cl::opt<std::string> name{
      "name", cl::value_desc("symbol"),
      cl::desc("The model's name in C (default: the file's)"),
      cl::cat(category)};
  cl::list<std::string> shapes{
      "shape", cl::value_desc("input:1x3x224x224"),
      cl::desc("Shape of an input; can be given more than once"),
      cl::cat(category)};
  cl::opt<std::string> costModel{"cost-model", cl::value_desc("file"),
                                 cl::desc("JSON to predict times with"),
                                 cl::cat(category)};
  cl::opt<std::string> measuredCosts{
      "measured-costs", cl::value_desc("file"),
      cl::desc("Times that convopt-profile has measured, to choose by"),
      cl::cat(category)};
  cl::opt<std::string> forcePrimitive{
      "force-primitive", cl::value_desc("name"),
      cl::desc("Use this primitive wherever it is possible"),
      cl::cat(category)};
  cl::opt<std::string> maxError{
      "max-error", cl::value_desc("rel"),
      cl::desc("Avoid primitives with larger relative errors (default 1e-4)"),
      cl::cat(category)};
  cl::opt<std::string> strictNan{
      "strict-nan", cl::ValueOptional,
      cl::desc("Avoid primitives that spread a NaN or an infinity to outputs "
               "that do not depend on it"),
      cl::cat(category)};
  cl::opt<std::string> maxWorkspace{
      "max-workspace", cl::value_desc("bytes"),
      cl::desc("Avoid choices that need more memory while they compute"),
      cl::cat(category)};
  cl::opt<std::string> maxWeights{
      "max-weights", cl::value_desc("ratio"),
      cl::desc("Avoid choices whose weights take more than that many times "
               "the memory of the model's"),
      cl::cat(category)};
  cl::opt<std::string> maxGrowth{
      "max-growth", cl::value_desc("bytes"),
      cl::desc("Memory that packed weights may take beyond the model's, in all "
               "(default 54 MiB and a 32nd of those)"),
      cl::cat(category)};
  cl::opt<std::string> cacheDir{
      "cache-dir", cl::value_desc("folder"),
      cl::desc("Keep compiled kernels there for later compilations"),
      cl::cat(category)};
  cl::opt<std::string> explain{
      "explain", cl::ValueOptional, cl::value_desc("json[:file]"),
      cl::desc("Print each convolution's choice, its predicted "
               "time and the runners-up; as JSON that and kernels, memory "
               "and weights"),
      cl::cat(category)};
  cl::opt<std::string> report{
      "report", cl::value_desc("file.html"),
      cl::desc("Write a web page that shows all of that"), cl::cat(category)};
  cl::opt<std::string> reportProfile{
      "report-profile", cl::value_desc("file.json"),
      cl::desc("Show there, too, what convopt-run --profile=file.json has "
               "measured"),
      cl::cat(category)};
  cl::opt<std::string> profile{
      "profile", cl::ValueOptional,
      cl::desc("Have the model announce each kernel it runs, "
               "for convopt-run --profile"),
      cl::cat(category)};
};

std::optional<Emit> parseEmit(StringRef text) {
  return StringSwitch<std::optional<Emit>>(text)
      .Case("linalg", Emit::Linalg)
      .Case("annotated", Emit::Annotated)
      .Case("kernels", Emit::Kernels)
      .Case("llvm", Emit::Llvm)
      .Case("asm", Emit::Asm)
      .Case("obj", Emit::Object)
      .Case("shared", Emit::Shared)
      .Default(std::nullopt);
}

bool isIdentifier(StringRef text) {
  return !text.empty() && !isDigit(text[0]) &&
         all_of(text, [](char c) { return isAlnum(c) || c == '_'; });
}

std::string makeIdentifier(StringRef text) {
  std::string result;
  for (char c : text)
    result += isAlnum(c) ? c : '_';
  if (result.empty() || isDigit(result[0]))
    result.insert(0, "_");
  return result;
}

/// LLVM prefixes what it says with the program, and may add hints below.
std::string firstLine(StringRef text) {
  StringRef line = text.ltrim().split('\n').first;
  size_t prefix = line.find(": ");
  return (prefix == StringRef::npos ? line : line.drop_front(prefix + 2)).str();
}

const char *suffix(Emit emit) {
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

} // namespace

/// Whether an option that takes no value was given.
static Expected<bool> parseFlag(const cl::opt<std::string> &flag) {
  if (!flag.empty())
    return createStringError("--%s=%s: this option takes no value",
                             flag.ArgStr.str().c_str(), flag.c_str());
  return flag.getNumOccurrences() > 0;
}

Expected<CompileOptions> parseCommandLine(int argc, char **argv) {
  cl::ResetCommandLineParser();
  // Static, because lld goes through the registered options later.
  static Options given;
  registerPassOptions();
  cl::HideUnrelatedOptions(given.category);
  cl::SetVersionPrinter(
      [](raw_ostream &os) { os << "convopt " << compilerVersion() << "\n"; });
  std::string complaints;
  raw_string_ostream os(complaints);
  if (!cl::ParseCommandLineOptions(
          argc, argv, "Compiles a convolutional network to one object file.\n",
          &os)) {
    // Options with a fixed set of values have said it themselves.
    if (complaints.empty())
      std::exit(1);
    return createStringError(firstLine(complaints));
  }
  if (given.input.empty())
    return createStringError("no input: give a model.onnx");

  CompileOptions options;
  options.input = given.input;
  options.name = given.name;
  options.target = {given.target, given.cpu, given.features};
  options.costModel = given.costModel;
  options.measuredCosts = given.measuredCosts;
  options.cacheDir = given.cacheDir;
  for (auto [flag, value] : {std::pair(&given.strictNan, &options.strictNan),
                             std::pair(&given.profile, &options.profile)}) {
    Expected<bool> isGiven = parseFlag(*flag);
    if (!isGiven)
      return isGiven.takeError();
    *value = *isGiven;
  }
  if (Error error = parseExplain(given.explain, options))
    return error;
  StringRef threads(given.threads);
  if (threads.getAsInteger(10, options.threads) || options.threads < 1 ||
      options.threads > 1024)
    return createStringError("--threads=%s: expected 1 to 1024",
                             given.threads.c_str());
  for (auto [option, value] :
       {std::pair(&given.maxError, &options.maxError),
        std::pair(&given.maxWeights, &options.maxWeights)})
    if (Error error = parsePositive(*option, *value))
      return error;
  for (auto [option, value] :
       {std::pair(&given.maxWorkspace, &options.maxWorkspace),
        std::pair(&given.maxGrowth, &options.maxGrowth)})
    if (Error error = parseBytes(*option, *value))
      return error;
  std::optional<Emit> emit = parseEmit(given.emit);
  if (!emit)
    return createStringError("--emit=%s: expected linalg, annotated, kernels, "
                             "llvm, asm, obj or shared",
                             given.emit.c_str());
  options.emit = *emit;
  options.report = given.report;
  options.reportProfile = given.reportProfile;
  if (Error error = checkReports(options, given.emit))
    return error;
  if (!options.name.empty() && !isIdentifier(options.name))
    return createStringError("--name=%s: not a C identifier",
                             options.name.c_str());
  if (options.name.empty())
    options.name = makeIdentifier(sys::path::stem(options.input));
  if (!given.forcePrimitive.empty()) {
    options.forcePrimitive = findPrimitive(given.forcePrimitive);
    if (!options.forcePrimitive)
      return createStringError("--force-primitive=%s: unknown primitive",
                               given.forcePrimitive.c_str());
  }
  if (Error error = parseShapes(given.shapes, options.import))
    return error;

  options.output = given.output;
  if (options.output.empty())
    options.output =
        suffix(options.emit) == StringRef("-")
            ? "-"
            : (sys::path::stem(options.input) + suffix(options.emit)).str();
  bool isText = options.emit == Emit::Linalg ||
                options.emit == Emit::Annotated ||
                options.emit == Emit::Kernels;
  if (options.output == "-" && !isText)
    return createStringError("-o -: this output is not text in one file");
  return options;
}

} // namespace convopt
