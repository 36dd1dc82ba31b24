#include "Task.h"

using namespace convopt;

std::string Task::key() const {
  if (const auto *image = std::get_if<ImageTransformation>(&what))
    return sampleKey(*image);
  const auto &[layer, choice] = std::get<LayerChoice>(what);
  return sampleKey(layer, choice);
}

std::string Task::primitive() const {
  if (const auto *layerChoice = std::get_if<LayerChoice>(&what))
    return layerChoice->choice.primitive->name().str();
  return "transform";
}
