;;! emit = clif
;;! go = without, trusted
;; The stack check of a function whose frame is large: with the value in stackguard0 that asks
;; a goroutine to give way, the 32-bit sum would wrap around. Trusted: it is made in 64 bits.
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (global (mut i64) (i64.const 0))
  (global $g (mut i64) (i64.const 0))
  (func $main.large_frame (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (local.get 1)
    (i32.load offset=16 (i32.wrap_i64 (global.get $g)))
    (i32.add (i32.const 2000))
    (if (i32.le_u)
      (then (return (i32.const 1))))
    (i32.const 0))
  (func $runtime.morestack (param i32) (result i32) (local i64)
    (drop (i64.load (i32.wrap_i64
      (local.tee 1 (i64.load offset=48 (i32.wrap_i64 (global.get $g)))))))
    (unreachable))
  (func (export "_start")))
;; expected:
;; ==== without
;; ; main.large_frame
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_globals
;;                                 block0(v0: i32):
;;                                     v1 = iconst.i32 0
;; @0055                               v2 = get_pinned_reg.i64
;; @0055                               v3 = ireduce.i32 v2
;; @005b                               v4 = symbol_value.i64 gv0
;; @005b                               v5 = load.i64 notrap aligned region1 v4+16
;; @005d                               v6 = ireduce.i32 v5
;; @005e                               v7 = uextend.i64 v6
;; @005e                               v8 = iconst.i64 0x1000_0000
;; @005e                               v9 = iadd v7, v8  ; v8 = 0x1000_0000
;; @005e                               v10 = load.i32 little region0 v9+16
;; @0061                               v11 = iconst.i32 2000
;; @0064                               v12 = iadd v10, v11  ; v11 = 2000
;; @0065                               v13 = icmp ule v3, v12
;; @0065                               v14 = uextend.i32 v13
;; @0066                               brif v14, block1, block2
;;                                 block1:
;; @0068                               v15 = iconst.i32 1
;; @006a                               return v15  ; v15 = 1
;;                                 block2:
;; @006b                               jump block3
;;                                 block3:
;; @006c                               v16 = iconst.i32 0
;; @006e                               return v16  ; v16 = 0
;; }
;; ==== trusted
;; ; main.large_frame
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_globals
;;                                 block0(v0: i32):
;;                                     v1 = iconst.i32 0
;; @0055                               v2 = get_pinned_reg.i64
;; @0055                               v3 = ireduce.i32 v2
;; @005b                               v4 = symbol_value.i64 gv0
;; @005b                               v5 = load.i64 notrap aligned region1 v4+16
;; @005d                               v6 = ireduce.i32 v5
;; @005e                               v7 = uextend.i64 v6
;; @005e                               v8 = iconst.i64 0x1000_0000
;; @005e                               v9 = iadd v7, v8  ; v8 = 0x1000_0000
;; @005e                               v10 = uload32 little region0 v9+16
;; @0061                               v11 = iconst.i64 2000
;; @0064                               v12 = iadd v10, v11  ; v11 = 2000
;; @0065                               v13 = icmp ule v2, v12
;; @0065                               v14 = uextend.i32 v13
;; @0066                               brif v14, block1, block2
;;                                 block1 cold:
;; @0068                               v15 = iconst.i32 1
;; @006a                               return v15  ; v15 = 1
;;                                 block2:
;; @006b                               jump block3
;;                                 block3:
;; @006c                               v16 = iconst.i32 0
;; @006e                               return v16  ; v16 = 0
;; }
