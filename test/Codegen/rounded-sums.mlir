// RUN: rm -rf %t && convopt-compile %s --target=x86-64 --cpu=sapphirerapids --emit=llvm -o %t
// RUN: cat %t/reduce_*.ll | FileCheck %s

// What is summed up is rounded by the instruction for it: in sums, which may be
// reassociated, LLVM would add up 1.5 * 2^23 and take it off behind them, and
// the sums would be multiples of 8.
// CHECK-NOT: 0x4168000000000000
// CHECK: llvm.x86.avx.round.ps.256
// CHECK-NOT: 0x4168000000000000

#id = affine_map<(n, y, x, c) -> (n, y, x, c)>
#sum = affine_map<(n, c, y, x) -> (n, y, x, c)>
#kept = affine_map<(n, c, y, x) -> (n, c)>
func.func @main(%x: tensor<1x8x8x2048xf32>) -> tensor<1x2048xf32> {
  %zero = arith.constant 0.0 : f32
  %most = arith.constant 255.0 : f32
  %scale = arith.constant 0.03 : f32
  %e = tensor.empty() : tensor<1x8x8x2048xf32>
  %q = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
         ins(%x : tensor<1x8x8x2048xf32>) outs(%e : tensor<1x8x8x2048xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.maxnumf %a, %zero : f32
    %1 = arith.minnumf %0, %most : f32
    %2 = math.roundeven %1 : f32
    %3 = arith.mulf %2, %scale : f32
    linalg.yield %3 : f32
  } -> tensor<1x8x8x2048xf32>
  %f = tensor.empty() : tensor<1x2048xf32>
  %init = linalg.fill ins(%zero : f32) outs(%f : tensor<1x2048xf32>) -> tensor<1x2048xf32>
  %s = linalg.generic {indexing_maps = [#sum, #kept], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
         ins(%q : tensor<1x8x8x2048xf32>) outs(%init : tensor<1x2048xf32>) {
  ^bb0(%a: f32, %o: f32):
    %0 = arith.addf %o, %a : f32
    linalg.yield %0 : f32
  } -> tensor<1x2048xf32>
  return %s : tensor<1x2048xf32>
}
