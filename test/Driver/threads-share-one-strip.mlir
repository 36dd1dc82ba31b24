// RUN: convopt-compile %s --target=x86-64 --cpu=znver4 --threads=2 --emit=kernels | FileCheck %s --check-prefix=TWO
// RUN: convopt-compile %s --target=x86-64 --cpu=znver4 --emit=kernels | FileCheck %s --check-prefix=ONE

// The variant takes the image as one strip and its channels as one block: two
// threads halve the strip.
// TWO: halide_do_par_for({{.*}}conv_pointwise_{{.*}}, 0, 2, 
// ONE-NOT: halide_do_par_for

func.func @main(%x: tensor<1x72x28x28xf32>) -> tensor<1x40x28x28xf32> {
  %w = arith.constant dense<0.125> : tensor<40x72x1x1xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x40x28x28xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x40x28x28xf32>) -> tensor<1x40x28x28xf32>
  %y = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise variant = "5x5l8" in = nhwc out = nhwc>, convopt.pinned}
         ins(%x, %w : tensor<1x72x28x28xf32>, tensor<40x72x1x1xf32>)
         outs(%init : tensor<1x40x28x28xf32>) -> tensor<1x40x28x28xf32>
  return %y : tensor<1x40x28x28xf32>
}
