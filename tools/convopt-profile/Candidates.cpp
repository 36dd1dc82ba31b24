#include "Spread.h"
#include "convopt/CostModel/Features.h"
#include "convopt/CostModel/LayerText.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <map>

using namespace convopt;

/// Logarithms if all are positive; else what has any sign keeps it.
static void takeLogarithms(llvm::MutableArrayRef<double> column) {
  bool positive = llvm::all_of(column, [](double x) { return x > 0; });
  for (double &x : column)
    x = positive ? std::log(x) : std::copysign(std::log1p(std::abs(x)), x);
}

/// Shifts and scales to mean 0 and variance 1; whether the values differ.
static bool standardise(llvm::MutableArrayRef<double> column) {
  double mean = 0, variance = 0;
  for (double x : column)
    mean += x / column.size();
  for (double x : column)
    variance += (x - mean) * (x - mean) / column.size();
  double deviation = std::sqrt(variance);
  for (double &x : column)
    x = (x - mean) / std::max(deviation, 1e-12);
  return deviation > 1e-9;
}

static std::vector<std::vector<double>>
featureColumns(llvm::ArrayRef<LayerChoice> choices,
               const MachineDescription &machine) {
  std::vector<std::vector<double>> columns(numFeatures + 3);
  for (const LayerChoice &what : choices) {
    auto features = computeFeatures(what.layer, what.choice, machine);
    for (auto [column, value] : llvm::zip(columns, features))
      column.push_back(value);
    const Variant &variant = what.choice.variant;
    columns[numFeatures].push_back(variant.fresh);
    columns[numFeatures + 1].push_back(variant.paired);
    columns[numFeatures + 2].push_back(variant.columns);
  }
  return columns;
}

Candidates convopt::describeCandidates(llvm::ArrayRef<LayerChoice> choices,
                                       const MachineDescription &machine) {
  Candidates result;
  auto columns = featureColumns(choices, machine);
  llvm::erase_if(columns, [](std::vector<double> &column) {
    takeLogarithms(column);
    return !standardise(column);
  });
  result.width = columns.size();
  std::map<llvm::StringRef, unsigned> primitives, families;
  std::map<std::string, unsigned> layers;
  for (const LayerChoice &what : choices) {
    const Primitive &primitive = *what.choice.primitive;
    primitives.try_emplace(primitive.name());
    families.try_emplace(stringifyPrimitiveKind(primitive.kind()));
  }
  // By name, so that neither order nor number of the candidates has a say.
  for (auto *names : {&primitives, &families})
    for (auto [number, entry] : llvm::enumerate(*names))
      entry.second = number;
  result.familyOf.resize(primitives.size());
  for (auto [row, what] : llvm::enumerate(choices)) {
    for (const auto &column : columns)
      result.numbers.push_back(column[row]);
    const Primitive &primitive = *what.choice.primitive;
    unsigned number = primitives[primitive.name()];
    result.primitives.push_back(number);
    result.familyOf[number] =
        families[stringifyPrimitiveKind(primitive.kind())];
    result.layers.push_back(
        layers.try_emplace(layerText(what.layer), layers.size()).first->second);
  }
  return result;
}

double Candidates::squaredDistance(size_t a, size_t b) const {
  double sum = 0;
  for (size_t i = 0; i < width; ++i) {
    double difference = numbers[a * width + i] - numbers[b * width + i];
    sum += difference * difference;
  }
  return width ? sum / width : 0;
}
