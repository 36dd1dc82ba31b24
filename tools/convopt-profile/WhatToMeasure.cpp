#include "WhatToMeasure.h"
#include "SampleFile.h"
#include "Sampling.h"
#include "convopt/CostModel/LayerText.h"
#include "convopt/Driver/OutputFile.h"
#include "convopt/IR/NearestName.h"
#include "convopt/Primitives/PrimitiveNames.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace convopt;

llvm::Expected<std::vector<const Primitive *>>
convopt::parsePrimitives(llvm::StringRef list) {
  std::vector<const Primitive *> wanted;
  llvm::SmallVector<llvm::StringRef> names;
  list.split(names, ',', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef name : names) {
    const Primitive *primitive = findPrimitive(name);
    if (!primitive)
      return llvm::createStringError("--primitives: there is no '" + name +
                                     "'" + didYouMean(name, primitiveNames()));
    wanted.push_back(primitive);
  }
  return wanted;
}

static std::vector<Choice> choicesIn(const ConvProblem &layer,
                                     const MachineDescription &machine,
                                     llvm::ArrayRef<Precision> precisions) {
  std::vector<Choice> all = allChoices(layer, machine, precisions);
  if (!precisions.empty())
    llvm::erase_if(all, [](const Choice &choice) {
      return choice.variant.precision == Precision::Full;
    });
  return all;
}

llvm::Expected<std::vector<NetworkQuestions::Layer>>
convopt::readQuestions(llvm::StringRef path, const MachineDescription &machine,
                       llvm::ArrayRef<Precision> precisions) {
  auto layers = readLayers(path);
  if (!layers)
    return layers.takeError();
  std::vector<NetworkQuestions::Layer> questions;
  for (const ConvProblem &layer : *layers)
    questions.push_back({layer, choicesIn(layer, machine, precisions)});
  return questions;
}

static std::vector<Choice> chosen(const ConvProblem &layer,
                                  std::vector<Choice> choices,
                                  const ChoiceFilter &filter) {
  uint64_t random = llvm::xxh3_64bits(layerText(layer)) + filter.seed;
  if (filter.primitives.empty())
    return sampleChoices(std::move(choices), filter.count, random);
  llvm::erase_if(choices, [&](const Choice &c) {
    return !llvm::is_contained(filter.primitives, c.primitive);
  });
  std::vector<Choice> wanted = sampleChoices(choices, filter.count, random);
  llvm::StringSet<> names;
  for (const Choice &c : wanted)
    names.insert(toString(c));
  for (const Choice &c : choices)
    if (filter.known.contains(sampleKey(layer, c)) &&
        names.insert(toString(c)).second)
      wanted.push_back(c);
  return wanted;
}

std::vector<Task>
convopt::tasksOf(llvm::ArrayRef<NetworkQuestions::Layer> layers,
                 const ChoiceFilter &filter) {
  std::vector<Task> tasks;
  for (const auto &[layer, choices] : layers)
    for (const Choice &choice : chosen(layer, choices, filter))
      tasks.push_back({LayerChoice{layer, choice}});
  return tasks;
}

std::vector<Task> convopt::tasksOf(const NetworkQuestions &questions,
                                   const ChoiceFilter &filter) {
  std::vector<Task> tasks = tasksOf(questions.layers, filter);
  if (filter.primitives.empty())
    for (const ImageTransformation &image : questions.transformations)
      tasks.push_back({image});
  return tasks;
}

llvm::Expected<std::vector<Task>>
convopt::tasksAgain(llvm::StringRef path, const MachineDescription &machine,
                    const ChoiceFilter &filter) {
  std::vector<Task> tasks;
  auto error = forEachLayerSample(
      path, machine, [&](const LayerChoice &what, const Sample &) {
        if (filter.primitives.empty() ||
            llvm::is_contained(filter.primitives, what.choice.primitive))
          tasks.push_back({what});
      });
  if (error)
    return error;
  return tasks;
}

llvm::Error convopt::writeList(llvm::StringRef path, llvm::ArrayRef<Task> tasks,
                               const MachineDescription &machine) {
  return writeOutput(path, [&](llvm::raw_ostream &os) {
    os << leastSampleColumns << "\n";
    for (const Task &task : tasks)
      if (std::holds_alternative<LayerChoice>(task.what))
        os << task.key() << "," << machineName(machine) << ",1\n";
    return llvm::Error::success();
  });
}
