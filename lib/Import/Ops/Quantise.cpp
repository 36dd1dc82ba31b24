// QuantizeLinear and DequantizeLinear: a number stands for (number - zero
// point) times scale. Scales and zero points belong to a tensor, to an index
// of one axis (an output channel), or to a block of indices.
#include "Quantise.h"
#include "Float8.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;
using llvm::Expected;

namespace convopt {

/// The integer that an i32 of a body is, if it is a constant, perhaps extended.
static std::optional<int64_t> knownInteger(Value value) {
  Operation *op = value.getDefiningOp();
  if (isa_and_nonnull<arith::ExtSIOp, arith::ExtUIOp>(op)) {
    auto constant = op->getOperand(0).getDefiningOp<arith::ConstantOp>();
    if (!constant)
      return std::nullopt;
    const llvm::APInt &number =
        cast<IntegerAttr>(constant.getValue()).getValue();
    return isa<arith::ExtUIOp>(op) ? static_cast<int64_t>(number.getZExtValue())
                                   : number.getSExtValue();
  }
  if (auto constant = dyn_cast_if_present<arith::ConstantOp>(op))
    return cast<IntegerAttr>(constant.getValue()).getInt();
  return std::nullopt;
}

Value quantise(Scalar &s, Value x, Value zero, ElementKind kind,
               bool saturate) {
  if (isFloat8(kind))
    return encodeFloat8(s, x, kind, {saturate});
  Scalar integer(s.builder, s.loc, ElementKind::I32);
  Scalar result(s.builder, s.loc, kind);
  const int bits = static_cast<int>(8 * byteSize(kind));
  const int64_t least = isUnsigned(kind) ? 0 : -(int64_t(1) << (bits - 1));
  const int64_t most = least + (int64_t(1) << bits) - 1;
  std::optional<int64_t> offset = zero ? knownInteger(zero) : 0;
  // NaN becomes the least. With a zero point that is known one clamp does: the
  // limits are integers, so it may come before rounding. Else this one is
  // beyond any zero point, and exact as i32.
  constexpr int64_t beyond = 1 << 20;
  const auto low = static_cast<double>(offset ? least - *offset : -beyond);
  const auto high = static_cast<double>(offset ? most - *offset : beyond);
  x = s.maxNumber(x, s.constant(low));
  x = s.select(s.less(x, s.constant(high)), x, s.constant(high));
  Value number = integer.convert(s.math<math::RoundEvenOp>(x), s.kind);
  if (zero && offset != 0)
    number = integer.add(number, zero);
  if (!offset) {
    number = integer.max(number, integer.intConstant(least));
    number = integer.min(number, integer.intConstant(most));
  }
  return result.convert(number, ElementKind::I32);
}

Expected<Operand> spreadOver(Node &node, size_t i, ArrayRef<int64_t> shape,
                             int64_t axis, int64_t block) {
  Shape own(node.inputShape(i));
  auto refuse = [&] {
    return node.error("input " + Twine(i) + " does not fit the tensor");
  };
  auto reshaped = [&](ArrayRef<int64_t> to) -> Operand {
    if (node.constant(i) && node.constant(i)->isSplat())
      return Operand(node, i);
    return reshapedInput(node, i, to);
  };
  const auto rank = static_cast<int64_t>(shape.size());
  if (block == 0) {
    if (*countElements(own) == 1)
      return reshaped({});
    if (own.size() != 1 || axis < 0 || axis >= rank || own[0] != shape[axis])
      return refuse();
    Shape column(rank - axis, 1);
    column[0] = own[0];
    return reshaped(column);
  }
  Shape blocks(shape);
  if (axis >= 0 && axis < rank)
    blocks[axis] = llvm::divideCeil(blocks[axis], block);
  if (block < 1 || axis < 0 || axis >= rank || own != blocks)
    return refuse();
  Value x = node.input(i);
  Value whole = generate(
      node, shape, node.inputKind(i), [&](Scalar &s, ArrayRef<Value> at) {
        SmallVector<Value> from(at);
        Value size = s.builder.create<arith::ConstantIndexOp>(s.loc, block);
        from[axis] = s.builder.create<arith::DivUIOp>(s.loc, at[axis], size);
        return s.builder.create<tensor::ExtractOp>(s.loc, x, from).getResult();
      });
  return Operand(whole);
}

/// Input 0, its scale and its zero point if there is one.
static Expected<SmallVector<Operand>> readOperands(Node &node) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  const auto rank = static_cast<int64_t>(shape.size());
  const int64_t block = node.getInt("block_size", 0);
  int64_t axis = node.getInt("axis", 1);
  axis += axis < 0 ? rank : 0;
  SmallVector<Operand> operands{Operand(node, 0)};
  for (size_t i = 1; i < 3; ++i) {
    if (!node.hasInput(i))
      continue;
    auto operand = spreadOver(node, i, shape, axis, block);
    if (!operand)
      return operand.takeError();
    operands.push_back(*operand);
  }
  return operands;
}

/// A scale, in f32 or f64.
static Value readScale(Scalar &s, Value scale, ElementKind kind) {
  if (!isFloat8(kind))
    return s.convert(scale, kind);
  Scalar single(s.builder, s.loc, ElementKind::F32);
  return s.convert(decodeFloat8(single, scale, kind), single.kind);
}

static Error importQuantizeLinear(Node &node) {
  auto operands = readOperands(node);
  if (!operands)
    return operands.takeError();
  ElementKind from = node.inputKind(0), scale = node.inputKind(1);
  ElementKind to = node.outputKind(0);
  const bool saturate = node.getInt("saturate", 1) != 0;
  // f32 does not hold all of i32.
  ElementKind wide =
      from == ElementKind::I32 ? ElementKind::F64 : ElementKind::F32;
  Value result =
      elementwise(node, *operands, node.outputShape(0), to,
                  [&](Scalar &s, ArrayRef<Value> a) {
                    Scalar number(s.builder, s.loc, wide);
                    Scalar integer(s.builder, s.loc, ElementKind::I32);
                    Value x = number.div(number.convert(a[0], from),
                                         readScale(number, a[1], scale));
                    // That of an 8-bit float is nought.
                    Value zero = a.size() > 2 && !isFloat8(to)
                                     ? integer.convert(a[2], to)
                                     : Value();
                    return quantise(number, x, zero, to, saturate);
                  });
  return node.setOutput(0, result);
}

static Error importDequantizeLinear(Node &node) {
  auto operands = readOperands(node);
  if (!operands)
    return operands.takeError();
  ElementKind from = node.inputKind(0), scale = node.inputKind(1);
  ElementKind to = node.outputKind(0);
  Value result =
      elementwise(node, *operands, node.outputShape(0), to,
                  [&](Scalar &s, ArrayRef<Value> a) {
                    Scalar single(s.builder, s.loc, ElementKind::F32);
                    Scalar integer(s.builder, s.loc, ElementKind::I32);
                    Value x = a[0];
                    if (isFloat8(from)) {
                      x = decodeFloat8(single, x, from);
                    } else {
                      x = integer.convert(x, from);
                      if (a.size() > 2)
                        x = integer.sub(x, integer.convert(a[2], from));
                      x = single.convert(x, integer.kind);
                    }
                    x = single.mul(x, readScale(single, a[1], scale));
                    return s.convert(x, single.kind);
                  });
  return node.setOutput(0, result);
}

void registerQuantiseOps(OpTable &table) {
  table["QuantizeLinear"] = importQuantizeLinear;
  table["DequantizeLinear"] = importDequantizeLinear;
}

} // namespace convopt
