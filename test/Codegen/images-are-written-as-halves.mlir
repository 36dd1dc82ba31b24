// RUN: rm -rf %t && convopt-compile %s --target=x86-64 --cpu=znver4 --emit=asm -o %t
// RUN: cat %t/conv_pointwise_*.s | FileCheck %s --implicit-check-not=vpmovdw
// RUN: grep -l vcvtne2ps2bf16 %t/*.s | wc -l | grep -x 1
// RUN: convopt-compile %s --target=x86-64 --cpu=znver4 --emit=kernels -o - | FileCheck %s --check-prefix=KERNELS

// What the second convolution multiplies the first one rounds, by the
// instruction for that, and the second loads it as it is.

// CHECK: vdpbf16ps
// KERNELS-DAG: convopt.kernel @{{.*}} -> tensor<1x20x20x256xbf16>
// KERNELS-DAG: convopt.kernel @{{.*}}: tensor<1x20x20x256xbf16>{{.*}} -> tensor<1x20x20x128xf32>

func.func @main(%x: tensor<1x20x20x64xf32>) -> tensor<1x20x20x128xf32> {
  %v = arith.constant dense<0.25> : tensor<256x1x1x64xf32>
  %w = arith.constant dense<0.125> : tensor<128x1x1x256xf32>
  %zero = arith.constant 0.0 : f32
  %d = tensor.empty() : tensor<1x20x20x256xf32>
  %e = tensor.empty() : tensor<1x20x20x128xf32>
  %first = linalg.fill ins(%zero : f32) outs(%d : tensor<1x20x20x256xf32>) -> tensor<1x20x20x256xf32>
  %second = linalg.fill ins(%zero : f32) outs(%e : tensor<1x20x20x128xf32>) -> tensor<1x20x20x128xf32>
  %y = linalg.conv_2d_nhwc_fhwc {convopt.pinned, convopt.primitive = #convopt.primitive<pointwise variant = "6x4" in = nhwc out = nhwc>} ins(%x, %v : tensor<1x20x20x64xf32>, tensor<256x1x1x64xf32>)
         outs(%first : tensor<1x20x20x256xf32>) -> tensor<1x20x20x256xf32>
  %z = linalg.conv_2d_nhwc_fhwc {convopt.pinned, convopt.primitive = #convopt.primitive<pointwise variant = "6x4-bf16" in = nhwc out = nhwc>} ins(%y, %w : tensor<1x20x20x256xf32>, tensor<128x1x1x256xf32>)
         outs(%second : tensor<1x20x20x128xf32>) -> tensor<1x20x20x128xf32>
  return %z : tensor<1x20x20x128xf32>
}
