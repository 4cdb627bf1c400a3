//! What lowering knows about the module as a whole.

use super::clif_type;
use crate::error::printable;
use crate::ir::Type;
use crate::module::Module;
use crate::options::{Arch, Options, Target};
use crate::symbol::Symbol;
use cranelift_codegen::ir::{AbiParam, Signature, types};
use cranelift_codegen::isa::{CallConv, TargetFrontendConfig, TargetIsa};
use wasi_aot_contract::os;
use wasi_aot_contract::signature::Type as HostType;
use wasmparser::{FuncType, ValType};

/// Shared by all functions of a module, and read-only.
pub struct Env<'m, 'w> {
    pub module: &'m Module<'w>,
    pub target: Target,
    pub frontend_config: TargetFrontendConfig,
    /// Whether the machine rounds floats to integers; else [`super::rounding`] does.
    pub rounds: bool,
    /// Whether the machine picks bytes of vectors; else [`super::simd`] does.
    pub permutes: bool,
    /// The global that is a value which functions pass on ([`super::sp`]).
    pub sp_global: Option<u32>,
    /// What part of each table is not null at its ends at the start: `(first, one
    /// past last)`.
    pub table_spans: Vec<(u32, u32)>,
    /// Whether bounds hold for what is guessed, too ([`super::spectre`]).
    pub spectre: bool,
    /// The functions, by index, that ask first whether SIGQUIT has come.
    pub quitting: Option<[u32; 2]>,
    /// Names of the defined functions, for messages.
    pub names: &'m [String],
}

impl<'m, 'w> Env<'m, 'w> {
    #[must_use]
    pub fn new(
        module: &'m Module<'w>,
        options: &Options,
        isa: &dyn TargetIsa,
        names: &'m [String],
    ) -> Self {
        let target = options.target;
        Self {
            module,
            target,
            frontend_config: isa.frontend_config(),
            rounds: isa.has_round(),
            permutes: target.arch() != Arch::X86_64 || isa.has_x86_pshufb_lowering(),
            sp_global: sp_global(module),
            table_spans: module
                .tables
                .iter()
                .map(|table| (table.span().start, table.span().end))
                .collect(),
            spectre: options.spectre,
            quitting: None,
            names,
        }
    }

    /// Name of the defined function `index`, for messages.
    #[must_use]
    pub fn name(&self, index: usize) -> String {
        printable(&self.names[index])
    }

    /// The signature with which functions of the module call each other: SP comes last.
    #[must_use]
    pub fn signature(&self, type_index: u32) -> Signature {
        let ty = &self.module.types[type_index as usize];
        let mut signature = signature_of(ty, CallConv::Tail);
        if self.sp_global.is_some() {
            let sp = AbiParam::new(clif_type(Type::Sp));
            signature.params.push(sp);
            signature.returns.push(sp);
        }
        signature
    }

    /// The signature of the shim's function behind an import: C's.
    #[must_use]
    pub fn import_signature(&self, type_index: u32) -> Signature {
        signature_of(&self.module.types[type_index as usize], CallConv::SystemV)
    }

    /// The signature of the shim's function of `wasi_aot_os_1` at this place: C's.
    #[must_use]
    pub fn os_signature(place: u32) -> Signature {
        let clif = |ty: &HostType| match ty {
            HostType::I32 => types::I32,
            HostType::I64 => types::I64,
        };
        let function = &os::FUNCTIONS[place as usize];
        let [params, results] = [function.params, function.results]
            .map(|types| types.iter().map(clif).collect::<Vec<_>>());
        Self::shim_signature(&params, &results)
    }

    /// What a direct call of the function with this index calls.
    #[must_use]
    pub fn callee_symbol(&self, index: u32) -> Symbol {
        match self.module.defined(index) {
            None => Symbol::Import(index),
            Some(defined) if self.asks(index) => Symbol::Quitting(defined),
            Some(defined) => Symbol::Function(defined),
        }
    }

    /// Whether direct calls of the function with this index ask first whether SIGQUIT has come.
    fn asks(&self, index: u32) -> bool {
        self.quitting.is_some_and(|asking| asking.contains(&index))
    }

    /// What a call through a reference to this function calls: a function of the
    /// module's calling convention.
    #[must_use]
    pub fn reference_symbol(&self, index: u32) -> Symbol {
        match self.module.defined(index) {
            None => Symbol::ImportThunk(index),
            Some(defined) => Symbol::Function(defined),
        }
    }

    /// The signature of [`Self::callee_symbol`].
    #[must_use]
    pub fn callee_signature(&self, index: u32) -> Signature {
        let type_index = self.module.type_of_function(index);
        match self.module.defined(index) {
            None => self.import_signature(type_index),
            Some(_) => self.signature(type_index),
        }
    }

    /// The signature of a C function of the shim that takes and returns integers or
    /// addresses.
    #[must_use]
    pub fn shim_signature(
        params: &[cranelift_codegen::ir::Type],
        results: &[cranelift_codegen::ir::Type],
    ) -> Signature {
        let mut signature = Signature::new(CallConv::SystemV);
        signature
            .params
            .extend(params.iter().map(|&ty| AbiParam::new(ty)));
        signature
            .returns
            .extend(results.iter().map(|&ty| AbiParam::new(ty)));
        signature
    }

    /// `memmove` and `memset` as C declares them, results ignored.
    #[must_use]
    pub fn memory_function_signature() -> Signature {
        Self::shim_signature(&[types::I64, types::I64, types::I64], &[types::I64])
    }
}

/// The CLIF signature of a wasm function type.
#[must_use]
pub fn signature_of(ty: &FuncType, call_conv: CallConv) -> Signature {
    let mut signature = Signature::new(call_conv);
    signature.params.extend(
        ty.params()
            .iter()
            .map(|&ty| AbiParam::new(clif_type(ty.into()))),
    );
    signature.returns.extend(
        ty.results()
            .iter()
            .map(|&ty| AbiParam::new(clif_type(ty.into()))),
    );
    signature
}

/// Go's SP is global 0, and so is `__stack_pointer` of C and Rust: the first
/// global, where it is a mutable i32 that stays inside the module.
fn sp_global(module: &Module<'_>) -> Option<u32> {
    let first = module.globals.first()?;
    (first.mutable && first.ty == ValType::I32 && !first.exported).then_some(0)
}
