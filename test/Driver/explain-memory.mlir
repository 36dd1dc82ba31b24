// --explain says what memory a run needs, and the least that any placement of
// its tensors could need.
// RUN: convopt-compile %s --explain --target=x86-64 -o %t.o | FileCheck %s

// CHECK: workspace: 512 bytes of tensors, of which at least 512 are live at one time; 0 bytes of kernels' own
func.func @main(%x: tensor<8x16xf32>) -> tensor<16xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<16x8xf32>
  %t = linalg.transpose ins(%x : tensor<8x16xf32>) outs(%e : tensor<16x8xf32>) permutation = [1, 0]
  %g = tensor.empty() : tensor<16xf32>
  %h = linalg.fill ins(%zero : f32) outs(%g : tensor<16xf32>) -> tensor<16xf32>
  %r = linalg.reduce {arith.addf} ins(%t : tensor<16x8xf32>) outs(%h : tensor<16xf32>) dimensions = [1]
  return %r : tensor<16xf32>
}
