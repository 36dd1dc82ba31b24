#include "convopt/IR/LocationText.h"

using namespace mlir;

std::string convopt::locationText(Location location, LocationForm form) {
  if (auto name = dyn_cast<NameLoc>(location))
    return name.getName().str();
  if (auto fused = dyn_cast<FusedLoc>(location)) {
    for (Location part : fused.getLocations())
      if (std::string text = locationText(part, form); !text.empty())
        return text;
    return "";
  }
  if (auto call = dyn_cast<CallSiteLoc>(location))
    return locationText(call.getCallee(), form);
  auto file = dyn_cast<FileLineColLoc>(location);
  if (!file)
    return "";
  std::string text =
      (file.getFilename().getValue() + ":" + Twine(file.getLine())).str();
  if (form == LocationForm::LineAndColumn)
    text += ":" + std::to_string(file.getColumn());
  return text;
}
