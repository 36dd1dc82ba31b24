// RUN: rm -rf %t %t.mlir && sed 's/PRIMITIVE/pointwise/' %s > %t.mlir
// RUN: convopt-compile %t.mlir --target=aarch64 --cpu=cortex-a76 --emit=asm --max-error=0.01 -o %t
// RUN: cat %t/conv_pointwise_*.s | FileCheck %s
// RUN: rm -rf %t && sed 's/PRIMITIVE/direct/' %s > %t.mlir
// RUN: convopt-compile %t.mlir --target=aarch64 --cpu=cortex-a76 --emit=asm --max-error=0.01 -o %t
// RUN: cat %t/conv_direct_*.s | FileCheck %s
// A core without arithmetic of halves has no such choice.
// RUN: not convopt-compile %t.mlir --target=aarch64 --cpu=cortex-a73 --emit=asm -o %t 2>&1 | FileCheck %s --check-prefix=NONE

// 32 products are added up eight lanes at a time, elements of pixels being
// operands; then the sums are widened and added to those in single precision.

// CHECK-NOT: .4s, v{{[0-9]+}}.s[
// CHECK: Inner Loop Header: Depth
// CHECK: fmla v{{[0-9]+}}.8h, v{{[0-9]+}}.8h, v{{[0-9]+}}.h[0]
// CHECK-NOT: {{[[]sp|ld1r|fcvt}}
// CHECK: fmla v{{[0-9]+}}.8h, v{{[0-9]+}}.8h, v{{[0-9]+}}.h[7]
// CHECK-NOT: {{[[]sp|ld1r|fcvt}}
// CHECK: b.ne
// CHECK: fcvtl v{{[0-9]+}}.4s, v{{[0-9]+}}.4h
// CHECK: fadd v{{[0-9]+}}.4s
// CHECK-LABEL: .Lfunc_end

// NONE: error: {{.*}}the pinned primitive direct with this variant and these layouts does not support this convolution

func.func @main(%x: tensor<1x20x20x256xf32>) -> tensor<1x20x20x128xf32> {
  %w = arith.constant dense<0.125> : tensor<128x1x1x256xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x20x20x128xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x20x20x128xf32>) -> tensor<1x20x20x128xf32>
  %y = linalg.conv_2d_nhwc_fhwc {convopt.pinned, convopt.primitive = #convopt.primitive<PRIMITIVE variant = "5x4-f16" in = nhwc out = nhwc>} ins(%x, %w : tensor<1x20x20x256xf32>, tensor<128x1x1x256xf32>)
         outs(%init : tensor<1x20x20x128xf32>) -> tensor<1x20x20x128xf32>
  return %y : tensor<1x20x20x128xf32>
}
