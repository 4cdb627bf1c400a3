;;! emit = clif
;; Comparisons give 0 or 1 as an i32.
(module
  (func $lt_s_i64 (param i64 i64) (result i32) (i64.lt_s (local.get 0) (local.get 1)))
  (func $ge_f64 (param f64 f64) (result i32) (f64.ge (local.get 0) (local.get 1)))
  (func $eqz_i64 (param i64) (result i32) (i64.eqz (local.get 0)))
  (func (export "_start")))
;; expected:
;; ; lt_s_i64
;; function u0:0(i64, i64) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i64, v1: i64):
;; @003b                               v2 = icmp slt v0, v1
;; @003b                               v3 = uextend.i32 v2
;; @003c                               return v3
;; }
;; ; ge_f64
;; function u0:1(f64, f64) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: f64, v1: f64):
;; @0043                               v2 = fcmp ge v0, v1
;; @0043                               v3 = uextend.i32 v2
;; @0044                               return v3
;; }
;; ; eqz_i64
;; function u0:2(i64) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i64):
;; @0049                               v1 = iconst.i64 0
;; @0049                               v2 = icmp eq v0, v1  ; v1 = 0
;; @0049                               v3 = uextend.i32 v2
;; @004a                               return v3
;; }
