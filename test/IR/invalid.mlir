// RUN: convopt-opt %s -split-input-file -verify-diagnostics

func.func @not_a_convolution(%a: f32) -> f32 {
  // expected-error@+1 {{carries "convopt.primitive" but is not a static 2-D convolution}}
  %0 = arith.addf %a, %a {convopt.primitive = #convopt.primitive<direct>} : f32
  return %0 : f32
}

// -----

func.func @pooling(%i: tensor<1x4x9x9xf32>, %w: tensor<3x3xf32>, %o: tensor<1x4x7x7xf32>) -> tensor<1x4x7x7xf32> {
  // expected-error@+1 {{is not a static 2-D convolution}}
  %0 = linalg.pooling_nchw_sum {convopt.primitive = #convopt.primitive<direct>} ins(%i, %w : tensor<1x4x9x9xf32>, tensor<3x3xf32>) outs(%o : tensor<1x4x7x7xf32>) -> tensor<1x4x7x7xf32>
  return %0 : tensor<1x4x7x7xf32>
}

// -----

func.func @misspelt(%a: f32) -> f32 {
  // expected-error@+1 {{has unknown attribute "convopt.primitve"}}
  %0 = arith.addf %a, %a {convopt.primitve} : f32
  return %0 : f32
}

// -----

func.func @rounds_nothing(%a: f32) -> f32 {
  // expected-error@+1 {{needs "convopt.rounds_operand" to be a unit, on an arith.truncf}}
  %0 = arith.addf %a, %a {convopt.rounds_operand} : f32
  return %0 : f32
}

// -----

func.func @no_unit(%a: f32) -> f32 {
  // expected-error@+1 {{needs "convopt.no_least_byte" to be a unit}}
  %0 = arith.addf %a, %a {convopt.no_least_byte = 1} : f32
  return %0 : f32
}

// -----

func.func @pinned_without_primitive(%a: f32) -> f32 {
  // expected-error@+1 {{is pinned but has no convopt.primitive}}
  %0 = arith.addf %a, %a {convopt.pinned} : f32
  return %0 : f32
}

// -----

func.func @one_gain(%a: f32) -> f32 {
  // expected-error@+1 {{to be two numbers that are not negative}}
  %0 = arith.addf %a, %a {convopt.error_gain = array<f64: 1.0>} : f32
  return %0 : f32
}

// -----

func.func @negative_gain(%a: f32) -> f32 {
  // expected-error@+1 {{to be two numbers that are not negative}}
  %0 = arith.addf %a, %a {convopt.error_gain = array<f64: 1.0, -1.0>} : f32
  return %0 : f32
}

// -----

func.func @wrong_kind(%a: f32) -> f32 {
  // expected-error@+1 {{to be a #convopt.primitive}}
  %0 = arith.addf %a, %a {convopt.primitive = "direct"} : f32
  return %0 : f32
}

// -----

// expected-error@+1 {{has a value with unknown attribute "convopt.title"}}
func.func @argument(%a: f32 {convopt.title = "x"}) {
  return
}

// -----

// expected-error@+1 {{needs "convopt.name" to be a string}}
func.func @argument(%a: f32 {convopt.name = 1 : i32}) {
  return
}

// -----

// expected-error@+1 {{takes and gives tensors of static shape, not 'tensor<?xf32>'}}
convopt.kernel @dynamic(%x: tensor<?xf32>) -> tensor<?xf32> {
  convopt.yield %x : tensor<?xf32>
}

// -----

// expected-error@+1 {{yields}}
convopt.kernel @yields(%x: tensor<4xf32>) -> tensor<8xf32> {
  convopt.yield %x : tensor<4xf32>
}

// -----

func.func @no_kernel(%x: tensor<8xf32>) -> tensor<8xf32> {
  // expected-error@+1 {{launches unknown kernel @nowhere}}
  %y = convopt.launch @nowhere ins(%x : tensor<8xf32>) outs(%x : tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

convopt.kernel @copy(%x: tensor<8xf32>) -> tensor<8xf32> {
  convopt.yield %x : tensor<8xf32>
}

func.func @wrong_type(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{does not fit the type of kernel @copy}}
  %y = convopt.launch @copy ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

convopt.kernel @copy(%x: tensor<8xf32>) -> tensor<8xf32> {
  convopt.yield %x : tensor<8xf32>
}

func.func @mixed(%x: tensor<8xf32>, %m: memref<8xf32>) {
  // expected-error@+1 {{takes tensors or memrefs, not both}}
  convopt.launch @copy ins(%x : tensor<8xf32>) outs(%m : memref<8xf32>)
  return
}

// -----

// expected-error@+2 {{no family of primitives has 'fft_16'}}
// expected-error@+1 {{failed to parse Convopt_PrimitiveAttr parameter 'name'}}
func.func private @no_family() attributes {test.p = #convopt.primitive<fft_16>}

// -----

// expected-error@+2 {{invalid activation layout specification: chwn}}
// expected-error@+1 {{failed to parse Convopt_PrimitiveAttr parameter 'input'}}
func.func private @no_layout() attributes {test.p = #convopt.primitive<direct in = chwn>}
