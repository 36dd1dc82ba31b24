// RUN: rm -rf %t && convopt-compile %s --target=x86-64 --cpu=znver4 --force-primitive=pointwise_pairs --emit=asm -o %t
// RUN: cat %t/conv_pointwise_pairs_*.s | FileCheck %s
// RUN: convopt-compile %s --target=x86-64 --force-primitive=pointwise_pairs --emit=annotated -o - | FileCheck %s --check-prefix=NONE

// The inner loop reads each pixel straight into an addition or a product; it
// keeps all its sums in registers.

// CHECK: vaddps {{-?[0-9]*\(.*\)}}{1to16}, %zmm
// CHECK-NOT: (%rsp)
// CHECK: vfmadd{{[0-9]+}}ps {{-?[0-9]*\(.*\)}}{1to16}, %zmm
// CHECK: vfmadd{{[0-9]+}}ps %zmm

// A processor that adds where it multiplies gains nothing.
// NONE-NOT: pointwise_pairs

func.func @main(%x: tensor<1x14x14x96xf32>) -> tensor<1x14x14x64xf32> {
  %w = arith.constant dense<0.125> : tensor<64x1x1x96xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x14x14x64xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x14x14x64xf32>) -> tensor<1x14x14x64xf32>
  %y = linalg.conv_2d_nhwc_fhwc ins(%x, %w : tensor<1x14x14x96xf32>, tensor<64x1x1x96xf32>)
         outs(%init : tensor<1x14x14x64xf32>) -> tensor<1x14x14x64xf32>
  return %y : tensor<1x14x14x64xf32>
}
