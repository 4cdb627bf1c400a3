//! `call` and `call_indirect`.
//!
//! Functions of the module call each other in Cranelift's `tail` convention;
//! imports are C functions of the shim. An indirect call through a table that
//! nothing writes goes through a read-only array of code addresses that is filtered
//! by signature when it is emitted: entries for functions of another signature lead
//! to a stub that traps, so no signature is compared at run time. Any other table
//! has references ([`super::reference`]), whose tag is compared.

use super::address::Regions;
use super::{Env, Lowering, type_tag};
use crate::ir::Callee;
use crate::symbol::Symbol;
use crate::trap;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{FuncRef, InstBuilder, SigRef, Signature, Value, types};

/// Bytes of an entry of a typed table: images lie below 4 GiB.
pub const TABLE_ENTRY_SIZE: u32 = 4;

/// Pops arguments, the element's index for [`Callee::Element`], and SP where the callee takes it.
pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, callee: Callee) {
    let operands = l.pop_all();
    let call = match l.target(callee, operands) {
        Target::Direct(function, args) => l.builder.ins().call(function, &args),
        Target::Indirect(signature, code, args) => {
            l.builder.ins().call_indirect(signature, code, &args)
        }
    };
    let results = l.builder.inst_results(call).to_vec();
    for result in results {
        l.push(result);
    }
}

/// What a call calls in CLIF, with its arguments.
pub(super) enum Target {
    Direct(FuncRef, Vec<Value>),
    /// The code at an address.
    Indirect(SigRef, Value, Vec<Value>),
}

impl Lowering<'_, '_, '_> {
    /// The target of a call with these operands; looks an element up.
    pub(super) fn target(&mut self, callee: Callee, mut operands: Vec<Value>) -> Target {
        let env: &Env<'_, '_> = self.env;
        match callee {
            Callee::Function(index) => {
                let symbol = env.callee_symbol(index);
                let function = self.function_ref(symbol, || env.callee_signature(index));
                Target::Direct(function, operands)
            }
            Callee::Os(place) => {
                let signature = || Env::os_signature(place);
                Target::Direct(self.function_ref(Symbol::Os(place), signature), operands)
            }
            Callee::Element {
                type_index,
                table,
                gives_way,
            } => {
                let type_index = env.module.canonical_type(type_index);
                let params = env.module.types[type_index as usize].params().len();
                let index = operands.remove(params);
                let code = self.element_code(table, type_index, index, gives_way);
                let signature = self.signature_ref(type_index, || env.signature(type_index));
                Target::Indirect(signature, code, operands)
            }
        }
    }

    /// The code address of the function of a canonical type at `index` of a table;
    /// where there is none this traps, or gives that of a stub that does.
    fn element_code(
        &mut self,
        table: u32,
        type_index: u32,
        index: Value,
        gives_way: bool,
    ) -> Value {
        if self.env.module.tables[table as usize].written {
            assert!(!gives_way, "BUG: entries of a table that is written");
            self.checked_element(table, type_index, index)
        } else if gives_way {
            self.table_entry(table, Symbol::GivingWayTable(type_index), index)
        } else {
            let entries = Symbol::TypedTable { table, type_index };
            self.table_entry(table, entries, index)
        }
    }

    /// The code address at `index` of the typed table `entries`; traps where there is none.
    fn table_entry(&mut self, table: u32, entries: Symbol, index: Value) -> Value {
        let (first, end) = self.env.table_spans[table as usize];
        let relative = self.builder.ins().iadd_imm_s(index, -i64::from(first));
        let inside = self.builder.ins().icmp_imm_u(
            IntCC::UnsignedLessThan,
            relative,
            i64::from(end - first),
        );
        let present = self.builder.create_block();
        let absent = self.builder.create_block();
        self.builder.set_cold_block(absent);
        self.builder.ins().brif(inside, present, &[], absent, &[]);
        self.builder.switch_to_block(absent);
        self.trap_outside_span(table, index);
        self.builder.switch_to_block(present);
        let table = self.symbol_address(entries);
        let relative = self.builder.ins().uextend(types::I64, relative);
        let offset = self
            .builder
            .ins()
            .imul_imm_u(relative, i64::from(TABLE_ENTRY_SIZE));
        let entry = self.builder.ins().iadd(table, offset);
        let entry = self.guard_unless(inside, entry);
        self.builder.ins().uload32(Regions::table(), entry, 0)
    }

    /// Outside the span of entries an index is null or out of bounds.
    fn trap_outside_span(&mut self, table: u32, index: Value) {
        let len = i64::from(self.env.module.tables[table as usize].initial);
        let outside = self
            .builder
            .ins()
            .icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, index, len);
        self.builder
            .ins()
            .trapnz(outside, trap::TABLE_OUT_OF_BOUNDS);
        self.builder.ins().trap(trap::INDIRECT_CALL_TO_NULL);
    }

    /// The code address at `index` of a table that is written; traps where there is
    /// none, or one of another type.
    fn checked_element(&mut self, table: u32, type_index: u32, index: Value) -> Value {
        let index = self.builder.ins().uextend(types::I64, index);
        let reference = self.table_element(table, index, trap::TABLE_OUT_OF_BOUNDS);
        let tag = self.builder.ins().ushr_imm_u(reference, 32);
        let wanted = i64::from(type_tag(type_index));
        let other = self.builder.ins().icmp_imm_u(IntCC::NotEqual, tag, wanted);
        let mismatch = self.builder.create_block();
        self.builder.set_cold_block(mismatch);
        self.leave_if(other, mismatch);
        let matched = self
            .builder
            .current_block()
            .expect("BUG: no block after a branch");
        self.builder.switch_to_block(mismatch);
        self.builder
            .ins()
            .trapz(reference, trap::INDIRECT_CALL_TO_NULL);
        self.builder.ins().trap(trap::BAD_SIGNATURE);
        self.builder.switch_to_block(matched);
        let code = self
            .builder
            .ins()
            .band_imm_u(reference, i64::from(u32::MAX));
        self.guard(other, code)
    }

    fn signature_ref(&mut self, type_index: u32, signature: impl FnOnce() -> Signature) -> SigRef {
        if let Some(&signature) = self.signatures.get(&type_index) {
            return signature;
        }
        let reference = self.builder.import_signature(signature());
        self.signatures.insert(type_index, reference);
        reference
    }
}
