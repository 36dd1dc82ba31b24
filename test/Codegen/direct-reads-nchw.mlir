// RUN: rm -rf %t && convopt-compile %s --target=x86-64 --cpu=znver4 --emit=asm -o %t
// RUN: cat %t/conv_direct_*.s | FileCheck %s --implicit-check-not=vextractps

// The padded copy of an image with channels first is not transposed: whole
// vectors are copied, and each pixel is read by itself.

// CHECK: vbroadcastss {{-?[0-9]*\(.*\)}}, %zmm
// CHECK: vfmadd{{[0-9]+}}ps

func.func @main(%x: tensor<1x3x56x56xf32>) -> tensor<1x32x28x28xf32> {
  %w = arith.constant dense<0.125> : tensor<32x3x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %pad = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 0, 0] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<1x3x56x56xf32> to tensor<1x3x57x57xf32>
  %e = tensor.empty() : tensor<1x32x28x28xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x32x28x28xf32>) -> tensor<1x32x28x28xf32>
  %y = linalg.conv_2d_nchw_fchw
         {convopt.pinned, convopt.primitive = #convopt.primitive<direct variant = "14x2" in = nchw out = nhwc>, strides = dense<2> : tensor<2xi64>}
         ins(%pad, %w : tensor<1x3x57x57xf32>, tensor<32x3x3x3xf32>)
         outs(%init : tensor<1x32x28x28xf32>) -> tensor<1x32x28x28xf32>
  return %y : tensor<1x32x28x28xf32>
}
