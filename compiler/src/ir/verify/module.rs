//! What a function has to do with its module: its own type, what it calls, and which globals,
//! memories, tables and segments it names.

use super::super::op::{Addr, Callee, Op};
use super::super::{BlockId, Func, Inst, Terminator, Type, Value};
use crate::module::Module;
use crate::wasm::host_type;
use std::borrow::Cow;
use wasi_aot_contract::os;
use wasmparser::FuncType;

/// Checks a function that is valid by itself, the defined function `index` of the module.
///
/// # Errors
/// The first rule that is broken, naming the block.
pub(super) fn check(func: &Func, module: &Module<'_>, index: usize) -> Result<(), String> {
    let names = Names { func, module };
    let own = &module.types[module.functions[index].type_index as usize];
    let params = &func.block(BlockId::ENTRY).params;
    names
        .passes(own, None, func.sp.is_some(), params, &func.results)
        .map_err(|why| format!("the function itself: {why}"))?;
    let order = func.find_order().blocks;
    for id in order {
        names.block(id).map_err(|why| format!("b{}: {why}", id.0))?;
    }
    Ok(())
}

struct Names<'n, 'w> {
    func: &'n Func,
    module: &'n Module<'w>,
}

impl Names<'_, '_> {
    fn block(&self, id: BlockId) -> Result<(), String> {
        let block = self.func.block(id);
        for &inst in &block.insts {
            let inst = self.func.inst(inst);
            self.inst(inst)
                .map_err(|why| format!("{:?}: {why}", inst.op))?;
        }
        match &block.terminator {
            Terminator::TailCall(callee, args) => self.tail_call(*callee, args),
            _ => Ok(()),
        }
    }

    fn inst(&self, inst: &Inst) -> Result<(), String> {
        for at in (0..inst.op.address_count()).map(|number| inst.op.address(number)) {
            match at {
                Addr::Linear { memory, .. } => self.memory(u32::from(memory))?,
                Addr::Frame { .. } => self.memory(0)?,
            }
        }
        match inst.op {
            Op::Call(callee, _) => self.call(callee, inst),
            Op::GlobalGet(global) => self.global(global, inst.first_result),
            Op::GlobalSet(global) => {
                self.global(global, inst.args[0])?;
                match self.module.globals[global as usize].mutable {
                    true => Ok(()),
                    false => Err(format!("global {global} is a constant")),
                }
            }
            Op::MemorySize(memory) | Op::MemoryGrow(memory) | Op::MemoryFill(memory) => {
                self.memory(memory)
            }
            Op::MemoryCopy { to, from } => self.memory(to).and_then(|()| self.memory(from)),
            Op::MemoryInit { memory, segment } => {
                self.memory(memory)?;
                self.has("data segment", segment, self.module.data.len())
            }
            Op::DataDrop(segment) => self.has("data segment", segment, self.module.data.len()),
            Op::TableGet(table)
            | Op::TableSet(table)
            | Op::TableSize(table)
            | Op::TableGrow(table)
            | Op::TableFill(table) => self.table(table),
            Op::TableCopy { to, from } => self.table(to).and_then(|()| self.table(from)),
            Op::TableInit { table, segment } => {
                self.table(table)?;
                self.has("element segment", segment, self.module.elements.len())
            }
            Op::ElemDrop(segment) => {
                self.has("element segment", segment, self.module.elements.len())
            }
            Op::RefFunc(function) => self.function(function),
            _ => Ok(()),
        }
    }

    fn has(&self, what: &str, index: u32, count: usize) -> Result<(), String> {
        match (index as usize) < count {
            true => Ok(()),
            false => Err(format!("there is no {what} {index}")),
        }
    }

    fn memory(&self, index: u32) -> Result<(), String> {
        self.has("memory", index, self.module.memories.len())
    }

    fn table(&self, index: u32) -> Result<(), String> {
        self.has("table", index, self.module.tables.len())
    }

    fn function(&self, index: u32) -> Result<(), String> {
        let count = self.module.imports.len() + self.module.functions.len();
        self.has("function", index, count)
    }

    fn global(&self, index: u32, value: Value) -> Result<(), String> {
        self.has("global", index, self.module.globals.len())?;
        let ty = Type::from(self.module.globals[index as usize].ty);
        same(&[self.ty(value)], &[ty])
    }

    fn call(&self, callee: Callee, inst: &Inst) -> Result<(), String> {
        let results: Vec<Type> = inst.all_results().map(|v| self.func.ty(v)).collect();
        let sp = self.func.sp.is_some() && !self.is_import(callee);
        let ty = self.callee(callee)?;
        self.passes(&ty, index(callee), sp, &inst.args, &results)
    }

    fn tail_call(&self, callee: Callee, args: &[Value]) -> Result<(), String> {
        let ty = self.callee(callee)?;
        if self.is_import(callee) {
            return Err("a tail call of an import".into());
        }
        let sp = self.func.sp.is_some();
        self.passes(&ty, index(callee), sp, args, &self.func.results)
    }

    fn is_import(&self, callee: Callee) -> bool {
        match callee {
            Callee::Function(function) => self.module.defined(function).is_none(),
            Callee::Os(_) => true,
            Callee::Element { .. } => false,
        }
    }

    /// Checks what is passed to a function of type `ty` and comes back: `index` is passed
    /// behind the arguments, and SP last.
    fn passes(
        &self,
        ty: &FuncType,
        index: Option<Type>,
        sp: bool,
        args: &[Value],
        results: &[Type],
    ) -> Result<(), String> {
        let sp = sp.then_some(Type::Sp);
        let params = ty.params().iter().copied().map(Type::from);
        let params: Vec<Type> = params.chain(index).chain(sp).collect();
        let args: Vec<Type> = args.iter().map(|&arg| self.ty(arg)).collect();
        same(&args, &params)?;
        let expected = ty.results().iter().copied().map(Type::from);
        let expected: Vec<Type> = expected.chain(sp).collect();
        same(results, &expected).map_err(|why| format!("results {why}"))
    }

    fn callee(&self, callee: Callee) -> Result<Cow<'_, FuncType>, String> {
        let ty = match callee {
            Callee::Function(function) => {
                self.function(function)?;
                self.module.type_of_function(function)
            }
            Callee::Element {
                type_index, table, ..
            } => {
                self.table(table)?;
                self.has("type", type_index, self.module.types.len())?;
                type_index
            }
            Callee::Os(place) => {
                let function = os::FUNCTIONS.get(place as usize);
                let function = function.ok_or(format!("wasi_aot_os_1 has no function {place}"))?;
                return Ok(Cow::Owned(host_type(function)));
            }
        };
        Ok(Cow::Borrowed(&self.module.types[ty as usize]))
    }

    fn ty(&self, value: Value) -> Type {
        self.func.ty(self.func.resolve(value))
    }
}

/// What is passed behind the arguments to find the callee.
fn index(callee: Callee) -> Option<Type> {
    matches!(callee, Callee::Element { .. }).then_some(Type::I32)
}

fn same(found: &[Type], expected: &[Type]) -> Result<(), String> {
    match found == expected {
        true => Ok(()),
        false => Err(format!("{found:?} instead of {expected:?}")),
    }
}
