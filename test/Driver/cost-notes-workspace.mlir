// A workspace out of proportion is said in one note. Each of many threads gets
// scratch memory of its own, for a convolution that needs much of it.
// RUN: convopt-compile %s --target=x86-64 --force-primitive=im2row --threads=512 -o %t.o 2>&1 | FileCheck %s --implicit-check-not=note
// RUN: convopt-compile %s --target=x86-64 -o %t.o 2>&1 | count 0
// CHECK: convopt-compile: note: {{.*}}workspace.mlir: the workspace takes {{[0-9.]+}} MB, {{[0-9]+}} times the largest tensor: 0.0 MB for tensors, {{[0-9.]+}} MB for kernels, which --max-workspace limits; --report shows both{{$}}

func.func @main(%x: tensor<1x8x18x18xf32>) -> tensor<1x16x16x16xf32> {
  %zero = arith.constant 0.0 : f32
  %w = arith.constant dense<0.5> : tensor<16x8x3x3xf32>
  %e = tensor.empty() : tensor<1x16x16x16xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x16x16xf32>) -> tensor<1x16x16x16xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x18x18xf32>, tensor<16x8x3x3xf32>) outs(%f : tensor<1x16x16x16xf32>) -> tensor<1x16x16x16xf32>
  return %y : tensor<1x16x16x16xf32>
}
