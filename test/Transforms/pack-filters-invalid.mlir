// RUN: convopt-opt %s -convopt-form-kernels -convopt-pack-filters=target=x86-64 -split-input-file -verify-diagnostics

func.func @main(%x: tensor<1x3x4x5xf32>, %f: tensor<2x3x1x2xf32>) -> tensor<1x2x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x2x4x4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // expected-error@+1 {{passes a filter that is not constant}}
  %a = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct out = nhwc>} ins(%x, %f : tensor<1x3x4x5xf32>, tensor<2x3x1x2xf32>) outs(%i : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %a : tensor<1x2x4x4xf32>
}

// -----

func.func @main(%x: tensor<1x3x4x5xf32>) -> tensor<1x2x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %f = arith.constant dense<1.0> : tensor<2x3x1x2xf32>
  %e = tensor.empty() : tensor<1x2x4x4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // expected-error@+1 {{has #convopt.primitive<direct variant = "none" out = nhwc>, which x86-64-v3 does not have for this convolution}}
  %a = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "none" out = nhwc>} ins(%x, %f : tensor<1x3x4x5xf32>, tensor<2x3x1x2xf32>) outs(%i : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %a : tensor<1x2x4x4xf32>
}
