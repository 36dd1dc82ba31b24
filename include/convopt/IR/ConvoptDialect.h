#ifndef CONVOPT_IR_CONVOPTDIALECT_H
#define CONVOPT_IR_CONVOPTDIALECT_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "convopt/IR/ConvoptEnums.h"
#define GET_ATTRDEF_CLASSES
#include "convopt/IR/ConvoptAttrs.h.inc"

#include "convopt/IR/ConvoptDialect.h.inc"
#define GET_OP_CLASSES
#include "convopt/IR/ConvoptOps.h.inc"

#endif // CONVOPT_IR_CONVOPTDIALECT_H
