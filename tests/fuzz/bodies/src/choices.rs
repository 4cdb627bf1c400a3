//! Turns a byte of the input into options of a build.

use wasi_aot_compiler::cpu::Features;
use wasi_aot_compiler::{Emit, OptLevel, Options, Target};

/// The options of `byte`. Bits 0 and 1: the level, or the default level for the lowest
/// processor. Bits 2 and 3: knowledge of Go. Bits 4 and 5: the form of the output. Bit 6: the
/// target. Bit 7: stripping.
pub fn options(byte: u8) -> Options {
    let levels = [OptLevel::O2, OptLevel::O0, OptLevel::O1, OptLevel::O2];
    let emits = [Emit::Exe, Emit::Exe, Emit::Clif, Emit::Asm];
    let bit = |bit: u8| byte & (1 << bit) != 0;
    let emit = emits[usize::from(byte >> 4 & 3)];
    let target = match bit(6) {
        true => Target::LinuxArm64,
        false => Target::LinuxAmd64,
    };
    Options {
        target,
        cpu: (byte & 3 == 3).then_some(Features::NONE),
        opt_level: levels[usize::from(byte & 3)],
        emit,
        strip: bit(7),
        no_go_opt: bit(2),
        no_go_trust: bit(3),
        verify: true,
        ..Options::default()
    }
}
