// RUN: rm -rf %t && convopt-compile %s --target=x86-64 --cpu=sapphirerapids --emit=asm -o %t
// RUN: cat %t/conv_pointwise_*.s | FileCheck %s
// A core without arithmetic of halves has no such choice.
// RUN: not convopt-compile %s --target=x86-64 --cpu=znver4 --emit=asm -o %t 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not convopt-compile %s --target=x86-64 --cpu=sapphirerapids --features=-avx512fp16 --emit=asm -o %t 2>&1 | FileCheck %s --check-prefix=NONE

// Halide writes sums and products of halves as such of single precision that
// are rounded; LLVM sees that it comes to the same and multiplies 32 halves at
// a time, which nothing widens before the sums of 32 products are complete.

// CHECK: Inner Loop Header: Depth=3
// CHECK-NOT: {{vcvt|vmulph|vaddph}}
// CHECK: vfmadd231ph {{.*}}%zmm
// CHECK-NOT: {{vcvt|vmulph|vaddph}}
// CHECK: j{{[a-z]+}} .LBB
// CHECK: vcvtph2ps{{.*}}%zmm
// CHECK: vaddps {{.*}}%zmm
// CHECK-LABEL: .Lfunc_end

// NONE: error: {{.*}}the pinned primitive pointwise with this variant and these layouts does not support this convolution

func.func @main(%x: tensor<1x20x20x256xf32>) -> tensor<1x20x20x128xf32> {
  %w = arith.constant dense<0.125> : tensor<128x1x1x256xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x20x20x128xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x20x20x128xf32>) -> tensor<1x20x20x128xf32>
  %y = linalg.conv_2d_nhwc_fhwc {convopt.pinned, convopt.primitive = #convopt.primitive<pointwise variant = "6x4-f16" in = nhwc out = nhwc>} ins(%x, %w : tensor<1x20x20x256xf32>, tensor<128x1x1x256xf32>)
         outs(%init : tensor<1x20x20x128xf32>) -> tensor<1x20x20x128xf32>
  return %y : tensor<1x20x20x128xf32>
}
