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
use crate::symbol::Symbol;
use crate::trap;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{FuncRef, InstBuilder, SigRef, Signature, Value, types};
use wasmparser::Operator;

/// Bytes of an entry of a typed table: images lie below 4 GiB.
pub const TABLE_ENTRY_SIZE: u32 = 4;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>, offset: u32) -> bool {
    match *operator {
        Operator::Call { function_index } => l.call(function_index),
        Operator::CallIndirect {
            type_index,
            table_index,
        } => {
            let gives_way = l.graph.giving_way.contains(&offset);
            l.call_indirect(type_index, table_index, gives_way);
        }
        _ => return false,
    }
    true
}

impl Lowering<'_, '_, '_> {
    fn call(&mut self, index: u32) {
        let (function, args) = self.pop_direct(index);
        self.settle_sp();
        let call = self.builder.ins().call(function, &args);
        self.after_call();
        self.push_results(call);
    }

    /// `gives_way`: through the entries of table 0 that give way.
    fn call_indirect(&mut self, type_index: u32, table: u32, gives_way: bool) {
        let (signature, callee, args) = self.pop_indirect(type_index, table, gives_way);
        self.settle_sp();
        let call = self.builder.ins().call_indirect(signature, callee, &args);
        self.after_call();
        self.push_results(call);
    }

    /// What a call of the function with this index calls, and its arguments, which are
    /// popped.
    pub(super) fn pop_direct(&mut self, index: u32) -> (FuncRef, Vec<Value>) {
        let env: &Env<'_, '_> = self.env;
        let type_index = env.module.type_of_function(index);
        let function = self.function_ref(env.callee_symbol(index), || env.callee_signature(index));
        let params = env.module.types[type_index as usize].params().len();
        (function, self.pop_many(params))
    }

    /// The signature and the code address that an indirect call calls, and its
    /// arguments; pops the element's index and those.
    pub(super) fn pop_indirect(
        &mut self,
        type_index: u32,
        table: u32,
        gives_way: bool,
    ) -> (SigRef, Value, Vec<Value>) {
        let env: &Env<'_, '_> = self.env;
        let type_index = env.module.canonical_type(type_index);
        let index = self.pop();
        let params = env.module.types[type_index as usize].params().len();
        let args = self.pop_many(params);
        let callee = self.element_code(table, type_index, index, gives_way);
        let signature = self.signature_ref(type_index, || env.signature(type_index));
        (signature, callee, args)
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
        self.builder.seal_block(present);
        self.builder.seal_block(absent);
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
        self.builder.seal_block(mismatch);
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

    fn push_results(&mut self, call: cranelift_codegen::ir::Inst) {
        let results = self.builder.inst_results(call).to_vec();
        for result in results {
            self.push(result);
        }
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
