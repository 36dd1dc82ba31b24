// A function of two blocks is left as it is by every step of the pass: the
// channels that it shuffles, and launches that it has already.
// RUN: convopt-opt %s -convopt-form-kernels 2> %t | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t

// REMARK-COUNT-2: remark: has more than one block and is left as it is

// CHECK-LABEL: func.func @shuffle(
// CHECK-NOT:     convopt.launch
// CHECK:         tensor.concat
// CHECK:         tensor.collapse_shape
// CHECK-NOT:     convopt.launch
// CHECK:         return
func.func @shuffle(%a: tensor<1x4x5x6xf32>, %b: tensor<1x4x5x6xf32>) -> tensor<1x4x5x12xf32> {
  %c = tensor.concat dim(3) %a, %b : (tensor<1x4x5x6xf32>, tensor<1x4x5x6xf32>) -> tensor<1x4x5x12xf32>
  cf.br ^next
^next:
  %x = tensor.expand_shape %c [[0], [1], [2], [3, 4]] output_shape [1, 4, 5, 2, 6] : tensor<1x4x5x12xf32> into tensor<1x4x5x2x6xf32>
  %e = tensor.empty() : tensor<1x4x5x6x2xf32>
  %t = linalg.transpose ins(%x : tensor<1x4x5x2x6xf32>) outs(%e : tensor<1x4x5x6x2xf32>) permutation = [0, 1, 2, 4, 3]
  %s = tensor.collapse_shape %t [[0], [1], [2], [3, 4]] : tensor<1x4x5x6x2xf32> into tensor<1x4x5x12xf32>
  return %s : tensor<1x4x5x12xf32>
}

convopt.kernel @part(%x: tensor<1x4x5x3xf32>, %f: tensor<1x1x3x6xf32>) -> tensor<1x4x5x6xf32> {
  %e = tensor.empty() : tensor<1x4x5x6xf32>
  %zero = arith.constant 0.0 : f32
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x5x6xf32>) -> tensor<1x4x5x6xf32>
  %y = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<pointwise in = nhwc out = nhwc>} ins(%x, %f : tensor<1x4x5x3xf32>, tensor<1x1x3x6xf32>) outs(%i : tensor<1x4x5x6xf32>) -> tensor<1x4x5x6xf32>
  convopt.yield %y : tensor<1x4x5x6xf32>
}

convopt.kernel @whole(%x: tensor<1x4x5x6xf32>, %y: tensor<1x4x5x6xf32>) -> tensor<1x4x5x12xf32> {
  %c = tensor.concat dim(3) %x, %y : (tensor<1x4x5x6xf32>, tensor<1x4x5x6xf32>) -> tensor<1x4x5x12xf32>
  convopt.yield %c : tensor<1x4x5x12xf32>
}

// The block of the parts stands behind that of the whole.
// CHECK-LABEL: func.func @parts(
// CHECK:         convopt.launch @whole
// CHECK:         convopt.launch @part
// CHECK:         convopt.launch @part
func.func @parts(%x: tensor<1x4x5x3xf32>, %f: tensor<1x1x3x6xf32>) -> tensor<1x4x5x12xf32> {
  %e = tensor.empty() : tensor<1x4x5x6xf32>
  %w = tensor.empty() : tensor<1x4x5x12xf32>
  cf.br ^parts
^whole(%a: tensor<1x4x5x6xf32>, %b: tensor<1x4x5x6xf32>):
  %c = convopt.launch @whole ins(%a, %b : tensor<1x4x5x6xf32>, tensor<1x4x5x6xf32>) outs(%w : tensor<1x4x5x12xf32>) -> tensor<1x4x5x12xf32>
  return %c : tensor<1x4x5x12xf32>
^parts:
  %p = convopt.launch @part ins(%x, %f : tensor<1x4x5x3xf32>, tensor<1x1x3x6xf32>) outs(%e : tensor<1x4x5x6xf32>) -> tensor<1x4x5x6xf32>
  %q = convopt.launch @part ins(%x, %f : tensor<1x4x5x3xf32>, tensor<1x1x3x6xf32>) outs(%e : tensor<1x4x5x6xf32>) -> tensor<1x4x5x6xf32>
  cf.br ^whole(%p, %q : tensor<1x4x5x6xf32>, tensor<1x4x5x6xf32>)
}
