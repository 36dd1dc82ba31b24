// Elements are asked for, not made: at(tensor, index) gives one element as an
// expression and asks for the elements of the operands that it depends on,
// through indexing maps and movements of data, until something is reached that
// has memory. What a chain of operations moves about thus ends as arithmetic on
// an index, and no element is stored in between. A Func for each operation,
// inlined by Halide, would come to the same, but hide from us how memory is
// read, by which schedules are chosen (ReadStrides). Expressions are graphs: an
// element that is asked for twice is the same node.

#include "BodyTranslator.h"
#include "HalideMath.h"
#include "ScalarOps.h"
#include "convopt/IR/Constants.h"
#include "mlir/IR/AffineExpr.h"

using namespace mlir;
using Halide::Expr;
namespace H = Halide;

namespace convopt {

ArrayRef<int64_t> shapeOf(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getShape();
}

[[noreturn]] static void unsupported(Operation *op) {
  throw std::runtime_error("operation '" + op->getName().getStringRef().str() +
                           "' cannot stand in a kernel");
}

static Expr translateAffine(AffineExpr expr, const Index &dims) {
  if (auto constant = dyn_cast<AffineConstantExpr>(expr))
    return Expr(static_cast<int32_t>(constant.getValue()));
  if (auto dim = dyn_cast<AffineDimExpr>(expr))
    return dims[dim.getPosition()];
  auto binary = cast<AffineBinaryOpExpr>(expr);
  Expr a = translateAffine(binary.getLHS(), dims);
  Expr b = translateAffine(binary.getRHS(), dims);
  switch (expr.getKind()) {
  case AffineExprKind::Add:
    return a + b;
  case AffineExprKind::Mul:
    return a * b;
  case AffineExprKind::FloorDiv: // Halide's division by a positive number.
    return a / b;
  case AffineExprKind::CeilDiv:
    return (a + b - 1) / b;
  case AffineExprKind::Mod:
    return a % b;
  default:
    throw std::runtime_error("an indexing map has symbols");
  }
}

Index applyMap(AffineMap map, const Index &dims) {
  Index index;
  for (AffineExpr expr : map.getResults())
    index.push_back(translateAffine(expr, dims));
  return index;
}

void BodyTranslator::define(Value tensor, Reader reader) {
  readers[tensor] = std::move(reader);
}

void BodyTranslator::definePositions(Value tensor,
                                     std::function<Expr(Expr)> reader) {
  positionReaders[tensor] = std::move(reader);
}

Expr BodyTranslator::atPosition(Value tensor, Expr position) {
  while (Operation *op = tensor.getDefiningOp()) {
    if (readers.count(tensor) ||
        !isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op))
      break;
    tensor = op->getOperand(0);
  }
  if (auto it = positionReaders.find(tensor); it != positionReaders.end())
    return it->second(position);
  return at(tensor, delinearise(shapeOf(tensor), position));
}

Expr BodyTranslator::at(Value tensor, const Index &index) {
  if (auto it = readers.find(tensor); it != readers.end())
    return it->second(index);
  if (auto it = positionReaders.find(tensor); it != positionReaders.end())
    return it->second(linearise(shapeOf(tensor), index));
  Key key{tensor.getAsOpaquePointer(), {}};
  for (const Expr &e : index)
    key.second.push_back(e.get());
  if (auto it = computed.find(key); it != computed.end())
    return it->second.second;
  Expr result = compute(cast<OpResult>(tensor), index);
  computed[key] = {index, result};
  return result;
}

Expr BodyTranslator::scalar(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    throw std::runtime_error("a kernel's body uses a scalar from outside");
  if (auto extract = dyn_cast<tensor::ExtractOp>(op)) {
    Index index;
    for (Value i : extract.getIndices())
      index.push_back(scalar(i));
    return at(extract.getTensor(), index);
  }
  SmallVector<Expr> operands;
  for (Value operand : op->getOperands())
    operands.push_back(scalar(operand));
  Expr result = translateScalarOp(op, operands);
  if (!result.defined())
    unsupported(op);
  return result;
}

std::vector<Expr> BodyTranslator::evaluate(linalg::LinalgOp op,
                                           const Index &loops,
                                           ArrayRef<Expr> old) {
  Block &block = op->getRegion(0).front();
  DenseMap<Value, Expr> values;
  for (OpOperand &operand : op->getOpOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(&operand);
    if (argument.use_empty())
      continue;
    if (op.isDpsInit(&operand))
      values[argument] = old[operand.getOperandNumber() - op.getNumDpsInputs()];
    else if (!isa<RankedTensorType>(operand.get().getType()))
      values[argument] = scalar(operand.get());
    else
      values[argument] = at(
          operand.get(), applyMap(op.getMatchingIndexingMap(&operand), loops));
  }
  auto valueOf = [&](Value value) {
    auto it = values.find(value);
    return it != values.end() ? it->second : scalar(value);
  };
  for (Operation &inner : block.without_terminator()) {
    Expr result;
    if (auto position = dyn_cast<linalg::IndexOp>(inner)) {
      result = loops[position.getDim()];
    } else if (auto extract = dyn_cast<tensor::ExtractOp>(inner)) {
      Index index; // Data may hold any index: nothing is read outside.
      for (auto [i, extent] :
           llvm::zip_equal(extract.getIndices(), shapeOf(extract.getTensor())))
        index.push_back(
            H::clamp(valueOf(i), 0, static_cast<int32_t>(extent) - 1));
      result = at(extract.getTensor(), index);
    } else if (Value x = matchSigmoid(&inner)) {
      result = sigmoidOf(valueOf(x));
    } else {
      SmallVector<Expr> operands;
      for (Value operand : inner.getOperands())
        operands.push_back(valueOf(operand));
      result = translateScalarOp(&inner, operands);
    }
    if (!result.defined())
      unsupported(&inner);
    values[inner.getResult(0)] = result;
  }
  std::vector<Expr> yielded;
  for (Value value : block.getTerminator()->getOperands())
    yielded.push_back(valueOf(value));
  return yielded;
}

Expr BodyTranslator::initialAt(linalg::LinalgOp op, unsigned number,
                               const Index &index) {
  return at(op.getDpsInitOperand(number)->get(), index);
}

Expr BodyTranslator::computeParallel(linalg::LinalgOp op, unsigned number,
                                     const Index &index) {
  // The result's map is a permutation of the loops.
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInitOperand(number));
  Index loops(op.getNumLoops());
  for (auto [expr, i] : llvm::zip_equal(map.getResults(), index))
    loops[cast<AffineDimExpr>(expr).getPosition()] = i;
  std::vector<Expr> old;
  for (unsigned i = 0; i < op.getNumDpsInits(); ++i) {
    bool isRead =
        !op.getMatchingBlockArgument(op.getDpsInitOperand(i)).use_empty();
    old.push_back(isRead ? initialAt(op, i, index) : Expr());
  }
  return evaluate(op, loops, old)[number];
}

Expr BodyTranslator::compute(OpResult tensor, const Index &index) {
  Operation *op = tensor.getOwner();
  if (isa<tensor::EmptyOp>(op))
    return H::Internal::make_zero(
        computeType(cast<RankedTensorType>(tensor.getType()).getElementType()));
  if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
    auto dense = dyn_cast<DenseElementsAttr>(constant.getValue());
    if (!dense || !dense.isSplat())
      unsupported(op);
    return constantExpr(cast<TypedAttr>(dense.getSplatValue<Attribute>()));
  }
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return computeParallel(linalgOp, tensor.getResultNumber(), index);
  if (auto pad = dyn_cast<tensor::PadOp>(op))
    return computePad(pad, index);
  if (auto concat = dyn_cast<tensor::ConcatOp>(op))
    return computeConcat(concat, index);
  if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
    return computeInsert(insert, index);
  if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(op))
    return computeReshape(op, index);
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
    Index source;
    llvm::SmallBitVector dropped = slice.getDroppedDims();
    unsigned next = 0;
    for (unsigned d = 0; d < dropped.size(); ++d) {
      Expr i = dropped[d] ? Expr(0) : index[next++];
      source.push_back(i * static_cast<int32_t>(slice.getStaticStride(d)) +
                       static_cast<int32_t>(slice.getStaticOffset(d)));
    }
    return at(slice.getSource(), source);
  }
  unsupported(op);
}

} // namespace convopt
