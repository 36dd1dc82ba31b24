#ifndef CONVOPT_IR_LOCATIONTEXT_H
#define CONVOPT_IR_LOCATIONTEXT_H

#include "mlir/IR/Location.h"
#include <string>

namespace convopt {

enum class LocationForm { Line, LineAndColumn };

/// What a location names, for people: the model's node, or "file:line" or
/// "file:line:column"; of a fused one the first part that names anything. Empty
/// if nothing does.
std::string locationText(mlir::Location location,
                         LocationForm form = LocationForm::Line);

} // namespace convopt

#endif // CONVOPT_IR_LOCATIONTEXT_H
