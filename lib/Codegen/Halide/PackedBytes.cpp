// Numbers become bytes by the integers next to them, and of these the lowest
// bits. Vector by vector that takes two instructions that bring the number
// within the byte's range, one that rounds (RoundedIntegers.cpp), and one,
// which counts as two, that takes the bits. Four vectors at once are converted
// by one instruction each, which rounds to the nearest integer, of two the even
// one, and narrowed by three in all, which saturate, to words and to bytes;
// each takes two vectors in parts of 128 bits, and at last one puts these in
// order. What saturates is the lower bound. The upper one stays, since what is
// too large, as a NaN, is converted to the least integer: a NaN became the
// lower bound before, and still does.
//
// Halide has no names for these instructions, but LLVM makes them of others. A
// call of its lrint for single numbers becomes one for vectors. Halide's
// functions for 256 bits take their operands from one vector: where they get
// them in the order in which they take them apart, each is one instruction, and
// two, for the halves of longer vectors, the one for 512 bits. LLVM leaves open
// what lrint gives for what is no integer, but has no other instruction for it.

#include "PackedBytes.h"
#include "HalideMath.h"
#include <cmath>
#include <optional>

using namespace Halide;
using namespace Halide::Internal;

namespace convopt {

/// The number that each lane of `e` is, if it is a constant.
static std::optional<double> constantNumber(const Expr &e) {
  if (const auto *broadcast = e.as<Broadcast>())
    return constantNumber(broadcast->value);
  if (const auto *number = e.as<FloatImm>())
    return number->value;
  return std::nullopt;
}

namespace {
/// min(value, bound) or max(value, bound).
struct Bounded {
  Expr value;
  double bound;
  bool above; ///< the smaller of the two
};
} // namespace

/// If it is what HalideMath.h's minNumber or maxNumber make with a constant.
static std::optional<Bounded> matchBounded(const Expr &e,
                                           const Scope<Expr> &lets) {
  const auto *variable = e.as<Variable>();
  const Expr definition =
      variable && lets.contains(variable->name) ? lets.get(variable->name) : e;
  const auto *chosen = definition.as<Select>();
  const Call *less =
      chosen ? Call::as_intrinsic(chosen->condition, {Call::strict_lt})
             : nullptr;
  if (!less)
    return std::nullopt;
  const Expr &value = chosen->true_value, &constant = chosen->false_value;
  const std::optional<double> bound = constantNumber(constant);
  if (!bound)
    return std::nullopt;
  if (equal(less->args[0], value) && equal(less->args[1], constant))
    return Bounded{value, *bound, true};
  if (equal(less->args[0], constant) && equal(less->args[1], value))
    return Bounded{value, *bound, false};
  return std::nullopt;
}

static Expr sliceOf(const Expr &e, int begin, int count) {
  return Shuffle::make_slice(e, begin, 1, count);
}

/// The integer that each lane of `e` is, if it is a constant.
static std::optional<int64_t> constantInteger(const Expr &e) {
  if (const auto *broadcast = e.as<Broadcast>())
    return constantInteger(broadcast->value);
  if (std::optional<int64_t> number = as_const_int(e))
    return number;
  if (std::optional<uint64_t> number = as_const_uint(e))
    return static_cast<int64_t>(*number);
  return std::nullopt;
}

namespace {
/// round(value) + offset, as an integer.
struct Rounded {
  Expr value;
  int64_t offset;
};
} // namespace

/// The float x of which `e` is roundingAddend + x as an integer, plus something
/// constant.
static std::optional<Rounded> matchRounded(Expr e) {
  uint32_t offset = 0;
  auto addConstant = [&](const Expr &other, const Expr &number, bool negative) {
    std::optional<int64_t> constant = constantInteger(number);
    if (!constant)
      return false;
    offset += static_cast<uint32_t>(negative ? -*constant : *constant);
    e = other;
    return true;
  };
  for (;;) {
    if (e.type().bits() != 32)
      return std::nullopt;
    if (const auto *bits = e.as<Reinterpret>()) {
      e = bits->value;
    } else if (const auto *cast = e.as<Cast>()) {
      if (!cast->value.type().is_int_or_uint())
        return std::nullopt;
      e = cast->value;
    } else if (const auto *add = e.as<Add>()) {
      if (e.type().is_float() || (!addConstant(add->a, add->b, false) &&
                                  !addConstant(add->b, add->a, false)))
        return std::nullopt;
    } else if (const auto *sub = e.as<Sub>()) {
      if (e.type().is_float() || !addConstant(sub->a, sub->b, true))
        return std::nullopt;
    } else if (const Call *sum = Call::as_intrinsic(
                   e, {Call::widen_right_add, Call::widen_right_sub})) {
      if (!addConstant(sum->args[0], sum->args[1],
                       sum->is_intrinsic(Call::widen_right_sub)))
        return std::nullopt;
    } else {
      break;
    }
  }
  const Call *sum = Call::as_intrinsic(e, {Call::strict_add});
  if (!sum || sum->type.element_of() != Float(32) ||
      constantNumber(sum->args[1]) != roundingAddend)
    return std::nullopt;
  return Rounded{sum->args[0],
                 static_cast<int32_t>(offset + roundingAddendBits)};
}

/// `a` and `b`, vectors of `bits`, narrowed by an instruction that takes lanes
/// of 128 bits of the one and of the other by turns.
static Expr packed(const char *function, const Type &to, const Expr &a,
                   const Expr &b, int bits) {
  const int half = a.type().lanes() / 2;
  const Expr a0 = sliceOf(a, 0, half), a1 = sliceOf(a, half, half),
             b0 = sliceOf(b, 0, half), b1 = sliceOf(b, half, half);
  if (bits == 512)
    return Shuffle::make_concat(
        {packed(function, to, a0, b0, 256), packed(function, to, a1, b1, 256)});
  // In concatenated slices LLVM finds the operands again.
  return Call::make(to.with_lanes(4 * half), function,
                    {Shuffle::make_concat({a0, b0, a1, b1})}, Call::PureExtern);
}

namespace {
/// Names for what is used more than once.
class Names {
public:
  Expr name(const Expr &value) {
    lets.emplace_back(unique_name("packed"), value);
    return Variable::make(value.type(), lets.back().first);
  }
  Expr around(Expr e) const {
    for (auto let = lets.rbegin(); let != lets.rend(); ++let)
      e = Let::make(let->first, let->second, e);
    return e;
  }

private:
  std::vector<std::pair<std::string, Expr>> lets;
};
} // namespace

/// `x`, four vectors of numbers, rounded, plus `offset`.
static Expr narrowed(const Expr &x, int64_t offset, bool isSigned, int bits) {
  const int lanes = bits / 32;
  Names names;
  Expr integers = Call::make(Int(32, 4 * lanes), "llvm.lrint.i32.f32", {x},
                             Call::PureExtern);
  // The least integer must not become a large one. Of words LLVM would not see
  // that they are halves of longer vectors.
  if (offset > 0)
    integers += make_const(integers.type(), offset);
  integers = names.name(integers);
  auto vector = [&](int i) {
    return names.name(sliceOf(integers, i * lanes, lanes));
  };
  auto wordsOf = [&](int first) {
    const Expr words =
        packed("packssdw", Int(16), vector(first), vector(first + 1), bits);
    return names.name(
        offset >= 0 ? words
                    : saturating_add(words, make_const(words.type(), offset)));
  };
  const Expr low = wordsOf(0), high = wordsOf(2);
  const Expr bytes = isSigned ? packed("packsswb", Int(8), low, high, bits)
                              : packed("packuswb", UInt(8), low, high, bits);
  // Each group of 16 has four bytes of each vector.
  std::vector<int> order;
  for (int i = 0; i < 4; ++i)
    for (int group = 0; group < lanes / 4; ++group)
      order.push_back(4 * group + i);
  return names.around(
      reinterpret(Int(8, 4 * lanes),
                  Shuffle::make({reinterpret(Int(32, lanes), bytes)}, order)));
}

Expr PackedBytes::visit(const Cast *op) {
  const int lanes = op->type.lanes();
  if (op->type.element_of() != Int(8) || lanes != 4 * vectorBits / 32)
    return IRMutator::visit(op);
  const std::optional<Rounded> rounded = matchRounded(op->value);
  const std::optional<Bounded> above =
      rounded ? matchBounded(rounded->value, lets) : std::nullopt;
  const std::optional<Bounded> below =
      above && above->above ? matchBounded(above->value, lets) : std::nullopt;
  if (!below || below->above)
    return IRMutator::visit(op);
  auto stored = [&](double bound) {
    return std::nearbyint(bound) + double(rounded->offset);
  };
  // Bytes with a sign or without, by their bounds.
  const bool isSigned = stored(below->bound) < 0;
  const double first = isSigned ? -128 : 0, last = first + 255;
  if (stored(below->bound) < first || stored(above->bound) > last)
    return IRMutator::visit(op);
  // A load in place of the name of what was loaded could read something else.
  const bool saturates = stored(below->bound) == first &&
                         below->value.as<Variable>() &&
                         std::abs(below->bound) < 1 << 14;
  const Expr most = make_const(above->value.type(), above->bound);
  const Expr x =
      saturates
          ? Select::make(Call::make(Bool(lanes), Call::strict_lt,
                                    {most, below->value}, Call::PureIntrinsic),
                         most, below->value)
          : mutate(rounded->value);
  return narrowed(x, rounded->offset, isSigned, vectorBits);
}

Expr PackedBytes::visit(const Let *op) {
  ScopedBinding<Expr> bind(lets, op->name, op->value);
  return IRMutator::visit(op);
}

Stmt PackedBytes::visit(const LetStmt *op) {
  ScopedBinding<Expr> bind(lets, op->name, op->value);
  return IRMutator::visit(op);
}

} // namespace convopt
