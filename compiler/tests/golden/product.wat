;;! emit = asm
;; The upper half of a product by halves is one multiplication; by a constant, too;
;; and not if a half is another's.
(module
  (func (export "_start"))
  (func $high (param $x i64) (param $y i64) (result i64) (local $t i64)
    (local.set $t (i64.add
      (i64.mul (i64.shr_u (local.get $x) (i64.const 32)) (i64.and (local.get $y) (i64.const 0xffffffff)))
      (i64.shr_u
        (i64.mul (i64.and (local.get $x) (i64.const 0xffffffff)) (i64.and (local.get $y) (i64.const 0xffffffff)))
        (i64.const 32))))
    (i64.add
      (i64.add
        (i64.mul (i64.shr_u (local.get $x) (i64.const 32)) (i64.shr_u (local.get $y) (i64.const 32)))
        (i64.shr_u (local.get $t) (i64.const 32)))
      (i64.shr_u
        (i64.add
          (i64.and (local.get $t) (i64.const 0xffffffff))
          (i64.mul (i64.and (local.get $x) (i64.const 0xffffffff)) (i64.shr_u (local.get $y) (i64.const 32))))
        (i64.const 32))))
  (func $by_constant (param $x i64) (result i64) (local $t i64)
    (local.set $t (i64.add
      (i64.mul (i64.shr_u (local.get $x) (i64.const 32)) (i64.const 0x55667788))
      (i64.shr_u
        (i64.mul (i64.extend_i32_u (i32.wrap_i64 (local.get $x))) (i64.const 0x55667788))
        (i64.const 32))))
    (i64.add
      (i64.shr_u
        (i64.add
          (i64.mul (i64.extend_i32_u (i32.wrap_i64 (local.get $x))) (i64.const 0x11223344))
          (i64.extend_i32_u (i32.wrap_i64 (local.get $t))))
        (i64.const 32))
      (i64.add
        (i64.shr_u (local.get $t) (i64.const 32))
        (i64.mul (i64.const 0x11223344) (i64.shr_u (local.get $x) (i64.const 32))))))
  (func $almost (param $x i64) (param $y i64) (result i64) (local $t i64)
    (local.set $t (i64.add
      (i64.mul (i64.shr_u (local.get $x) (i64.const 32)) (i64.and (local.get $y) (i64.const 0xffffffff)))
      (i64.shr_u
        (i64.mul (i64.and (local.get $x) (i64.const 0xffffffff)) (i64.and (local.get $y) (i64.const 0xffffffff)))
        (i64.const 32))))
    (i64.add
      (i64.add
        (i64.mul (i64.shr_u (local.get $x) (i64.const 32)) (i64.shr_u (local.get $y) (i64.const 32)))
        (i64.shr_u (local.get $t) (i64.const 32)))
      (i64.shr_u
        (i64.add
          (i64.and (local.get $t) (i64.const 0xffffffff))
          (i64.mul (i64.and (local.get $y) (i64.const 0xffffffff)) (i64.shr_u (local.get $y) (i64.const 32))))
        (i64.const 32)))))
;; expected:
;; ; high
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movq %rdi, %rax
;;   mulq %rsi ;; implicit: %rax, %rdx
;;   movq %rdx, %rax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; by_constant
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movq %rdi, %rax
;;   mulq (%rip) ;; implicit: %rax, %rdx
;;   movq %rdx, %rax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; almost
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movq %rdi, %r8
;;   shrq $0x20, %r8
;;   movq %rsi, %r11
;;   shrq $0x20, %r11
;;   movq %r8, %rcx
;;   imulq %r11, %rcx
;;   movl %esi, %r9d
;;   movq %r8, %r10
;;   imulq %r9, %r10
;;   movq %rdi, %rax
;;   mull %esi ;; implicit: %eax, %edx
;;   movl %edx, %eax
;;   leaq (%r10, %rax), %rdi
;;   shrq $0x20, %rdi
;;   leaq (%rcx, %rdi), %rcx
;;   imull %esi, %r8d
;;   leal (%r8, %rdx), %edx
;;   imulq %r11, %r9
;;   leaq (%rdx, %r9), %rax
;;   shrq $0x20, %rax
;;   leaq (%rcx, %rax), %rax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
