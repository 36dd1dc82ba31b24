#include "llvm/Support/CommandLine.h"
#include "OptionValues.h"
#include "Options.h"
#include "Session.h"
#include "convopt/Driver/Compile.h"
#include "convopt/IR/NearestName.h"
#include "convopt/Primitives/PrimitiveNames.h"
#include "convopt/Target/KnownCpus.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;

namespace convopt {

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

/// What LLVM says of a command line, in one line: it prefixes each of its lines
/// with the program, and guesses what was meant in the second, however far that
/// is from what was given.
static std::string complaint(StringRef text) {
  auto [line, rest] = text.ltrim().split('\n');
  auto withoutProgram = [](StringRef line) {
    size_t prefix = line.find(": ");
    return prefix == StringRef::npos ? line : line.drop_front(prefix + 2);
  };
  StringRef message = withoutProgram(line);
  StringRef given = message.split('\'').second.split('\'').first;
  StringRef meant = withoutProgram(rest).split('\'').second.split('\'').first;
  StringRef guess = nearestName(given.split('=').first.ltrim('-'),
                                {meant.split('=').first.ltrim('-')});
  if (guess.empty())
    return message.str();
  return (message.split(".  Try:").first + "; did you mean '" + meant + "'?")
      .str();
}

static void printNames(ArrayRef<StringRef> names) {
  for (StringRef name : names)
    outs() << name << "\n";
}

/// Answers the options that ask for a list, and ends the program then.
static Error answerHelp(const Options &given) {
  if (given.forcePrimitive == "help") {
    printNames(primitiveNames());
    std::exit(0);
  }
  if (given.cpu != "help")
    return Error::success();
  auto cpus = knownCpus({given.target, "", ""});
  if (!cpus)
    return cpus.takeError();
  printNames(*cpus);
  std::exit(0);
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

/// The options that mean the same by themselves.
static Error readValues(const Options &given, CompileOptions &options) {
  for (auto [flag, value] : {std::pair(&given.strictNan, &options.strictNan),
                             std::pair(&given.verbose, &options.verbose),
                             std::pair(&given.time, &options.time),
                             std::pair(&given.profile, &options.profile)})
    if (Error error = parseFlag(*flag, *value))
      return error;
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
        std::pair(&given.maxGrowth, &options.maxGrowth),
        std::pair(&given.weightsMemory, &options.weightsMemory)})
    if (Error error = parseBytes(*option, *value))
      return error;
  if (Error error = parseEmit(given.emit, options.emit))
    return error;
  if (Error error = parseWeights(given.weights, options.weights))
    return error;
  if (Error error =
          parsePrimitive(given.forcePrimitive, options.forcePrimitive))
    return error;
  options.report = given.report;
  options.reportProfile = given.reportProfile;
  if (Error error = checkReports(options, given.emit))
    return error;
  return parseShapes(given.shapes, options.import);
}

Expected<CompileOptions> parseCommandLine(int argc, char **argv,
                                          void (*setVersion)()) {
  cl::ResetCommandLineParser();
  // Not before: it makes --help and --version options, which a reset removes.
  setVersion();
  // Static, because lld goes through the registered options later.
  static Options given;
  registerPassOptions();
  cl::HideUnrelatedOptions(given.category);
  std::string complaints;
  raw_string_ostream os(complaints);
  if (!cl::ParseCommandLineOptions(
          argc, argv, "Compiles a convolutional network to one object file.\n",
          &os)) {
    // Options with a fixed set of values have said it themselves.
    if (complaints.empty())
      std::exit(1);
    return createStringError(complaint(complaints));
  }
  if (Error error = answerHelp(given))
    return error;
  if (given.input.empty())
    return createStringError("no input: give a model.onnx");

  CompileOptions options;
  options.input = given.input;
  options.name = given.name;
  options.target = {given.target, given.cpu, given.features};
  options.costModel = given.costModel;
  options.measuredCosts = given.measuredCosts;
  options.cacheDir = given.cacheDir;
  if (Error error = readValues(given, options))
    return error;
  if (!options.name.empty() && !isIdentifier(options.name))
    return createStringError("--name=%s: not a C identifier",
                             options.name.c_str());
  if (options.name.empty())
    options.name = makeIdentifier(sys::path::stem(options.input));

  options.output = given.output;
  bool isText = suffix(options.emit) == "-";
  if (options.output.empty())
    options.output =
        isText ? "-"
               : (sys::path::stem(options.input) + suffix(options.emit)).str();
  if (options.output == "-" && !isText)
    return createStringError("-o -: this output is not text in one file");
  return options;
}

} // namespace convopt
