//! The reference: wasmi, an interpreter that shares no code with our compiler.

use crate::outcome::{End, Outcome};
use anyhow::{Context, Result, bail};
use wasi_aot_contract::module::TrapKind;
use wasmi::errors::{ErrorKind, InstantiationError};
use wasmi::{Caller, Config, Engine, Error, Extern, Linker, Memory, Module, Store, TrapCode};

/// After this many modules the engine is replaced, because it keeps all code that it ever got.
const MODULES: u32 = 300;

pub struct Reference {
    engine: Engine,
    modules: u32,
}

/// Input and output of a run.
struct Streams {
    input: u64,
    output: Vec<u8>,
}

impl Reference {
    pub fn new() -> Self {
        let engine = engine();
        Self { engine, modules: 0 }
    }

    /// Runs a command from the call `first` on.
    ///
    /// # Errors
    /// If wasmi refuses the module, or the run ends in a way in which our executables can't
    /// end.
    pub fn runs(&mut self, wasm: &[u8]) -> Result<Runs> {
        self.modules += 1;
        if self.modules > MODULES {
            (self.engine, self.modules) = (engine(), 0);
        }
        let module = Module::new(&self.engine, wasm).context("wasmi refuses the module")?;
        let mut linker = Linker::new(&self.engine);
        linker.func_wrap("wasi_snapshot_preview1", "fd_read", fd_read)?;
        linker.func_wrap("wasi_snapshot_preview1", "fd_write", fd_write)?;
        Ok(Runs { module, linker })
    }
}

/// A command that wasmi can run.
pub struct Runs {
    module: Module,
    linker: Linker<Streams>,
}

impl Runs {
    /// Runs it from the call `first` on.
    ///
    /// # Errors
    /// If it ends in a way in which our executables can't end.
    pub fn run(&self, first: u64) -> Result<Outcome> {
        let streams = Streams {
            input: first,
            output: Vec::new(),
        };
        let mut store = Store::new(self.module.engine(), streams);
        let instance = self.linker.instantiate_and_start(&mut store, &self.module);
        let end = match instance {
            Ok(instance) => {
                let start = instance.get_typed_func::<(), ()>(&store, "_start")?;
                match start.call(&mut store, ()) {
                    Ok(()) => End::Returned,
                    Err(error) => trap(&error)?,
                }
            }
            Err(error) => match error.kind() {
                ErrorKind::TrapCode(_) => trap(&error)?,
                // A segment is out of bounds.
                ErrorKind::Memory(_) => End::Trapped(TrapKind::MemoryOutOfBounds),
                ErrorKind::Table(_)
                | ErrorKind::Instantiation(InstantiationError::ElementSegmentDoesNotFit {
                    ..
                }) => End::Trapped(TrapKind::TableOutOfBounds),
                _ => return Err(error).context("wasmi makes no instance"),
            },
        };
        let output = store.into_data().output;
        Ok(Outcome { end, output })
    }
}

fn engine() -> Engine {
    let mut config = Config::default();
    config
        .wasm_simd(true)
        .wasm_relaxed_simd(false)
        .wasm_multi_memory(true)
        .wasm_tail_call(true)
        .wasm_extended_const(true)
        .set_max_recursion_depth(100_000)
        .set_max_stack_height(1 << 28);
    Engine::new(&config)
}

fn trap(error: &Error) -> Result<End> {
    // wasmi has no trap code for table.copy out of bounds.
    if let ErrorKind::Table(_) = error.kind() {
        return Ok(End::Trapped(TrapKind::TableOutOfBounds));
    }
    let Some(code) = error.as_trap_code() else {
        bail!("wasmi: {error}");
    };
    Ok(End::Trapped(match code {
        TrapCode::UnreachableCodeReached => TrapKind::Unreachable,
        TrapCode::MemoryOutOfBounds => TrapKind::MemoryOutOfBounds,
        TrapCode::TableOutOfBounds => TrapKind::TableOutOfBounds,
        TrapCode::IndirectCallToNull => TrapKind::IndirectCallToNull,
        TrapCode::IntegerDivisionByZero => TrapKind::IntegerDivideByZero,
        TrapCode::IntegerOverflow => TrapKind::IntegerOverflow,
        TrapCode::BadConversionToInteger => TrapKind::BadConversionToInteger,
        TrapCode::BadSignature => TrapKind::BadSignature,
        TrapCode::StackOverflow | TrapCode::OutOfFuel | TrapCode::GrowthOperationLimited => {
            bail!("wasmi gives up: {code:?}")
        }
    }))
}

fn memory(caller: &Caller<'_, Streams>) -> Result<Memory, Error> {
    let memory = caller.get_export("memory").and_then(Extern::into_memory);
    memory.ok_or_else(|| Error::new("no memory is exported"))
}

/// The address and the length of the only buffer in the list at `list`.
fn buffer(bytes: &[u8], list: i32, len: i32) -> Result<std::ops::Range<usize>, Error> {
    let word = |at: usize| {
        let bytes = bytes.get(at..at + 4)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
    };
    let at = list.cast_unsigned() as usize;
    match (len, word(at), word(at + 4)) {
        (1, Some(start), Some(len)) if start + len <= bytes.len() => Ok(start..start + len),
        _ => Err(Error::new("a buffer that the driver never passes")),
    }
}

fn fd_read(
    mut caller: Caller<'_, Streams>,
    _fd: i32,
    list: i32,
    len: i32,
    _read: i32,
) -> Result<i32, Error> {
    let memory = memory(&caller)?;
    let input = caller.data().input.to_le_bytes();
    let buffer = buffer(memory.data(&caller), list, len)?;
    memory.write(&mut caller, buffer.start, &input)?;
    Ok(0)
}

fn fd_write(
    mut caller: Caller<'_, Streams>,
    _fd: i32,
    list: i32,
    len: i32,
    _written: i32,
) -> Result<i32, Error> {
    let memory = memory(&caller)?;
    let (bytes, streams) = memory.data_and_store_mut(&mut caller);
    let buffer = buffer(bytes, list, len)?;
    streams.output.extend_from_slice(&bytes[buffer]);
    Ok(0)
}
