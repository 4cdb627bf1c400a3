;;! emit = clif
(module
  (func $wrap (param i64) (result i32) (i32.wrap_i64 (local.get 0)))
  (func $trunc (param f64) (result i64) (i64.trunc_f64_s (local.get 0)))
  (func $trunc_sat (param f64) (result i64) (i64.trunc_sat_f64_u (local.get 0)))
  (func $reinterpret (param f64) (result i64) (i64.reinterpret_f64 (local.get 0)))
  (func $demote (param f64) (result f32) (f32.demote_f64 (local.get 0)))
  (func (export "_start")))
;; expected:
;; ; wrap
;; function u0:0(i64) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i64):
;; @0039                               v1 = ireduce.i32 v0
;; @003a                               return v1
;; }
;; ; trunc
;; function u0:1(f64) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: f64):
;; @003f                               v1 = fcvt_to_sint.i64 v0
;; @0040                               return v1
;; }
;; ; trunc_sat
;; function u0:2(f64) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: f64):
;; @0045                               v1 = fcvt_to_uint_sat.i64 v0
;; @0047                               return v1
;; }
;; ; reinterpret
;; function u0:3(f64) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: f64):
;; @004c                               v1 = bitcast.i64 v0
;; @004d                               return v1
;; }
;; ; demote
;; function u0:4(f64) -> f32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: f64):
;; @0052                               v1 = fdemote.f32 v0
;; @0053                               return v1
;; }
