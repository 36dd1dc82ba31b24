"""What the tests share: networks with weights, inputs, and what other engines answer."""
