//! `--spectre on`: bounds that hold where the processor guesses, too.
//!
//! A processor that guesses a comparison's outcome runs on with an index that is
//! outside, and what it reads shows in its caches (Spectre variant 1). So the address,
//! or the length, that a comparison is about is 0 where the comparison fails, by an
//! instruction that waits for the comparison (`select_spectre_guard`): a `cmov`, or a
//! `csel` with the barrier `csdb` behind it.
//!
//! What becomes 0 stays in the sandbox: an index into linear memory is its first byte's,
//! and as a host address (of a table's cell, of a segment's bytes, of code) nothing is
//! mapped there. Of a range in linear memory the length alone becomes 0: the range begins
//! at 32 bits above the base, and what copies nothing reads nothing far from there.
//!
//! Every comparison in generated code that keeps an access inside something is guarded.
//! There are no others where accesses rely on PROT_NONE ([`super::address`]): these add
//! 32 bits to a base, whatever is guessed, and reach nothing but the memory's own
//! reserve. Cranelift itself clamps the index of each `br_table`, without a branch.

use super::Lowering;
use cranelift_codegen::ir::{InstBuilder, Value};

impl Lowering<'_, '_, '_> {
    /// `value`, an integer, to be used where `outside` doesn't hold; with `--spectre on`
    /// it is 0 where `outside` does.
    pub(super) fn guard(&mut self, outside: Value, value: Value) -> Value {
        if !self.env.spectre {
            return value;
        }
        let ty = self.builder.func.dfg.value_type(value);
        let zero = self.builder.ins().iconst(ty, 0);
        self.builder
            .ins()
            .select_spectre_guard(outside, zero, value)
    }

    /// Where a range begins, and how much of it there is, both guarded: what the processor
    /// guesses to be inside moves nothing.
    pub(super) fn guard_range(
        &mut self,
        outside: Value,
        first: Value,
        count: Value,
    ) -> (Value, Value) {
        (self.guard(outside, first), self.guard(outside, count))
    }

    /// [`Self::guard`] by the opposite comparison.
    pub(super) fn guard_unless(&mut self, inside: Value, value: Value) -> Value {
        if !self.env.spectre {
            return value;
        }
        let ty = self.builder.func.dfg.value_type(value);
        let zero = self.builder.ins().iconst(ty, 0);
        self.builder.ins().select_spectre_guard(inside, value, zero)
    }
}
