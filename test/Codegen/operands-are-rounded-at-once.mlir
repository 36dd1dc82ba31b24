// RUN: rm -rf %t && convopt-compile %s --target=x86-64 --cpu=znver4 --emit=asm -o %t
// RUN: cat %t/conv_pointwise_*.s | FileCheck %s

// The image is rounded to bfloat16 by the instruction for two vectors, and by
// no arithmetic on integers.

// CHECK-NOT: {{vpsrld|vpternlogd|vpmovdw}}
// CHECK: vcvtne2ps2bf16 {{.*}}%zmm
// CHECK-NOT: {{vpsrld|vpternlogd|vpmovdw}}
// CHECK: vdpbf16ps
// CHECK-NOT: {{vpsrld|vpternlogd|vpmovdw}}
// CHECK-LABEL: .Lfunc_end

func.func @main(%x: tensor<1x20x20x256xf32>) -> tensor<1x20x20x128xf32> {
  %w = arith.constant dense<0.125> : tensor<128x1x1x256xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x20x20x128xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x20x20x128xf32>) -> tensor<1x20x20x128xf32>
  %y = linalg.conv_2d_nhwc_fhwc {convopt.pinned, convopt.primitive = #convopt.primitive<pointwise variant = "6x4-bf16" in = nhwc out = nhwc>} ins(%x, %w : tensor<1x20x20x256xf32>, tensor<128x1x1x256xf32>)
         outs(%init : tensor<1x20x20x128xf32>) -> tensor<1x20x20x128xf32>
  return %y : tensor<1x20x20x128xf32>
}
