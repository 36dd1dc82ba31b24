// RUN: rm -rf %t && convopt-compile %s --target=x86-64 --cpu=sapphirerapids --emit=asm -o %t
// RUN: cat %t/conv_matrix_tiles_*.s | FileCheck %s

// In an image that is one line of pixels, of 24 channels in bfloat16, a tile's
// rows lie 48 bytes from each other: no patch is copied. The image is copied
// strip by strip, of which the last begins within a row.

// CHECK: mov{{[lq]}} $48, %
// CHECK: tileloadd (%{{[a-z0-9]+}},%{{[a-z0-9]+}}), %tmm
// CHECK: tdpbf16ps

func.func @main(%x: tensor<1x24x258x258xf32>) -> tensor<1x32x256x256xf32> {
  %w = arith.constant dense<0.125> : tensor<32x24x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x32x256x256xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x32x256x256xf32>) -> tensor<1x32x256x256xf32>
  %y = linalg.conv_2d_nchw_fchw
         {convopt.pinned, convopt.primitive = #convopt.primitive<matrix_tiles variant = "32x2s64-bf16" in = nhwc out = nhwc>}
         ins(%x, %w : tensor<1x24x258x258xf32>, tensor<32x24x3x3xf32>)
         outs(%init : tensor<1x32x256x256xf32>) -> tensor<1x32x256x256xf32>
  return %y : tensor<1x32x256x256xf32>
}
