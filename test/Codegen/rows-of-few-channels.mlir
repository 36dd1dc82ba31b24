// RUN: rm -rf %t %t.mlir && sed 's/CHOICE/"5x4" in = nchw/' %s > %t.mlir
// RUN: convopt-compile %t.mlir --target=aarch64 --cpu=cortex-a73 --emit=asm -o %t
// RUN: cat %t/conv_direct_*.s | FileCheck %s
// RUN: rm -rf %t && sed 's/CHOICE/"5x4-f16" in = nhwc/' %s > %t.mlir
// RUN: convopt-compile %t.mlir --target=aarch64 --cpu=cortex-a76 --emit=asm --max-error=0.01 -o %t
// RUN: cat %t/conv_direct_*.s | FileCheck %s --check-prefix=HALVES

// Of three channels what a tile reads of a row is loaded together: eleven
// numbers for five pixels, of which each serves up to two of them.

// CHECK: Inner Loop Header: Depth
// CHECK-NOT: {{[[]sp|ld1r}}
// CHECK: fmla v{{[0-9]+}}.4s, v{{[0-9]+}}.4s, v{{[0-9]+}}.s[3]
// CHECK-NOT: {{[[]sp|ld1r}}
// CHECK: b.ne

// Of halves all channels of a row, 33 numbers for five pixels; 27 products are
// one short sum, in no loop.

// HALVES: fmla v{{[0-9]+}}.8h, v{{[0-9]+}}.8h, v{{[0-9]+}}.h[7]
// HALVES-NOT: {{b[.]|fcvtl}}
// HALVES-COUNT-400: fmla v{{[0-9]+}}.8h, v{{[0-9]+}}.8h, v{{[0-9]+}}.h[
// HALVES-NOT: b.
// HALVES: fcvtl v{{[0-9]+}}.4s, v{{[0-9]+}}.4h
// HALVES-LABEL: .Lfunc_end

func.func @main(%x: tensor<1x81x81x3xf32>) -> tensor<1x40x40x64xf32> {
  %w = arith.constant dense<0.125> : tensor<64x3x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x40x40x64xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x40x40x64xf32>) -> tensor<1x40x40x64xf32>
  %y = linalg.conv_2d_nhwc_fhwc {strides = dense<2> : tensor<2xi64>, convopt.pinned, convopt.primitive = #convopt.primitive<direct variant = CHOICE out = nhwc>} ins(%x, %w : tensor<1x81x81x3xf32>, tensor<64x3x3x3xf32>)
         outs(%init : tensor<1x40x40x64xf32>) -> tensor<1x40x40x64xf32>
  return %y : tensor<1x40x40x64xf32>
}
