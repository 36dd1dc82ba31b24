// The equations of LSTM, GRU and RNN for one unit, as scalars. A threshold
// (`clip`) bounds what activations are given, as in ONNX Runtime.
#include "Cells.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using llvm::Expected;

namespace convopt {

using Apply = Value (*)(Scalar &, Value, double, double);

namespace {
/// How an activation is called, and which of alpha and beta it takes.
struct NamedActivation {
  const char *name;
  std::optional<double> alpha, beta; ///< their defaults
  Apply apply;
};
} // namespace

static Value elu(Scalar &s, Value x, double alpha, double) {
  Value zero = s.constant(0);
  Value below = s.math<math::ExpM1Op>(s.min(x, zero));
  return s.select(s.less(zero, x), x, s.mul(below, s.constant(alpha)));
}

static const NamedActivation activations[] = {
    {"affine", 1, 0,
     [](Scalar &s, Value x, double alpha, double beta) {
       return s.add(s.mul(x, s.constant(alpha)), s.constant(beta));
     }},
    {"elu", 1, std::nullopt, elu},
    {"hardsigmoid", 0.2f, 0.5,
     [](Scalar &s, Value x, double alpha, double beta) {
       Value line = s.add(s.mul(x, s.constant(alpha)), s.constant(beta));
       return s.clamp(line, 0, 1);
     }},
    {"leakyrelu", 0.01f, std::nullopt,
     [](Scalar &s, Value x, double alpha, double) {
       return s.select(s.less(x, s.constant(0)), s.mul(x, s.constant(alpha)),
                       x);
     }},
    {"relu", std::nullopt, std::nullopt,
     [](Scalar &s, Value x, double, double) {
       return s.max(x, s.constant(0));
     }},
    {"scaledtanh", 1, 1,
     [](Scalar &s, Value x, double alpha, double beta) -> Value {
       Value inner = s.math<math::TanhOp>(s.mul(x, s.constant(beta)));
       return s.mul(inner, s.constant(alpha));
     }},
    {"sigmoid", std::nullopt, std::nullopt,
     [](Scalar &s, Value x, double, double) { return s.sigmoid(x); }},
    {"softplus", std::nullopt, std::nullopt,
     [](Scalar &s, Value x, double, double) { return s.softplus(x); }},
    {"softsign", std::nullopt, std::nullopt,
     [](Scalar &s, Value x, double, double) {
       return s.div(x, s.add(s.constant(1), s.abs(x)));
     }},
    {"tanh", std::nullopt, std::nullopt,
     [](Scalar &s, Value x, double, double) -> Value {
       return s.math<math::TanhOp>(x);
     }},
    {"thresholdedrelu", 1, std::nullopt,
     [](Scalar &s, Value x, double alpha, double) {
       return s.select(s.less(s.constant(alpha), x), x, s.constant(0));
     }},
};

Expected<std::vector<CellActivation>>
readActivations(const Node &node, ArrayRef<const char *> fallback,
                int64_t directions) {
  std::vector<std::string> names = node.getStrings("activations");
  if (names.empty())
    for (int64_t d = 0; d < directions; ++d)
      names.insert(names.end(), fallback.begin(), fallback.end());
  if (names.size() != fallback.size() * static_cast<size_t>(directions))
    return node.error("needs " + Twine(fallback.size() * directions) +
                      " activations, not " + Twine(names.size()));
  auto alphas =
      node.getFloats("activation_alpha").value_or(std::vector<double>());
  auto betas =
      node.getFloats("activation_beta").value_or(std::vector<double>());
  size_t nextAlpha = 0, nextBeta = 0;
  // Each takes the next of the list, if it takes one at all.
  auto take = [](std::optional<double> standard, ArrayRef<double> list,
                 size_t &next) {
    if (!standard)
      return 0.0;
    return next < list.size() ? list[next++] : *standard;
  };
  std::vector<CellActivation> result;
  for (const std::string &name : names) {
    const auto *found = llvm::find_if(activations, [&](const auto &entry) {
      return llvm::StringRef(name).equals_insensitive(entry.name);
    });
    if (found == std::end(activations))
      return node.error("activation '" + Twine(name) + "' is not supported");
    result.push_back({found->apply, take(found->alpha, alphas, nextAlpha),
                      take(found->beta, betas, nextBeta)});
  }
  return result;
}

Value Cell::activate(Scalar &s, size_t which, Value x) const {
  if (clip > 0)
    x = s.clamp(x, -clip, clip);
  return activations[which](s, x);
}

/// Gates i, o, f and c; the parameters are the peepholes of i, o and f.
SmallVector<Value> Cell::stepLstm(Scalar &s, const CellArguments &a) const {
  Value c = a.states[1];
  auto gate = [&](size_t g, Value peeped) {
    Value sum = s.add(a.inputs[g], a.sums[g]);
    if (!a.parameters.empty() && g < 3)
      sum = s.add(sum, s.mul(a.parameters[g], peeped));
    return sum;
  };
  Value input = activate(s, 0, gate(0, c));
  Value forget =
      coupled ? s.sub(s.constant(1), input) : activate(s, 0, gate(2, c));
  Value candidate = activate(s, 1, gate(3, nullptr));
  Value next = s.add(s.mul(forget, c), s.mul(input, candidate));
  Value output = activate(s, 0, gate(1, next));
  Value shown = activations[2](s, next);
  return {s.mul(output, shown), next};
}

Value Cell::reset(Scalar &s, const CellArguments &a) const {
  Value gate = activate(s, 0, s.add(a.inputs[1], a.sums[1]));
  return s.mul(gate, a.states[0]);
}

/// Gates z, r and h. Without late gates the parameter is the bias that r
/// multiplies too.
Value Cell::stepGru(Scalar &s, const CellArguments &a) const {
  Value update = activate(s, 0, s.add(a.inputs[0], a.sums[0]));
  Value inner = a.sums[2];
  if (early == gates) {
    if (!a.parameters.empty())
      inner = s.add(inner, a.parameters[0]);
    Value gate = activate(s, 0, s.add(a.inputs[1], a.sums[1]));
    inner = s.mul(gate, inner);
  }
  Value candidate = activate(s, 1, s.add(a.inputs[2], inner));
  return s.add(s.mul(s.sub(s.constant(1), update), candidate),
               s.mul(update, a.states[0]));
}

SmallVector<Value> Cell::step(Scalar &s, const CellArguments &a) const {
  if (kind == "lstm")
    return stepLstm(s, a);
  if (kind == "gru")
    return {stepGru(s, a)};
  return {activate(s, 0, s.add(a.inputs[0], a.sums[0]))};
}

} // namespace convopt
