// Halide's passes walk expressions as trees, so the 2^n paths through n
// squarings in a row are all walked. The size of the tree is counted on the
// graph, a node's being the sum of its operands', each node visited once, and
// counting ends where the answer is known. A large expression is then passed
// over as a graph: only the positions that it reads at, which are small, are
// simplified. Small ones take Halide's own way, so that their code is what it
// always was.

#include "SharedExprs.h"
#include <map>

using namespace Halide;
using namespace Halide::Internal;

namespace convopt {

namespace {
/// Counts the nodes of a tree by those of the graph.
class TreeSize : public IRGraphVisitor {
public:
  static constexpr uint64_t large = 10000;
  uint64_t size = 0;

private:
  using IRGraphVisitor::include;
  void include(const Expr &e) override {
    auto [it, isNew] = sizes.try_emplace(e.get(), 0);
    if (isNew) {
      uint64_t before = std::exchange(size, 1);
      e.accept(this);
      it->second = size;
      size = before;
    }
    // Enough to know, and no overflow.
    size = std::min(size + it->second, large);
  }

  std::map<const IRNode *, uint64_t> sizes;
};

class SimplifyReads : public IRGraphMutator {
  using IRGraphMutator::visit;
  Expr visit(const Call *op) override {
    if (op->call_type != Call::Image && op->call_type != Call::Halide)
      return IRGraphMutator::visit(op);
    std::vector<Expr> args;
    args.reserve(op->args.size());
    for (const Expr &arg : op->args)
      args.push_back(isLargeAsTree(arg) ? mutate(arg) : simplify(arg));
    return Call::make(op->type, op->name, args, op->call_type, op->func,
                      op->value_index, op->image, op->param);
  }
};

/// Every operation on floating point as a strict one, as strict_float does.
class Strictify : public IRGraphMutator {
  using IRGraphMutator::visit;

  template <typename T>
  Expr binary(const T *op, Call::IntrinsicOp strict, bool isSwapped = false) {
    Expr a = mutate(op->a), b = mutate(op->b);
    if (!a.type().is_float())
      return T::make(a, b);
    if (isSwapped)
      std::swap(a, b);
    return Call::make(op->type, strict, {a, b}, Call::PureIntrinsic);
  }
  Expr visit(const Add *op) override { return binary(op, Call::strict_add); }
  Expr visit(const Sub *op) override { return binary(op, Call::strict_sub); }
  Expr visit(const Mul *op) override { return binary(op, Call::strict_mul); }
  Expr visit(const Div *op) override { return binary(op, Call::strict_div); }
  Expr visit(const Min *op) override { return binary(op, Call::strict_min); }
  Expr visit(const Max *op) override { return binary(op, Call::strict_max); }
  Expr visit(const LT *op) override { return binary(op, Call::strict_lt); }
  Expr visit(const LE *op) override { return binary(op, Call::strict_le); }
  Expr visit(const GT *op) override {
    return binary(op, Call::strict_lt, true);
  }
  Expr visit(const GE *op) override {
    return binary(op, Call::strict_le, true);
  }
  Expr visit(const EQ *op) override { return binary(op, Call::strict_eq); }
  /// Strict already: another copy at each level would double them.
  Expr visit(const Call *op) override {
    return op->name.rfind("is_nan_f", 0) == 0 ? op : IRGraphMutator::visit(op);
  }
  Expr visit(const NE *op) override {
    Expr equal = mutate(EQ::make(op->a, op->b));
    return !equal;
  }
};

class FindData : public IRGraphVisitor {
public:
  bool found = false;

private:
  using IRGraphVisitor::include;
  using IRGraphVisitor::visit;
  void include(const Expr &e) override {
    if (!found)
      IRGraphVisitor::include(e);
  }
  void visit(const Variable *) override { found = true; }
  void visit(const Call *op) override {
    found = found || !op->is_pure();
    IRGraphVisitor::visit(op);
  }
};
} // namespace

bool isLargeAsTree(const Expr &e) {
  TreeSize visitor;
  e.accept(&visitor);
  return visitor.size + 1 >= TreeSize::large;
}

Expr simplifyShared(const Expr &e) {
  return isLargeAsTree(e) ? SimplifyReads().mutate(e) : simplify(e);
}

Expr isNaN(const Expr &x) {
  if (!isLargeAsTree(x))
    return is_nan(x);
  // Every number of a half type is one of f32.
  const bool isDouble = x.type().bits() == 64;
  Expr number = Strictify().mutate(isDouble ? x : cast(Float(32), x));
  return Call::make(Bool(), isDouble ? "is_nan_f64" : "is_nan_f32", {number},
                    Call::PureExtern);
}

bool dependsOnData(const Expr &e) {
  FindData visitor;
  e.accept(&visitor);
  return visitor.found;
}

} // namespace convopt
