#include "llvm/Support/CommandLine.h"
#include "Session.h"
#include "convopt/Driver/Options.h"
#include "convopt/IR/NearestName.h"
#include "convopt/Primitives/PrimitiveNames.h"
#include "convopt/Target/KnownCpus.h"

using namespace llvm;

namespace convopt {

namespace {
/// One option of the table as LLVM's parser sees it: all values that were
/// given, as text.
struct GivenOption {
  const OptionInfo &info;
  std::unique_ptr<cl::opt<std::string>> single;
  std::unique_ptr<cl::list<std::string>> repeated; ///< the other is null then

  GivenOption(const OptionInfo &info, cl::OptionCategory &category)
      : info(info) {
    using Form = OptionInfo::Form;
    cl::desc description(info.description);
    cl::value_desc value(info.valueName);
    bool needsValue = info.form == Form::Value || info.form == Form::Repeated;
    cl::ValueExpected expected =
        needsValue ? cl::ValueRequired : cl::ValueOptional;
    if (info.form == Form::Repeated)
      repeated = std::make_unique<cl::list<std::string>>(
          info.name, description, value, expected, cl::cat(category));
    else
      single = std::make_unique<cl::opt<std::string>>(
          info.name, description, value, expected, cl::cat(category));
  }

  std::vector<std::string> values() const {
    if (repeated)
      return {repeated->begin(), repeated->end()};
    if (single->getNumOccurrences())
      return {single->getValue()};
    return {};
  }
};

/// Made after the options that libLLVM brings along are gone: some have the
/// same names.
struct GivenOptions {
  cl::OptionCategory category{"convopt-compile options"};
  cl::opt<std::string> input{cl::Positional, cl::desc("model.onnx|model.mlir"),
                             cl::cat(category)};
  std::vector<GivenOption> options;

  GivenOptions() {
    for (const OptionInfo &info : optionTable())
      options.emplace_back(info, category);
  }
};
} // namespace

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

/// Answers an option that asks for a list, and ends the program then.
static Error answerHelp(StringRef option, const CompileOptions &options) {
  if (option == "force-primitive") {
    printNames(primitiveNames());
    std::exit(0);
  }
  if (option != "cpu")
    return Error::success();
  auto cpus = knownCpus({options.target.target, "", ""});
  if (!cpus)
    return cpus.takeError();
  printNames(*cpus);
  std::exit(0);
}

Expected<CompileOptions> parseCommandLine(int argc, char **argv,
                                          void (*setVersion)()) {
  cl::ResetCommandLineParser();
  // Not before: it makes --help and --version options, which a reset removes.
  setVersion();
  // Static, because lld goes through the registered options later.
  static GivenOptions given;
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

  CompileOptions options;
  options.input = given.input;
  for (const GivenOption &option : given.options)
    for (const std::string &value : option.values()) {
      // The target, of which CPUs are listed, stands before them in the table.
      if (value == "help")
        if (Error error = answerHelp(option.info.name, options))
          return std::move(error);
      if (Error error = option.info.read(option.info, value, options))
        return std::move(error);
    }
  if (options.input.empty())
    return createStringError("no input: give a model.onnx");
  if (Error error = finishOptions(options))
    return std::move(error);
  return options;
}

} // namespace convopt
