// Products of dequantised numbers become products of the integers.
// RUN: convopt-opt %s -convopt-fold-quantisation -canonicalize -split-input-file | FileCheck %s

#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
#fid = affine_map<(k, c, r, s) -> (k, c, r, s)>
#k = affine_map<(k, c, r, s) -> (k)>

// Zeros around the image become zero points (7); each channel has its correction,
// 7 times the sum of its filter, and its scale; the bias is added to what that
// gives. Filters less their zero point (-1) are new.
// CHECK-LABEL: func.func @conv(
// CHECK-SAME:  %[[X:.*]]: tensor<1x1x2x2xi8>
// CHECK-DAG:   %[[W:.*]] = arith.constant dense_resource<filter> : tensor<2x1x1x2xi8>
// CHECK-DAG:   %[[C:.*]] = arith.constant dense_resource<correction> : tensor<2xi32>
// CHECK-DAG:   %[[S:.*]] = arith.constant dense_resource<scale> : tensor<2xf32>
// CHECK-DAG:   %[[B:.*]] = arith.constant dense<[5.0{{.*}}, 6.0{{.*}}]> : tensor<2xf32>
// CHECK-DAG:   %[[Z:.*]] = arith.constant 7 : i8
// CHECK:       %[[P:.*]] = tensor.pad %[[X]] low[0, 0, 0, 1] high[0, 0, 0, 0]
// CHECK:         tensor.yield %[[Z]] : i8
// CHECK:       %[[I:.*]] = linalg.fill ins(%c0_i32
// CHECK:       %[[Y:.*]] = linalg.generic {{.*}} ins(%[[P]], %[[W]] : tensor<1x1x2x3xi8>, tensor<2x1x1x2xi8>) outs(%[[I]] : tensor<1x2x2x2xi32>)
// CHECK-NEXT:  ^bb0(%[[A:.*]]: i8, %[[F:.*]]: i8, %[[SUM:.*]]: i32):
// CHECK-NEXT:    %[[AX:.*]] = arith.extui %[[A]]
// CHECK-NEXT:    %[[FX:.*]] = arith.extsi %[[F]]
// CHECK-NEXT:    %[[M:.*]] = arith.muli %[[AX]], %[[FX]]
// CHECK-NEXT:    %[[N:.*]] = arith.addi %[[SUM]], %[[M]]
// CHECK-NEXT:    linalg.yield %[[N]]
// CHECK:       linalg.generic {{.*}} ins(%[[Y]], %[[C]], %[[S]], %[[B]] :
// CHECK:         %[[D:.*]] = arith.subi
// CHECK-NEXT:    %[[E:.*]] = arith.sitofp %[[D]]
// CHECK-NEXT:    %[[G:.*]] = arith.mulf %[[E]]
// CHECK-NEXT:    arith.addf %[[G]]
// CHECK:       {-#
// Of the second channel 7 * (4 - 1).
// CHECK-DAG:   correction: "0x{{[0-9]+}}2A00000015000000"
// CHECK-DAG:   filter: "0x{{[0-9]+}}0204FF04"
func.func @conv(%x: tensor<1x1x2x2xi8>) -> tensor<1x2x2x2xf32> {
  %w = arith.constant dense<[[[[1, 3]]], [[[-2, 3]]]]> : tensor<2x1x1x2xi8>
  %ws = arith.constant dense<[0.5, 0.25]> : tensor<2xf32>
  %b = arith.constant dense<[5.0, 6.0]> : tensor<2xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x1x2x2xf32>
  %d = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x1x2x2xi8>) outs(%e : tensor<1x1x2x2xf32>) {
  ^bb0(%a: i8, %o: f32):
    %seven = arith.constant 7 : i32
    %scale = arith.constant 0.125 : f32
    %0 = arith.extui %a : i8 to i32
    %1 = arith.subi %0, %seven : i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = arith.mulf %2, %scale : f32
    linalg.yield %3 : f32
  } -> tensor<1x1x2x2xf32>
  %fe = tensor.empty() : tensor<2x1x1x2xf32>
  %f = linalg.generic {indexing_maps = [#fid, #k, #fid], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%w, %ws : tensor<2x1x1x2xi8>, tensor<2xf32>) outs(%fe : tensor<2x1x1x2xf32>) {
  ^bb0(%a: i8, %s: f32, %o: f32):
    %one = arith.constant -1.0 : f32
    %0 = arith.sitofp %a : i8 to f32
    %1 = arith.subf %0, %one : f32
    %2 = arith.mulf %s, %1 : f32
    linalg.yield %2 : f32
  } -> tensor<2x1x1x2xf32>
  %p = tensor.pad %d low[0, 0, 0, 1] high[0, 0, 0, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x1x2x2xf32> to tensor<1x1x2x3xf32>
  %re = tensor.empty() : tensor<1x2x2x2xf32>
  %init = linalg.broadcast ins(%b : tensor<2xf32>) outs(%re : tensor<1x2x2x2xf32>) dimensions = [0, 2, 3]
  %y = linalg.conv_2d_nchw_fchw ins(%p, %f : tensor<1x1x2x3xf32>, tensor<2x1x1x2xf32>) outs(%init : tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  return %y : tensor<1x2x2x2xf32>
}

// -----

// A named product with zero points. The sum of the filter's two columns is 3 and
// 7, the image's zero point 2, the filter's 0.
// CHECK-LABEL: func.func @named(
// CHECK-DAG:   %[[C:.*]] = arith.constant dense_resource<correction> : tensor<2xi32>
// CHECK:       linalg.generic {{.*}} ins(%{{.*}}, %{{.*}} : tensor<3x2xi8>, tensor<2x2xi8>) outs(%{{.*}} : tensor<3x2xi32>)
// CHECK:         arith.extsi
// CHECK:         arith.extsi
// CHECK:         arith.muli
// CHECK:       linalg.generic {{.*}} ins(%{{.*}}, %[[C]], %arg1 : tensor<3x2xi32>, tensor<2xi32>, tensor<3x2xi32>)
// CHECK:         arith.subi
// CHECK:         arith.addi
// CHECK:       correction: "0x{{[0-9]+}}060000000E000000"
func.func @named(%x: tensor<3x2xi8>, %init: tensor<3x2xi32>) -> tensor<3x2xi32> {
  %two = arith.constant 2 : i32
  %none = arith.constant 0 : i32
  %w = arith.constant dense<[[1, 3], [2, 4]]> : tensor<2x2xi8>
  %y = linalg.quantized_matmul ins(%x, %w, %two, %none : tensor<3x2xi8>, tensor<2x2xi8>, i32, i32) outs(%init : tensor<3x2xi32>) -> tensor<3x2xi32>
  return %y : tensor<3x2xi32>
}

// -----

#id = affine_map<(m, k) -> (m, k)>

// What is of bytes as products want it stays as it is, and so does what has no
// constant filter.
// CHECK-LABEL: func.func @stays(
// CHECK-COUNT-2: linalg.generic
// CHECK-NOT:   linalg.generic
// CHECK:       return
func.func @stays(%x: tensor<3x2xi8>, %v: tensor<2x2xi8>) -> (tensor<3x2xi32>, tensor<3x2xi32>) {
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
  %z = linalg.generic {indexing_maps = [affine_map<(m, n, k) -> (m, k)>, affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%x, %v : tensor<3x2xi8>, tensor<2x2xi8>) outs(%init : tensor<3x2xi32>) {
  ^bb0(%a: i8, %b: i8, %o: i32):
    %0 = arith.extui %a : i8 to i32
    %1 = arith.extsi %b : i8 to i32
    %2 = arith.muli %0, %1 : i32
    %3 = arith.addi %o, %2 : i32
    linalg.yield %3 : i32
  } -> tensor<3x2xi32>
  return %y, %z : tensor<3x2xi32>, tensor<3x2xi32>
}
