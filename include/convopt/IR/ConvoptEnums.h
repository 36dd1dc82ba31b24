#ifndef CONVOPT_IR_CONVOPTENUMS_H
#define CONVOPT_IR_CONVOPTENUMS_H

// The enumerations of the dialect, for code that needs nothing else of it.
#include "mlir/IR/DialectImplementation.h"
#include <cstdint>
#include <optional>
#include <string>

#include "convopt/IR/ConvoptEnums.h.inc"

#endif // CONVOPT_IR_CONVOPTENUMS_H
