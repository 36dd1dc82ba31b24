// RUN: rm -rf %t && convopt-compile %s --target=aarch64 --cpu=cortex-a73 --emit=asm -o %t
// RUN: cat %t/conv_winograd_*.s | FileCheck %s

// Filters are transformed by sums, differences and few products; their factors
// are in the input's transform. Transformed, they lie in the order in which
// they are read, by pairs of registers, and no bits of floats are asked for.
// CHECK-NOT: {{fmov[[:space:]]+w|fcsel}}
// CHECK: Inner Loop Header
// CHECK: str q{{[0-9]+}}, [{{.*}}, #2048]
// CHECK-NOT: fmul
// CHECK: str q{{[0-9]+}}, [{{.*}}, #20480]
// CHECK: b.ne
// CHECK-NOT: {{fmov[[:space:]]+w|fcsel}}
// CHECK: ldp q{{[0-9]+}}, q{{[0-9]+}}, [x{{[0-9]+}}, #64]
// CHECK-NOT: {{fmov[[:space:]]+w|fcsel}}
// CHECK: fmla v{{[0-9]+}}.4s, v{{[0-9]+}}.4s, v{{[0-9]+}}.s[3]
// CHECK-NOT: {{fmov[[:space:]]+w|fcsel}}
// CHECK-LABEL: .Lfunc_end

func.func @main(%x: tensor<1x9x9x512xf32>) -> tensor<1x7x7x512xf32> {
  %w = arith.constant dense<0.125> : tensor<512x3x3x512xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x7x7x512xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x7x7x512xf32>) -> tensor<1x7x7x512xf32>
  %y = linalg.conv_2d_nhwc_fhwc {convopt.pinned, convopt.primitive = #convopt.primitive<winograd_f4x4_3x3 variant = "4x4s2f">}
         ins(%x, %w : tensor<1x9x9x512xf32>, tensor<512x3x3x512xf32>)
         outs(%init : tensor<1x7x7x512xf32>) -> tensor<1x7x7x512xf32>
  return %y : tensor<1x7x7x512xf32>
}
