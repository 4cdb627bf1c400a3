package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

func timers() {
	start := time.Now()
	done := make(chan int, 5)
	// Well apart, so that a loaded machine keeps the order.
	for i := 5; i >= 1; i-- {
		i := i
		time.AfterFunc(time.Duration(i)*60*time.Millisecond, func() { done <- i })
	}
	stopped := time.AfterFunc(100*time.Millisecond, func() { fmt.Println("never") })
	fmt.Println("stopped", stopped.Stop())
	for i := 0; i < 5; i++ {
		fmt.Println("timer", <-done)
	}
	elapsed := time.Since(start)
	fmt.Println(elapsed >= 300*time.Millisecond, elapsed < 10*time.Second)
	select {
	case <-time.After(20 * time.Millisecond):
		fmt.Println("timeout")
	case <-make(chan int):
	}
	timer := time.NewTimer(time.Hour)
	timer.Reset(time.Millisecond)
	<-timer.C
	fmt.Println("reset")
}

func tickers() {
	ticker := time.NewTicker(2 * time.Millisecond)
	for i := 0; i < 10; i++ {
		<-ticker.C
	}
	ticker.Stop()
	var group sync.WaitGroup
	for i := 0; i < 1000; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			time.Sleep(time.Duration(i%10) * time.Millisecond)
		}(i)
	}
	group.Wait()
	fmt.Println("all slept")
}

func contexts() {
	ctx, cancel := context.WithTimeout(context.WithValue(context.Background(), "key", 7), 20*time.Millisecond)
	defer cancel()
	<-ctx.Done()
	fmt.Println(ctx.Err(), ctx.Value("key"), errors.Is(ctx.Err(), context.DeadlineExceeded))
	parent, cancelParent := context.WithCancelCause(context.Background())
	child, cancelChild := context.WithCancel(parent)
	defer cancelChild()
	go cancelParent(errors.New("the cause"))
	<-child.Done()
	fmt.Println(child.Err(), context.Cause(child))
}

func mutexes() {
	var mutex sync.Mutex
	var rw sync.RWMutex
	var group sync.WaitGroup
	count, table := 0, map[int]int{}
	for i := 0; i < 100; i++ {
		group.Add(2)
		go func(i int) {
			defer group.Done()
			for j := 0; j < 100; j++ {
				mutex.Lock()
				before := count
				if j%10 == 0 {
					runtime.Gosched()
				}
				count = before + 1
				mutex.Unlock()
			}
			rw.Lock()
			table[i] = i
			rw.Unlock()
		}(i)
		go func(i int) {
			defer group.Done()
			rw.RLock()
			_ = table[i]
			rw.RUnlock()
		}(i)
	}
	group.Wait()
	fmt.Println(count, len(table), mutex.TryLock(), mutex.TryLock())
}

func conds() {
	var mutex sync.Mutex
	cond := sync.NewCond(&mutex)
	turn, done := 0, make(chan bool)
	for i := 0; i < 10; i++ {
		go func(i int) {
			mutex.Lock()
			for turn != i {
				cond.Wait()
			}
			fmt.Print(i, " ")
			turn++
			cond.Broadcast()
			mutex.Unlock()
			done <- true
		}(i)
	}
	for i := 0; i < 10; i++ {
		<-done
	}
	fmt.Println()
}

func onces() {
	var once sync.Once
	value := sync.OnceValue(func() int { fmt.Println("computed"); return 42 })
	var group sync.WaitGroup
	for i := 0; i < 10; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			once.Do(func() { fmt.Println("once"); runtime.Gosched() })
			value()
		}()
	}
	group.Wait()
	fmt.Println(value())
}

func pools() {
	made := 0
	pool := sync.Pool{New: func() any { made++; return new([1024]byte) }}
	for i := 0; i < 1000; i++ {
		buffer := pool.Get().(*[1024]byte)
		buffer[i%1024] = 1
		pool.Put(buffer)
	}
	fmt.Println(made < 1000)
}

func syncMap() {
	var m sync.Map
	var group sync.WaitGroup
	for i := 0; i < 100; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			m.Store(i, i*i)
			m.LoadOrStore(i/2, -1)
			if i%3 == 0 {
				m.Delete(i)
			}
		}(i)
	}
	group.Wait()
	value, found := m.Load(50)
	fmt.Println(value, found)
	deleted, found := m.Load(99)
	fmt.Println(deleted, found)
}

func atomics() {
	var small atomic.Int32
	var large atomic.Uint64
	var flag atomic.Bool
	var pointer atomic.Pointer[string]
	var value atomic.Value
	var group sync.WaitGroup
	for i := 0; i < 100; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			small.Add(-3)
			large.Add(1 << 33)
			text := fmt.Sprint(i)
			pointer.CompareAndSwap(nil, &text)
			value.Store(i)
		}(i)
	}
	group.Wait()
	fmt.Println(small.Load(), large.Load(), flag.Swap(true), flag.Load(), pointer.Load() != nil, value.Load() != nil)
	var word uint32 = 0xf0
	fmt.Println(atomic.AddUint32(&word, ^uint32(0)), atomic.SwapUint32(&word, 9), atomic.CompareAndSwapUint32(&word, 8, 1), word)
}
