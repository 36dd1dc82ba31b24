// Filters without a sign whose zero point leaves more than 8 bits are less an
// excess, which is multiplied by sums of what is read: first over channels,
// before padding, then over windows.
// RUN: convopt-opt %s -convopt-fold-quantisation -split-input-file | FileCheck %s

// CHECK-DAG: #[[$ROWS:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-LABEL: func @product
// CHECK: %[[SUMS:.*]] = linalg.generic {{.*}}iterator_types = ["parallel", "reduction"]} ins(%arg0 : tensor<3x2xi8>)
// CHECK: %[[W:.*]] = arith.constant dense_resource<filter> : tensor<2x2xi8>
// CHECK: ins(%arg0, %[[W]] : tensor<3x2xi8>, tensor<2x2xi8>)
// CHECK: %[[EXCESS:.*]] = arith.constant 100 : i32
// CHECK: linalg.generic {indexing_maps = [{{.*}}, #[[$ROWS]], {{.*}}]{{.*}}, %[[SUMS]] :
// CHECK: arith.muli %{{.*}}, %[[EXCESS]]
// CHECK: filter: "0x040000007F03809C"
func.func @product(%x: tensor<3x2xi8>) -> tensor<3x2xi32> {
  %zero = arith.constant 0 : i32
  %low = arith.constant -100 : i32
  %w = arith.constant dense<[[127, 3], [-128, -100]]> : tensor<2x2xi8>
  %e = arith.constant dense<0> : tensor<3x2xi32>
  %y = linalg.quantized_matmul ins(%x, %w, %zero, %low : tensor<3x2xi8>, tensor<2x2xi8>, i32, i32) outs(%e : tensor<3x2xi32>) -> tensor<3x2xi32>
  return %y : tensor<3x2xi32>
}

// -----

// The padding is the zero point, 3, which is nothing less that.
// CHECK-LABEL: func @convolution
// CHECK: linalg.generic {{.*}} ins(%arg0 : tensor<1x5x6x4xi8>) outs({{.*}} : tensor<1x5x6xi32>)
// CHECK: arith.subi
// CHECK: tensor.pad %{{.*}} low[0, 0, 1] high[0, 1, 1]
// CHECK: tensor.yield %c0_i32
// CHECK: linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x6x8xi32>, tensor<3x3xi32>) outs({{.*}} : tensor<1x4x6xi32>)
func.func @convolution(%x: tensor<1x5x6x4xi8>) -> tensor<1x4x6x2xi32> {
  %three = arith.constant 3 : i8
  %zero = arith.constant 3 : i32
  %low = arith.constant -100 : i32
  %w = arith.constant dense<100> : tensor<3x3x4x2xi8>
  %p = tensor.pad %x low[0, 0, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %three : i8
  } : tensor<1x5x6x4xi8> to tensor<1x6x8x4xi8>
  %e = arith.constant dense<0> : tensor<1x4x6x2xi32>
  %y = linalg.conv_2d_nhwc_hwcf_q ins(%p, %w, %zero, %low : tensor<1x6x8x4xi8>, tensor<3x3x4x2xi8>, i32, i32) outs(%e : tensor<1x4x6x2xi32>) -> tensor<1x4x6x2xi32>
  return %y : tensor<1x4x6x2xi32>
}
