;;! emit = asm
;;! target = linux/arm64
;;! spectre = on
;; Guards, and the clamp of a jump table's index, are `csel` and the barrier `csdb`.
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
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   ldp fp, lr, [sp], #16
;;   ret
;; ; load
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   load_ext_name_near x14, User(userextname0)+0 ; wasi_aot_memory_pages
;;   ldr w15, [x14]
;;   movz w14, #8
;;   movk w14, w14, #32768, LSL #16
;;   add x14, x14, x2, UXTW
;;   mov w15, w15
;;   lsl x15, x15, #16
;;   subs xzr, x14, x15
;;   b.hi #trap=user5 ; out of bounds memory access
;;   movz x0, #0
;;   movz x1, #32768, LSL #16
;;   add x1, x1, x2, UXTW
;;   subs xzr, x14, x15
;;   csel x0, x0, x1, hi
;;   csdb
;;   movz x1, #1, LSL #32
;;   ldr x2, [x0, x1]
;;   ldp fp, lr, [sp], #16
;;   ret
;; ; fill
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   load_ext_name_near x15, User(userextname0)+0 ; wasi_aot_memory_pages
;;   ldr w0, [x15]
;;   mov w15, w4
;;   add x4, x15, x2, UXTW
;;   mov w0, w0
;;   lsl x5, x0, #16
;;   subs xzr, x4, x5
;;   b.hi #trap=user5 ; out of bounds memory access
;;   movz x0, #1, LSL #32
;;   add x0, x0, x2, UXTW
;;   mov w1, w3
;;   movz x2, #0
;;   subs xzr, x4, x5
;;   csel x2, x2, x15, hi
;;   csdb
;;   bl 0
;;   ldp fp, lr, [sp], #16
;;   ret
;; ; call_read
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   sub w11, w3, #1
;;   subs wzr, w11, #2
;;   b.lo label2 ; b label1
;; block2:
;;   load_ext_name_near x0, User(userextname0)+0 ; wasi_aot_table_0_0
;;   sub w1, w3, #1
;;   mov w1, w1
;;   add x0, x0, x1, LSL 2
;;   movz x1, #0
;;   subs wzr, w11, #2
;;   csel x0, x0, x1, lo
;;   csdb
;;   ldr w0, [x0]
;;   blr x0
;;   ldp fp, lr, [sp], #16
;;   ret
;; block1:
;;   subs wzr, w3, #4
;;   b.hs #trap=user2 ; undefined element
;;   udf #0xc11f
;; ; call_written
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   mov w13, w3
;;   subs xzr, x13, #4
;;   b.hs #trap=user2 ; undefined element
;;   movz x15, #0
;;   load_ext_name_near x0, User(userextname0)+0 ; wasi_aot_cells_1
;;   add x0, x0, x13, LSL 3
;;   subs xzr, x13, #4
;;   csel x0, x15, x0, hs
;;   csdb
;;   ldr x1, [x0]
;;   lsr x0, x1, #32
;;   subs xzr, x0, #1
;;   b.ne label2 ; b label1
;; block1:
;;   and x1, x1, #4294967295
;;   movz x3, #0
;;   subs xzr, x0, #1
;;   csel x0, x3, x1, ne
;;   csdb
;;   blr x0
;;   ldp fp, lr, [sp], #16
;;   ret
;; block2:
;;   cbz x1, #trap=user3 ; uninitialized element
;;   udf #0xc11f
;; ; set
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   mov w6, w2
;;   subs xzr, x6, #4
;;   b.hs #trap=user7 ; out of bounds table access
;;   movz x8, #0
;;   load_ext_name_near x9, User(userextname0)+0 ; wasi_aot_cells_1
;;   add x9, x9, x6, LSL 3
;;   subs xzr, x6, #4
;;   csel x9, x8, x9, hs
;;   csdb
;;   str x8, [x9]
;;   ldp fp, lr, [sp], #16
;;   ret
;; ; switch
;;   stp fp, lr, [sp, #-16]!
;;   mov fp, sp
;; block0:
;;   emit_island 44
;;   subs wzr, w2, #2
;;   mov x8, #2 ; csel x8, x2, x8, lo ; csdb ; adr x7, pc+16 ; ldrsw x8, [x7, x8, uxtw #2] ; add x7, x7, x8 ; br x7 ; jt_entries [MachLabel(2), MachLabel(1)] ; default label3
;; block1:
;;   movz w2, #20
;;   ldp fp, lr, [sp], #16
;;   ret
;; block2:
;;   movz w2, #10
;;   ldp fp, lr, [sp], #16
;;   ret
;; block3:
;;   movz w2, #30
;;   ldp fp, lr, [sp], #16
;;   ret
