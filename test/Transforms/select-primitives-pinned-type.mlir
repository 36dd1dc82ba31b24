// RUN: not convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{target=x86-64}))' 2>&1 | FileCheck %s

// CHECK: error: {{.*}}select-primitives-pinned-type.mlir:{{[0-9]+}}: the pinned primitive direct does not support this convolution
func.func @pinned(%x: tensor<1x64x30x30xf16>, %z: tensor<1x64x28x28xf16>) -> tensor<1x64x28x28xf16> {
  %f = arith.constant dense<1.0> : tensor<64x64x3x3xf16>
  %a = linalg.conv_2d_nchw_fchw {convopt.pinned, convopt.primitive = #convopt.primitive<direct>}
    ins(%x, %f : tensor<1x64x30x30xf16>, tensor<64x64x3x3xf16>) outs(%z : tensor<1x64x28x28xf16>) -> tensor<1x64x28x28xf16>
  return %a : tensor<1x64x28x28xf16>
}
