// RUN: convopt-opt %s -convopt-sink-reshapes | FileCheck %s

#id = affine_map<(a, b) -> (a, b)>
#second = affine_map<(a, b) -> (b)>

// Down past everything element-wise; what is read beside it is expanded.
// CHECK-LABEL: func.func @down
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x4xf32>, %[[Y:.*]]: tensor<6x4xf32>
// CHECK-DAG:     %[[E:.*]] = linalg.generic {{.*}} ins(%[[X]] : tensor<2x3x4xf32>)
// CHECK-DAG:     %[[Y3:.*]] = tensor.expand_shape %[[Y]]
// CHECK:         %[[S:.*]] = linalg.generic {{.*}} ins(%[[E]], %[[Y3]] : tensor<2x3x4xf32>, tensor<2x3x4xf32>)
// CHECK:         %[[R:.*]] = tensor.collapse_shape %[[S]]
// CHECK:         return %[[R]]
func.func @down(%x: tensor<2x3x4xf32>, %y: tensor<6x4xf32>) -> tensor<6x4xf32> {
  %e3 = tensor.empty() : tensor<2x3x4xf32>
  %e = tensor.empty() : tensor<6x4xf32>
  %exp = linalg.exp ins(%x : tensor<2x3x4xf32>) outs(%e3 : tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %flat = tensor.collapse_shape %exp [[0, 1], [2]] : tensor<2x3x4xf32> into tensor<6x4xf32>
  %s = linalg.add ins(%flat, %y : tensor<6x4xf32>, tensor<6x4xf32>) outs(%e : tensor<6x4xf32>) -> tensor<6x4xf32>
  return %s : tensor<6x4xf32>
}

// Not past a reduction, and an expansion does not move up.
// CHECK-LABEL: func.func @stays
// CHECK:         linalg.generic
// CHECK:         tensor.collapse_shape
// CHECK:         linalg.reduce
// CHECK:         linalg.generic
// CHECK:         tensor.expand_shape
func.func @stays(%x: tensor<2x3x4xf32>) -> tensor<2x3x1xf32> {
  %zero = arith.constant 0.0 : f32
  %e3 = tensor.empty() : tensor<2x3x4xf32>
  %e = tensor.empty() : tensor<6xf32>
  %exp = linalg.exp ins(%x : tensor<2x3x4xf32>) outs(%e3 : tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %flat = tensor.collapse_shape %exp [[0, 1], [2]] : tensor<2x3x4xf32> into tensor<6x4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<6xf32>) -> tensor<6xf32>
  %r = linalg.reduce ins(%flat : tensor<6x4xf32>) outs(%i : tensor<6xf32>) dimensions = [1]
    (%a: f32, %o: f32) {
      %t = arith.addf %a, %o : f32
      linalg.yield %t : f32
    }
  %n = linalg.negf ins(%r : tensor<6xf32>) outs(%e : tensor<6xf32>) -> tensor<6xf32>
  %y = tensor.expand_shape %n [[0, 1, 2]] output_shape [2, 3, 1] : tensor<6xf32> into tensor<2x3x1xf32>
  return %y : tensor<2x3x1xf32>
}
