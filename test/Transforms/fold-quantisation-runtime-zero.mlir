// A zero point that only the run knows is taken off the sums of bytes; what is
// padded is made it by a mask.
// RUN: convopt-opt %s -convopt-fold-quantisation -canonicalize -split-input-file | FileCheck %s

// CHECK-LABEL: func.func @convolution(
// CHECK-SAME: %[[X:.*]]: tensor<1x1x2x2xi8>, %[[Z:.*]]: tensor<i8>
// CHECK-DAG: %[[MASK:.*]] = arith.constant dense_resource<inside> : tensor<3xi8>
// CHECK-DAG: %[[SUMS:.*]] = arith.constant dense_resource<correction> : tensor<2xi32>
// CHECK: %[[PADDED:.*]] = tensor.pad %[[X]] low[0, 0, 0, 1] high[0, 0, 0, 0]
// CHECK: %[[FILLED:.*]] = linalg.generic {{.*}} ins(%[[PADDED]], %[[MASK]], %[[Z]] :
// CHECK-NEXT: ^bb0(%[[BYTE:.*]]: i8, %[[INSIDE:.*]]: i8, %[[ZERO:.*]]: i8, %{{.*}}: i8):
// CHECK-NEXT: arith.cmpi ne, %[[INSIDE]]
// CHECK-NEXT: arith.select %{{.*}}, %[[BYTE]], %[[ZERO]]
// CHECK: %[[Y:.*]] = linalg.generic {{.*}} ins(%[[FILLED]], %{{.*}} : tensor<1x1x2x3xi8>, tensor<2x1x1x2xi8>)
// CHECK: linalg.generic {{.*}} ins(%[[Y]], %[[Z]], %[[SUMS]] :
// CHECK-NEXT: ^bb0(%[[SUM:.*]]: i32, %[[ONE:.*]]: i8, %[[OF:.*]]: i32, %{{.*}}: i32):
// CHECK-NEXT: %[[WIDE:.*]] = arith.extui %[[ONE]]
// CHECK-NEXT: %[[TIMES:.*]] = arith.muli %[[WIDE]], %[[OF]]
// CHECK-NEXT: arith.subi %[[SUM]], %[[TIMES]]
// CHECK: correction: "0x040000000700000008000000"
// CHECK: inside: "0x04000000000101"
func.func @convolution(%x: tensor<1x1x2x2xi8>, %z: tensor<i8>) -> tensor<1x2x2x2xi32> {
  %zero = arith.constant 0 : i32
  %w = arith.constant dense<[[[[3, 4]]], [[[5, 3]]]]> : tensor<2x1x1x2xi32>
  %e = tensor.empty() : tensor<1x1x2x2xi32>
  %d = linalg.generic {indexing_maps = [affine_map<(n, c, h, w) -> (n, c, h, w)>, affine_map<(n, c, h, w) -> ()>, affine_map<(n, c, h, w) -> (n, c, h, w)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x, %z : tensor<1x1x2x2xi8>, tensor<i8>) outs(%e : tensor<1x1x2x2xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %wide = arith.extui %a : i8 to i32
    %one = arith.extui %b : i8 to i32
    %difference = arith.subi %wide, %one : i32
    linalg.yield %difference : i32
  } -> tensor<1x1x2x2xi32>
  %p = tensor.pad %d low[0, 0, 0, 1] high[0, 0, 0, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : i32
  } : tensor<1x1x2x2xi32> to tensor<1x1x2x3xi32>
  %r = arith.constant dense<0> : tensor<1x2x2x2xi32>
  %y = linalg.conv_2d_nchw_fchw ins(%p, %w : tensor<1x1x2x3xi32>, tensor<2x1x1x2xi32>) outs(%r : tensor<1x2x2x2xi32>) -> tensor<1x2x2x2xi32>
  return %y : tensor<1x2x2x2xi32>
}

// -----

// Of a filter that only the run knows, too, nothing is known.
// CHECK-LABEL: func.func @unknown_filter(
// CHECK: arith.subi
// CHECK: linalg.matmul
// CHECK-NOT: linalg.generic
func.func @unknown_filter(%x: tensor<3x2xi8>, %z: tensor<i8>, %w: tensor<2x4xi32>, %r: tensor<3x4xi32>) -> tensor<3x4xi32> {
  %e = tensor.empty() : tensor<3x2xi32>
  %d = linalg.generic {indexing_maps = [affine_map<(m, k) -> (m, k)>, affine_map<(m, k) -> ()>, affine_map<(m, k) -> (m, k)>], iterator_types = ["parallel", "parallel"]} ins(%x, %z : tensor<3x2xi8>, tensor<i8>) outs(%e : tensor<3x2xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %wide = arith.extui %a : i8 to i32
    %one = arith.extui %b : i8 to i32
    %difference = arith.subi %wide, %one : i32
    linalg.yield %difference : i32
  } -> tensor<3x2xi32>
  %y = linalg.matmul ins(%d, %w : tensor<3x2xi32>, tensor<2x4xi32>) outs(%r : tensor<3x4xi32>) -> tensor<3x4xi32>
  return %y : tensor<3x4xi32>
}
