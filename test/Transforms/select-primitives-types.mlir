// RUN: convopt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(func.func(convopt-select-primitives{target=x86-64}))' | FileCheck %s

// No primitive is made for these types: the convolution stays as it is.
// CHECK-LABEL: func.func @double(
// CHECK-NOT: convopt.primitive
// CHECK: linalg.conv_2d_nchw_fchw ins
func.func @double(%x: tensor<1x64x30x30xf64>, %z: tensor<1x64x28x28xf64>) -> tensor<1x64x28x28xf64> {
  %f = arith.constant dense<1.0> : tensor<64x64x3x3xf64>
  // expected-remark @below {{is supported by no primitive: no primitive is chosen}}
  %a = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x64x30x30xf64>, tensor<64x64x3x3xf64>) outs(%z : tensor<1x64x28x28xf64>) -> tensor<1x64x28x28xf64>
  return %a : tensor<1x64x28x28xf64>
}
