;;! emit = ir
;;! target = linux/arm64
;;! go = trusted
;;! after = dead, push
;; A call stores its return address below SP, and SP moves there: the store comes first, off SP
;; as it was, and the move is to a place that is known to be in memory.
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (func $main.calls (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (block $start (br_table $start (local.get 0)))
    (global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 8))))
    (i64.store (local.get 1) (i64.const 0x10000001))
    (call $main.callee (i32.const 0))
    (local.set 1 (global.get 0)))
  (func $main.callee (param i32) (result i32)
    (i32.load (i32.const 8)))
  (func (export "_start")))
;; expected:
;; ==== trusted
;; ==== after dead
;; ; main.calls
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2, dispatch b0
;; b0(v0: i32, v1: sp):
;;   branch v0 b4 b2                                 @53/0
;; b4() cold:
;;   switch v0 [1:b2] b3                             @53/0
;; b3() cold:
;;   trap UnexpectedEntry                            @53/0
;; b2():
;;   v17: sp = sp.add -8 v1                          @5b/0
;;   v11: i64 = i64.const 268435457                  @62/0
;;   i64.store v17 v11 frame+0                       @68/0
;;   v12: i32 = i32.const 0                          @6b/0
;;   v13: i32, v14: sp = call 1:main.callee go 1 slots 0 v12 v17@6d/0
;;   return v13 v14                                  @73/0
;; ; main.callee
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @76
;;   v5: i32 = i32.load v4 +0                        @78
;;   return v5 v1                                    @7b
;; ==== after push
;; ; main.calls
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2, dispatch b0
;; b0(v0: i32, v1: sp):
;;   branch v0 b4 b2                                 @53/0
;; b4() cold:
;;   switch v0 [1:b2] b3                             @53/0
;; b3() cold:
;;   trap UnexpectedEntry                            @53/0
;; b2():
;;   v11: i64 = i64.const 268435457                  @62/0
;;   i64.store v1 v11 frame-8                        @68/0
;;   v17: sp = sp.push -8 v1                         @5b/0
;;   v12: i32 = i32.const 0                          @6b/0
;;   v13: i32, v14: sp = call 1:main.callee go 1 slots 0 v12 v17@6d/0
;;   return v13 v14                                  @73/0
;; ; main.callee
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @76
;;   v5: i32 = i32.load v4 +0                        @78
;;   return v5 v1                                    @7b
