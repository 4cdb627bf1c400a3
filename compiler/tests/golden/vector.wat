;;! emit = clif
;; Lanes are seen through bitcasts, of which none is between two operators of one type.
(module
  (memory 1)
  (global $before (mut i32) (i32.const 0))
  (global $vector (mut v128) (v128.const i64x2 1 2))
  (global $behind (mut i64) (i64.const 0))
  (func $sum (param v128 v128) (result v128)
    (i32x4.add (i32x4.add (local.get 0) (local.get 1)) (local.get 1)))
  (func $global (param v128)
    (global.set $vector (v128.xor (global.get $vector) (local.get 0)))
    (global.set $behind (i64.const 1)))
  (func $lane (param i32 v128)
    (v128.store32_lane offset=4 2
      (local.get 0)
      (v128.load16_lane 1 (local.get 0) (local.get 1))))
  (func $find (param i32 i32) (result i32)
    (i8x16.bitmask (i8x16.eq (v128.load (local.get 0)) (i8x16.splat (local.get 1)))))
  (func $larger (param v128 v128) (result v128) (f32x4.pmax (local.get 0) (local.get 1)))
  (func $truncate (param v128) (result v128) (i32x4.trunc_sat_f64x2_s_zero (local.get 0)))
  (func $multiply_add (param v128 v128 v128) (result v128)
    (f64x2.relaxed_madd (local.get 0) (local.get 1) (local.get 2)))
  (func (export "_start")))
;; expected:
;; ; sum
;; function u0:0(i8x16, i8x16, i64) -> i8x16, i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i8x16, v1: i8x16, v2: i64):
;; @0076                               v3 = bitcast.i32x4 little v1
;; @0076                               v4 = bitcast.i32x4 little v0
;; @0076                               v5 = iadd v4, v3
;; @0076                               v6 = bitcast.i8x16 little v5
;; @007b                               v7 = bitcast.i32x4 little v1
;; @007b                               v8 = iadd v5, v7
;; @007b                               v9 = bitcast.i8x16 little v8
;; @007e                               return v9, v2
;; }
;; ; global
;; function u0:1(i8x16, i64) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_globals
;;                                 block0(v0: i8x16, v1: i64):
;; @0081                               v2 = symbol_value.i64 gv0
;; @0081                               v3 = load.i8x16 notrap aligned region1 v2+16
;; @0085                               v4 = bxor v3, v0
;; @0087                               v5 = symbol_value.i64 gv0
;; @0087                               store notrap aligned region1 v4, v5+16
;; @0089                               v6 = iconst.i64 1
;; @008b                               v7 = symbol_value.i64 gv0
;; @008b                               store notrap aligned region1 v6, v7+32  ; v6 = 1
;; @008d                               return v1
;; }
;; ; lane
;; function u0:2(i32, i8x16, i64) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32, v1: i8x16, v2: i64):
;; @0096                               v3 = bitcast.i16x8 little v1
;; @0096                               v4 = uextend.i64 v0
;; @0096                               v5 = iconst.i64 0x1000_0000
;; @0096                               v6 = iadd v4, v5  ; v5 = 0x1000_0000
;; @0096                               v7 = load.i16 little region0 v6
;; @0096                               v8 = insertlane v3, v7, 1
;; @0096                               v9 = bitcast.i8x16 little v8
;; @009b                               v10 = bitcast.i32x4 little v9
;; @009b                               v11 = extractlane v10, 2
;; @009b                               v12 = uextend.i64 v0
;; @009b                               v13 = iconst.i64 0x1000_0000
;; @009b                               v14 = iadd v12, v13  ; v13 = 0x1000_0000
;; @009b                               store little region0 v11, v14+4
;; @00a0                               return v2
;; }
;; ; find
;; function u0:3(i32, i32, i64) -> i32, i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32, v1: i32, v2: i64):
;; @00a5                               v3 = uextend.i64 v0
;; @00a5                               v4 = iconst.i64 0x1000_0000
;; @00a5                               v5 = iadd v3, v4  ; v4 = 0x1000_0000
;; @00a5                               v6 = load.i8x16 little region0 v5
;; @00ab                               v7 = ireduce.i8 v1
;; @00ab                               v8 = splat.i8x16 v7
;; @00ad                               v9 = icmp eq v6, v8
;; @00af                               v10 = vhigh_bits.i32 v9
;; @00b1                               return v10, v2
;; }
;; ; larger
;; function u0:4(i8x16, i8x16, i64) -> i8x16, i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i8x16, v1: i8x16, v2: i64):
;; @00b8                               v3 = bitcast.f32x4 little v1
;; @00b8                               v4 = bitcast.f32x4 little v0
;; @00b8                               v5 = fcmp lt v4, v3
;; @00b8                               v6 = bitcast.f32x4 little v5
;; @00b8                               v7 = bitselect v6, v3, v4
;; @00b8                               v8 = bitcast.i8x16 little v7
;; @00bb                               return v8, v2
;; }
;; ; truncate
;; function u0:5(i8x16, i64) -> i8x16, i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     const0 = 0x00000000000000000000000000000000
;;                                 block0(v0: i8x16, v1: i64):
;; @00c0                               v2 = bitcast.f64x2 little v0
;; @00c0                               v3 = fcvt_to_sint_sat.i64x2 v2
;; @00c0                               v4 = vconst.i64x2 const0
;; @00c0                               v5 = snarrow v3, v4  ; v4 = const0
;; @00c0                               v6 = bitcast.i8x16 little v5
;; @00c3                               return v6, v1
;; }
;; ; multiply_add
;; function u0:6(i8x16, i8x16, i8x16, i64) -> i8x16, i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i8x16, v1: i8x16, v2: i8x16, v3: i64):
;; @00cc                               v4 = bitcast.f64x2 little v2
;; @00cc                               v5 = bitcast.f64x2 little v1
;; @00cc                               v6 = bitcast.f64x2 little v0
;; @00cc                               v7 = fmul v6, v5
;; @00cc                               v8 = fadd v7, v4
;; @00cc                               v9 = bitcast.i8x16 little v8
;; @00cf                               return v9, v3
;; }
