// RUN: rm -rf %t && mkdir -p %t/other
// RUN: convopt-compile %s --target=x86-64 --threads=2 --name=net -o %t/a.o
// RUN: cp %s %t/other/copy.mlir
// RUN: cd %t/other && convopt-compile copy.mlir --target=x86-64 --threads=2 --name=net -o b.o
// RUN: cmp %t/a.o %t/other/b.o
// RUN: cmp %t/a.h %t/other/b.h

// The same bytes from another folder, from a file of another name.

func.func @main(%x: tensor<1x8x10x10xf32>) -> (tensor<1x16x8x8xf32>, tensor<1x8x10x10xf32>) {
  %w = arith.constant dense<0.5> : tensor<16x8x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x16x8x8xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x10x10xf32>, tensor<16x8x3x3xf32>)
         outs(%init : tensor<1x16x8x8xf32>) -> tensor<1x16x8x8xf32>
  %z = math.exp %x : tensor<1x8x10x10xf32>
  return %y, %z : tensor<1x16x8x8xf32>, tensor<1x8x10x10xf32>
}
