// RUN: convopt-opt %s -convopt-scale-byte-filters -split-input-file -verify-diagnostics | FileCheck %s

// Weights become multiples of a 127th of the largest of their output channel, the bias too, and the result is multiplied
// by that.

// CHECK-LABEL: func.func @bias
// CHECK-DAG: %[[S:.*]] = arith.constant dense_resource<steps> : tensor<2xf32>
// CHECK-DAG: %[[F:.*]] = arith.constant dense_resource<filter_in_steps> : tensor<2x2x1x1xf32>
// CHECK-DAG: %[[B:.*]] = arith.constant dense_resource<bias_in_steps> : tensor<2xf32>
// CHECK: %[[I:.*]] = linalg.broadcast ins(%[[B]]
// CHECK: %[[C:.*]] = linalg.conv_2d_nchw_fchw {{.*}} ins(%{{.*}}, %[[F]] : {{.*}}) outs(%[[I]]
// CHECK: %[[R:.*]] = linalg.generic {{.*}} ins(%[[C]], %[[S]] :
// CHECK: arith.mulf
// CHECK-NOT: arith.addf
// CHECK: return %[[R]]
// Steps 2 and 4, weights 127, -1, 0 and 127, biases 3 and 0.5.
// CHECK-DAG: steps: "0x040000000000004000008040"
// CHECK-DAG: filter_in_steps: "0x040000000000FE42000080BF000000000000FE42"
// CHECK-DAG: bias_in_steps: "0x04000000000040400000003F"
func.func @bias(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %f = arith.constant dense<[[[[254.0]], [[-2.0]]], [[[0.0]], [[508.0]]]]> : tensor<2x2x1x1xf32>
  %b = arith.constant dense<[6.0, 2.0]> : tensor<2xf32>
  %e = tensor.empty() : tensor<1x2x4x4xf32>
  %i = linalg.broadcast ins(%b : tensor<2xf32>) outs(%e : tensor<1x2x4x4xf32>) dimensions = [0, 2, 3]
  %c = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "4x1-w8">}
    ins(%x, %f : tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) outs(%i : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %c : tensor<1x2x4x4xf32>
}

// -----

// What cannot be divided is added behind; other precisions stay.

// CHECK-LABEL: func.func @sum
// CHECK: %[[Z:.*]] = linalg.fill
// CHECK: %[[C:.*]] = linalg.conv_2d_nhwc_hwcf {{.*}} outs(%[[Z]]
// CHECK: %[[R:.*]] = linalg.generic {{.*}} ins(%[[C]], %{{.*}}, %[[A:.*]] : tensor<1x4x4x2xf32>, tensor<2xf32>, tensor<1x4x4x2xf32>)
// CHECK: arith.mulf
// CHECK: arith.addf
// CHECK: %[[W:.*]] = linalg.conv_2d_nhwc_hwcf {{.*}} outs(%{{.*}}
// CHECK-NOT: linalg.generic
// CHECK: return %[[R]], %[[W]]
func.func @sum(%x: tensor<1x4x4x2xf32>, %a: tensor<1x4x4x2xf32>) -> (tensor<1x4x4x2xf32>, tensor<1x4x4x2xf32>) {
  %f = arith.constant dense<[[[[254.0, 0.0], [-2.0, 508.0]]]]> : tensor<1x1x2x2xf32>
  %c = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct variant = "4x1-w8">}
    ins(%x, %f : tensor<1x4x4x2xf32>, tensor<1x1x2x2xf32>) outs(%a : tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %d = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct variant = "4x1-w16">}
    ins(%x, %f : tensor<1x4x4x2xf32>, tensor<1x1x2x2xf32>) outs(%a : tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  return %c, %d : tensor<1x4x4x2xf32>, tensor<1x4x4x2xf32>
}

// -----

func.func @unknown(%x: tensor<1x2x4x4xf32>, %f: tensor<2x2x1x1xf32>) -> tensor<1x2x4x4xf32> {
  // expected-error@+1 {{has a filter that is no constant, which cannot be stored as bytes}}
  %c = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "4x1-w8">}
    ins(%x, %f : tensor<1x2x4x4xf32>, tensor<2x2x1x1xf32>) outs(%x : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %c : tensor<1x2x4x4xf32>
}
