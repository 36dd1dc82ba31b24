// RUN: rm -rf %t && convopt-compile %s --target=aarch64 --cpu=cortex-a73 --force-primitive=winograd_f3x3_2x2 --emit=asm -o %t
// RUN: cat %t/conv_winograd_*.s | FileCheck %s

// Pixels and sums have stack of their own, not what the transform's rows had,
// and so are registers: the loop with the products stores nothing.
// CHECK: fmla v{{[0-9]+}}.4s, v{{[0-9]+}}.4s, v{{[0-9]+}}.s[0]
// CHECK-NOT: {{st[pr]|[[]sp|b.ne}}
// CHECK: fmla v{{[0-9]+}}.4s, v{{[0-9]+}}.4s, v{{[0-9]+}}.s[3]
// CHECK-NOT: {{st[pr]|[[]sp}}
// CHECK: b.ne
// CHECK-LABEL: .Lfunc_end

func.func @main(%x: tensor<1x29x29x128xf32>) -> tensor<1x14x14x256xf32> {
  %w = arith.constant dense<0.125> : tensor<256x3x3x128xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x14x14x256xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x14x14x256xf32>) -> tensor<1x14x14x256xf32>
  %y = linalg.conv_2d_nhwc_fhwc {strides = dense<2> : tensor<2xi64>}
         ins(%x, %w : tensor<1x29x29x128xf32>, tensor<256x3x3x128xf32>)
         outs(%init : tensor<1x14x14x256xf32>) -> tensor<1x14x14x256xf32>
  return %y : tensor<1x14x14x256xf32>
}
