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
;;                                 block0(v0: i64, v1: i64):
;; @0054                               v2 = ireduce.i32 v0
;; @0054                               v3 = ireduce.i32 v1
;; @0054                               v4 = iconst.i32 3
;; @0054                               v5 = ishl v3, v4  ; v4 = 3
;; @0054                               v6 = iadd v2, v5
;; @0055                               v7 = uextend.i64 v6
;; @0055                               v8 = iconst.i64 0x1000_0000
;; @0055                               v9 = iadd v7, v8  ; v8 = 0x1000_0000
;; @0055                               v10 = load.i64 little region0 v9+8
;; @0058                               return v10
;; }
;; ; difference
;; function u0:2(i64, i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i64, v1: i32):
;; @0064                               v2 = ireduce.i32 v0
;; @0064                               v3 = iconst.i32 24
;; @0064                               v4 = imul v2, v3  ; v3 = 24
;; @0064                               v5 = isub v4, v1
;; @0065                               return v5
;; }
;; ; far
;; function u0:3(i64) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i64):
;; @006a                               v1 = iconst.i64 32
;; @006c                               v2 = ishl v0, v1  ; v1 = 32
;; @006d                               v3 = ireduce.i32 v2
;; @006e                               return v3
;; }
;; ; mask
;; function u0:4(i64) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i64):
;; @0079                               v1 = ireduce.i32 v0
;; @0079                               v2 = uextend.i64 v1
;; @007a                               return v2
;; }
;; ; loaded_once
;; function u0:5(i32) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @007f                               v1 = uextend.i64 v0
;; @007f                               v2 = iconst.i64 0x1000_0000
;; @007f                               v3 = iadd v1, v2  ; v2 = 0x1000_0000
;; @007f                               v4 = load.i64 little region0 v3+16
;; @0087                               v5 = iadd v4, v4
;; @0088                               return v5
;; }
;; ; loaded_twice
;; function u0:6(i32) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @008d                               v1 = uextend.i64 v0
;; @008d                               v2 = iconst.i64 0x1000_0000
;; @008d                               v3 = iadd v1, v2  ; v2 = 0x1000_0000
;; @008d                               v4 = load.i64 little region0 v3+16
;; @0090                               v5 = iconst.i32 0
;; @0092                               v6 = iconst.i64 1
;; @0094                               v7 = uextend.i64 v5  ; v5 = 0
;; @0094                               v8 = iconst.i64 0x1000_0000
;; @0094                               v9 = iadd v7, v8  ; v8 = 0x1000_0000
;; @0094                               store little region0 v6, v9  ; v6 = 1
;; @0099                               v10 = uextend.i64 v0
;; @0099                               v11 = iconst.i64 0x1000_0000
;; @0099                               v12 = iadd v10, v11  ; v11 = 0x1000_0000
;; @0099                               v13 = load.i64 little region0 v12+16
;; @009c                               v14 = iadd v4, v13
;; @009d                               return v14
;; }
