  ;; How hand-written programs show numbers: $print writes an i64 as a line of 16
  ;; hexadecimal digits, $show an i32. Bytes 1024 to 1060 of memory are theirs.
  (func $print (param $value i64) (local $place i32) (local $digit i32)
    (local.set $place (i32.const 15))
    (loop $next
      (local.set $digit (i32.and (i32.wrap_i64 (local.get $value)) (i32.const 15)))
      (i32.store8 offset=1040 (local.get $place)
        (i32.add
          (i32.add (local.get $digit) (i32.const 48))
          (i32.mul (i32.gt_u (local.get $digit) (i32.const 9)) (i32.const 39))))
      (local.set $value (i64.shr_u (local.get $value) (i64.const 4)))
      (br_if $next
        (i32.ge_s
          (local.tee $place (i32.sub (local.get $place) (i32.const 1)))
          (i32.const 0))))
    (i32.store8 (i32.const 1056) (i32.const 10))
    (i32.store (i32.const 1024) (i32.const 1040))
    (i32.store (i32.const 1028) (i32.const 17))
    (drop (call $fd_write (i32.const 1) (i32.const 1024) (i32.const 1) (i32.const 1032))))
  (func $show (param i32) (call $print (i64.extend_i32_u (local.get 0))))
