;;! emit = clif
;; Integer arithmetic is CLIF's own; a division carries its place in the file.
(module
  (func $add_i32 (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func $rem_s_i64 (param i64 i64) (result i64) (i64.rem_s (local.get 0) (local.get 1)))
  (func $shl_i64 (param i64 i64) (result i64) (i64.shl (local.get 0) (local.get 1)))
  (func $extend8_s_i32 (param i32) (result i32) (i32.extend8_s (local.get 0)))
  (func $popcnt_i64 (param i64) (result i64) (i64.popcnt (local.get 0)))
  (func (export "_start")))
;; expected:
;; ; add_i32
;; function u0:0(i32, i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32, v1: i32):
;; @0042                               v2 = iadd v0, v1
;; @0043                               return v2
;; }
;; ; rem_s_i64
;; function u0:1(i64, i64) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i64, v1: i64):
;; @004a                               v2 = srem v0, v1
;; @004b                               return v2
;; }
;; ; shl_i64
;; function u0:2(i64, i64) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i64, v1: i64):
;; @0052                               v2 = ishl v0, v1
;; @0053                               return v2
;; }
;; ; extend8_s_i32
;; function u0:3(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @0058                               v1 = ireduce.i8 v0
;; @0058                               v2 = sextend.i32 v1
;; @0059                               return v2
;; }
;; ; popcnt_i64
;; function u0:4(i64) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i64):
;; @005e                               v1 = popcnt v0
;; @005f                               return v1
;; }
