#include "convopt/IR/ConvoptDialect.h"
#include "convopt/IR/InferConvLayer.h"
#include "convopt/IR/LeastByte.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;
using namespace convopt;

/// The family of the primitive that is called `name`.
static std::optional<PrimitiveKind> familyOf(StringRef name) {
  if (std::optional<PrimitiveKind> kind = symbolizePrimitiveKind(name))
    return kind;
  for (unsigned i = 0; i <= getMaxEnumValForPrimitiveKind(); ++i)
    if (auto kind = static_cast<PrimitiveKind>(i);
        name.starts_with((stringifyPrimitiveKind(kind) + "_").str()))
      return kind;
  return std::nullopt;
}

/// A keyword that begins with a family; which of its primitives exist the
/// catalogue knows.
static FailureOr<StringAttr> parsePrimitiveName(AsmParser &parser) {
  StringRef name;
  SMLoc location = parser.getCurrentLocation();
  if (parser.parseKeyword(&name))
    return failure();
  if (!familyOf(name))
    return parser.emitError(location)
           << "no family of primitives has '" << name << "'";
  return StringAttr::get(parser.getContext(), name);
}

static FailureOr<std::optional<Layout>> parseLayout(AsmParser &parser) {
  FailureOr<Layout> layout = FieldParser<Layout>::parse(parser);
  if (failed(layout))
    return failure();
  return std::optional<Layout>(*layout);
}

#include "convopt/IR/ConvoptDialect.cpp.inc"
#include "convopt/IR/ConvoptEnums.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "convopt/IR/ConvoptAttrs.cpp.inc"

void ConvoptDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "convopt/IR/ConvoptAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "convopt/IR/ConvoptOps.cpp.inc"
      >();
}

/// Two gains, of errors of the inputs and of the weights.
static LogicalResult verifyErrorGain(Operation *op, NamedAttribute attr) {
  auto gains = dyn_cast<DenseF64ArrayAttr>(attr.getValue());
  if (!gains || gains.size() != 2 ||
      !llvm::all_of(gains.asArrayRef(), [](double gain) {
        return gain >= 0 && std::isfinite(gain);
      }))
    return op->emitOpError("needs ")
           << attr.getName() << " to be two numbers that are not negative";
  return success();
}

/// Called for every discardable attribute whose name starts with `convopt.`,
/// on any op of any dialect: a misspelt name is an error, not a silent no-op.
LogicalResult ConvoptDialect::verifyOperationAttribute(Operation *op,
                                                       NamedAttribute attr) {
  if (attr.getName() == getPinnedAttrHelper().getName()) {
    if (!isa<UnitAttr>(attr.getValue()))
      return op->emitOpError("needs ") << attr.getName() << " to be a unit";
    if (!getPrimitiveAttrHelper().isAttrPresent(op))
      return op->emitOpError("is pinned but has no convopt.primitive");
    return success();
  }
  if (attr.getName() == noLeastByteAttr) {
    if (!isa<UnitAttr>(attr.getValue()))
      return op->emitOpError("needs ") << attr.getName() << " to be a unit";
    return success();
  }
  if (attr.getName() == getStorageAttrHelper().getName()) {
    if (!isa<DenseI64ArrayAttr>(attr.getValue()))
      return op->emitOpError("needs ") << attr.getName() << " to be an array";
    return success();
  }
  if (attr.getName() == getErrorGainAttrHelper().getName())
    return verifyErrorGain(op, attr);
  if (attr.getName() == getRoundsOperandAttrHelper().getName()) {
    if (!isa<UnitAttr>(attr.getValue()) || !isa<arith::TruncFOp>(op))
      return op->emitOpError("needs ")
             << attr.getName() << " to be a unit, on an arith.truncf";
    return success();
  }
  if (attr.getName() != getPrimitiveAttrHelper().getName())
    return op->emitOpError("has unknown attribute ") << attr.getName();
  if (!isa<PrimitiveAttr>(attr.getValue()))
    return op->emitOpError("needs ")
           << attr.getName() << " to be a #convopt.primitive";
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  // Bufferization takes the attribute along.
  bool onBuffers = linalgOp && linalgOp.hasPureBufferSemantics() &&
                   succeeded(linalg::inferConvolutionDims(linalgOp));
  if (!onBuffers && (!linalgOp || !getConvLayer(linalgOp)))
    return op->emitOpError("carries ")
           << attr.getName() << " but is not a static 2-D convolution";
  return success();
}

/// Arguments and results of the model's function carry the name and the
/// element type that the ONNX model gives them.
static LogicalResult verifyValueAttribute(Operation *op, NamedAttribute attr) {
  StringRef name = attr.getName().getValue();
  // The number of the output that this one is the true shape of.
  if (name == "convopt.shape_of") {
    if (!isa<IntegerAttr>(attr.getValue()))
      return op->emitOpError("needs ") << attr.getName() << " to be a number";
    return success();
  }
  if (name != "convopt.name" && name != "convopt.type")
    return op->emitOpError("has a value with unknown attribute ")
           << attr.getName();
  if (!isa<StringAttr>(attr.getValue()))
    return op->emitOpError("needs ") << attr.getName() << " to be a string";
  return success();
}

LogicalResult ConvoptDialect::verifyRegionArgAttribute(Operation *op, unsigned,
                                                       unsigned,
                                                       NamedAttribute attr) {
  return verifyValueAttribute(op, attr);
}

LogicalResult ConvoptDialect::verifyRegionResultAttribute(Operation *op,
                                                          unsigned, unsigned,
                                                          NamedAttribute attr) {
  return verifyValueAttribute(op, attr);
}
