;;! emit = ir
;;! go = trusted
;;! after = nothing, thread-dispatch, prune-dispatch
;; The dispatch of a Go function. `thread-dispatch`: jumps through the br_table become jumps to
;; their targets. `prune-dispatch`, trusted: the br_table keeps only PC_B 0 and the resume points, here none; an entry
;; at another point traps.
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (func $main.jumps (param i32) (result i32) (local i32)
    (loop $entry
      (block $b2 (block $b1 (block $b0
        (br_table $b0 $b1 $b2 (local.get 0)))
        (i32.store (i32.const 8) (i32.const 100))
        (i32.const 2) (local.set 0) (br $entry))
        (return (i32.const 0)))
      (i32.store (i32.const 8) (i32.const 200))
      (i32.const 1) (local.set 0) (br $entry))
    (unreachable))
  (func (export "_start")))
;; expected:
;; ==== trusted
;; ==== after nothing
;; ; main.jumps
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   jump b3                                         @49
;; b3():
;;   v4: i32 = get x0                                @51
;;   table v4 [b6 b5] b4                             @53
;; b6():
;;   v5: i32 = i32.const 8                           @59
;;   v6: i32 = i32.const 100                         @5b
;;   i32.store v5 v6 +0                              @5e
;;   v7: i32 = i32.const 2                           @61
;;   set x0 v7                                       @63
;;   jump b3                                         @65
;; b5():
;;   v8: i32 = i32.const 0                           @68
;;   v9: sp = get x2                                 @6a
;;   return v8 v9                                    @6a
;; b4():
;;   v10: i32 = i32.const 8                          @6c
;;   v11: i32 = i32.const 200                        @6e
;;   i32.store v10 v11 +0                            @71
;;   v12: i32 = i32.const 1                          @74
;;   set x0 v12                                      @76
;;   jump b3                                         @78
;; ==== after thread-dispatch
;; ; main.jumps
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2, dispatch b3
;; b0(v0: i32, v1: sp):
;;   jump b3                                         @49/0
;; b3():
;;   v4: i32 = get x0                                @51/0
;;   table v4 [b6 b5] b4                             @53/0
;; b6():
;;   v5: i32 = i32.const 8                           @59/0
;;   v6: i32 = i32.const 100                         @5b/0
;;   i32.store v5 v6 +0                              @5e/0
;;   v7: i32 = i32.const 2                           @61/0
;;   set x0 v7                                       @63/0
;;   jump b4                                         @65/0
;; b4():
;;   v10: i32 = i32.const 8                          @6c/2
;;   v11: i32 = i32.const 200                        @6e/2
;;   i32.store v10 v11 +0                            @71/2
;;   v12: i32 = i32.const 1                          @74/2
;;   set x0 v12                                      @76/2
;;   jump b5                                         @78/2
;; b5():
;;   v8: i32 = i32.const 0                           @68/1
;;   v9: sp = get x2                                 @6a/1
;;   return v8 v9                                    @6a/1
;; ==== after prune-dispatch
;; ; main.jumps
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2, dispatch b3
;; b0(v0: i32, v1: sp):
;;   jump b3                                         @49/0
;; b3():
;;   v4: i32 = get x0                                @51/0
;;   branch v4 b8 b6                                 @53/0
;; b8() cold:
;;   switch v4 [] b7                                 @53/0
;; b7() cold:
;;   trap UnexpectedEntry                            @53/0
;; b6():
;;   v5: i32 = i32.const 8                           @59/0
;;   v6: i32 = i32.const 100                         @5b/0
;;   i32.store v5 v6 +0                              @5e/0
;;   v7: i32 = i32.const 2                           @61/0
;;   set x0 v7                                       @63/0
;;   jump b4                                         @65/0
;; b4():
;;   v10: i32 = i32.const 8                          @6c/2
;;   v11: i32 = i32.const 200                        @6e/2
;;   i32.store v10 v11 +0                            @71/2
;;   v12: i32 = i32.const 1                          @74/2
;;   set x0 v12                                      @76/2
;;   jump b5                                         @78/2
;; b5():
;;   v8: i32 = i32.const 0                           @68/1
;;   v9: sp = get x2                                 @6a/1
;;   return v8 v9                                    @6a/1
