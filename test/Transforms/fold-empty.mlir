// RUN: convopt-opt %s -convopt-fold-empty | FileCheck %s
// RUN: convopt-opt %s -convopt-normalise | FileCheck %s --check-prefix=ALL

// A product over nothing is its initial value.
// CHECK-LABEL: func.func @product(
// CHECK-SAME:    %{{.*}}: tensor<2x0xf32>, %[[I:.*]]: tensor<2x4xf32>)
// CHECK-NEXT:    %{{.*}} = arith.constant
// CHECK-NEXT:    return %[[I]]
// ALL-LABEL: func.func @product(
// ALL-SAME:    %[[I:[a-z0-9]*]]: tensor<2x4xf32>)
// ALL-NEXT:    return %[[I]]
func.func @product(%x: tensor<2x0xf32>, %i: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %w = arith.constant dense<> : tensor<0x4xf32>
  %y = linalg.matmul ins(%x, %w : tensor<2x0xf32>, tensor<0x4xf32>) outs(%i : tensor<2x4xf32>) -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// An empty batch: what is left is a tensor without elements.
// CHECK-LABEL: func.func @batch(
// CHECK-NOT:     linalg.
// CHECK:         %[[E:.*]] = tensor.empty() : tensor<0x4x3x3xf16>
// CHECK-NOT:     linalg.
// CHECK:         return %[[E]]
func.func @batch(%x: tensor<0x3x5x5xf16>) -> tensor<0x4x3x3xf16> {
  %w = arith.constant dense<1.0> : tensor<4x3x3x3xf16>
  %zero = arith.constant 0.0 : f16
  %e = tensor.empty() : tensor<0x4x3x3xf16>
  %z = linalg.fill ins(%zero : f16) outs(%e : tensor<0x4x3x3xf16>) -> tensor<0x4x3x3xf16>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<0x3x5x5xf16>, tensor<4x3x3x3xf16>) outs(%z : tensor<0x4x3x3xf16>) -> tensor<0x4x3x3xf16>
  return %y : tensor<0x4x3x3xf16>
}

// One after the other, of integers, with several results.
// CHECK-LABEL: func.func @chain(
// CHECK-SAME:    %{{.*}}: tensor<3x0xi32>, %[[A:.*]]: tensor<3xi32>, %[[B:.*]]: tensor<3xi32>)
// CHECK-NEXT:    tensor.empty
// CHECK-NEXT:    %[[S:.*]] = linalg.generic {{.*}} ins(%[[A]] : tensor<3xi32>) outs(%[[B]] : tensor<3xi32>)
// CHECK:         return %[[S]], %[[B]]
func.func @chain(%x: tensor<3x0xi32>, %a: tensor<3xi32>, %b: tensor<3xi32>) -> (tensor<3xi32>, tensor<3xi32>) {
  %e = tensor.empty() : tensor<3x0xi32>
  %y = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
    ins(%x : tensor<3x0xi32>) outs(%e : tensor<3x0xi32>) {
  ^bb0(%p: i32, %q: i32):
    %s = arith.addi %p, %p : i32
    linalg.yield %s : i32
  } -> tensor<3x0xi32>
  %r:2 = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
    ins(%y : tensor<3x0xi32>) outs(%a, %b : tensor<3xi32>, tensor<3xi32>) {
  ^bb0(%p: i32, %q: i32, %t: i32):
    %s = arith.addi %p, %q : i32
    %m = arith.maxsi %p, %t : i32
    linalg.yield %s, %m : i32, i32
  } -> (tensor<3xi32>, tensor<3xi32>)
  %z = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
    ins(%r#0 : tensor<3xi32>) outs(%r#1 : tensor<3xi32>) {
  ^bb0(%p: i32, %q: i32):
    %s = arith.addi %p, %q : i32
    linalg.yield %s : i32
  } -> tensor<3xi32>
  return %z, %r#1 : tensor<3xi32>, tensor<3xi32>
}

// What moves elements has none to move.
// CHECK-LABEL: func.func @movements(
// CHECK-SAME:    %[[A:.*]]: tensor<2x0xf32>, %[[B:.*]]: tensor<2x3xf32>, %[[C:.*]]: tensor<2x4xf32>)
// CHECK-DAG:     %[[E:.*]] = tensor.empty() : tensor<4x0xf32>
// CHECK-DAG:     %[[W:.*]] = tensor.concat dim(1) %[[B]], %[[C]] : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<2x7xf32>
// CHECK:         return %[[E]], %[[B]], %[[W]]
func.func @movements(%a: tensor<2x0xf32>, %b: tensor<2x3xf32>, %c: tensor<2x4xf32>) -> (tensor<4x0xf32>, tensor<2x3xf32>, tensor<2x7xf32>) {
  %0 = tensor.concat dim(0) %a, %a : (tensor<2x0xf32>, tensor<2x0xf32>) -> tensor<4x0xf32>
  %1 = tensor.concat dim(1) %a, %b : (tensor<2x0xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = tensor.concat dim(1) %b, %a, %c : (tensor<2x3xf32>, tensor<2x0xf32>, tensor<2x4xf32>) -> tensor<2x7xf32>
  return %0, %1, %2 : tensor<4x0xf32>, tensor<2x3xf32>, tensor<2x7xf32>
}

// Buffers and sizes that are not known stay.
// CHECK-LABEL: func.func @others(
// CHECK:         linalg.fill
// CHECK:         linalg.fill
func.func @others(%m: memref<0xf32>, %t: tensor<?xf32>, %c: f32) -> tensor<?xf32> {
  linalg.fill ins(%c : f32) outs(%m : memref<0xf32>)
  %y = linalg.fill ins(%c : f32) outs(%t : tensor<?xf32>) -> tensor<?xf32>
  return %y : tensor<?xf32>
}
