;;! emit = ir
;;! go = trusted
;;! after = widen-check, rotate
;; A loop that begins with its condition, PC_B 1: the body, PC_B 2, ends in a copy of it.
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (func $main.counts (param i32) (result i32) (local i32)
    (loop $entry
      (block $b3 (block $b2 (block $b1 (block $b0
        (br_table $b0 $b1 $b2 $b3 (local.get 0)))
        (i32.const 1) (local.set 0) (br $entry))
        (if (i32.ge_u (i32.load (i32.const 8)) (i32.const 10))
          (then (i32.const 3) (local.set 0) (br $entry))))
        (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
        (i32.const 1) (local.set 0) (br $entry))
      (return (i32.const 0)))
    (unreachable))
  (func (export "_start")))
;; expected:
;; ==== trusted
;; ==== after widen-check
;; ; main.counts
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2, dispatch b3
;; b0(v0: i32, v1: sp):
;;   jump b3                                         @49/0
;; b3():
;;   v4: i32 = get x0                                @53/0
;;   branch v4 b11 b7                                @55/0
;; b11() cold:
;;   switch v4 [] b10                                @55/0
;; b10() cold:
;;   trap UnexpectedEntry                            @55/0
;; b7():
;;   v5: i32 = i32.const 1                           @5c/0
;;   set x0 v5                                       @5e/0
;;   jump b6                                         @60/0
;; b6():
;;   v6: i32 = i32.const 8                           @63/1
;;   v7: i32 = i32.load v6 +0                        @65/1
;;   v8: i32 = i32.const 10                          @68/1
;;   v9: i32 = i32.ge_u v7 v8                        @6a/1
;;   branch v9 b9 b8                                 @6b/1
;; b9():
;;   v10: i32 = i32.const 3                          @6d/1
;;   set x0 v10                                      @6f/1
;;   jump b4                                         @71/1
;; b4():
;;   v17: i32 = i32.const 0                          @89/3
;;   v18: sp = get x2                                @8b/3
;;   return v17 v18                                  @8b/3
;; b8():
;;   jump b5                                         @74/1
;; b5():
;;   v11: i32 = i32.const 8                          @75/2
;;   v12: i32 = i32.const 8                          @77/2
;;   v13: i32 = i32.load v12 +0                      @79/2
;;   v14: i32 = i32.const 1                          @7c/2
;;   v15: i32 = i32.add v13 v14                      @7e/2
;;   i32.store v11 v15 +0                            @7f/2
;;   v16: i32 = i32.const 1                          @82/2
;;   set x0 v16                                      @84/2
;;   jump b6                                         @86/2
;; ==== after rotate
;; ; main.counts
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2, dispatch b0
;; b0(v0: i32, v1: sp):
;;   v4: i32 = get x0                                @53/0
;;   branch v4 b11 b7                                @55/0
;; b11() cold:
;;   switch v4 [] b10                                @55/0
;; b10() cold:
;;   trap UnexpectedEntry                            @55/0
;; b7():
;;   v5: i32 = i32.const 1                           @5c/0
;;   set x0 v5                                       @5e/0
;;   jump b6                                         @60/0
;; b6():
;;   v6: i32 = i32.const 8                           @63/1
;;   v7: i32 = i32.load v6 +0                        @65/1
;;   v8: i32 = i32.const 10                          @68/1
;;   v9: i32 = i32.ge_u v7 v8                        @6a/1
;;   branch v9 b9 b5                                 @6b/1
;; b5():
;;   v11: i32 = i32.const 8                          @75/2
;;   v12: i32 = i32.const 8                          @77/2
;;   v13: i32 = i32.load v12 +0                      @79/2
;;   v14: i32 = i32.const 1                          @7c/2
;;   v15: i32 = i32.add v13 v14                      @7e/2
;;   i32.store v11 v15 +0                            @7f/2
;;   v16: i32 = i32.const 1                          @82/2
;;   set x0 v16                                      @84/2
;;   v19: i32 = i32.const 8                          @63/1
;;   v20: i32 = i32.load v19 +0                      @65/1
;;   v21: i32 = i32.const 10                         @68/1
;;   v22: i32 = i32.ge_u v20 v21                     @6a/1
;;   branch v22 b9 b5                                @6b/1
;; b9():
;;   v10: i32 = i32.const 3                          @6d/1
;;   set x0 v10                                      @6f/1
;;   v17: i32 = i32.const 0                          @89/3
;;   v18: sp = get x2                                @8b/3
;;   return v17 v18                                  @8b/3
