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
    addLine(PrimitiveKind::WinogradF4_3, 4, 3);
    addLine(PrimitiveKind::WinogradF4_7, 4, 7);
    return methods;
  }();
  return all;
}

static const Method *methodFor(PrimitiveKind kind, const ConvLayer &l) {
  const auto found = llvm::find_if(methods(), [&](const Method &method) {
    return method.kind == kind && method.rows.taps == l.kernelHeight &&
           method.columns.taps == l.kernelWidth;
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
  return {method->rows, method->columns};
}

WinogradBlocks winogradBlocks(const ConvLayer &l, const Choice &choice) {
  const WinogradTransforms w = winogradTransforms(choice.kind, l);
  WinogradBlocks blocks;
  blocks.rows = divideUp(l.outHeight, w.rows.outputs);
  blocks.columns = divideUp(l.outWidth, w.columns.outputs);
  blocks.blockRows = choice.variant.strip;
  blocks.blockColumns =
      choice.variant.columns ? choice.variant.columns : blocks.columns;
  return blocks;
}

} // namespace convopt
