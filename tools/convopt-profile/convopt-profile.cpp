// Measures the primitives, on this machine or on a board, and writes what the
// cost model is trained on: a CSV of samples and, beside it, a JSON file with
// the machine. For a network, all that its compilation may choose from
// (--measured-costs). Or prints what there is to measure.

#include "../Version.h"
#include "BandwidthShares.h"
#include "Errors.h"
#include "FeatureTable.h"
#include "Listings.h"
#include "MachineFile.h"
#include "Options.h"
#include "PrintCatalogue.h"
#include "Rounds.h"
#include "SampleFile.h"
#include "Wanted.h"
#include "WhatToMeasure.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/TargetSelect.h"
#include <csignal>

using namespace convopt;
using llvm::createStringError;

static CommandLine &given() {
  static CommandLine line;
  return line;
}

static int fail(llvm::Error error) {
  llvm::errs() << "convopt-profile: " << llvm::toString(std::move(error))
               << "\n";
  return 1;
}

static std::vector<LayerChoice> layerChoices(llvm::ArrayRef<Task> tasks) {
  std::vector<LayerChoice> choices;
  for (const Task &task : tasks)
    choices.push_back(std::get<LayerChoice>(task.what));
  return choices;
}

static llvm::Error listTasks(const MachineDescription &machine) {
  auto wanted = whatToMeasure(given(), machine);
  if (!wanted)
    return wanted.takeError();
  auto transfer = transferOptions(given());
  if (!transfer)
    return transfer.takeError();
  if (*transfer)
    wanted->tasks =
        firstForTransfer(layerChoices(wanted->tasks), **transfer, machine);
  return writeList(given().output, wanted->tasks, machine);
}

static llvm::Error measure(const RoundOptions &options, const Board &board) {
  const MachineDescription &machine = options.batch.machine;
  auto wanted = whatToMeasure(given(), machine);
  if (!wanted)
    return wanted.takeError();
  auto transfer = transferOptions(given());
  if (!transfer)
    return transfer.takeError();
  // To measure alone needs no model, which may be one of other features.
  std::unique_ptr<CostModel> model;
  if (*transfer) {
    auto made = makeCostModel(given().costModel);
    if (!made)
      return made.takeError();
    model = std::move(*made);
  }
  // New times that replace old ones stand apart until all are there.
  bool replaces = wanted->isOfNamedPrimitives;
  std::string path = given().output + (replaces ? ".new" : "");
  auto file = SampleFile::open(path, machineName(machine), given().threads);
  if (!file)
    return file.takeError();
  auto cleanUp = llvm::make_scope_exit([&] { removeIfEmpty(path); });
  std::string machineFile = machineFileOf(given().output);
  if (auto error = checkWeights(given().output, options.batch.weights))
    return error;
  // At the start too, so that what a stopped run has measured can be used.
  auto describe = [&](const BatchReport &report) {
    return writeMachine(machineFile, machine, report);
  };
  auto report = *transfer ? measureForTransfer(layerChoices(wanted->tasks),
                                               **transfer, *model, options,
                                               board, *file, path, describe)
                          : measureInRounds(std::move(wanted->tasks), options,
                                            board, *file, describe);
  if (!report)
    return report.takeError();
  if (auto error =
          replaces ? replaceSamples(given().output, path) : joinPasses(path))
    return error;
  return describe(*report);
}

static llvm::Error measureErrorsOf(const RoundOptions &options) {
  auto wanted = whatToMeasure(given(), options.batch.machine);
  if (!wanted)
    return wanted.takeError();
  return measureErrors(wanted->tasks, options.batch, options.run,
                       given().output);
}

/// The default folder for kernels.
static std::string userCache() {
  llvm::SmallString<128> folder;
  if (!llvm::sys::path::cache_directory(folder))
    llvm::sys::path::system_temp_directory(/*ErasedOnReboot=*/false, folder);
  llvm::sys::path::append(folder, "convopt-profile");
  return folder.str().str();
}

static llvm::Error measureWithCache(const MachineDescription &machine) {
  RoundOptions options;
  options.batch.machine = machine;
  options.batch.threads = given().threads;
  options.batch.weights = given().weights;
  auto command = findCompiler(given().compiler, machine);
  if (!command)
    return command.takeError();
  options.batch.compiler = std::move(*command);
  options.run = {given().core, given().kernelSeconds, given().timeout};
  options.passes = std::max<unsigned>(given().passes, 1);
  options.repeats = given().repeats;
  if (given().compileAhead != cl::BOU_UNSET)
    options.compileAhead = given().compileAhead == cl::BOU_TRUE;
  options.compileCore = given().compileCore;

  llvm::SmallString<128> folder;
  if (given().noKernelCache) {
    if (auto code = llvm::sys::fs::createUniqueDirectory("convopt", folder))
      return createStringError("cannot make a temporary folder: " +
                               code.message());
    options.batch.cacheDir = folder.str().str();
  } else {
    options.batch.cacheDir = given().kernelCache.empty()
                                 ? userCache()
                                 : given().kernelCache.getValue();
  }
  auto cleanUp = llvm::make_scope_exit([&] {
    if (given().noKernelCache)
      llvm::sys::fs::remove_directories(folder);
  });

  if (given().errors)
    return measureErrorsOf(options);
  Board board;
  if (!given().remote.empty()) {
    auto connected = Board::connect(given().remote, given().ssh);
    if (!connected)
      return connected.takeError();
    board = std::move(*connected);
  }
  return given().transforms ? measureBandwidthShares(options, board)
                            : measure(options, board);
}

static llvm::Error writeTaskListings(const MachineDescription &machine) {
  auto wanted = whatToMeasure(given(), machine);
  if (!wanted)
    return wanted.takeError();
  return writeListings(wanted->tasks, machine, given().listings);
}

static llvm::Error describeCatalogue(const MachineDescription &machine) {
  std::vector<NetworkQuestions::Layer> layers;
  if (!given().network.empty()) {
    auto questions = askedAbout(given().network, machine);
    if (!questions)
      return questions.takeError();
    layers = std::move(questions->layers);
  } else if (!given().layersFile.empty()) {
    auto questions = readQuestions(given().layersFile, machine);
    if (!questions)
      return questions.takeError();
    layers = std::move(*questions);
  }
  // A model is trained by programs whose own may know other features.
  std::unique_ptr<CostModel> model;
  if (given().costModel != "none" && !layers.empty()) {
    auto made = makeCostModel(given().costModel);
    if (!made)
      return made.takeError();
    model = std::move(*made);
  }
  printCatalogue(llvm::outs(), layers, machine, model.get(), given().threads);
  return llvm::Error::success();
}

static llvm::Error checkOptions() {
  int sources = !given().network.empty() + !given().layersFile.empty() +
                !given().again.empty();
  bool writes = !given().output.empty() || !given().listings.empty();
  if (!given().transforms && !given().catalogue && (!writes || sources != 1))
    return createStringError(
        "-o with a model, --layers or --again is needed, or --transforms, "
        "--feature-table, --listings, --catalogue or --choices");
  if (given().threads < 1 || given().threads > 1024)
    return createStringError("--threads: expected 1 to 1024");
  if (given().errors &&
      (!given().remote.empty() || given().output.empty() || given().list))
    return createStringError("--errors: needs -o, no --list and no --remote");
  if (!given().precisions.empty() && given().layersFile.empty())
    return createStringError("--precisions: needs --layers");
  if (!given().remote.empty() && given().target == "host")
    return createStringError(
        "--remote: --target and --cpu have to say what machine that is");
  return llvm::Error::success();
}

static llvm::Error run() {
  if (!given().choiceNames.empty())
    return printChoices(llvm::outs(), given().choiceNames);
  if (!given().featureTable.empty())
    return writeFeatureTable(
        given().featureTable,
        given().output.empty() ? "-" : given().output.getValue());
  if (auto error = checkOptions())
    return error;
  auto machine =
      describeMachine({given().target, given().cpu, given().features});
  if (!machine)
    return machine.takeError();
  if (given().catalogue)
    return describeCatalogue(*machine);
  if (!given().listings.empty())
    return writeTaskListings(*machine);
  return given().list ? listTasks(*machine) : measureWithCache(*machine);
}

int main(int argc, char **argv) {
  // A file that may not become so large is an error as any other.
  std::signal(SIGXFSZ, SIG_IGN);
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  cl::ResetCommandLineParser();
  setVersionText();
  cl::HideUnrelatedOptions(given().category);
  cl::ParseCommandLineOptions(argc, argv, "measures convolution primitives\n");
  llvm::Error error = run();
  return error ? fail(std::move(error)) : 0;
}
