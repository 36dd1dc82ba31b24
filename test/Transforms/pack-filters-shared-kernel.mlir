// RUN: convopt-opt %s -convopt-pack-filters=target=x86-64 -verify-diagnostics | FileCheck %s

// A kernel that something else than a launch names keeps its type.
// CHECK:     convopt.kernel @conv(%{{.*}}: tensor<1x4x5x3xf32>, %{{.*}}: tensor<1x1x3x6xf32>)
// CHECK-NOT: convopt.filter
// expected-remark @+1 {{is not only launched: its filter stays as it is}}
convopt.kernel @conv(%x: tensor<1x4x5x3xf32>, %f: tensor<1x1x3x6xf32>) -> tensor<1x4x5x6xf32> {
  %e = tensor.empty() : tensor<1x4x5x6xf32>
  %zero = arith.constant 0.0 : f32
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x5x6xf32>) -> tensor<1x4x5x6xf32>
  %y = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<pointwise in = nhwc out = nhwc>} ins(%x, %f : tensor<1x4x5x3xf32>, tensor<1x1x3x6xf32>) outs(%i : tensor<1x4x5x6xf32>) -> tensor<1x4x5x6xf32>
  convopt.yield %y : tensor<1x4x5x6xf32>
}

// CHECK: func.func private @other() attributes {of = @conv}
func.func private @other() attributes {of = @conv}

// CHECK: convopt.launch @conv ins(%{{.*}}, %{{.*}} : tensor<1x4x5x3xf32>, tensor<1x1x3x6xf32>)
func.func @main(%x: tensor<1x4x5x3xf32>) -> tensor<1x4x5x6xf32> {
  %f = arith.constant dense<1.0> : tensor<1x1x3x6xf32>
  %e = tensor.empty() : tensor<1x4x5x6xf32>
  %p = convopt.launch @conv ins(%x, %f : tensor<1x4x5x3xf32>, tensor<1x1x3x6xf32>) outs(%e : tensor<1x4x5x6xf32>) -> tensor<1x4x5x6xf32>
  return %p : tensor<1x4x5x6xf32>
}
