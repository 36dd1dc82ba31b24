// Sums of f16 and bf16. An f16 sum of ones stops at 2,048, and one beyond
// 65,504 is infinite, while every element and the result may be small. So
// operators that sum or multiply up compute in f32, from operands that f32
// holds exactly, and round their results once: as if all were computed
// exactly, but for the few units in f32's last place. It is done here for all
// of them, by giving an importer f32 operands; it needs to know nothing of it,
// and convolutions get the primitives that there are for f32. Each operator
// rounds: the next one sees what the standard says, infinities included.
#include "WideSums.h"
#include "Ops/Generic.h"
#include "onnx/defs/schema.h"
#include "llvm/ADT/StringSet.h"
#include <numeric>

using namespace mlir;

namespace convopt {

bool computesInSinglePrecision(StringRef op) {
  static const llvm::StringSet<> operators = {
      "Attention",
      "AveragePool",
      "BatchNormalization",
      "Conv",
      "Col2Im",
      "ConvTranspose",
      "CumSum",
      "DFT",
      "DeformConv",
      "Det",
      "Einsum",
      "GRU",
      "Gemm",
      "GlobalAveragePool",
      "GlobalLpPool",
      "GridSample",
      "LRN",
      "LSTM",
      "LogSoftmax",
      "LpNormalization",
      "LpPool",
      "MaxRoiPool",
      "MatMul",
      "Mean",
      "MeanVarianceNormalization",
      "NegativeLogLikelihoodLoss",
      "NonZero",
      "RNN",
      "ReduceL1",
      "ReduceL2",
      "ReduceLogSum",
      "ReduceLogSumExp",
      "ReduceMean",
      "ReduceProd",
      "ReduceSum",
      "ReduceSumSquare",
      "Resize",
      "RoiAlign",
      "RotaryEmbedding",
      "STFT",
      "Scatter",
      "ScatterElements",
      "ScatterND",
      "Softmax",
      "SoftmaxCrossEntropyLoss",
      "Sum",
      // Selects instead of summing, as do NonZero and Unique; code for f32 is
      // what every CPU has.
      "TopK",
      "TreeEnsemble",
      "Unique",
      "Upsample",
  };
  return operators.contains(op);
}

bool isHalf(ElementKind kind) {
  return kind == ElementKind::F16 || kind == ElementKind::BF16;
}

/// All elements in f32; by a table where there are more of them than bits can
/// tell apart.
static Constant widenConstant(const Constant &constant) {
  if (constant.isSplat() && constant.size() > 0) {
    Constant one =
        Constant::fromDoubles(ElementKind::F32, {}, constant.doubleAt(0));
    return Constant::splat(ElementKind::F32, constant.shape(), one.bytes());
  }
  int64_t count = constant.size();
  auto bytes = std::make_shared<std::vector<char>>(count * sizeof(float));
  auto store = [&](int64_t i, float value) {
    std::memcpy(bytes->data() + i * sizeof(float), &value, sizeof(float));
  };
  constexpr int64_t patterns = 1 << 16;
  if (count > patterns) {
    std::vector<uint16_t> all(patterns);
    std::iota(all.begin(), all.end(), uint16_t(0));
    ArrayRef<char> view(reinterpret_cast<const char *>(all.data()),
                        patterns * sizeof(uint16_t));
    std::vector<double> table =
        Constant(constant.kind(), {patterns}, view, nullptr).doubles();
    for (int64_t i = 0; i < count; ++i) {
      uint16_t pattern;
      std::memcpy(&pattern, constant.bytes().data() + i * sizeof(pattern),
                  sizeof(pattern));
      store(i, static_cast<float>(table[pattern]));
    }
  } else {
    for (int64_t i = 0; i < count; ++i)
      store(i, static_cast<float>(constant.doubleAt(i)));
  }
  ArrayRef<char> view(*bytes);
  return Constant(ElementKind::F32, constant.shape(), view, std::move(bytes));
}

static Value convertTensor(Node &node, Value value, ElementKind from,
                           ElementKind to) {
  return elementwise(
      node, {Operand(value)}, shapeOf(value), to,
      [&](Scalar &s, ArrayRef<Value> x) { return s.convert(x[0], from); });
}

ImportedValue widen(Node &node, const ImportedValue &input) {
  if (!isHalf(input.kind))
    return input;
  ImportedValue wide;
  wide.kind = ElementKind::F32;
  wide.shape = input.shape;
  wide.sizes = input.sizes;
  if (input.constant)
    wide.constant = widenConstant(*input.constant);
  else
    wide.value = convertTensor(node, input.value, input.kind, wide.kind);
  return wide;
}

ImportedValue narrow(Node &node, const ImportedValue &value, ElementKind kind) {
  ImportedValue result;
  result.kind = kind;
  result.shape = value.shape;
  result.sizes = value.sizes;
  if (value.constant)
    result.constant =
        Constant::fromDoubles(kind, value.shape, value.constant->doubles());
  else
    result.value = convertTensor(node, value.value, value.kind, kind);
  return result;
}

std::optional<ElementKind> halfKindOf(const onnx::OpSchema &schema, size_t i,
                                      ArrayRef<ImportedValue *> inputs) {
  if (i >= schema.outputs().size())
    return std::nullopt;
  const std::string &type = schema.outputs()[i].GetTypeStr();
  for (auto [j, input] : llvm::enumerate(inputs)) {
    size_t formal = std::min(j, schema.inputs().size() - 1);
    if (input && isHalf(input->kind) &&
        schema.inputs()[formal].GetTypeStr() == type)
      return input->kind;
  }
  return std::nullopt;
}

} // namespace convopt
