#include "convopt/Primitives/WinogradTransforms.h"
#include "convopt/Primitives/Tiling.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

namespace convopt {

namespace {
struct Method {
  PrimitiveKind kind;
  CookToom rows, columns;
};
} // namespace

Phases phasesOf(int64_t kernel, int64_t stride) {
  const int64_t taps = divideUp(kernel, stride);
  return {stride, std::min(kernel, stride), taps,
          taps == 1 ? std::min(kernel, stride) : kernel - stride * (taps - 1)};
}

int64_t WinogradTransforms::products() const {
  auto side = [](const CookToom &f, const Phases &p) {
    return f.elements() * p.count - (p.count - p.full);
  };
  return side(rows, rowPhases) * side(columns, columnPhases);
}

// One-dimensional ones stand twice.
static const std::vector<Method> &methods() {
  static const std::vector<Method> all = [] {
    std::vector<Method> methods;
    auto add = [&](PrimitiveKind kind, int rows, int columns, int taps) {
      methods.push_back({kind, cookToom(rows, taps), cookToom(columns, taps)});
    };
    auto addLine = [&](PrimitiveKind kind, int outputs, int taps) {
      methods.push_back({kind, cookToom(1, 1), cookToom(outputs, taps)});
      methods.push_back({kind, cookToom(outputs, taps), cookToom(1, 1)});
    };
    add(PrimitiveKind::WinogradF2x2_3x3, 2, 2, 3);
    add(PrimitiveKind::WinogradF4x4_3x3, 4, 4, 3);
    add(PrimitiveKind::WinogradF5x5_3x3, 5, 5, 3);
    add(PrimitiveKind::WinogradF6x6_3x3, 6, 6, 3);
    add(PrimitiveKind::WinogradF7x7_3x3, 7, 7, 3);
    add(PrimitiveKind::WinogradF2x4_3x3, 2, 4, 3);
    add(PrimitiveKind::WinogradF2x2_5x5, 2, 2, 5);
    add(PrimitiveKind::WinogradF4x4_5x5, 4, 4, 5);
    add(PrimitiveKind::WinogradF2x2_2x2, 2, 2, 2);
    add(PrimitiveKind::WinogradF3x3_2x2, 3, 3, 2);
    add(PrimitiveKind::WinogradF4x4_2x2, 4, 4, 2);
    add(PrimitiveKind::WinogradF4x4_4x4, 4, 4, 4);
    auto addComplex = [&](PrimitiveKind kind, int tile, int least, int most) {
      for (int taps = least; taps <= most; ++taps) {
        const CookToom f = complexCookToom(tile - taps + 1, taps);
        methods.push_back({kind, f, f});
      }
    };
    addComplex(PrimitiveKind::ToomCook10, 10, 5, 7);
    addComplex(PrimitiveKind::ToomCook14, 14, 6, 11);
    addComplex(PrimitiveKind::ToomCook18, 18, 9, 15);
    addLine(PrimitiveKind::WinogradF4_3, 4, 3);
    addLine(PrimitiveKind::WinogradF4_7, 4, 7);
    return methods;
  }();
  return all;
}

static const Method *methodFor(PrimitiveKind kind, const ConvLayer &l) {
  const int64_t rows = divideUp(l.kernelHeight, l.strideHeight);
  const int64_t columns = divideUp(l.kernelWidth, l.strideWidth);
  const auto found = llvm::find_if(methods(), [&](const Method &method) {
    return method.kind == kind && method.rows.taps == rows &&
           method.columns.taps == columns;
  });
  return found == methods().end() ? nullptr : &*found;
}

bool hasWinogradTransforms(PrimitiveKind kind, const ConvLayer &layer) {
  return methodFor(kind, layer) != nullptr;
}

WinogradTransforms winogradTransforms(PrimitiveKind kind,
                                      const ConvLayer &layer) {
  const Method *method = methodFor(kind, layer);
  if (!method)
    llvm_unreachable("the primitive does not support this filter");
  return {method->rows, method->columns,
          phasesOf(layer.kernelHeight, layer.strideHeight),
          phasesOf(layer.kernelWidth, layer.strideWidth)};
}

} // namespace convopt
