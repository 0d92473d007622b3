// bench/peers/ergo: the rows of `bench -- local` in the Ergo Framework.
//
// `ergo ROW COUNT` prepares the row, runs a tenth of it to warm up, then measures COUNT
// operations and prints one JSON line. Actors are act.Actor, messages are small structs, the log
// and the network are off, and the clock stops when the receiver has handled the last message.
// CPU is user + system time of the process (getrusage). Knows nothing of the other peers.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"ergo.services/ergo"
	"ergo.services/ergo/gen"
)

// work runs a number of operations; extra is a value to report instead of a rate.
type work func(count int) (extra float64, reported bool)

var rows = map[string]func(gen.Node) work{
	"send":        func(node gen.Node) work { return pairs(node, 1) },
	"pairs-8":     func(node gen.Node) work { return pairs(node, 8) },
	"pairs-100":   func(node gen.Node) work { return pairs(node, 100) },
	"ping-pong":   pingPong,
	"call":        func(node gen.Node) work { return calls(node, 1) },
	"call-100":    func(node gen.Node) work { return calls(node, 100) },
	"spawn":       spawnExit,
	"memory":      memory,
	"fanout-100k": func(node gen.Node) work { return fanout(node, 100_000) },
	"fanout-1m":   func(node gen.Node) work { return fanout(node, 1_000_000) },
	"timer":       timerLateness,
	"backlog":     backlog,
	"restart":     restartStorm,
}

// cold rows measure a state or a distribution: a warm-up would distort or double them.
var cold = map[string]bool{"memory": true, "timer": true}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func expectEqual(what string, actual, expected int) {
	if actual != expected {
		panic(fmt.Sprintf("%s: %d instead of %d", what, actual, expected))
	}
}

func start() gen.Node {
	options := gen.NodeOptions{}
	options.Network.Mode = gen.NetworkModeDisabled
	options.Log.Level = gen.LogLevelDisabled
	options.Log.DefaultLogger.Disable = true
	node, err := ergo.StartNode("bench@localhost", options)
	must(err)
	return node
}

func cpuSeconds() float64 {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	seconds := func(t syscall.Timeval) float64 { return float64(t.Sec) + float64(t.Usec)/1e6 }
	return seconds(usage.Utime) + seconds(usage.Stime)
}

func main() {
	row := os.Args[1]
	count, err := strconv.Atoi(os.Args[2])
	must(err)
	run := rows[row](start())
	if !cold[row] {
		run(max(1, count/10))
	}
	runtime.GC()
	cpu, begin := cpuSeconds(), time.Now()
	extra, reported := run(count)
	seconds := time.Since(begin).Seconds()
	value := ""
	if reported {
		value = fmt.Sprintf(`,"value":%f`, extra)
	}
	fmt.Printf("{\"ops\":%d,\"seconds\":%f,\"cpuSeconds\":%f%s}\n",
		count, seconds, cpuSeconds()-cpu, value)
	os.Exit(0)
}
