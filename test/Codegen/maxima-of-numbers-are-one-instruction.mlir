// RUN: rm -rf %t && convopt-compile %s --target=aarch64 --cpu=cortex-a73 --emit=asm -o %t
// RUN: cat %t/pool_*.s | FileCheck %s

// A maximum that lets no NaN in is fmaxnm, which lets none in either; no
// comparison, no selection, no element by itself.
// CHECK: Inner Loop Header
// CHECK-NOT: {{fcm|bsl|bit|bif|bic|fmaxnm s|ins|mov v|fmax v}}
// CHECK-COUNT-16: fmaxnm v{{[0-9]+}}.4s
// CHECK-NOT: {{fcm|bsl|bit|bif|bic|fmaxnm s|ins|mov v|fmax v}}
// CHECK-LABEL: .Lfunc_end

#in = affine_map<(n, y, x, c, r, s) -> (n, y * 2 + r, x * 2 + s, c)>
#win = affine_map<(n, y, x, c, r, s) -> (r, s)>
#out = affine_map<(n, y, x, c, r, s) -> (n, y, x, c)>
func.func @main(%x: tensor<1x21x21x64xf32>) -> tensor<1x10x10x64xf32> {
  %low = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<1x10x10x64xf32>
  %w = tensor.empty() : tensor<3x3xf32>
  %init = linalg.fill ins(%low : f32) outs(%e : tensor<1x10x10x64xf32>) -> tensor<1x10x10x64xf32>
  %r = linalg.generic {indexing_maps = [#in, #win, #out], iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]}
         ins(%x, %w : tensor<1x21x21x64xf32>, tensor<3x3xf32>) outs(%init : tensor<1x10x10x64xf32>) {
  ^bb0(%in: f32, %win: f32, %old: f32):
    %larger = arith.maxnumf %old, %in : f32
    linalg.yield %larger : f32
  } -> tensor<1x10x10x64xf32>
  return %r : tensor<1x10x10x64xf32>
}
