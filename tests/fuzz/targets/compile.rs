//! [`wasi_aot_fuzz_bodies::compile`] under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    wasi_aot_fuzz_bodies::one_thread();
    wasi_aot_fuzz_bodies::compile(data);
});
