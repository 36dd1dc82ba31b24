// Dequantisation moves behind what moves elements, and quantising what was
// dequantised alike is nothing.
// RUN: convopt-opt %s -convopt-fold-quantisation -canonicalize | FileCheck %s

#id = affine_map<(n, c, h, w) -> (n, c, h, w)>

// Nothing of numbers remains: padded with the least integer of those without a
// sign, a pooling begins with it.
// CHECK-LABEL: func.func @all_integers(
// CHECK-SAME:  %[[X:.*]]: tensor<1x2x3x3xi8>) -> tensor<1x3x3x2xi8>
// CHECK-NOT:   f32
// CHECK:       %[[P:.*]] = tensor.pad %[[X]]
// CHECK:         tensor.yield %c0_i8
// CHECK-NOT:   f32
// CHECK:       %[[M:.*]] = linalg.generic {{.*}} ins(%[[P]], %
// CHECK:         arith.maxui
// CHECK-NOT:   f32
// CHECK:       %[[T:.*]] = linalg.transpose ins(%[[M]] : tensor<1x2x3x3xi8>)
// CHECK-NEXT:  return %[[T]]
func.func @all_integers(%x: tensor<1x2x3x3xi8>) -> tensor<1x3x3x2xi8> {
  %least = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<1x2x3x3xf32>
  %dx = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x2x3x3xi8>) outs(%e : tensor<1x2x3x3xf32>) {
  ^bb0(%a: i8, %o: f32):
    %three = arith.constant -3 : i32
    %scale = arith.constant 0.3 : f32
    %0 = arith.extui %a : i8 to i32
    %1 = arith.addi %0, %three : i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = arith.mulf %2, %scale : f32
    linalg.yield %3 : f32
  } -> tensor<1x2x3x3xf32>
  %p = tensor.pad %dx low[0, 0, 1, 1] high[0, 0, 0, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %least : f32
  } : tensor<1x2x3x3xf32> to tensor<1x2x4x4xf32>
  %window = tensor.empty() : tensor<2x2xf32>
  %init = linalg.fill ins(%least : f32) outs(%e : tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  %m = linalg.pooling_nchw_max ins(%p, %window : tensor<1x2x4x4xf32>, tensor<2x2xf32>) outs(%init : tensor<1x2x3x3xf32>) -> tensor<1x2x3x3xf32>
  %te = tensor.empty() : tensor<1x3x3x2xf32>
  %t = linalg.transpose ins(%m : tensor<1x2x3x3xf32>) outs(%te : tensor<1x3x3x2xf32>) permutation = [0, 2, 3, 1]
  %qe = tensor.empty() : tensor<1x3x3x2xi8>
  %q = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%t : tensor<1x3x3x2xf32>) outs(%qe : tensor<1x3x3x2xi8>) {
  ^bb0(%a: f32, %o: i8):
    %low = arith.constant -3.0 : f32
    %high = arith.constant 252.0 : f32
    %three = arith.constant 3 : i32
    %scale = arith.constant 0.3 : f32
    %0 = arith.divf %a, %scale : f32
    %1 = arith.maxnumf %0, %low : f32
    %2 = arith.minnumf %1, %high : f32
    %3 = math.roundeven %2 : f32
    %4 = arith.fptosi %3 : f32 to i32
    %5 = arith.addi %4, %three : i32
    %6 = arith.trunci %5 : i32 to i8
    linalg.yield %6 : i8
  } -> tensor<1x3x3x2xi8>
  return %q : tensor<1x3x3x2xi8>
}

// Of another scale it is computed; a window that sees padding alone keeps its
// numbers, as no integer stands for the least of them.
// CHECK-LABEL: func.func @numbers(
// CHECK:       linalg.generic
// CHECK:         arith.mulf
// CHECK:       tensor.pad {{.*}} low[0, 0, 2, 0]
// CHECK:         tensor.yield %{{.*}} : f32
// CHECK:       linalg.pooling_nchw_max
// CHECK:       linalg.generic
// CHECK:         arith.divf
func.func @numbers(%x: tensor<1x2x3x3xi8>) -> tensor<1x2x4x3xi8> {
  %least = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<1x2x3x3xf32>
  %dx = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x2x3x3xi8>) outs(%e : tensor<1x2x3x3xf32>) {
  ^bb0(%a: i8, %o: f32):
    %scale = arith.constant 0.3 : f32
    %1 = arith.sitofp %a : i8 to f32
    %2 = arith.mulf %1, %scale : f32
    linalg.yield %2 : f32
  } -> tensor<1x2x3x3xf32>
  %p = tensor.pad %dx low[0, 0, 2, 0] high[0, 0, 0, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %least : f32
  } : tensor<1x2x3x3xf32> to tensor<1x2x5x3xf32>
  %window = tensor.empty() : tensor<2x1xf32>
  %re = tensor.empty() : tensor<1x2x4x3xf32>
  %init = linalg.fill ins(%least : f32) outs(%re : tensor<1x2x4x3xf32>) -> tensor<1x2x4x3xf32>
  %m = linalg.pooling_nchw_max ins(%p, %window : tensor<1x2x5x3xf32>, tensor<2x1xf32>) outs(%init : tensor<1x2x4x3xf32>) -> tensor<1x2x4x3xf32>
  %qe = tensor.empty() : tensor<1x2x4x3xi8>
  %q = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%m : tensor<1x2x4x3xf32>) outs(%qe : tensor<1x2x4x3xi8>) {
  ^bb0(%a: f32, %o: i8):
    %low = arith.constant -128.0 : f32
    %high = arith.constant 127.0 : f32
    %scale = arith.constant 0.5 : f32
    %0 = arith.divf %a, %scale : f32
    %1 = arith.maxnumf %0, %low : f32
    %2 = arith.minnumf %1, %high : f32
    %3 = math.roundeven %2 : f32
    %4 = arith.fptosi %3 : f32 to i32
    %5 = arith.trunci %4 : i32 to i8
    linalg.yield %5 : i8
  } -> tensor<1x2x4x3xi8>
  return %q : tensor<1x2x4x3xi8>
}
