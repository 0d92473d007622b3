// bench/peers/ergo-network: both sides of `bench -- network` in the Ergo Framework.
//
// `far` registers ten counters and waits; `near WORK COUNT` sends or calls from one actor a pair or
// caller, warms up twice with a fifth of the work and prints one JSON line. The nodes find each
// other by Ergo's own registrar on localhost. Messages are structs with exported fields that EDF
// knows. Knows nothing of the other peers.
//
// Written after Ergo's own tests of version 3.0 and never compiled so far: where this was written the
// module could not be fetched.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	"ergo.services/ergo"
	"ergo.services/ergo/act"
	"ergo.services/ergo/gen"
	"ergo.services/ergo/net/edf"
)

const (
	farNode    = gen.Atom("bench-far@localhost")
	nearNode   = gen.Atom("bench-near@localhost")
	pairsMax   = 10
	callWaitS  = 60
	blockBytes = 65536
)

type Small struct{ By, N int64 }

type Object struct {
	ID        int64
	Lon, Lat  float64
	Speed     float64
	Heading   int64
	Emergency bool
	At        int64
	Unit      string
	Note      string
}

type Block struct{ Bytes []byte }

type Echo struct{ By int64 }

type Handled struct{ Pair int64 }

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func start(name gen.Atom) gen.Node {
	for _, one := range []any{Small{}, Object{}, Block{}, Echo{}, Handled{}} {
		must(edf.RegisterTypeOf(one))
	}
	options := gen.NodeOptions{}
	options.Network.Cookie = "a cookie of the bench alone"
	options.Log.Level = gen.LogLevelDisabled
	options.Log.DefaultLogger.Disable = true
	node, err := ergo.StartNode(name, options)
	must(err)
	return node
}

// counter counts what it is sent and tells how many there were since it was asked last.
type counter struct {
	act.Actor
	handled int64
}

func (c *counter) HandleMessage(_ gen.PID, _ any) error {
	c.handled++
	return nil
}

func (c *counter) HandleCall(_ gen.PID, _ gen.Ref, request any) (any, error) {
	switch asked := request.(type) {
	case Echo:
		return asked.By, nil
	default:
		handled := c.handled
		c.handled = 0
		return handled, nil
	}
}

func counterName(pair int) gen.Atom { return gen.Atom(fmt.Sprintf("counter%d", pair)) }

func far() {
	node := start(farNode)
	for pair := 0; pair < pairsMax; pair++ {
		_, err := node.SpawnRegister(counterName(pair),
			func() gen.ProcessBehavior { return &counter{} }, gen.ProcessOptions{})
		must(err)
	}
	fmt.Println(`{"ready":true}`)
	node.Wait()
}

// sendWork and callWork are what a worker is told to do; it answers on `done`.
type sendWork struct {
	to    gen.ProcessID
	count int
	value func(n int) any
	done  chan int64
}

type callWork struct {
	to    gen.ProcessID
	count int
	done  chan []time.Duration
}

type worker struct{ act.Actor }

func (w *worker) HandleMessage(_ gen.PID, message any) error {
	switch work := message.(type) {
	case sendWork:
		for n := 0; n < work.count; n++ {
			must(w.Send(work.to, work.value(n)))
		}
		handled, err := w.CallWithTimeout(work.to, Handled{}, callWaitS)
		must(err)
		work.done <- handled.(int64)
	case callWork:
		all := make([]time.Duration, work.count)
		for n := range all {
			begin := time.Now()
			_, err := w.CallWithTimeout(work.to, Echo{By: 1}, callWaitS)
			must(err)
			all[n] = time.Since(begin)
		}
		work.done <- all
	}
	return nil
}

func spawnWorkers(node gen.Node, number int) []gen.PID {
	all := make([]gen.PID, number)
	for n := range all {
		pid, err := node.Spawn(func() gen.ProcessBehavior { return &worker{} },
			gen.ProcessOptions{})
		must(err)
		all[n] = pid
	}
	return all
}

func valueOf(kind string) func(n int) any {
	block := make([]byte, blockBytes)
	switch kind {
	case "object":
		return func(n int) any {
			return Object{
				ID: 123456 + int64(n&1023), Lon: 2.29448123 + float64(n&255)*1e-5,
				Lat: 48.85837009, Speed: 13.5, Heading: int64(n % 360),
				Emergency: n&1 == 0, At: 1700000000123 + int64(n), Unit: "ambulance-17",
				Note: "on its way to the north gate, expected in four minutes",
			}
		}
	case "64k":
		return func(int) any { return Block{Bytes: block} }
	default:
		return func(n int) any { return Small{By: 1, N: int64(n)} }
	}
}

type figures struct {
	ops       int
	latencies []time.Duration
}

func oneWay(node gen.Node, kind string, pairs int) func(count int) figures {
	workers := spawnWorkers(node, pairs)
	return func(count int) figures {
		each := count / pairs
		done := make(chan int64, pairs)
		for pair, pid := range workers {
			to := gen.ProcessID{Name: counterName(pair), Node: farNode}
			must(node.Send(pid, sendWork{to, each, valueOf(kind), done}))
		}
		for range workers {
			if handled := <-done; handled != int64(each) {
				panic(fmt.Sprintf("handled: %d instead of %d", handled, each))
			}
		}
		return figures{ops: each * pairs}
	}
}

func calls(node gen.Node, callers int) func(count int) figures {
	workers := spawnWorkers(node, callers)
	return func(count int) figures {
		each := count / callers
		done := make(chan []time.Duration, callers)
		to := gen.ProcessID{Name: counterName(0), Node: farNode}
		for _, pid := range workers {
			must(node.Send(pid, callWork{to, each, done}))
		}
		all := []time.Duration{}
		for range workers {
			all = append(all, <-done...)
		}
		sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
		return figures{ops: len(all), latencies: all}
	}
}

func near(work string, count int) {
	node := start(nearNode)
	_, err := node.Network().GetNode(farNode)
	must(err)
	kind, numberText, many := strings.Cut(work, "-")
	number := 1
	if many {
		number, err = strconv.Atoi(numberText)
		must(err)
	}
	run := oneWay(node, kind, number)
	if kind == "call" {
		run = calls(node, number)
	}
	for round := 0; round < 2; round++ {
		run(max(number, count/5))
	}
	fmt.Println("begin")
	begin := time.Now()
	told := run(count)
	seconds := time.Since(begin).Seconds()
	more := ""
	if size := len(told.latencies); size > 0 {
		at := func(share float64) float64 {
			index := min(size-1, int(float64(size)*share))
			return float64(told.latencies[index].Nanoseconds()) / 1000
		}
		more = fmt.Sprintf(`,"p50Micros":%f,"p99Micros":%f`, at(0.5), at(0.99))
	}
	fmt.Printf("{\"ops\":%d,\"seconds\":%f%s}\n", told.ops, seconds, more)
	os.Exit(0)
}

func main() {
	if os.Args[1] == "far" {
		far()
		return
	}
	count, err := strconv.Atoi(os.Args[3])
	must(err)
	near(os.Args[2], count)
}
