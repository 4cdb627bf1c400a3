//! Runs a swept module under wasmi, an interpreter that shares no code with our compiler.

use anyhow::{Context, Result, ensure};
use wasmi::{Caller, Config, Engine, Error, Extern, Linker, Memory, Module, Store, TrapCode};

/// The output of a module until `_start` returns. `_start` is called again after each
/// access that traps.
///
/// # Errors
/// If wasmi refuses the module, or it ends in another way.
pub fn output(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut config = Config::default();
    config.wasm_simd(true).wasm_multi_memory(true);
    let engine = Engine::new(&config);
    let module = Module::new(&engine, wasm).context("wasmi refuses the module")?;
    let mut linker = Linker::new(&engine);
    linker.func_wrap("wasi_snapshot_preview1", "fd_write", fd_write)?;
    let mut store = Store::new(&engine, Vec::new());
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    let start = instance.get_typed_func::<(), ()>(&store, "_start")?;
    while let Err(error) = start.call(&mut store, ()) {
        let trap = error.as_trap_code();
        ensure!(trap == Some(TrapCode::MemoryOutOfBounds), "wasmi: {error}");
    }
    Ok(store.into_data())
}

/// `fd_write` with a list of one buffer.
fn fd_write(
    mut caller: Caller<'_, Vec<u8>>,
    _fd: i32,
    list: i32,
    _len: i32,
    written: i32,
) -> Result<i32, Error> {
    let memory = caller.get_export("memory").and_then(Extern::into_memory);
    let memory = memory.ok_or_else(|| Error::new("no memory is exported"))?;
    let word = |caller: &Caller<'_, Vec<u8>>, at: i32| -> Result<usize, Error> {
        let mut bytes = [0; 4];
        Memory::read(&memory, caller, at.cast_unsigned() as usize, &mut bytes)?;
        Ok(u32::from_le_bytes(bytes) as usize)
    };
    let (start, length) = (word(&caller, list)?, word(&caller, list + 4)?);
    let (bytes, output) = memory.data_and_store_mut(&mut caller);
    output.extend_from_slice(&bytes[start..start + length]);
    let length = u32::try_from(length).map_err(|_| Error::new("a large buffer"))?;
    memory.write(
        &mut caller,
        written.cast_unsigned() as usize,
        &length.to_le_bytes(),
    )?;
    Ok(0)
}
