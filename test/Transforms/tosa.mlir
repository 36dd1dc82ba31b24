// A network in TOSA, lowered by upstream's passes: a convolution with its
// padding, bias, residual and clamp is one kernel, for a batch of one too.
// RUN: mlir-opt %s --pass-pipeline='builtin.module(func.func(tosa-to-linalg-named,tosa-to-linalg,tosa-to-arith,tosa-to-tensor))' | convopt-opt --pass-pipeline='builtin.module(convopt-normalise,func.func(convopt-select-primitives{target=x86-64}),convopt-kernels{target=x86-64})' | FileCheck %s

// CHECK-COUNT-1: convopt.kernel @
// CHECK-NOT:     convopt.kernel @
// CHECK-LABEL:   func.func @main(
// CHECK-COUNT-1:   convopt.launch @
// CHECK-NOT:       linalg.
// CHECK:           return
func.func @main(%x: tensor<1x14x14x16xf32>, %r: tensor<1x14x14x32xf32>) -> tensor<1x14x14x32xf32> {
  %w = "tosa.const"() <{value = dense<0.5> : tensor<32x3x3x16xf32>}> : () -> tensor<32x3x3x16xf32>
  %b = "tosa.const"() <{value = dense<0.25> : tensor<32xf32>}> : () -> tensor<32xf32>
  %c = tosa.conv2d %x, %w, %b {dilation = array<i64: 1, 1>, pad = array<i64: 1, 1, 1, 1>, stride = array<i64: 1, 1>} : (tensor<1x14x14x16xf32>, tensor<32x3x3x16xf32>, tensor<32xf32>) -> tensor<1x14x14x32xf32>
  %s = tosa.add %c, %r : (tensor<1x14x14x32xf32>, tensor<1x14x14x32xf32>) -> tensor<1x14x14x32xf32>
  %y = tosa.clamp %s {max_fp = 6.0 : f32, max_int = 6 : i64, min_fp = 0.0 : f32, min_int = 0 : i64} : (tensor<1x14x14x32xf32>) -> tensor<1x14x14x32xf32>
  return %y : tensor<1x14x14x32xf32>
}
