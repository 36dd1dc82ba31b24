// A schedule depends on how memory is walked through: which loop moves a read
// by one element decides along which loop to make vectors, and loops that all
// reads and the write walk as one need not be two. That is read off the final
// expression, not off the operations: transpositions, reshapes and slices on
// the way to memory have become arithmetic there, and often cancelled. A
// position that is not affine in a loop makes that loop irregular, and it is
// left as it is.

#include "ReadStrides.h"
#include "SharedExprs.h"
#include <algorithm>

using namespace Halide;
using namespace Halide::Internal;

namespace convopt {

/// By how much an affine `e` grows with `var`; nothing if it is not affine.
static std::optional<int64_t> coefficient(const Expr &e, const Var &var) {
  if (!expr_uses_var(e, var.name()))
    return 0;
  auto sum = [&](const Expr &a, const Expr &b,
                 int64_t sign) -> std::optional<int64_t> {
    std::optional<int64_t> x = coefficient(a, var), y = coefficient(b, var);
    if (!x || !y)
      return std::nullopt;
    return *x + sign * *y;
  };
  auto scaled = [&](const Expr &a, const Expr &b) -> std::optional<int64_t> {
    auto factor = as_const_int(b);
    std::optional<int64_t> x = coefficient(a, var);
    if (!factor || !x)
      return std::nullopt;
    return *x * *factor;
  };
  if (e.as<Variable>())
    return 1;
  if (auto *add = e.as<Add>())
    return sum(add->a, add->b, 1);
  if (auto *sub = e.as<Sub>())
    return sum(sub->a, sub->b, -1);
  if (auto *mul = e.as<Mul>())
    return as_const_int(mul->a) ? scaled(mul->b, mul->a)
                                : scaled(mul->a, mul->b);
  return std::nullopt;
}

namespace {
class ReadVisitor : public IRGraphVisitor {
public:
  explicit ReadVisitor(const std::vector<Var> &vars) : vars(vars) {
    found.irregular.assign(vars.size(), false);
  }
  ReadStrides found;

private:
  using IRGraphVisitor::visit;

  void visit(const Variable *op) override {
    for (size_t d = 0; d < vars.size(); ++d)
      if (op->name == vars[d].name())
        found.irregular[d] = true;
  }

  void visit(const Call *op) override {
    bool isRead = op->call_type == Call::Image || op->call_type == Call::Halide;
    std::vector<int64_t> strides;
    if (isRead && op->args.size() == 1)
      for (const Var &var : vars)
        if (std::optional<int64_t> c = coefficient(op->args[0], var))
          strides.push_back(*c);
    if (strides.size() == vars.size() && isRead && op->args.size() == 1)
      found.reads.push_back(std::move(strides));
    else
      IRGraphVisitor::visit(op);
  }

  const std::vector<Var> &vars;
};
} // namespace

ReadStrides readStrides(const Expr &value, const std::vector<Var> &vars) {
  ReadVisitor visitor(vars);
  value.accept(&visitor);
  return std::move(visitor.found);
}

MergedLoops mergeLoops(Expr &value, const ElementLoops &old) {
  const ReadStrides strides = readStrides(value, old.vars);
  MergedLoops merged;
  ElementLoops &loops = merged.loops;
  size_t first = 0; // The innermost old loop within the newest.
  int steps = 1;
  auto extends = [&](size_t d) {
    if (strides.irregular[first] || strides.irregular[d])
      return false;
    return std::all_of(strides.reads.begin(), strides.reads.end(),
                       [&](const std::vector<int64_t> &read) {
                         return read[d] == read[first] * steps;
                       });
  };
  for (size_t d = 0; d < old.vars.size(); ++d) {
    if (old.extents[d] == 1) {
      value = graph_substitute(old.vars[d].name(), Expr(0), value);
      merged.from.emplace_back(0, 0);
      continue;
    }
    if (!loops.vars.empty() && extends(d)) {
      value = graph_substitute(old.vars[d].name(), Expr(0), value);
      merged.from.emplace_back(loops.vars.size() - 1, steps);
      loops.extents.back() *= old.extents[d];
    } else {
      first = d;
      steps = 1;
      merged.from.emplace_back(loops.vars.size(), 1);
      loops.vars.push_back(old.vars[d]);
      loops.extents.push_back(old.extents[d]);
    }
    steps *= old.extents[d];
  }
  if (loops.vars.empty() && !old.vars.empty()) {
    loops.vars.push_back(old.vars[0]);
    loops.extents.push_back(1);
  }
  value = simplifyShared(value);
  return merged;
}

std::optional<Transposed> findTransposed(const Expr &value,
                                         const std::vector<Var> &vars) {
  const ReadStrides strides = readStrides(value, vars);
  std::optional<Transposed> result;
  for (size_t d = 1; d < vars.size() && !result; ++d)
    for (const std::vector<int64_t> &read : strides.reads)
      if (read[d] == 1 && read[0] > 1)
        result = {d, true, read[0]};
  if (!result)
    return result;
  for (const std::vector<int64_t> &read : strides.reads) {
    bool moves = std::any_of(read.begin(), read.end(),
                             [](int64_t stride) { return stride != 0; });
    if (read[result->loop] == 1 && read[0] > 1)
      result->jump = std::max(result->jump, read[0]);
    else if (moves)
      result->everyRead = false;
  }
  for (bool irregular : strides.irregular)
    result->everyRead = result->everyRead && !irregular;
  return result;
}

} // namespace convopt
