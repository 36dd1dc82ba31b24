#include "convopt/IR/ConvoptDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/Interfaces/FunctionImplementation.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace convopt;

#define GET_OP_CLASSES
#include "convopt/IR/ConvoptOps.cpp.inc"

void KernelOp::build(OpBuilder &builder, OperationState &state, StringRef name,
                     FunctionType type) {
  state.addAttribute(SymbolTable::getSymbolAttrName(),
                     builder.getStringAttr(name));
  state.addAttribute(getFunctionTypeAttrName(state.name), TypeAttr::get(type));
  state.addRegion();
}

ParseResult KernelOp::parse(OpAsmParser &parser, OperationState &result) {
  auto makeType = [](Builder &builder, ArrayRef<Type> arguments,
                     ArrayRef<Type> results,
                     function_interface_impl::VariadicFlag, std::string &) {
    return builder.getFunctionType(arguments, results);
  };
  return function_interface_impl::parseFunctionOp(
      parser, result, /*allowVariadic=*/false,
      getFunctionTypeAttrName(result.name), makeType,
      getArgAttrsAttrName(result.name), getResAttrsAttrName(result.name));
}

void KernelOp::print(OpAsmPrinter &printer) {
  function_interface_impl::printFunctionOp(
      printer, *this, /*isVariadic=*/false, getFunctionTypeAttrName(),
      getArgAttrsAttrName(), getResAttrsAttrName());
}

OperandRange KernelOp::getYielded() {
  return cast<YieldOp>(getBody().front().getTerminator()).getValues();
}

LogicalResult KernelOp::verify() {
  if (getBody().empty())
    return emitOpError("needs a body");
  auto isStatic = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.hasStaticShape();
  };
  for (Type type :
       llvm::concat<const Type>(getArgumentTypes(), getResultTypes()))
    if (!isStatic(type))
      return emitOpError("takes and gives tensors of static shape, not ")
             << type;
  auto yield = dyn_cast<YieldOp>(getBody().front().getTerminator());
  if (!yield)
    return emitOpError("must end with convopt.yield");
  if (!llvm::equal(yield.getValues().getTypes(), getResultTypes()))
    return emitOpError("yields ")
           << TypeRange(yield.getValues()) << " but its results are "
           << TypeRange(getResultTypes());
  return success();
}

LogicalResult LaunchOp::verify() {
  bool onTensors = llvm::all_of(getOperandTypes(), llvm::IsaPred<TensorType>);
  bool onMemrefs = llvm::all_of(getOperandTypes(), llvm::IsaPred<MemRefType>);
  if (!onTensors && !onMemrefs)
    return emitOpError("takes tensors or memrefs, not both");
  TypeRange expected =
      onTensors ? TypeRange(getOutputs()) : TypeRange(ArrayRef<Type>());
  if (TypeRange(getResults()) != expected)
    return emitOpError("needs one result for each output tensor");
  return success();
}

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  auto kernel =
      symbols.lookupNearestSymbolFrom<KernelOp>(*this, getKernelAttr());
  if (!kernel)
    return emitOpError("launches unknown kernel ") << getKernelAttr();
  auto matches = [](TypeRange given, ArrayRef<Type> wanted) {
    return given.size() == wanted.size() &&
           llvm::all_of_zip(given, wanted, [](Type a, Type b) {
             auto x = cast<ShapedType>(a), y = cast<ShapedType>(b);
             return x.getElementType() == y.getElementType() &&
                    x.getShape() == y.getShape();
           });
  };
  if (!matches(TypeRange(getInputs()), kernel.getArgumentTypes()) ||
      !matches(TypeRange(getOutputs()), kernel.getResultTypes()))
    return emitOpError("does not fit the type of kernel ") << getKernelAttr();
  return success();
}

/// That of an operation on those of its operands that are in memory.
static void
addEffect(MutableOperandRange operands, MemoryEffects::Effect *effect,
          SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
              &effects) {
  for (OpOperand &operand : operands)
    if (isa<MemRefType>(operand.get().getType()))
      effects.emplace_back(effect, &operand);
}

void LaunchOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  addEffect(getInputsMutable(), MemoryEffects::Read::get(), effects);
  addEffect(getOutputsMutable(), MemoryEffects::Write::get(), effects);
}

LogicalResult TopKOp::verify() {
  auto input = cast<ShapedType>(getInput().getType());
  auto elements = cast<ShapedType>(getElements().getType());
  auto places = cast<ShapedType>(getPlaces().getType());
  if (!llvm::all_of(getOperandTypes(), llvm::IsaPred<RankedTensorType>) &&
      !llvm::all_of(getOperandTypes(), llvm::IsaPred<MemRefType>))
    return emitOpError("takes tensors or memrefs, not both");
  for (ShapedType type : {input, elements, places})
    if (type.getRank() != 2 || !type.hasStaticShape())
      return emitOpError("takes rows of static shape, not ") << type;
  if (elements.getShape() != places.getShape() ||
      elements.getDimSize(0) != input.getDimSize(0) ||
      elements.getDimSize(1) > input.getDimSize(1))
    return emitOpError("needs outputs with as many rows, no longer ones");
  if (elements.getElementType() != input.getElementType() ||
      !input.getElementType().isIntOrFloat() ||
      !places.getElementType().isInteger(64))
    return emitOpError("gives elements as they are and places as i64");
  TypeRange expected = isa<RankedTensorType>(input)
                           ? TypeRange(getDpsInits())
                           : TypeRange(ArrayRef<Type>());
  if (TypeRange(getResults()) != expected)
    return emitOpError("needs one result for each output tensor");
  return success();
}

void TopKOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  if (!isa<MemRefType>(getInput().getType()))
    return;
  effects.emplace_back(MemoryEffects::Read::get(), &getInputMutable());
  // The outputs hold the best so far on the way.
  for (OpOperand &operand : getDpsInitsMutable()) {
    effects.emplace_back(MemoryEffects::Write::get(), &operand);
    effects.emplace_back(MemoryEffects::Read::get(), &operand);
  }
}

LogicalResult LoopsOp::verify() {
  bool onTensors = llvm::all_of(getOperandTypes(), llvm::IsaPred<TensorType>);
  if (!onTensors && !llvm::all_of(getOperandTypes(), llvm::IsaPred<MemRefType>))
    return emitOpError("takes tensors or memrefs, not both");
  TypeRange expected =
      onTensors ? TypeRange(getOutputs()) : TypeRange(ArrayRef<Type>());
  if (TypeRange(getResults()) != expected)
    return emitOpError("needs one result for each output tensor");
  Block &block = getBody().front();
  if (block.getNumArguments() != getNumOperands())
    return emitOpError("needs one argument of its body for each operand");
  for (auto [argument, operand] :
       llvm::zip_equal(block.getArgumentTypes(), getOperandTypes())) {
    auto memref = dyn_cast<MemRefType>(argument);
    auto shaped = cast<ShapedType>(operand);
    if (!shaped.hasStaticShape())
      return emitOpError("takes static shapes, not ") << operand;
    if (!memref || memref.getElementType() != shaped.getElementType() ||
        memref.getShape() != shaped.getShape())
      return emitOpError("hands ") << operand << " to its body as " << argument;
  }
  return success();
}

void LoopsOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  addEffect(getInputsMutable(), MemoryEffects::Read::get(), effects);
  addEffect(getOutputsMutable(), MemoryEffects::Write::get(), effects);
  // What is written may be read again on the way.
  addEffect(getOutputsMutable(), MemoryEffects::Read::get(), effects);
}

static ArrayRef<int64_t> shapeOf(Value value) {
  return cast<ShapedType>(value.getType()).getShape();
}

int64_t RecurrenceOp::gateSize(unsigned dim) {
  return shapeOf(getGates())[dim];
}

int64_t RecurrenceOp::getUnits() { return shapeOf(getWeights())[2]; }

int64_t RecurrenceOp::getEarlyGates() { return shapeOf(getWeights())[3]; }

int64_t RecurrenceOp::getParameterCount() {
  return getParameters() ? shapeOf(getParameters())[1] : 0;
}

int64_t RecurrenceOp::countOperations() {
  return 2 * getSteps() * getBatch() * getDirections() * getGateCount() *
         getUnits() * getUnits();
}

LogicalResult RecurrenceOp::verify() {
  // Its kernel is named after it.
  if (getKind().empty() || !llvm::all_of(getKind(), llvm::isAlpha))
    return emitOpError("needs a kind of letters");
  if (shapeOf(getGates()).size() != 6 || shapeOf(getWeights()).size() != 5)
    return emitOpError("takes gates of rank 6 and weights of rank 5");
  const int64_t steps = getSteps(), batch = getBatch(), gates = getGateCount(),
                directions = getDirections(), blocks = getBlocks(),
                width = getBlockUnits(), units = getUnits(),
                early = getEarlyGates();
  Type element = getElementTypeOrSelf(getGates().getType());
  auto isOf = [&](Value value, ArrayRef<int64_t> shape) {
    return shapeOf(value) == shape &&
           getElementTypeOrSelf(value.getType()) == element;
  };
  if (blocks * width < units || (blocks - 1) * width >= units ||
      !isOf(getWeights(), {directions, blocks, units, early, width}))
    return emitOpError("has weights that do not fit the gates");
  const bool isLate = !!getLate();
  if (isLate == getReset().empty() ||
      (isLate ? early >= gates : early != gates))
    return emitOpError("needs late weights where there is a reset, for the "
                       "gates that other weights leave");
  if (isLate &&
      !isOf(getLate(), {directions, blocks, units, gates - early, width}))
    return emitOpError("has late weights that do not fit the gates");
  if (static_cast<int64_t>(getReverse().size()) != directions)
    return emitOpError("says of another number of directions which are in "
                       "reverse");
  if (getStates().empty() || !llvm::all_of(getStates(), [&](Value state) {
        return isOf(state, {directions, batch, units});
      }))
    return emitOpError("needs states of its directions, batch and units");
  if (getParameters() &&
      !isOf(getParameters(), {directions, getParameterCount(), blocks, width}))
    return emitOpError("has parameters that do not fit the gates");
  if (getLengths() &&
      (shapeOf(getLengths()) != ArrayRef<int64_t>{batch} ||
       !getElementTypeOrSelf(getLengths().getType()).isInteger(32)))
    return emitOpError("needs one length of i32 for each sequence");

  const size_t states = getStates().size();
  if (getOutputs().size() != states + getSequence() ||
      (getSequence() &&
       !isOf(getOutputs()[0], {steps, directions, batch, units})) ||
      !llvm::equal(getOutputs().drop_front(getSequence()).getTypes(),
                   getStates().getTypes()) ||
      !llvm::equal(getValues().getTypes(), getOutputs().getTypes()))
    return emitOpError("needs an output for each state, behind that of the "
                       "sequence");
  auto verifyBody = [&](Region &region, int64_t gates, size_t results) {
    Block &block = region.front();
    auto isElement = [&](Type type) { return type == element; };
    auto yield = dyn_cast<YieldOp>(block.getTerminator());
    return block.getNumArguments() ==
               2 * gates + states + getParameterCount() &&
           llvm::all_of(block.getArgumentTypes(), isElement) && yield &&
           yield.getValues().size() == results &&
           llvm::all_of(yield.getValues().getTypes(), isElement);
  };
  if (!verifyBody(getCell(), gates, states) ||
      (isLate && !verifyBody(getReset(), early, 1)))
    return emitOpError("has a region whose arguments or results do not fit");
  return success();
}
