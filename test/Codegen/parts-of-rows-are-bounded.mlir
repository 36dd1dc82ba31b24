// RUN: rm -rf %t && convopt-compile %s --target=x86-64 --cpu=znver4 --emit=asm -o %t
// RUN: cat %t/conv_winograd_*.s | FileCheck %s

// The last block of a row of tiles is cut off; the memory of its padded image
// is nevertheless known, as all scratch must be.

// CHECK: vfmadd{{[0-9]+}}ps

func.func @main(%x: tensor<1x128x56x56xf32>) -> tensor<1x256x56x56xf32> {
  %w = arith.constant dense<0.125> : tensor<256x128x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %pad = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<1x128x56x56xf32> to tensor<1x128x58x58xf32>
  %e = tensor.empty() : tensor<1x256x56x56xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x256x56x56xf32>) -> tensor<1x256x56x56xf32>
  %y = linalg.conv_2d_nchw_fchw
         {convopt.pinned, convopt.primitive = #convopt.primitive<winograd_f5x5_3x3 variant = "6x1s1c6p" in = nchw out = nhwc>}
         ins(%pad, %w : tensor<1x128x58x58xf32>, tensor<256x128x3x3xf32>)
         outs(%init : tensor<1x256x56x56xf32>) -> tensor<1x256x56x56xf32>
  return %y : tensor<1x256x56x56xf32>
}
