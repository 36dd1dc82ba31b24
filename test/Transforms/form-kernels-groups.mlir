// RUN: convopt-opt %s -convopt-form-kernels -split-input-file | FileCheck %s
// RUN: convopt-opt %s -convopt-form-kernels=except=linalg.pooling_nchw_max -split-input-file | FileCheck %s --check-prefix=EXCEPT

#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
#channel = affine_map<(n, c, h, w) -> (c)>

// A pooling takes its padding and what follows it; the reader of every window
// does not take what comes before.

// CHECK:      convopt.kernel @elementwise_
// CHECK:      math.exp
// CHECK:      convopt.kernel @pool_
// CHECK:        tensor.pad
// CHECK:        linalg.fill
// CHECK:        linalg.pooling_nchw_max
// CHECK:        linalg.abs
// CHECK-NOT:  convopt.kernel
// CHECK:      func.func @pool
// CHECK-NOT:    linalg

// EXCEPT-LABEL: func.func @pool
// EXCEPT:         linalg.pooling_nchw_max
func.func @pool(%x: tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32> {
  %low = arith.constant 0xFF800000 : f32
  %e = tensor.empty() : tensor<1x4x8x8xf32>
  %window = tensor.empty() : tensor<3x3xf32>
  %exp = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x4x8x8xf32>) outs(%e : tensor<1x4x8x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = math.exp %a : f32
    linalg.yield %m : f32
  } -> tensor<1x4x8x8xf32>
  %p = tensor.pad %exp low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %low : f32
  } : tensor<1x4x8x8xf32> to tensor<1x4x10x10xf32>
  %init = linalg.fill ins(%low : f32) outs(%e : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %max = linalg.pooling_nchw_max ins(%p, %window : tensor<1x4x10x10xf32>, tensor<3x3xf32>) outs(%init : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %r = linalg.abs ins(%max : tensor<1x4x8x8xf32>) outs(%e : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  return %r : tensor<1x4x8x8xf32>
}

// -----

// An intermediate that is used twice is written once; a broadcast is computed
// where it is read; the reduction takes the element-wise operation before it.

// CHECK:      convopt.kernel @exp_{{[0-9a-f]+}}(%{{.*}}: tensor<4x8xf32>, %{{.*}}: tensor<8xf32>) -> tensor<4x8xf32>
// CHECK:        linalg.broadcast
// CHECK:        linalg.add
// CHECK:        linalg.exp
// CHECK-NOT:    linalg.negf
// CHECK:      convopt.kernel @reduce_{{[0-9a-f]+}}(%{{.*}}: tensor<4x8xf32>) -> tensor<4xf32>
// CHECK:        linalg.negf
// CHECK:        linalg.reduce
// CHECK-NOT:  convopt.kernel
// CHECK:      func.func @twice
// CHECK:        %[[V:.*]] = convopt.launch @exp_
// CHECK:        %[[R:.*]] = convopt.launch @reduce_{{.*}} ins(%[[V]] :
// CHECK:        return %[[V]], %[[R]]
func.func @twice(%x: tensor<4x8xf32>, %b: tensor<8xf32>) -> (tensor<4x8xf32>, tensor<4xf32>) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %small = tensor.empty() : tensor<4xf32>
  %wide = linalg.broadcast ins(%b : tensor<8xf32>) outs(%e : tensor<4x8xf32>) dimensions = [0]
  %s = linalg.add ins(%x, %wide : tensor<4x8xf32>, tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %y = linalg.exp ins(%s : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %n = linalg.negf ins(%y : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %init = linalg.fill ins(%zero : f32) outs(%small : tensor<4xf32>) -> tensor<4xf32>
  %r = linalg.reduce ins(%n : tensor<4x8xf32>) outs(%init : tensor<4xf32>) dimensions = [1]
    (%a: f32, %o: f32) {
      %t = arith.addf %a, %o : f32
      linalg.yield %t : f32
    }
  return %y, %r : tensor<4x8xf32>, tensor<4xf32>
}

// -----

// What is free stays: reshapes, and slices that are one piece of memory. A
// broadcast that is returned is a kernel.

// CHECK:      convopt.kernel @extract_slice_
// CHECK:      convopt.kernel @broadcast_
// CHECK-NOT:  convopt.kernel
// CHECK:      func.func @free
// CHECK:        tensor.extract_slice %{{.*}}[1, 0, 0] [1, 4, 8]
// CHECK:        tensor.collapse_shape
// CHECK:        convopt.launch @extract_slice_
func.func @free(%x: tensor<2x4x8xf32>, %b: tensor<8xf32>) -> (tensor<32xf32>, tensor<2x4x4xf32>, tensor<4x8xf32>) {
  %e = tensor.empty() : tensor<4x8xf32>
  %half = tensor.extract_slice %x[1, 0, 0] [1, 4, 8] [1, 1, 1] : tensor<2x4x8xf32> to tensor<4x8xf32>
  %flat = tensor.collapse_shape %half [[0, 1]] : tensor<4x8xf32> into tensor<32xf32>
  %columns = tensor.extract_slice %x[0, 0, 2] [2, 4, 4] [1, 1, 1] : tensor<2x4x8xf32> to tensor<2x4x4xf32>
  %wide = linalg.broadcast ins(%b : tensor<8xf32>) outs(%e : tensor<4x8xf32>) dimensions = [0]
  return %flat, %columns, %wide : tensor<32xf32>, tensor<2x4x4xf32>, tensor<4x8xf32>
}

// -----

// An operand that is there for its shape alone is not an argument, even if the
// same value is read elsewhere.

// CHECK:      convopt.kernel @add_{{[0-9a-f]+}}(%[[X:.*]]: tensor<8xf32>) -> tensor<8xf32>
// CHECK:        linalg.exp ins(%[[X]]
// CHECK:        linalg.add ins(%{{.*}}, %[[X]]
// CHECK-SAME:     outs(%{{[0-9]+}} :
func.func @shape(%x: tensor<8xf32>) -> tensor<8xf32> {
  %y = linalg.exp ins(%x : tensor<8xf32>) outs(%x : tensor<8xf32>) -> tensor<8xf32>
  %z = linalg.add ins(%y, %x : tensor<8xf32>, tensor<8xf32>) outs(%y : tensor<8xf32>) -> tensor<8xf32>
  return %z : tensor<8xf32>
}

// -----

// Insertions that build one tensor are one kernel.

// CHECK:      convopt.kernel @insert_slice_{{[0-9a-f]+}}(%{{.*}}: tensor<1x4x8xf32>, %{{.*}}: tensor<1x2x8xf32>) -> tensor<1x6x8xf32>
// CHECK-COUNT-2: tensor.insert_slice
// CHECK:      func.func @concatenate
// CHECK-NOT:    insert_slice %
func.func @concatenate(%x: tensor<1x4x8xf32>, %y: tensor<1x2x8xf32>) -> tensor<1x6x8xf32> {
  %e = tensor.empty() : tensor<1x6x8xf32>
  %a = tensor.insert_slice %x into %e[0, 0, 0] [1, 4, 8] [1, 1, 1] : tensor<1x4x8xf32> into tensor<1x6x8xf32>
  %b = tensor.insert_slice %y into %a[0, 4, 0] [1, 2, 8] [1, 1, 1] : tensor<1x2x8xf32> into tensor<1x6x8xf32>
  return %b : tensor<1x6x8xf32>
}
