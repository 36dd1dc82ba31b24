// RUN: convopt-opt %s -convopt-resolve-shapes -split-input-file | FileCheck %s

// Bounds of slices from a shape of which one element was taken and divided,
// as a split into halves comes from torch-mlir without its own arithmetic.
// CHECK-LABEL: func.func @halves(
// CHECK-SAME:    %[[X:.*]]: tensor<1x116x4x4xf32>
// CHECK-DAG:     %[[A:.*]] = tensor.extract_slice %[[X]][0, 0, 0, 0] [1, 58, 4, 4] [1, 1, 1, 1] : tensor<1x116x4x4xf32> to tensor<1x58x4x4xf32>
// CHECK-DAG:     %[[B:.*]] = tensor.extract_slice %[[X]][0, 58, 0, 0] [1, 58, 4, 4] [1, 1, 1, 1] : tensor<1x116x4x4xf32> to tensor<1x58x4x4xf32>
// CHECK:         %[[Y:.*]] = linalg.generic {{.*}} ins(%[[B]] : tensor<1x58x4x4xf32>)
// CHECK:         %[[C:.*]] = tensor.concat dim(1) %[[A]], %[[Y]] : (tensor<1x58x4x4xf32>, tensor<1x58x4x4xf32>) -> tensor<1x116x4x4xf32>
// CHECK-NEXT:    return %[[C]]
#vector = affine_map<(i) -> (i)>
#id = affine_map<(a, b, c, d) -> (a, b, c, d)>
func.func @halves(%x: tensor<1x116x4x4xf32>) -> tensor<1x116x4x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n0 = arith.constant 0 : i64
  %channels = arith.constant 116 : i64
  %most = arith.constant 116 : index
  %sum = arith.constant dense<117> : tensor<1xi64>
  %two = arith.constant dense<2> : tensor<1xi64>
  %e = tensor.empty() : tensor<1xi64>
  %half = linalg.generic {indexing_maps = [#vector, #vector, #vector], iterator_types = ["parallel"]} ins(%sum, %two : tensor<1xi64>, tensor<1xi64>) outs(%e : tensor<1xi64>) {
  ^bb0(%a: i64, %b: i64, %o: i64):
    %q = arith.divsi %a, %b : i64
    linalg.yield %q : i64
  } -> tensor<1xi64>
  %whole = linalg.generic {indexing_maps = [#vector, #vector, #vector], iterator_types = ["parallel"]} ins(%half, %two : tensor<1xi64>, tensor<1xi64>) outs(%e : tensor<1xi64>) {
  ^bb0(%a: i64, %b: i64, %o: i64):
    %p = arith.muli %a, %b : i64
    linalg.yield %p : i64
  } -> tensor<1xi64>
  %first = tensor.extract %half[%c0] : tensor<1xi64>
  %last = tensor.extract %whole[%c0] : tensor<1xi64>
  %behind = arith.addi %first, %channels : i64
  %positive = arith.cmpi sge, %first, %n0 : i64
  %begin = arith.select %positive, %first, %behind : i64
  %b = arith.index_cast %begin : i64 to index
  %l = arith.index_cast %last : i64 to index
  %end = arith.minsi %l, %most : index
  %size = arith.subi %end, %b : index
  %lower = tensor.extract_slice %x[0, 0, 0, 0] [1, %b, 4, 4] [1, 1, 1, 1] : tensor<1x116x4x4xf32> to tensor<1x?x4x4xf32>
  %upper = tensor.extract_slice %x[0, %b, 0, 0] [1, %size, 4, 4] [1, 1, 1, 1] : tensor<1x116x4x4xf32> to tensor<1x?x4x4xf32>
  %d = tensor.dim %upper, %c1 : tensor<1x?x4x4xf32>
  %f = tensor.empty(%d) : tensor<1x?x4x4xf32>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%upper : tensor<1x?x4x4xf32>) outs(%f : tensor<1x?x4x4xf32>) {
  ^bb0(%a: f32, %o: f32):
    %n = arith.negf %a : f32
    linalg.yield %n : f32
  } -> tensor<1x?x4x4xf32>
  %joined = tensor.concat dim(1) %lower, %y : (tensor<1x?x4x4xf32>, tensor<1x?x4x4xf32>) -> tensor<1x?x4x4xf32>
  %r = tensor.cast %joined : tensor<1x?x4x4xf32> to tensor<1x116x4x4xf32>
  return %r : tensor<1x116x4x4xf32>
}

// -----

// A shape put together from parts of others, with the number of elements by a
// product over it, and a reshape to that.
// CHECK-LABEL: func.func @flattened(
// CHECK-SAME:    %[[X:.*]]: tensor<2x3x4x5xf32>
// CHECK-NEXT:    %[[C:.*]] = tensor.collapse_shape %[[X]] {{\[\[}}0], [1, 2, 3]] : tensor<2x3x4x5xf32> into tensor<2x60xf32>
// CHECK-NEXT:    return %[[C]]
#vector = affine_map<(i) -> (i)>
#none = affine_map<(i) -> ()>
func.func @flattened(%x: tensor<2x3x4x5xf32>) -> tensor<2x60xf32> {
  %shape = arith.constant dense<[2, 3, 4, 5]> : tensor<4xi64>
  %one = arith.constant dense<1> : tensor<i64>
  %batch = tensor.extract_slice %shape[0] [1] [1] : tensor<4xi64> to tensor<1xi64>
  %image = tensor.extract_slice %shape[1] [3] [1] : tensor<4xi64> to tensor<3xi64>
  %count = linalg.generic {indexing_maps = [#vector, #none], iterator_types = ["reduction"]} ins(%image : tensor<3xi64>) outs(%one : tensor<i64>) {
  ^bb0(%a: i64, %o: i64):
    %p = arith.muli %a, %o : i64
    linalg.yield %p : i64
  } -> tensor<i64>
  %features = tensor.expand_shape %count [] output_shape [1] : tensor<i64> into tensor<1xi64>
  %new = tensor.concat dim(0) %batch, %features : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  %y = tensor.reshape %x(%new) : (tensor<2x3x4x5xf32>, tensor<2xi64>) -> tensor<?x?xf32>
  %r = tensor.cast %y : tensor<?x?xf32> to tensor<2x60xf32>
  return %r : tensor<2x60xf32>
}

// -----

// Groups of channels, of which one size is left open, and an index that is
// looked up in a table.
// CHECK-LABEL: func.func @groups(
// CHECK-SAME:    %[[X:.*]]: tensor<1x12x4x4xf32>
// CHECK-NEXT:    %[[E:.*]] = tensor.expand_shape %[[X]] {{\[\[}}0], [1, 2], [3], [4]] output_shape [1, 3, 4, 4, 4] : tensor<1x12x4x4xf32> into tensor<1x3x4x4x4xf32>
// CHECK-NEXT:    return %[[E]]
#vector = affine_map<(i) -> (i)>
func.func @groups(%x: tensor<1x12x4x4xf32>) -> tensor<1x3x4x4x4xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %table = arith.constant dense<[7, 3, 5]> : tensor<3xi64>
  %which = arith.constant dense<1> : tensor<1xi64>
  %e = tensor.empty() : tensor<1xi64>
  %found = linalg.generic {indexing_maps = [#vector, #vector], iterator_types = ["parallel"]} ins(%which : tensor<1xi64>) outs(%e : tensor<1xi64>) {
  ^bb0(%a: i64, %o: i64):
    %i = arith.index_cast %a : i64 to index
    %v = tensor.extract %table[%i] : tensor<3xi64>
    linalg.yield %v : i64
  } -> tensor<1xi64>
  %n = tensor.extract %found[%c0] : tensor<1xi64>
  %g = arith.index_cast %n : i64 to index
  %y = tensor.cast %x : tensor<1x12x4x4xf32> to tensor<1x?x4x4xf32>
  %d = tensor.dim %y, %c1 : tensor<1x?x4x4xf32>
  %k = arith.divui %d, %g : index
  %z = tensor.expand_shape %y [[0], [1, 2], [3], [4]] output_shape [1, %g, %k, 4, 4] : tensor<1x?x4x4xf32> into tensor<1x?x?x4x4xf32>
  %r = tensor.cast %z : tensor<1x?x?x4x4xf32> to tensor<1x3x4x4x4xf32>
  return %r : tensor<1x3x4x4x4xf32>
}

// -----

// What nobody knows before the model runs, and a division that has no result.
// CHECK-LABEL: func.func @unknown(
// CHECK:         tensor.extract %{{.*}} : tensor<1xi64>
// CHECK:         tensor.extract_slice {{.*}} to tensor<?xf32>
// CHECK:         arith.divsi
// CHECK:         tensor.extract_slice {{.*}} to tensor<?xf32>
#vector = affine_map<(i) -> (i)>
func.func @unknown(%x: tensor<8xf32>, %n: tensor<1xi64>) -> (tensor<?xf32>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %some = tensor.extract %n[%c0] : tensor<1xi64>
  %s = arith.index_cast %some : i64 to index
  %y = tensor.extract_slice %x[0] [%s] [1] : tensor<8xf32> to tensor<?xf32>
  %zero = arith.constant dense<0> : tensor<1xi64>
  %e = tensor.empty() : tensor<1xi64>
  %q = linalg.generic {indexing_maps = [#vector, #vector, #vector], iterator_types = ["parallel"]} ins(%zero, %zero : tensor<1xi64>, tensor<1xi64>) outs(%e : tensor<1xi64>) {
  ^bb0(%a: i64, %b: i64, %o: i64):
    %p = arith.divsi %a, %b : i64
    linalg.yield %p : i64
  } -> tensor<1xi64>
  %none = tensor.extract %q[%c0] : tensor<1xi64>
  %t = arith.index_cast %none : i64 to index
  %z = tensor.extract_slice %x[0] [%t] [1] : tensor<8xf32> to tensor<?xf32>
  return %y, %z : tensor<?xf32>, tensor<?xf32>
}
