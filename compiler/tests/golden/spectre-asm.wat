;;! emit = asm
;;! spectre = on
;; Guards are `cmov`; a jump table's index is clamped by one in any case.
(module
  (type $unary (func (param i32) (result i32)))
  (memory 1)
  (table $read 4 funcref)
  (table $written 4 4 funcref)
  (elem (table $read) (i32.const 1) func $one $one)
  (func $one (param i32) (result i32) (local.get 0))
  (func $load (param i32) (result i64)
    (i64.load offset=0x80000000 (local.get 0)))
  (func $fill (param i32 i32 i32)
    (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func $call_read (param i32 i32) (result i32)
    (call_indirect $read (type $unary) (local.get 0) (local.get 1)))
  (func $call_written (param i32 i32) (result i32)
    (call_indirect $written (type $unary) (local.get 0) (local.get 1)))
  (func $set (param i32)
    (table.set $written (local.get 0) (ref.null func)))
  (func $switch (param i32) (result i32)
    (block $b2 (block $b1 (block $b0
      (br_table $b0 $b1 $b2 (local.get 0)))
      (return (i32.const 10)))
      (return (i32.const 20)))
    (i32.const 30))
  (func (export "_start")))
;; expected:
;; ; one
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movq %rdi, %rax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; load
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   load_ext_name userextname0+0, %rax ; wasi_aot_memory_pages
;;   movl (%rax), %edx
;;   movl %edi, %eax
;;   movl $0x80000008, %ecx
;;   leaq (%rax, %rcx), %rcx
;;   movl %edx, %edx
;;   shlq $0x10, %rdx
;;   cmpq %rdx, %rcx
;;   jnbe #trap=user5 ; out of bounds memory access
;;   uninit  %rsi
;;   xorq %rsi, %rsi
;;   movl $0x80000000, %edi
;;   leaq (%rax, %rdi), %rax
;;   cmpq %rdx, %rcx
;;   cmovaq %rsi, %rax
;;   movq 0x10000000(%rax), %rax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; fill
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   load_ext_name userextname0+0, %rax ; wasi_aot_memory_pages
;;   movl (%rax), %ecx
;;   movl %edi, %edi
;;   movl %edx, %edx
;;   leaq (%rdi, %rdx), %rax
;;   movl %ecx, %ecx
;;   shlq $0x10, %rcx
;;   cmpq %rcx, %rax
;;   jnbe #trap=user5 ; out of bounds memory access
;;   leaq 0x10000000(%rdi), %rdi
;;   movl %esi, %esi
;;   uninit  %r8
;;   xorq %r8, %r8
;;   cmpq %rcx, %rax
;;   cmovaq %r8, %rdx
;;   call    User(userextname1) ; memset
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; call_read
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   leal -1(%rsi), %r11d
;;   cmpl $0x2, %r11d
;;   jb      label2; j label1
;; block2:
;;   load_ext_name userextname0+0, %rax ; wasi_aot_table_0_0
;;   leal -1(%rsi), %ecx
;;   leaq (%rax, %rcx, 4), %rax
;;   uninit  %rcx
;;   xorq %rcx, %rcx
;;   cmpl $0x2, %r11d
;;   cmovbq %rax, %rcx
;;   movl (%rcx), %eax
;;   call    *%rax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; block1:
;;   cmpl $0x4, %esi
;;   jnb #trap=user2 ; undefined element
;;   ud2
;; ; call_written
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movl %esi, %eax
;;   cmpq $0x4, %rax
;;   jnb #trap=user2 ; undefined element
;;   uninit  %rcx
;;   xorq %rcx, %rcx
;;   load_ext_name userextname0+0, %rdx ; wasi_aot_cells_1
;;   leaq (%rdx, %rax, 8), %rdx
;;   cmpq $0x4, %rax
;;   cmovaeq %rcx, %rdx
;;   movq (%rdx), %rax
;;   movq %rax, %rcx
;;   shrq $0x20, %rcx
;;   cmpq $0x1, %rcx
;;   jnz     label2; j label1
;; block1:
;;   andq (%rip), %rax
;;   uninit  %rdx
;;   xorq %rdx, %rdx
;;   cmpq $0x1, %rcx
;;   cmovneq %rdx, %rax
;;   call    *%rax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; block2:
;;   testq %rax, %rax
;;   jz #trap=user3 ; uninitialized element
;;   ud2
;; ; set
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movl %edi, %edi
;;   cmpq $0x4, %rdi
;;   jnb #trap=user7 ; out of bounds table access
;;   uninit  %r9
;;   xorq %r9, %r9
;;   load_ext_name userextname0+0, %r10 ; wasi_aot_cells_1
;;   leaq (%r10, %rdi, 8), %r8
;;   cmpq $0x4, %rdi
;;   cmovaeq %r9, %r8
;;   movq $0x0, (%r8)
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; ; switch
;;   pushq %rbp
;;   movq %rsp, %rbp
;; block0:
;;   movq %rdi, %r11
;;   movl $0x2, %edi
;;   movl %r11d, %r8d
;;   cmpl %edi, %r8d
;;   cmovbl %r8d, %edi
;;   br_table %rdi, %rcx, %rax
;; block1:
;;   movl $0x14, %eax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; block2:
;;   movl $0xa, %eax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
;; block3:
;;   movl $0x1e, %eax
;;   movq %rbp, %rsp
;;   popq %rbp
;;   retq
