;; The part of the module that doesn't depend on the list of imports. module.rs fills in the
;; names in braces.

(global $state (mut i64) (i64.const 1))
(global $path_len (mut i32) (i32.const 0))

;; xorshift64*
(func $next (result i64)
  (global.set $state (i64.xor (global.get $state) (i64.shr_u (global.get $state) (i64.const 12))))
  (global.set $state (i64.xor (global.get $state) (i64.shl (global.get $state) (i64.const 25))))
  (global.set $state (i64.xor (global.get $state) (i64.shr_u (global.get $state) (i64.const 27))))
  (i64.mul (global.get $state) (i64.const 0x2545f4914f6cdd1d)))

(func $below (param $bound i32) (result i32)
  (i32.rem_u (i32.wrap_i64 (i64.shr_u (call $next) (i64.const 33))) (local.get $bound)))

;; The argument, or now and then a value that no parameter expects. Never 2, the
;; descriptor that must stay open.
(func $bent (param $argument i32) (result i32)
  (block $other
    (block $random
      (block $half
        (block $end (br_table $end $end $end $half $random $other (call $below (i32.const 80))))
        (return (i32.add (i32.const {END}) (i32.sub (call $below (i32.const 3)) (i32.const 1)))))
      (return (select (i32.const 0x80000000) (i32.const -1) (call $below (i32.const 2)))))
    (return (i32.or (i32.wrap_i64 (call $next)) (i32.const 4))))
  (local.get $argument))

;; The number of a descriptor, but not 2.
(func $descriptor (result i32)
  (local $fd i32)
  (local.set $fd (call $below (i32.const 13)))
  (select (i32.const 3) (local.get $fd) (i32.eq (local.get $fd) (i32.const 2))))

;; Mostly one of the grants: 3 for writing, 4 for reading.
(func $directory (result i32)
  (local $which i32)
  (local.set $which (call $below (i32.const 6)))
  (if (i32.lt_u (local.get $which) (i32.const 3)) (then (return (i32.const 3))))
  (if (i32.eq (local.get $which) (i32.const 3)) (then (return (i32.const 4))))
  (call $descriptor))

;; Mostly none of the grants: for calls that close a descriptor.
(func $victim (result i32)
  (if (i32.eqz (call $below (i32.const 128))) (then (return (call $descriptor))))
  (i32.add (i32.const 5) (call $below (i32.const 8))))

;; An address for a result: anywhere low, or at the end of memory.
(func $pointer (result i32)
  (if (i32.eqz (call $below (i32.const 3)))
    (then (return (i32.sub (i32.const {END}) (call $below (i32.const 70))))))
  (call $below (i32.const {WORK})))

;; A path. Its length is kept for the next parameter.
(func $path (result i32)
  (local $entry i32)
  (local.set $entry (i32.add (i32.const {WORK}) (i32.mul (i32.const 8)
    (call $below (select (i32.const 8) (i32.const {paths}) (call $below (i32.const 2)))))))
  (global.set $path_len (i32.load offset=4 (local.get $entry)))
  (i32.load (local.get $entry)))

(func $vector (result i32)
  (i32.add (i32.const {VECTORS}) (i32.mul (i32.const 8) (call $below (i32.const {VECTOR_COUNT})))))

(func $rights (result i64)
  (block $random
    (block $reading
      (block $all (br_table $all $reading $random (call $below (i32.const 3))))
      (return (i64.const -1)))
    (return (i64.const 0x1fffffbf)))
  (call $next))

;; A small number, or one with its highest bit set.
(func $modest (result i64)
  (if (i32.eqz (call $below (i32.const 8)))
    (then (return (i64.or (call $next) (i64.const 0x8000000000000000)))))
  (i64.extend_i32_u (call $below (i32.const 5000))))

(func $number (result i64)
  (block $random
    (block $words
      (block $limit (br_table $limit $words $random (call $below (i32.const 12))))
      (return (i64.const 0x7fffffffffffffff)))
    (return (i64.shl (i64.const 1) (i64.extend_i32_u (i32.add (i32.const 31) (call $below (i32.const 2)))))))
  (call $modest))

;; Valid subscriptions: clocks that expire within 25 microseconds, and descriptors. Zeroes
;; follow: clocks that expire at once.
(func $subscribe
  (local $at i32) (local $end i32)
  (memory.fill (i32.const {SUBSCRIPTIONS}) (i32.const 0) (i32.const 6144))
  (local.set $at (i32.const {SUBSCRIPTIONS}))
  (local.set $end (i32.add (local.get $at) (i32.const 3072)))
  (loop $more
    (i64.store (local.get $at) (call $next))
    (i32.store offset=16 (local.get $at) (call $below (i32.const 6)))
    (i64.store offset=24 (local.get $at) (i64.extend_i32_u (call $below (i32.const 25000))))
    (i32.store16 offset=40 (local.get $at) (call $below (i32.const 2)))
    (i32.store8 offset=56 (local.get $at) (i32.add (i32.const 1) (call $below (i32.const 2))))
    (i32.store offset=64 (local.get $at) (call $descriptor))
    (local.set $at (i32.add (local.get $at) (i32.const 96)))
    (br_if $more (i32.lt_u (local.get $at) (local.get $end)))))

;; The number at $at, decimal, a C string.
(func $decimal (param $at i32) (result i64)
  (local $value i64)
  (loop $more
    (if (i32.load8_u (local.get $at)) (then
      (local.set $value (i64.add (i64.mul (local.get $value) (i64.const 10))
        (i64.extend_i32_u (i32.sub (i32.load8_u (local.get $at)) (i32.const 48)))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $more))))
  (local.get $value))

(func (export "_start")
  (local $left i64) (local $index i32)
  ;; PROGRAM SEED CALLS
  (drop (call $args_get (i32.const {SCRATCH}) (i32.const {SUBSCRIPTIONS})))
  (global.set $state (i64.add (i64.const 1)
    (i64.mul (call $decimal (i32.load (i32.const 4100))) (i64.const 0x9e3779b97f4a7c15))))
  (local.set $left (call $decimal (i32.load (i32.const 4104))))
  (loop $more
    (if (i64.eqz (i64.rem_u (local.get $left) (i64.const 16)))
      (then (memory.copy (i32.const {WORK}) (i32.const {SOURCE}) (i32.const {SIZE}))))
    (local.set $index (call $below (i32.const {count})))
    ;; The other calls need open files.
    (if (i32.eqz (call $below (i32.const 6))) (then (local.set $index (i32.const {opening}))))
    (call_indirect (type $try) (local.get $index))
    (local.set $left (i64.sub (local.get $left) (i64.const 1)))
    (br_if $more (i64.ne (local.get $left) (i64.const 0))))
  {counts}
  (i64.store (i32.const 0) (i64.or (i64.const {SCRATCH})
    (i64.shl (i64.const {count}) (i64.const 35))))
  (drop (call $fd_write (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 8)))
  (call $proc_exit (i32.const {DONE})))
