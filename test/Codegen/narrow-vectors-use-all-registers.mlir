// RUN: rm -rf %t && convopt-compile %s --target=x86-64 --cpu=znver4 --features=+prefer-128-bit --force-primitive=direct --emit=asm -o %t
// RUN: cat %t/conv_direct_*.s | FileCheck %s

// Vectors are of four floats, in registers that only AVX-512 has.
// CHECK-NOT: {{[yz]mm}}
// CHECK: vfmadd{{[0-9]+}}ps {{.*}}%xmm{{1[6-9]|2[0-9]|3[01]}}
// CHECK-NOT: {{[yz]mm}}
// CHECK-LABEL: .Lfunc_end

func.func @main(%x: tensor<1x20x20x16xf32>) -> tensor<1x20x20x64xf32> {
  %w = arith.constant dense<0.125> : tensor<64x1x1x16xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x20x20x64xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x20x20x64xf32>) -> tensor<1x20x20x64xf32>
  %y = linalg.conv_2d_nhwc_fhwc ins(%x, %w : tensor<1x20x20x16xf32>, tensor<64x1x1x16xf32>)
         outs(%init : tensor<1x20x20x64xf32>) -> tensor<1x20x20x64xf32>
  return %y : tensor<1x20x20x64xf32>
}
