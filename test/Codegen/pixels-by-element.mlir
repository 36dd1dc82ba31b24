// RUN: rm -rf %t && convopt-compile %s --target=aarch64 --cpu=cortex-a73 --force-primitive=pointwise --emit=asm -o %t
// RUN: cat %t/conv_pointwise_*.s | FileCheck %s
// RUN: rm -rf %t && convopt-compile %s --target=aarch64 --cpu=cortex-a73 --force-primitive=direct --emit=asm -o %t
// RUN: cat %t/conv_direct_*.s | FileCheck %s
// RUN: rm -rf %t && convopt-compile %s --target=aarch64 --cpu=cortex-a73 --force-primitive=strassen --emit=asm -o %t
// RUN: cat %t/conv_strassen_*.s | FileCheck %s --check-prefix=LANES

// Four channels of a pixel are one load, and each is multiplied with from its
// lane; weights are loaded by pairs. No sum leaves its register in the loop,
// and an iteration has eight channels.

// CHECK-NOT: ld1r
// CHECK: Inner Loop Header: Depth
// CHECK-NOT: {{[[]sp|ldr s|ld1r}}
// CHECK: ldp q{{[0-9]+}}, q{{[0-9]+}}, [x
// CHECK-NOT: {{[[]sp|ldr s|ld1r}}
// CHECK: fmla v{{[0-9]+}}.4s, v{{[0-9]+}}.4s, v{{[0-9]+}}.s[3]
// CHECK-NOT: {{[[]sp|ldr s|ld1r}}
// CHECK: fmla v{{[0-9]+}}.4s, v{{[0-9]+}}.4s, v{{[0-9]+}}.s[0]
// CHECK-NOT: {{[[]sp|ldr s|ld1r}}
// CHECK: fmla v{{[0-9]+}}.4s, v{{[0-9]+}}.4s, v{{[0-9]+}}.s[3]
// CHECK-NOT: {{[[]sp|ldr s|ld1r}}
// CHECK: b.ne
// CHECK-NOT: ld1r
// CHECK-LABEL: .Lfunc_end

// LANES-NOT: ld1r
// LANES: fmla v{{[0-9]+}}.4s, v{{[0-9]+}}.4s, v{{[0-9]+}}.s[3]
// LANES-NOT: ld1r
// LANES-LABEL: .Lfunc_end

func.func @main(%x: tensor<1x20x20x256xf32>) -> tensor<1x20x20x128xf32> {
  %w = arith.constant dense<0.125> : tensor<128x1x1x256xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x20x20x128xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x20x20x128xf32>) -> tensor<1x20x20x128xf32>
  %y = linalg.conv_2d_nhwc_fhwc ins(%x, %w : tensor<1x20x20x256xf32>, tensor<128x1x1x256xf32>)
         outs(%init : tensor<1x20x20x128xf32>) -> tensor<1x20x20x128xf32>
  return %y : tensor<1x20x20x128xf32>
}
