#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

static Error importRelu(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) {
    return s.max(x[0], s.intConstant(0));
  });
}

static Error importLeakyRelu(Node &node) {
  double alpha = node.getFloat("alpha", 0.01f);
  return importElementwise(node, [&](Scalar &s, ArrayRef<Value> x) {
    Value scaled = s.mul(x[0], s.constant(alpha));
    return s.select(s.less(x[0], s.constant(0)), scaled, x[0]);
  });
}

static Error importThresholdedRelu(Node &node) {
  double alpha = node.getFloat("alpha", 1);
  return importElementwise(node, [&](Scalar &s, ArrayRef<Value> x) {
    return s.select(s.less(s.constant(alpha), x[0]), x[0], s.constant(0));
  });
}

static Error importPRelu(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) {
    return s.select(s.less(x[0], s.intConstant(0)), s.mul(x[0], x[1]), x[0]);
  });
}

/// scale * (x > 0 ? x : alpha * (exp(x / slope) - 1)). The exponential sees
/// no positive x, so that it cannot overflow.
static Error importExponential(Node &node, double alpha, double scale,
                               double slope = 1) {
  return importElementwise(node, [&](Scalar &s, ArrayRef<Value> x) {
    Value zero = s.constant(0);
    Value below = s.min(x[0], zero);
    if (slope != 1)
      below = s.div(below, s.constant(slope));
    Value tail = s.mul(s.math<math::ExpM1Op>(below), s.constant(alpha * scale));
    Value head = scale == 1 ? x[0] : s.mul(x[0], s.constant(scale));
    return s.select(s.less(zero, x[0]), head, tail);
  });
}

static Error importElu(Node &node) {
  return importExponential(node, node.getFloat("alpha", 1), 1);
}

static Error importSelu(Node &node) {
  return importExponential(node,
                           node.getFloat("alpha", 1.67326319217681884765625),
                           node.getFloat("gamma", 1.05070102214813232421875));
}

static Error importCelu(Node &node) {
  double alpha = node.getFloat("alpha", 1);
  if (alpha == 0)
    return node.error("attribute 'alpha' must not be 0");
  return importExponential(node, alpha, 1, alpha);
}

static Error importSigmoid(Node &node) {
  return importElementwise(
      node, [](Scalar &s, ArrayRef<Value> x) { return s.sigmoid(x[0]); });
}

static Value hardSigmoid(Scalar &s, Value x, double alpha, double beta) {
  Value line = s.add(s.mul(x, s.constant(alpha)), s.constant(beta));
  return s.clamp(line, 0, 1);
}

static Error importHardSigmoid(Node &node) {
  double alpha = node.getFloat("alpha", 0.2f);
  double beta = node.getFloat("beta", 0.5);
  return importElementwise(node, [&](Scalar &s, ArrayRef<Value> x) {
    return hardSigmoid(s, x[0], alpha, beta);
  });
}

static Error importHardSwish(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) {
    return s.mul(x[0], hardSigmoid(s, x[0], 1.0 / 6, 0.5));
  });
}

/// x * sigmoid(alpha * x)
static Error importSwish(Node &node) {
  double alpha = node.getFloat("alpha", 1);
  return importElementwise(node, [&](Scalar &s, ArrayRef<Value> x) {
    Value inner = alpha == 1 ? x[0] : s.mul(x[0], s.constant(alpha));
    return s.mul(x[0], s.sigmoid(inner));
  });
}

static Error importSoftplus(Node &node) {
  return importElementwise(
      node, [](Scalar &s, ArrayRef<Value> x) { return s.softplus(x[0]); });
}

static Error importSoftsign(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) {
    return s.div(x[0], s.add(s.constant(1), s.abs(x[0])));
  });
}

static Error importMish(Node &node) {
  return importElementwise(node, [](Scalar &s, ArrayRef<Value> x) {
    return s.mul(x[0], s.math<math::TanhOp>(s.softplus(x[0])));
  });
}

static Error importGelu(Node &node) {
  bool tanh = node.getString("approximate", "none") == "tanh";
  return importElementwise(node, [&](Scalar &s, ArrayRef<Value> x) {
    Value inner;
    if (tanh) {
      Value cube = s.mul(s.mul(x[0], x[0]), x[0]);
      Value sum = s.add(x[0], s.mul(cube, s.constant(0.044715)));
      inner = s.math<math::TanhOp>(
          s.mul(sum, s.constant(0.79788456080286535588))); // sqrt(2/pi)
    } else {
      inner = s.math<math::ErfOp>(
          s.mul(x[0], s.constant(0.70710678118654752440))); // sqrt(1/2)
    }
    Value half = s.mul(x[0], s.constant(0.5));
    return s.mul(half, s.add(inner, s.constant(1)));
  });
}

/// Bounds are attributes up to opset 10, then inputs that may be missing.
static Error importClip(Node &node) {
  SmallVector<Operand> operands{Operand(node, 0)};
  bool hasLow = node.hasInput(1), hasHigh = node.hasInput(2);
  for (size_t i : {1, 2}) {
    if (!node.hasInput(i))
      continue;
    if (node.inputShape(i).size() > 1 ||
        *countElements(node.inputShape(i)) != 1)
      return node.error("a bound is not a scalar");
    operands.push_back(Operand(node, i));
  }
  ElementKind kind = node.inputKind(0);
  Value result = elementwise(
      node, operands, node.outputShape(0), kind,
      [&](Scalar &s, ArrayRef<Value> x) {
        Value clipped = x[0];
        if (hasLow)
          clipped = s.max(clipped, x[1]);
        else if (node.hasAttribute("min"))
          clipped = s.max(clipped, s.constant(node.getFloat("min", 0)));
        if (hasHigh)
          clipped = s.min(clipped, x[hasLow ? 2 : 1]);
        else if (node.hasAttribute("max"))
          clipped = s.min(clipped, s.constant(node.getFloat("max", 0)));
        return clipped;
      });
  return node.setOutput(0, result);
}

/// x < -lambd: x + bias; x > lambd: x - bias; else 0.
static Error importShrink(Node &node) {
  double lambd = node.getFloat("lambd", 0.5), bias = node.getFloat("bias", 0);
  return importElementwise(node, [&](Scalar &s, ArrayRef<Value> x) {
    Value above = s.select(s.less(s.constant(lambd), x[0]),
                           s.sub(x[0], s.constant(bias)), s.constant(0));
    return s.select(s.less(x[0], s.constant(-lambd)),
                    s.add(x[0], s.constant(bias)), above);
  });
}

void registerActivationOps(OpTable &table) {
  table["Relu"] = importRelu;
  table["LeakyRelu"] = importLeakyRelu;
  table["ThresholdedRelu"] = importThresholdedRelu;
  table["PRelu"] = importPRelu;
  table["Elu"] = importElu;
  table["Selu"] = importSelu;
  table["Celu"] = importCelu;
  table["Sigmoid"] = importSigmoid;
  table["HardSigmoid"] = importHardSigmoid;
  table["HardSwish"] = importHardSwish;
  table["Swish"] = importSwish;
  table["Softplus"] = importSoftplus;
  table["Softsign"] = importSoftsign;
  table["Mish"] = importMish;
  table["Gelu"] = importGelu;
  table["Clip"] = importClip;
  table["Shrink"] = importShrink;
}

} // namespace convopt
