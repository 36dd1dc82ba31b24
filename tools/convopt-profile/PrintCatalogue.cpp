#include "PrintCatalogue.h"
#include "convopt/CostModel/Features.h"
#include "convopt/CostModel/LayerText.h"
#include "convopt/CostModel/SampleRows.h"
#include "convopt/Primitives/Division.h"
#include "convopt/Transforms/SelectPrimitives.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"
#include <nlohmann/json.hpp>

using namespace convopt;
using Json = nlohmann::ordered_json;

static Json toJson(const Primitive &primitive) {
  return {{"name", primitive.name().str()},
          {"family", stringifyPrimitiveKind(primitive.kind()).str()},
          {"fewer_operations", primitive.savesProducts()},
          {"error_bound", primitive.errorBound()}};
}

static Json toJson(const ChoiceName &name) {
  const VariantName &v = name.variant;
  return {{"name", toString(name)},
          {"primitive", name.primitive},
          {"input", stringifyLayout(name.input).str()},
          {"output", stringifyLayout(name.output).str()},
          {"pixels", v.pixels},
          {"vectors", v.vectors},
          {"lanes", v.lanes},
          {"strip", v.strip},
          {"columns", v.columns},
          {"paired", v.paired},
          {"fresh", v.fresh}};
}

static Json toJson(const ConvProblem &layer, const Choice &choice,
                   const MachineDescription &machine) {
  const Primitive &primitive = *choice.primitive;
  const Variant &v = choice.variant;
  Json json = toJson(nameOf(choice));
  json["lanes"] = v.lanes;
  json["strip"] = v.strip;
  json["columns"] = v.columns;
  json["unroll"] = v.unroll;
  json["packed_filter_bytes"] =
      primitive.packedFilter(layer, choice, machine).bytes();
  json["workspace_bytes"] = primitive.workspaceBytes(layer, choice, machine);
  json["product_share"] =
      primitive.productShare() * primitive.tileProducts(layer);
  return json;
}

void convopt::printCatalogue(llvm::raw_ostream &os,
                             llvm::ArrayRef<NetworkQuestions::Layer> layers,
                             const MachineDescription &machine,
                             const CostModel *model, int64_t threads) {
  Json json = {{"machine", machineName(machine)},
               {"features_version", featuresVersion()},
               {"primitives", Json::array()},
               {"layers", Json::array()}};
  for (const Primitive *primitive : allPrimitives())
    json["primitives"].push_back(toJson(*primitive));
  for (const auto &[layer, choices] : layers) {
    Json all = Json::array();
    for (const Choice &choice : choices)
      all.push_back(toJson(layer, choice, machine));
    if (model)
      for (auto [json, choice, seconds] : llvm::zip_equal(
               all, choices, model->convolutions(layer, choices, machine)))
        if (model->knows(layer, choice, machine))
          json["predicted_seconds"] =
              divide(layer, choice, machine, threads).secondsOf(seconds);
    json["layers"].push_back({{"layer", layerText(layer)},
                              {"shape", layerSummary(layer)},
                              {"filter_elements", layer.filterElements()},
                              {"choices", std::move(all)}});
  }
  json["description"] = {{"machine", machineName(machine)},
                         {"triple", machine.triple},
                         {"cpu", machine.cpu},
                         {"cpu_features", machine.features}};
  os << json.dump(1) << "\n";
}

llvm::Error convopt::printChoices(llvm::raw_ostream &os, llvm::StringRef path) {
  auto file = llvm::MemoryBuffer::getFileOrSTDIN(path, /*IsText=*/true);
  if (!file)
    return llvm::createStringError(path + ": " + file.getError().message());
  Json all = Json::array();
  for (llvm::line_iterator line(**file); !line.is_at_eof(); ++line) {
    llvm::Expected<ChoiceName> name = parseChoiceName(*line);
    if (!name)
      return llvm::createStringError(path + ":" +
                                     llvm::Twine(line.line_number()) + ": " +
                                     llvm::toString(name.takeError()));
    all.push_back(toJson(*name));
  }
  os << all.dump(1) << "\n";
  return llvm::Error::success();
}
