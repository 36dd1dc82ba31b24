// RUN: rm -rf %t && convopt-compile %s --target=aarch64 --cpu=cortex-a73 --force-primitive=pointwise --emit=asm -o %t
// RUN: cat %t/conv_pointwise_*.s | FileCheck %s
// RUN: rm -rf %t && convopt-compile %s --target=aarch64 --cpu=cortex-a73 --force-primitive=direct --emit=asm -o %t
// RUN: cat %t/conv_direct_*.s | FileCheck %s
// RUN: sed 's/x1x1x/x3x3x/; s/x20x20x256/x22x22x256/' %s > %t.mlir
// RUN: rm -rf %t && convopt-compile %t.mlir --target=aarch64 --cpu=cortex-a73 --force-primitive=im2row --emit=asm -o %t
// RUN: cat %t/conv_im2row_*.s | FileCheck %s
// RUN: rm -rf %t && convopt-compile %s --target=aarch64 --cpu=cortex-a73 --force-primitive=im2col --emit=asm -o %t
// RUN: cat %t/conv_im2col_*.s | FileCheck %s

// Registers get the bias where they would get zeros, and nothing is added where
// sums are complete.
// CHECK-NOT: {{movi[[:space:]]+v.*#0|fadd}}
// CHECK: fmla v{{[0-9]+}}.4s
// CHECK-NOT: {{movi[[:space:]]+v.*#0|fadd}}
// CHECK-LABEL: .Lfunc_end

func.func @main(%x: tensor<1x20x20x256xf32>, %b: tensor<128xf32>) -> tensor<1x20x20x128xf32> {
  %w = arith.constant dense<0.125> : tensor<128x1x1x256xf32>
  %e = tensor.empty() : tensor<1x20x20x128xf32>
  %init = linalg.broadcast ins(%b : tensor<128xf32>) outs(%e : tensor<1x20x20x128xf32>) dimensions = [0, 1, 2]
  %y = linalg.conv_2d_nhwc_fhwc ins(%x, %w : tensor<1x20x20x256xf32>, tensor<128x1x1x256xf32>)
         outs(%init : tensor<1x20x20x128xf32>) -> tensor<1x20x20x128xf32>
  return %y : tensor<1x20x20x128xf32>
}
