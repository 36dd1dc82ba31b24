// RUN: convopt-opt %s -convopt-form-kernels -convopt-pack-filters=target=x86-64 -split-input-file -verify-diagnostics

func.func @main(%x: tensor<1x3x4x5xf32>, %f: tensor<2x3x1x2xf32>) -> tensor<1x2x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x2x4x4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // expected-error@+1 {{passes a filter that is not constant}}
  %a = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct>} ins(%x, %f : tensor<1x3x4x5xf32>, tensor<2x3x1x2xf32>) outs(%i : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %a : tensor<1x2x4x4xf32>
}

// -----

func.func @main(%x: tensor<1x3x4x5xf32>) -> tensor<1x2x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %f = arith.constant dense<1.0> : tensor<2x3x1x2xf32>
  %e = tensor.empty() : tensor<1x2x4x4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // expected-error@+1 {{'none' is no variant's name, such as 6x4 or 6x4l8s14c2p}}
  %a = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "none">} ins(%x, %f : tensor<1x3x4x5xf32>, tensor<2x3x1x2xf32>) outs(%i : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %a : tensor<1x2x4x4xf32>
}

// -----

func.func @main(%x: tensor<1x3x4x5xf32>) -> tensor<1x2x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %f = arith.constant dense<1.0> : tensor<2x3x1x2xf32>
  %e = tensor.empty() : tensor<1x2x4x4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // expected-error@+1 {{x86-64-v3 has no #convopt.primitive<direct variant = "3x7"> for this convolution}}
  %a = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "3x7">} ins(%x, %f : tensor<1x3x4x5xf32>, tensor<2x3x1x2xf32>) outs(%i : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %a : tensor<1x2x4x4xf32>
}

// -----

// A number that the variant does not have here.
func.func @main(%x: tensor<1x3x4x5xf32>) -> tensor<1x2x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %f = arith.constant dense<1.0> : tensor<2x3x1x2xf32>
  %e = tensor.empty() : tensor<1x2x4x4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // expected-error@+1 {{x86-64-v3 has no #convopt.primitive<direct unroll = 5> for this convolution}}
  %a = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct unroll = 5>} ins(%x, %f : tensor<1x3x4x5xf32>, tensor<2x3x1x2xf32>) outs(%i : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %a : tensor<1x2x4x4xf32>
}

// -----

// Tensors of another layout than the annotation has.
func.func @main(%x: tensor<1x3x4x5xf32>) -> tensor<1x2x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %f = arith.constant dense<1.0> : tensor<2x3x1x2xf32>
  %e = tensor.empty() : tensor<1x2x4x4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // expected-error@+1 {{#convopt.primitive<direct in = nhwc out = nhwc> stands on a convolution from nchw to nchw}}
  %a = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct in = nhwc out = nhwc>} ins(%x, %f : tensor<1x3x4x5xf32>, tensor<2x3x1x2xf32>) outs(%i : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %a : tensor<1x2x4x4xf32>
}

// -----

func.func @main(%x: tensor<1x3x4x5xf32>) -> tensor<1x2x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %f = arith.constant dense<1.0> : tensor<2x3x1x2xf32>
  %e = tensor.empty() : tensor<1x2x4x4xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  // expected-error@+1 {{there is no primitive called winograd_f9x9_9x9}}
  %a = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<winograd_f9x9_9x9>} ins(%x, %f : tensor<1x3x4x5xf32>, tensor<2x3x1x2xf32>) outs(%i : tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32>
  return %a : tensor<1x2x4x4xf32>
}
