  ;; A module as Go's linker lays it out, with a program of a few functions in Go's
  ;; calling convention: `tests/adversarial/module.rs` adds the function table and
  ;; pclntab. A name behind an at sign stands for the function's PC_F, and with a
  ;; colon and a PC_B for the return address. Memory: 1024 is print.wat's, 2048 to
  ;; 2100 are the program's variables, 0x4000 is pclntab, the stack lies below 0x8000.
  (type $go (func (param i32) (result i32)))
  (global $sp (mut i32) (i32.const 0))
  (global $ctxt (mut i64) (i64.const 0))
  (global $g (mut i64) (i64.const 0))
  (global $ret0 (mut i64) (i64.const 0))
  (global $ret1 (mut i64) (i64.const 0))
  (global $ret2 (mut i64) (i64.const 0))
  (global $ret3 (mut i64) (i64.const 0))
  (global $pause (mut i32) (i32.const 0))

  ;; The sum of 0 to n-1: n at 8(SP), result at 16(SP). It is resumed at 4 by each
  ;; second call of $yield.
  (func $sum (param $pc_b i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (loop $entry
      (block $b5 (block $b4 (block $b3 (block $b2 (block $b1 (block $b0
        (br_table $b0 $b1 $b2 $b3 $b4 $b5 (local.get 0)))
        ;; 0: a frame of the callee's arguments and result, the sum, and i
        (global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 40))))
        (i64.store offset=24 (local.get 1) (i64.const 0))
        (i64.store offset=32 (local.get 1) (i64.const 0))
        (i32.const 1) (local.set 0) (br $entry))
        ;; 1: to 5 when i is n
        (if (i64.ge_u (i64.load offset=32 (local.get 1)) (i64.load offset=48 (local.get 1)))
          (then (i32.const 5) (local.set 0) (br $entry))))
        ;; 2: sum = sum + i
        (i64.store (local.get 1) (i64.load offset=24 (local.get 1)))
        (i64.store offset=8 (local.get 1) (i64.load offset=32 (local.get 1)))
        (global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 8))))
        (i64.store (local.get 1) (i64.const @sum:3))
        (call $add (i32.const 0))
        (global.get 0) (local.set 1)
        (if (then (i32.const 1) (return))))
        ;; 3
        (i64.store offset=24 (local.get 1) (i64.load offset=16 (local.get 1)))
        (global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 8))))
        (i64.store (local.get 1) (i64.const @sum:4))
        (call $yield (i32.const 0))
        (global.get 0) (local.set 1)
        (if (then (i32.const 1) (return))))
        ;; 4: i = i + 1
        (i64.store offset=32 (local.get 1)
          (i64.add (i64.load offset=32 (local.get 1)) (i64.const 1)))
        (i32.const 1) (local.set 0) (br $entry))
      ;; 5
      (i64.store offset=56 (local.get 1) (i64.load offset=24 (local.get 1)))
      (global.set 0 (local.tee 1 (i32.add (local.get 1) (i32.const 48))))
      (return (i32.const 0)))
    (unreachable))

  (func $add (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (i64.store offset=24 (local.get 1)
      (i64.add (i64.load offset=8 (local.get 1)) (i64.load offset=16 (local.get 1))))
    (global.set 0 (local.tee 1 (i32.add (local.get 1) (i32.const 8))))
    (i32.const 0))

  ;; Unwinds when it is called for the second, fourth ... time; 2048 counts.
  (func $yield (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (i64.store (i32.const 2048) (i64.add (i64.load (i32.const 2048)) (i64.const 1)))
    (global.set 0 (local.tee 1 (i32.add (local.get 1) (i32.const 8))))
    (i32.and (i32.load (i32.const 2048)) (i32.const 1))
    (if (then (return (i32.const 0))))
    (i32.const 1))

  ;; Recovery resumes it at 2, a number that only pclntab has and no constant.
  (func $guarded (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (loop $entry
      (block $b2 (block $b1 (block $b0
        (br_table $b0 $b1 $b2 (local.get 0)))
        (i64.store (i32.const 2056) (i64.const 1))
        (i32.const 1) (local.set 0) (br $entry))
        (global.set 0 (local.tee 1 (i32.add (local.get 1) (i32.const 8))))
        (return (i32.const 0)))
      (i64.store (i32.const 2056) (i64.const 2))
      (global.set 0 (local.tee 1 (i32.add (local.get 1) (i32.const 8))))
      (return (i32.const 0)))
    (unreachable))

  ;; Goes back to where 2080 says.
  (func $throw (param i32) (result i32) (local i32)
    (global.set 0 (i32.load (i32.const 2080)))
    (i32.const 1))
  (func $may_throw (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (call $throw (i32.const 0))
    (global.get 0) (local.set 1)
    (if (then (i32.const 1) (return)))
    (call $show (i32.const 0xbad))
    (global.set 0 (i32.load (i32.const 2080)))
    (i32.const 0))

  (func $morestack (param i32) (result i32) (local i64)
    (drop (i64.load (i32.wrap_i64
      (local.tee 1 (i64.load offset=48 (i32.wrap_i64 (global.get 2)))))))
    (unreachable))

  (func $done (param i32) (result i32) (local i32)
    (global.set $pause (i32.const 1))
    (i32.const 0))
  (func $pc_loop
    (loop $again
      (drop (call_indirect (type $go)
        (i32.load16_u (i32.sub (global.get 0) (i32.const 8)))
        (i32.load16_u offset=2 (i32.sub (global.get 0) (i32.const 8)))))
      (br_if $again (i32.eqz (global.get $pause)))))

  ;; Runs what a return address says, on a new stack.
  (func $run (param i64)
    (global.set $pause (i32.const 0))
    (global.set 0 (i32.const 0x8000))
    (i32.store (i32.const 2080) (i32.const 0x8008))
    (i64.store (i32.const 0x8000) (i64.const @done:0))
    (i64.store (i32.const 0x7ff8) (local.get 0))
    (call $pc_loop)
    (call $show (global.get 0)))
  ;; FNV-1a over the words of the first page.
  (func $hash (local $hash i64) (local $at i32)
    (local.set $hash (i64.const 0xcbf29ce484222325))
    (loop $next
      (local.set $hash (i64.mul
        (i64.xor (local.get $hash) (i64.load (local.get $at))) (i64.const 0x100000001b3)))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const 65536))))
    (call $print (local.get $hash)))
  (func $variant)
  (func $start (export "_start")
    (i64.store (i32.const 0x8008) (i64.const 9))
    (call $run (i64.const @sum:0))
    (call $print (i64.load (i32.const 0x8010)))
    (call $print (i64.load (i32.const 2048)))
    (call $run (i64.const @guarded:0))
    (call $print (i64.load (i32.const 2056)))
    (call $run (i64.add (i64.const 2) (i64.shl (i64.const @guarded) (i64.const 16))))
    (call $print (i64.load (i32.const 2056)))
    (call $run (i64.const @may_throw:0))
    (call $variant)
    (call $hash))
