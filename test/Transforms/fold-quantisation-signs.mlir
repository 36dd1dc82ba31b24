// All that products multiply by filters gets the wanted sign, where it is
// computed or comes from; what was quantised is computed with it at once.
// RUN: convopt-opt %s -convopt-fold-quantisation=activations=u8 -canonicalize | FileCheck %s --check-prefixes=CHECK,U8
// RUN: convopt-opt %s -convopt-fold-quantisation=activations=s8 -canonicalize | FileCheck %s --check-prefixes=CHECK,S8
// RUN: convopt-opt %s -convopt-fold-quantisation -canonicalize | FileCheck %s --check-prefixes=CHECK,S8
// RUN: convopt-opt %s -convopt-fold-quantisation -canonicalize | convopt-opt -convopt-fold-quantisation=activations=u8 -canonicalize | FileCheck %s --check-prefixes=CHECK,U8
// RUN: not convopt-opt %s -convopt-fold-quantisation=activations=i8 2>&1 | FileCheck %s --check-prefix=BAD
// BAD: Cannot find option named 'i8'!

#id = affine_map<(m, k) -> (m, k)>
#left = affine_map<(m, n, k) -> (m, k)>
#right = affine_map<(m, n, k) -> (k, n)>
#result = affine_map<(m, n, k) -> (m, n)>

// The input is changed once, and what is padded with is; the sums of the filter,
// 3 and 7, times 128 are taken off again.
// CHECK-LABEL: func.func @from_outside(
// U8:          %[[F:.*]] = linalg.generic {{.*}} ins(%arg0 : tensor<3x1xi8>)
// U8:            arith.addi %{{.*}}, %c-128_i8
// U8:          tensor.pad %[[F]]
// U8-NEXT:     ^bb0
// U8-NEXT:       tensor.yield %c-123_i8 : i8
// U8:            arith.extui
// U8-NEXT:       arith.extsi
// U8-NEXT:       arith.muli
// U8:            arith.subi
// U8:          return
// S8:          tensor.pad %arg0
// S8-NEXT:     ^bb0
// S8-NEXT:       tensor.yield %c5_i8 : i8
// S8:          linalg.matmul
// S8-NOT:        arith.subi
// S8:          return
func.func @from_outside(%x: tensor<3x1xi8>) -> tensor<3x2xi32> {
  %five = arith.constant 5 : i8
  %none = arith.constant 0 : i32
  %w = arith.constant dense<[[1, 3], [2, 4]]> : tensor<2x2xi8>
  %e = tensor.empty() : tensor<3x2xi32>
  %init = linalg.fill ins(%none : i32) outs(%e : tensor<3x2xi32>) -> tensor<3x2xi32>
  %p = tensor.pad %x low[0, 1] high[0, 0] {
  ^bb0(%i: index, %j: index):
    tensor.yield %five : i8
  } : tensor<3x1xi8> to tensor<3x2xi8>
  %y = linalg.matmul ins(%p, %w : tensor<3x2xi8>, tensor<2x2xi8>) outs(%init : tensor<3x2xi32>) -> tensor<3x2xi32>
  return %y : tensor<3x2xi32>
}

// What is returned too is changed back; what is computed is changed in its own
// operation.
// CHECK-LABEL: func.func @inside(
// U8:          %[[Q:.*]] = linalg.generic {{.*}} ins(%arg0 : tensor<3x2xf32>)
// U8:            arith.trunci
// U8:            arith.xori
// U8:          %[[B:.*]] = linalg.generic {{.*}} ins(%[[Q]] : tensor<3x2xi8>)
// U8:            arith.xori
// U8:          linalg.generic {{.*}} ins(%[[Q]], %
// U8:            arith.extui
// U8:          return %[[B]], %
// S8-NOT:      arith.xori
// S8:          return
func.func @inside(%x: tensor<3x2xf32>) -> (tensor<3x2xi8>, tensor<3x2xi32>) {
  %none = arith.constant 0 : i32
  %w = arith.constant dense<[[1, 3], [2, 4]]> : tensor<2x2xi8>
  %e = tensor.empty() : tensor<3x2xi32>
  %eq = tensor.empty() : tensor<3x2xi8>
  %init = linalg.fill ins(%none : i32) outs(%e : tensor<3x2xi32>) -> tensor<3x2xi32>
  %q = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x2xf32>) outs(%eq : tensor<3x2xi8>) {
  ^bb0(%a: f32, %o: i8):
    %0 = arith.fptosi %a : f32 to i32
    %1 = arith.trunci %0 : i32 to i8
    linalg.yield %1 : i8
  } -> tensor<3x2xi8>
  %y = linalg.matmul ins(%q, %w : tensor<3x2xi8>, tensor<2x2xi8>) outs(%init : tensor<3x2xi32>) -> tensor<3x2xi32>
  return %q, %y : tensor<3x2xi8>, tensor<3x2xi32>
}
