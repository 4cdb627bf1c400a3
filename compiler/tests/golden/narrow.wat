;;! emit = clif
;; 64-bit arithmetic whose lower half is all that is wanted; a shift by 32 or more
;; is not the same in 32 bits.
(module
  (memory 1)
  (func (export "_start"))
  (func $element (param $base i64) (param $index i64) (result i64)
    (i64.load offset=8 (i32.wrap_i64 (i64.add (local.get $base)
      (i64.shl (local.get $index) (i64.const 3))))))
  (func $difference (param $a i64) (param $b i32) (result i32)
    (i32.wrap_i64 (i64.sub (i64.mul (local.get $a) (i64.const 24)) (i64.extend_i32_s (local.get $b)))))
  (func $far (param $a i64) (result i32)
    (i32.wrap_i64 (i64.shl (local.get $a) (i64.const 32))))
  (func $mask (param $a i64) (result i64)
    (i64.and (local.get $a) (i64.const 0xffffffff)))
  (func $loaded_once (param $p i32) (result i64)
    (i64.add (i64.load offset=16 (local.get $p)) (i64.load offset=16 (local.get $p))))
  (func $loaded_twice (param $p i32) (result i64)
    (i64.load offset=16 (local.get $p))
    (i64.store (i32.const 0) (i64.const 1))
    (i64.add (i64.load offset=16 (local.get $p)))))
;; expected:
;; ; element
;; function u0:1(i64, i64) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;; block0(v0: i64, v1: i64):
;;     v2 = iconst.i64 3
;;     v3 = ishl v1, v2  ; v2 = 3
;;     v4 = iadd v0, v3
;;     v5 = ireduce.i32 v0
;;     v6 = ireduce.i32 v1
;;     v7 = iconst.i32 3
;;     v8 = ishl v6, v7  ; v7 = 3
;;     v9 = iadd v5, v8
;;     v10 = uextend.i64 v9
;;     v11 = iconst.i64 0x1000_0000
;;     v12 = iadd v10, v11  ; v11 = 0x1000_0000
;;     v13 = load.i64 little region0 v12+8
;;     return v13
;; }
;; ; difference
;; function u0:2(i64, i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;; block0(v0: i64, v1: i32):
;;     v2 = iconst.i64 24
;;     v3 = imul v0, v2  ; v2 = 24
;;     v4 = sextend.i64 v1
;;     v5 = isub v3, v4
;;     v6 = ireduce.i32 v0
;;     v7 = iconst.i32 24
;;     v8 = imul v6, v7  ; v7 = 24
;;     v9 = isub v8, v1
;;     return v9
;; }
;; ; far
;; function u0:3(i64) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;; block0(v0: i64):
;;     v1 = iconst.i64 32
;;     v2 = ishl v0, v1  ; v1 = 32
;;     v3 = ireduce.i32 v2
;;     return v3
;; }
;; ; mask
;; function u0:4(i64) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;; block0(v0: i64):
;;     v1 = iconst.i64 0xffff_ffff
;;     v2 = ireduce.i32 v0
;;     v3 = uextend.i64 v2
;;     return v3
;; }
;; ; loaded_once
;; function u0:5(i32) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;; block0(v0: i32):
;;     v1 = uextend.i64 v0
;;     v2 = iconst.i64 0x1000_0000
;;     v3 = iadd v1, v2  ; v2 = 0x1000_0000
;;     v4 = load.i64 little region0 v3+16
;;     v5 = uextend.i64 v0
;;     v6 = iconst.i64 0x1000_0000
;;     v7 = iadd v5, v6  ; v6 = 0x1000_0000
;;     v8 = load.i64 little region0 v7+16
;;     v9 = iadd v4, v8
;;     return v9
;; }
;; ; loaded_twice
;; function u0:6(i32) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;; block0(v0: i32):
;;     v1 = uextend.i64 v0
;;     v2 = iconst.i64 0x1000_0000
;;     v3 = iadd v1, v2  ; v2 = 0x1000_0000
;;     v4 = load.i64 little region0 v3+16
;;     v5 = iconst.i32 0
;;     v6 = iconst.i64 1
;;     v7 = uextend.i64 v5  ; v5 = 0
;;     v8 = iconst.i64 0x1000_0000
;;     v9 = iadd v7, v8  ; v8 = 0x1000_0000
;;     store little region0 v6, v9  ; v6 = 1
;;     v10 = uextend.i64 v0
;;     v11 = iconst.i64 0x1000_0000
;;     v12 = iadd v10, v11  ; v11 = 0x1000_0000
;;     v13 = load.i64 little region0 v12+16
;;     v14 = iadd v4, v13
;;     return v14
;; }
