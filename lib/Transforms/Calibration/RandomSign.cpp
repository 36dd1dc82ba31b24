// Chance without a state, so that any element can be computed at any time and
// by vectors: the positions are hashed, by multiplications that wrap around,
// and one bit of the hash is the sign. A multiplication carries low bits to
// high ones alone; the last two steps bring the high ones back down and up
// again, as the ends of murmur hashes do.

#include "RandomSign.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace convopt {

Value randomSign(OpBuilder &builder, Location loc, Value seed,
                 ArrayRef<int64_t> dims) {
  auto constant = [&](uint32_t value) {
    return builder.create<arith::ConstantOp>(
        loc, builder.getI32IntegerAttr(static_cast<int32_t>(value)));
  };
  auto exclusiveOr = [&](Value a, Value b) -> Value {
    return builder.create<arith::XOrIOp>(loc, a, b);
  };
  auto times = [&](Value a, uint32_t factor) -> Value {
    return builder.create<arith::MulIOp>(loc, a, constant(factor));
  };
  auto shifted = [&](Value a, uint32_t bits) -> Value {
    return builder.create<arith::ShRUIOp>(loc, a, constant(bits));
  };
  Value hash = seed;
  for (int64_t dim : dims) {
    Value position = builder.create<arith::IndexCastOp>(
        loc, builder.getI32Type(), builder.create<linalg::IndexOp>(loc, dim));
    hash = times(exclusiveOr(hash, position), 0x9E3779B1);
    hash = exclusiveOr(hash, shifted(hash, 16));
  }
  hash = times(exclusiveOr(hash, shifted(hash, 15)), 0x85EBCA6B);
  // -1 or 0, then -1 or 1.
  Value sign = builder.create<arith::ShRSIOp>(loc, hash, constant(31));
  sign = builder.create<arith::OrIOp>(loc, sign, constant(1));
  return builder.create<arith::SIToFPOp>(loc, builder.getF32Type(), sign);
}

} // namespace convopt
