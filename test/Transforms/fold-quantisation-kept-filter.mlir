// A filter that does not fit 8 bits less its zero point stays, which is said,
// where no two results have the same sum of what they read, as in a depthwise
// convolution, and where more than 256 integers lie between two of its own.
// RUN: convopt-opt %s -convopt-fold-quantisation 2>&1 | FileCheck %s

// CHECK: kept-filter.mlir:[[#@LINE+11]]:{{.*}}: remark: the filter less its zero point does not fit 8 bits: products are not made ones of 8-bit integers
// CHECK: kept-filter.mlir:[[#@LINE+16]]:{{.*}}: remark: the filter less its zero point does not fit 8 bits
// CHECK-LABEL: func @depthwise
// CHECK: linalg.depthwise_conv_2d_nhwc_hwc_q
// CHECK-LABEL: func @spread
// CHECK-COUNT-1: linalg.generic
func.func @depthwise(%x: tensor<1x5x6x4xi8>) -> tensor<1x3x4x4xi32> {
  %zero = arith.constant 3 : i32
  %low = arith.constant -100 : i32
  %w = arith.constant dense<100> : tensor<3x3x4xi8>
  %e = arith.constant dense<0> : tensor<1x3x4x4xi32>
  %y = linalg.depthwise_conv_2d_nhwc_hwc_q ins(%x, %w, %zero, %low : tensor<1x5x6x4xi8>, tensor<3x3x4xi8>, i32, i32) outs(%e : tensor<1x3x4x4xi32>) -> tensor<1x3x4x4xi32>
  return %y : tensor<1x3x4x4xi32>
}

func.func @spread(%x: tensor<3x2xi8>, %e: tensor<3x2xi32>) -> tensor<3x2xi32> {
  %w = arith.constant dense<[[-200, 3], [200, 4]]> : tensor<2x2xi32>
  %y = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %w : tensor<3x2xi8>, tensor<2x2xi32>) outs(%e : tensor<3x2xi32>) {
  ^bb0(%a: i8, %b: i32, %sum: i32):
    %wide = arith.extui %a : i8 to i32
    %product = arith.muli %wide, %b : i32
    %more = arith.addi %sum, %product : i32
    linalg.yield %more : i32
  } -> tensor<3x2xi32>
  return %y : tensor<3x2xi32>
}
