// Products of matrices and convolutions in three dimensions carry the bytes, their
// signs and what they are padded with along.
// RUN: convopt-opt %s -convopt-matmul-to-conv -convopt-planar-convolutions -canonicalize | FileCheck %s

// CHECK-LABEL: func.func @matrices(
// CHECK:       %[[I:.*]] = linalg.fill {{.*}} outs(%{{.*}} : tensor<1x1x3x2xi32>)
// CHECK:       linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x1x3x2xi8>, tensor<1x1x2x2xi8>) outs(%[[I]] :
// CHECK-NEXT:  ^bb0
// CHECK-NEXT:    arith.extui
// CHECK-NEXT:    arith.extsi
// CHECK-NEXT:    arith.muli
// CHECK-NEXT:    arith.addi
func.func @matrices(%x: tensor<3x2xi8>) -> tensor<3x2xi32> {
  %none = arith.constant 0 : i32
  %w = arith.constant dense<[[1, 3], [2, 4]]> : tensor<2x2xi8>
  %e = tensor.empty() : tensor<3x2xi32>
  %init = linalg.fill ins(%none : i32) outs(%e : tensor<3x2xi32>) -> tensor<3x2xi32>
  %y = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %w : tensor<3x2xi8>, tensor<2x2xi8>) outs(%init : tensor<3x2xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %0 = arith.extui %a : i8 to i32
    %1 = arith.extsi %b : i8 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %o, %2 : i32
    linalg.yield %3 : i32
  } -> tensor<3x2xi32>
  return %y : tensor<3x2xi32>
}

// Of i32 they stay as they are: no primitive multiplies them.
// CHECK-LABEL: func.func @wide(
// CHECK:       linalg.matmul
func.func @wide(%x: tensor<3x2xi32>, %init: tensor<3x2xi32>) -> tensor<3x2xi32> {
  %w = arith.constant dense<[[1, 3], [2, 4]]> : tensor<2x2xi32>
  %y = linalg.matmul ins(%x, %w : tensor<3x2xi32>, tensor<2x2xi32>) outs(%init : tensor<3x2xi32>) -> tensor<3x2xi32>
  return %y : tensor<3x2xi32>
}

// Slices are padded with 7, and so are their borders.
// CHECK-LABEL: func.func @volume(
// CHECK:       tensor.pad {{.*}} low[0, 1, 0, 0, 0] high[0, 0, 0, 0, 0]
// CHECK:         tensor.yield %[[SEVEN:.*]] : i8
// CHECK:       tensor.pad {{.*}} low[0, 0, 0, 1] high[0, 0, 0, 0]
// CHECK:         tensor.yield %[[SEVEN]] : i8
// CHECK:       linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<2x2x2x4xi8>, tensor<1x2x1x2xi8>) outs(%{{.*}} : tensor<2x1x2x3xi32>)
// CHECK:         arith.extui
func.func @volume(%x: tensor<1x1x2x2x3xi8>) -> tensor<1x1x2x2x3xi32> {
  %seven = arith.constant 7 : i8
  %none = arith.constant 0 : i32
  %w = arith.constant dense<[[[[[1, 2]], [[3, 4]]]]]> : tensor<1x1x2x1x2xi8>
  %p = tensor.pad %x low[0, 0, 1, 0, 1] high[0, 0, 0, 0, 0] {
  ^bb0(%n: index, %c: index, %d: index, %h: index, %q: index):
    tensor.yield %seven : i8
  } : tensor<1x1x2x2x3xi8> to tensor<1x1x3x2x4xi8>
  %e = tensor.empty() : tensor<1x1x2x2x3xi32>
  %init = linalg.fill ins(%none : i32) outs(%e : tensor<1x1x2x2x3xi32>) -> tensor<1x1x2x2x3xi32>
  %y = linalg.generic {indexing_maps = [affine_map<(n, k, d, h, w, c, i, r, s) -> (n, c, d + i, h + r, w + s)>, affine_map<(n, k, d, h, w, c, i, r, s) -> (k, c, i, r, s)>, affine_map<(n, k, d, h, w, c, i, r, s) -> (n, k, d, h, w)>], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "reduction"]} ins(%p, %w : tensor<1x1x3x2x4xi8>, tensor<1x1x2x1x2xi8>) outs(%init : tensor<1x1x2x2x3xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %0 = arith.extui %a : i8 to i32
    %1 = arith.extsi %b : i8 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %o, %2 : i32
    linalg.yield %3 : i32
  } -> tensor<1x1x2x2x3xi32>
  return %y : tensor<1x1x2x2x3xi32>
}
