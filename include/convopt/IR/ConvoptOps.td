#ifndef CONVOPT_IR_CONVOPTOPS_TD
#define CONVOPT_IR_CONVOPTOPS_TD

include "convopt/IR/ConvoptDialect.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Convopt_KernelOp : Op<Convopt_Dialect, "kernel",
    [FunctionOpInterface, IsolatedFromAbove, HasParent<"::mlir::ModuleOp">]> {
  let summary = "One fused group of tensor operations, compiled as one function";
  let description = [{
    The body is one block of linalg, tensor and arith operations on statically
    shaped tensors; the arguments are everything it reads. A kernel is called
    with `convopt.launch`, writes each result whole, and keeps nothing.

    ```mlir
    convopt.kernel @relu(%x: tensor<8xf32>) -> tensor<8xf32> {
      ...
      convopt.yield %y : tensor<8xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       TypeAttrOf<FunctionType>:$function_type,
                       OptionalAttr<DictArrayAttr>:$arg_attrs,
                       OptionalAttr<DictArrayAttr>:$res_attrs);
  let regions = (region SizedRegion<1>:$body);
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name, "::mlir::FunctionType":$type)>];
  let skipDefaultBuilders = 1;
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::llvm::ArrayRef<::mlir::Type> getArgumentTypes() { return getFunctionType().getInputs(); }
    ::llvm::ArrayRef<::mlir::Type> getResultTypes() { return getFunctionType().getResults(); }
    ::mlir::Region *getCallableRegion() { return &getBody(); }
    /// The values the body yields.
    ::mlir::OperandRange getYielded();
  }];
}

def Convopt_YieldOp : Op<Convopt_Dialect, "yield",
    [Pure, Terminator, ParentOneOf<["KernelOp", "RecurrenceOp"]>]> {
  let summary = "Ends a kernel's body, or gives what a step of a recurrence computes";
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}

def Convopt_LaunchOp : Op<Convopt_Dialect, "launch",
    [DestinationStyleOpInterface, AttrSizedOperandSegments,
     DeclareOpInterfaceMethods<SymbolUserOpInterface>,
     DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "Runs a kernel";
  let description = [{
    In destination style: each result is the tensor in `outs` at the same
    place, overwritten whole. On memrefs there are no results.

    ```mlir
    %y = convopt.launch @relu ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) -> tensor<8xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel,
                       Variadic<AnyShaped>:$inputs,
                       Variadic<AnyShaped>:$outputs);
  let results = (outs Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = [{
    $kernel attr-dict (`ins` `(` $inputs^ `:` type($inputs) `)`)?
    `outs` `(` $outputs `:` type($outputs) `)` (`->` type($values)^)?
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutputsMutable(); }
  }];
}

def Convopt_FilterOp : Op<Convopt_Dialect, "filter", [Pure]> {
  let summary = "Packed weights, seen as the filter they were packed from";
  let description = [{
    Inside a kernel: the operand holds what the convolution's primitive packed
    ahead of time; the result is the filter of the convolution that uses it.
  }];
  let arguments = (ins AnyStaticShapeTensor:$packed);
  let results = (outs AnyStaticShapeTensor:$filter);
  let assemblyFormat = "$packed attr-dict `:` type($packed) `to` type($filter)";
}

def Convopt_TopKOp : Op<Convopt_Dialect, "top_k",
    [DestinationStyleOpInterface,
     DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "The k best elements of each row, in order, and their places";
  let description = [{
    In destination style: the operand has rows of n elements, the outputs have
    as many rows of k, the elements and their places in the row as i64, which
    are overwritten whole. The best is the largest, or the smallest with
    `smallest`; of equal elements the one that comes first is better, and NaN
    is worse than every number. Integers are signed unless `is_unsigned`.

    ```mlir
    %y:2 = convopt.top_k %x into %v, %p : tensor<2x9xf32> into tensor<2x3xf32>, tensor<2x3xi64> -> tensor<2x3xf32>, tensor<2x3xi64>
    ```
  }];
  let arguments = (ins AnyShaped:$input, AnyShaped:$elements, AnyShaped:$places,
                       UnitAttr:$smallest, UnitAttr:$is_unsigned);
  let results = (outs Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = [{
    $input `into` $elements `,` $places attr-dict `:` type($input) `into`
    type($elements) `,` type($places) (`->` type($values)^)?
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() {
      return ::mlir::MutableOperandRange(*this, 1, 2);
    }
  }];
}

def Convopt_LoopsOp : Op<Convopt_Dialect, "loops",
    [DestinationStyleOpInterface, AttrSizedOperandSegments, IsolatedFromAbove,
     SingleBlock, NoTerminator,
     DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "Sequential code on whole tensors";
  let description = [{
    What no loop nest of linalg says: writes to places that are data, sorting,
    searches that end when they have found something. In destination style: the
    body gets each operand as a memref, reads the inputs and writes the outputs,
    whole: it finds nothing in them, but may read again what it wrote. An output
    whose result nobody reads is memory to work in. The body loads, stores and
    computes on scalars, with scf around it.

    ```mlir
    %y = convopt.loops ins(%i : tensor<1xindex>) outs(%empty : tensor<2xf32>) -> tensor<2xf32> {
    ^bb0(%place: memref<1xindex>, %out: memref<2xf32>):
      %zero = arith.constant 0 : index
      %one = arith.constant 1 : index
      %none = arith.constant 0.0 : f32
      %all = arith.constant 1.0 : f32
      memref.store %none, %out[%zero] : memref<2xf32>
      memref.store %none, %out[%one] : memref<2xf32>
      %at = memref.load %place[%zero] : memref<1xindex>
      memref.store %all, %out[%at] : memref<2xf32>
    }
    ```
  }];
  let arguments = (ins Variadic<AnyShaped>:$inputs,
                       Variadic<AnyShaped>:$outputs);
  let results = (outs Variadic<AnyRankedTensor>:$values);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    (`ins` `(` $inputs^ `:` type($inputs) `)`)?
    `outs` `(` $outputs `:` type($outputs) `)`
    (`->` type($values)^)? attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutputsMutable(); }
  }];
}

def Convopt_RecurrenceOp : Op<Convopt_Dialect, "recurrence",
    [Pure, IsolatedFromAbove, DestinationStyleOpInterface,
     AttrSizedOperandSegments]> {
  let summary = "A recurrent layer behind the product with its input";
  let description = [{
    In each of T steps every unit of a state is computed anew from the whole
    state before: for unit u, with gates x of this step (the products of the
    layer's input, bias included, computed for all steps before),

        s[g] = sum over k of weights[g, u, k] * h[k]
        (h, c, ...)[u] = cell(x[0..G), s[0..G), (h, c, ...)[u], parameters[u])

    With `late` weights the last gates are multiplied with the vector that
    `reset` yields of the first gates and the states, instead of with h.

    Units stand in J blocks of P, the last one filled with zeros, so that what
    one block reads is contiguous: gates are T x N x D x J x G x P for a batch
    of N and D directions; weights D x J x H x A x P for the first A gates of H
    units, late ones D x J x H x (G-A) x P; parameters D x C x J x P. States
    are D x N x H, the first is h. A direction that is `reverse` takes the
    steps from the last to the first, with `lengths` (N, i32) from a sequence's
    last; steps behind its end leave the state as it is.

    The outputs, in destination style: with `sequence` h after each step, T x D
    x N x H, 0 behind a sequence's end; then the last states.
  }];
  let arguments = (ins StrAttr:$kind, DenseBoolArrayAttr:$reverse,
                       UnitAttr:$sequence,
                       AnyStaticShapeTensor:$gates,
                       AnyStaticShapeTensor:$weights,
                       Optional<AnyStaticShapeTensor>:$late,
                       Variadic<AnyStaticShapeTensor>:$states,
                       Optional<AnyStaticShapeTensor>:$parameters,
                       Optional<AnyStaticShapeTensor>:$lengths,
                       Variadic<AnyStaticShapeTensor>:$outputs);
  let results = (outs Variadic<AnyRankedTensor>:$values);
  let regions = (region MaxSizedRegion<1>:$reset, SizedRegion<1>:$cell);
  let assemblyFormat = [{
    $kind `reverse` $reverse
    `gates` `(` $gates `:` type($gates) `)`
    `weights` `(` $weights `:` type($weights) `)`
    (`late` `(` $late^ `:` type($late) `)`)?
    `states` `(` $states `:` type($states) `)`
    (`parameters` `(` $parameters^ `:` type($parameters) `)`)?
    (`lengths` `(` $lengths^ `:` type($lengths) `)`)?
    `outs` `(` $outputs `:` type($outputs) `)` attr-dict
    (`reset` $reset^)? `cell` $cell `->` type($values)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutputsMutable(); }
    /// The sizes of the description: T, N, D, J, G, P, H, A, C.
    int64_t getSteps() { return gateSize(0); }
    int64_t getBatch() { return gateSize(1); }
    int64_t getDirections() { return gateSize(2); }
    int64_t getBlocks() { return gateSize(3); }
    int64_t getGateCount() { return gateSize(4); }
    int64_t getBlockUnits() { return gateSize(5); }
    int64_t getUnits();
    int64_t getEarlyGates();
    int64_t getParameterCount();
    /// Multiplications and additions of all steps.
    int64_t countOperations();
    /// The results that are states, in their order.
    ::mlir::ResultRange getFinalStates() {
      return getValues().drop_front(getSequence() ? 1 : 0);
    }
  private:
    int64_t gateSize(unsigned dim);
  public:
  }];
}

#endif // CONVOPT_IR_CONVOPTOPS_TD
