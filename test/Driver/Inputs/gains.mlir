// Two equal convolutions, one behind the other.
func.func @main(%x: tensor<1x28x28x256xf32>) -> tensor<1x28x28x256xf32> {
  %f = arith.constant dense<1.0> : tensor<256x256x1x1xf32>
  %zero = arith.constant 0.0 : f32
  %in = tensor.empty() : tensor<1x256x28x28xf32>
  %e = tensor.empty() : tensor<1x28x28x256xf32>
  %i = linalg.fill ins(%zero : f32) outs(%in : tensor<1x256x28x28xf32>) -> tensor<1x256x28x28xf32>
  %t = linalg.transpose ins(%x : tensor<1x28x28x256xf32>) outs(%in : tensor<1x256x28x28xf32>) permutation = [0, 3, 1, 2]
  %a = linalg.conv_2d_nchw_fchw {convopt.error_gain = array<f64: 100.0, 1.0>}
         ins(%t, %f : tensor<1x256x28x28xf32>, tensor<256x256x1x1xf32>) outs(%i : tensor<1x256x28x28xf32>) -> tensor<1x256x28x28xf32> loc("first")
  %b = linalg.conv_2d_nchw_fchw
         ins(%a, %f : tensor<1x256x28x28xf32>, tensor<256x256x1x1xf32>) outs(%i : tensor<1x256x28x28xf32>) -> tensor<1x256x28x28xf32> loc("second")
  %r = linalg.transpose ins(%b : tensor<1x256x28x28xf32>) outs(%e : tensor<1x28x28x256xf32>) permutation = [0, 2, 3, 1]
  return %r : tensor<1x28x28x256xf32>
}
