// An operation that cannot get buffers is named.
// RUN: convopt-opt %s -convopt-bufferize -verify-diagnostics -split-input-file

func.func @no_rule(%x: tensor<4x4xf32>, %i: tensor<2x1xi64>) -> tensor<2x1x4xf32> {
  // expected-error @below {{tensor.gather: works on tensors, and there is no rule for buffers in their place}}
  %y = tensor.gather %x[%i] gather_dims([0]) : (tensor<4x4xf32>, tensor<2x1xi64>) -> tensor<2x1x4xf32>
  return %y : tensor<2x1x4xf32>
}

// -----

// Nobody asks for it.
func.func @unused(%x: tensor<4x4xf32>, %i: tensor<2x1xi64>) -> tensor<4x4xf32> {
  %y = tensor.gather %x[%i] gather_dims([0]) : (tensor<4x4xf32>, tensor<2x1xi64>) -> tensor<2x1x4xf32>
  return %x : tensor<4x4xf32>
}
