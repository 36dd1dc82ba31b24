// Reductions along loops that no operand moves with: as many equal terms.
#include "KernelRunner.h"

using namespace convopt::test;

namespace {

/// Reduces 37 equal rows, or equal columns, by `combine` of %a and %o.
std::string reduceEqual(const std::string &combine, const std::string &initial,
                        bool alongRows) {
  const std::string maps =
      alongRows ? "affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i)>"
                : "affine_map<(i, j) -> (j)>, affine_map<(i, j) -> (j)>";
  const std::string loops =
      alongRows ? R"("parallel", "reduction")" : R"("reduction", "parallel")";
  // The unread operand gives the loop that is reduced its length.
  return R"mlir(
convopt.kernel @k(%x: tensor<37xf32>, %shape: tensor<37x37xf32>) -> tensor<37xf32> {
  %e = tensor.empty() : tensor<37xf32>
  %z = arith.constant )mlir" +
         initial + R"mlir( : f32
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<37xf32>) -> tensor<37xf32>
  %r = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, )mlir" +
         maps + "], iterator_types = [" + loops + R"mlir(]}
      ins(%shape, %x : tensor<37x37xf32>, tensor<37xf32>) outs(%f : tensor<37xf32>) {
  ^bb0(%s: f32, %a: f32, %o: f32):
    %v = )mlir" +
         combine + R"mlir( %a, %o : f32
    linalg.yield %v : f32
  } -> tensor<37xf32>
  convopt.yield %r : tensor<37xf32>
})mlir";
}

TEST(EqualTerms, AreCombinedAsOftenAsTheLoopRuns) {
  for (bool alongRows : {false, true}) {
    SCOPED_TRACE(alongRows);
    checkKernel(reduceEqual("arith.addf", "0.5", alongRows));
    checkKernel(reduceEqual("arith.maximumf", "-1.0", alongRows));
    CheckOptions nearOne;
    nearOne.input = [](unsigned, int64_t i) { return 1 + 0.01 * double(i); };
    checkKernel(reduceEqual("arith.mulf", "2.0", alongRows), nearOne);
  }
}

} // namespace
