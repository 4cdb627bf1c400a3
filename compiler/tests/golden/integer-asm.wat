;;! emit = asm
;; Division traps by itself; counts are single instructions on x86-64-v2.
(module
  (func $div_s_i32 (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
  (func $popcnt_i64 (param i64) (result i64) (i64.popcnt (local.get 0)))
  (func (export "_start")))
;; expected:
;; ; div_s_i32
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movq %rdi, %rax
;;   cltd  ;; implicit: %edx, %eax
;;   testl %esi, %esi
;;   jz #trap=int_divz
;;   idivl %esi ;; implicit: %eax, %edx, trap=252
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; popcnt_i64
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   popcntq %rdi, %rax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
