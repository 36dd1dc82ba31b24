// Measures the primitives on this machine and writes what the cost model is
// trained on: a CSV of samples and, beside it, a JSON file with the machine.
// For a network, all that its compilation may choose from (--measured-costs).
// Or prints what there is to measure.

#include "BandwidthShares.h"
#include "Measure.h"
#include "Options.h"
#include "PrintCatalogue.h"
#include "SampleFile.h"
#include "Sampling.h"
#include "Session.h"
#include "Worker.h"
#include "convopt/CostModel/LayerText.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/xxhash.h"
#include <malloc.h>
#include <map>
#include <sched.h>
#include <set>

using namespace convopt;
static int fail(llvm::Error error) {
  llvm::errs() << "convopt-profile: " << llvm::toString(std::move(error))
               << "\n";
  return 1;
}

static llvm::Error stayOnCore() {
  if (core < 0)
    return llvm::Error::success();
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  if (sched_setaffinity(0, sizeof(set), &set))
    return llvm::createStringError("--core: cannot run on core %d", int(core));
  return llvm::Error::success();
}

/// The samples' file, and the machine's beside it.
static llvm::Expected<SampleFile>
openOutput(const MachineDescription &machine) {
  auto file = SampleFile::open(output, machine);
  if (!file)
    return file.takeError();
  llvm::SmallString<128> description(output.getValue());
  llvm::sys::path::replace_extension(description, "json");
  if (auto e = writeDescription(description, machine))
    return e;
  return file;
}

static llvm::Error refreshFeatures(const MachineDescription &machine) {
  auto file = openOutput(machine);
  if (!file)
    return file.takeError();
  auto gone = forEachSample(
      refresh, machine,
      [&](const ConvLayer &layer, const Choice &choice, double seconds) {
        if (!file->contains(layer, choice))
          file->add(layer, choice, seconds);
      });
  if (!gone)
    return gone.takeError();
  llvm::errs() << *gone << " samples are of choices that are gone\n";
  return llvm::Error::success();
}

/// What --primitives names; empty: all.
static llvm::Expected<std::vector<const Primitive *>> wantedPrimitives() {
  std::vector<const Primitive *> wanted;
  llvm::SmallVector<llvm::StringRef> names;
  llvm::StringRef(primitives).split(names, ',', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef name : names) {
    const Primitive *primitive = findPrimitive(name);
    if (!primitive)
      return llvm::createStringError("--primitives: there is no '" + name +
                                     "'");
    wanted.push_back(primitive);
  }
  return wanted;
}

/// What to measure of `choices`. What the file has already is left out, but if
/// its primitives were asked for by name, it is added.
static std::vector<Choice> toMeasure(const ConvLayer &layer,
                                     std::vector<Choice> choices, size_t count,
                                     llvm::ArrayRef<const Primitive *> only,
                                     const SampleFile &file) {
  auto isKnown = [&](const Choice &c) { return file.contains(layer, c); };
  uint64_t random = llvm::xxh3_64bits(layerText(layer)) + seed;
  if (only.empty()) {
    choices = sampleChoices(std::move(choices), count, random);
    llvm::erase_if(choices, isKnown);
    return choices;
  }
  llvm::erase_if(choices, [&](const Choice &c) {
    return !llvm::is_contained(only, c.primitive);
  });
  std::vector<Choice> wanted = sampleChoices(choices, count, random);
  std::set<std::string> names;
  for (const Choice &c : wanted)
    names.insert(toString(c));
  for (const Choice &c : choices)
    if (isKnown(c) && names.insert(toString(c)).second)
      wanted.push_back(c);
  return wanted;
}

static void profileLayer(const ConvLayer &layer,
                         const std::vector<Choice> &choices,
                         const MachineDescription &machine, WeightArena &arena,
                         SampleFile &file) {
  double best = 0;
  runInWorkers(
      choices.size(), timeout,
      [&](size_t c) {
        return measureConvolution(layer, choices[c], machine, arena);
      },
      [&](size_t c, llvm::Expected<double> seconds) {
        if (!seconds)
          return file.addFailure(layer, choices[c],
                                 llvm::toString(seconds.takeError()));
        file.add(layer, choices[c], *seconds);
        best = std::max(best, layer.multiplyAdds() * 2e-9 / *seconds);
      });
  llvm::errs() << layerText(layer) << ": " << choices.size() << " samples"
               << llvm::format(", best %.0f GFLOP/s\n", best);
}

/// `count` choices of each layer, those of `layers` to choose from.
static llvm::Error
profileChoices(llvm::ArrayRef<NetworkQuestions::Layer> layers, size_t count,
               const MachineDescription &machine, SampleFile &file) {
  auto only = wantedPrimitives();
  if (!only)
    return only.takeError();
  WeightArena arena;
  for (const auto &[i, question] : llvm::enumerate(layers)) {
    llvm::errs() << "[" << i + 1 << "/" << layers.size() << "] ";
    profileLayer(
        question.layer,
        toMeasure(question.layer, question.choices, count, *only, file),
        machine, arena, file);
  }
  return llvm::Error::success();
}

/// The layers of --layers with all their choices.
static llvm::Expected<std::vector<NetworkQuestions::Layer>>
readQuestions(const MachineDescription &machine) {
  auto layers = readLayers(layersFile);
  if (!layers)
    return layers.takeError();
  std::vector<NetworkQuestions::Layer> questions;
  for (const ConvLayer &layer : *layers)
    questions.push_back({layer, allChoices(layer, machine)});
  return questions;
}

static llvm::Error profileLayers(const MachineDescription &machine) {
  if (auto only = wantedPrimitives(); !only)
    return only.takeError();
  auto questions = readQuestions(machine);
  if (!questions)
    return questions.takeError();
  auto file = openOutput(machine);
  if (!file)
    return file.takeError();
  if (auto e = profileChoices(*questions, choicesPerLayer, machine, *file))
    return e;
  return SampleFile::dropReplaced(output);
}

/// Every choice of every distinct convolution and every transformation.
static llvm::Error profileNetwork(const MachineDescription &machine) {
  if (auto only = wantedPrimitives(); !only)
    return only.takeError();
  auto questions = askedAbout(network, machine);
  if (!questions)
    return questions.takeError();
  auto file = openOutput(machine);
  if (!file)
    return file.takeError();
  if (auto e = profileChoices(questions->layers, SIZE_MAX, machine, *file))
    return e;
  std::vector<ImageTransformation> images = questions->transformations;
  llvm::erase_if(images, [&](const ImageTransformation &image) {
    return file->contains(image);
  });
  size_t failed = 0;
  runInWorkers(
      images.size(), timeout,
      [&](size_t i) { return measureTransformation(images[i], machine); },
      [&](size_t i, llvm::Expected<double> seconds) {
        if (seconds)
          return file->add(images[i], *seconds);
        llvm::consumeError(seconds.takeError());
        ++failed;
      });
  llvm::errs() << images.size() - failed << " layout transformations\n";
  if (failed)
    llvm::errs() << failed << " layout transformations failed\n";
  return SampleFile::dropReplaced(output);
}

/// The choices of `again` anew.
static llvm::Error profileAgain(const MachineDescription &machine) {
  auto only = wantedPrimitives();
  if (!only)
    return only.takeError();
  std::vector<NetworkQuestions::Layer> layers;
  std::map<std::string, size_t> numbers;
  auto gone = forEachSample(
      again, machine,
      [&](const ConvLayer &layer, const Choice &choice, double /*seconds*/) {
        if (!only->empty() && !llvm::is_contained(*only, choice.primitive))
          return;
        auto [at, isNew] = numbers.try_emplace(layerText(layer), layers.size());
        if (isNew)
          layers.push_back({layer, {}});
        layers[at->second].choices.push_back(choice);
      });
  if (!gone)
    return gone.takeError();
  auto file = openOutput(machine);
  if (!file)
    return file.takeError();
  WeightArena arena;
  for (auto &question : layers) {
    llvm::erase_if(question.choices, [&](const Choice &c) {
      return file->contains(question.layer, c);
    });
    profileLayer(question.layer, question.choices, machine, arena, *file);
  }
  return llvm::Error::success();
}

static llvm::Error describeCatalogue(const MachineDescription &machine) {
  std::vector<NetworkQuestions::Layer> layers;
  if (!network.empty()) {
    auto questions = askedAbout(network, machine);
    if (!questions)
      return questions.takeError();
    layers = std::move(questions->layers);
  } else if (!layersFile.empty()) {
    auto questions = readQuestions(machine);
    if (!questions)
      return questions.takeError();
    layers = std::move(*questions);
  }
  auto model = makeCostModel(costModelFile);
  if (!model)
    return model.takeError();
  printCatalogue(llvm::outs(), layers, machine, **model);
  return llvm::Error::success();
}

int main(int argc, char **argv) {
  registerPassOptions(); // Networks are loaded in a Session.
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "measures convolution primitives\n");
  int sources = !network.empty() + !layersFile.empty() + !refresh.empty() +
                !again.empty();
  if (!choiceNames.empty()) {
    llvm::Error error = printChoices(llvm::outs(), choiceNames);
    return error ? fail(std::move(error)) : 0;
  }
  if (!transforms && !catalogue && (output.empty() || sources != 1))
    return fail(llvm::createStringError(
        "-o with a model, --layers, --again or --refresh is needed, or "
        "--transforms, --catalogue or --choices"));
  // Intermediates come from memory that is already mapped, as a model's
  // workspace is.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
  auto machine = describeMachine({"host", cpu, features});
  if (!machine)
    return fail(machine.takeError());
  if (llvm::Error error = stayOnCore())
    return fail(std::move(error));
  llvm::Error error = catalogue    ? describeCatalogue(*machine)
                      : transforms ? measureBandwidthShares(*machine, timeout)
                      : !network.empty()    ? profileNetwork(*machine)
                      : !layersFile.empty() ? profileLayers(*machine)
                      : !again.empty()      ? profileAgain(*machine)
                                            : refreshFeatures(*machine);
  return error ? fail(std::move(error)) : 0;
}
