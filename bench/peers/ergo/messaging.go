package main

import (
	"ergo.services/ergo/act"
	"ergo.services/ergo/gen"
)

type increment struct{ by int }
type expect struct{ count int }
type send struct {
	to    gen.PID
	count int
}

// counter adds up what it is sent and tells `done` when the expected number was handled.
type counter struct {
	act.Actor
	left, sum int
	done      chan int
}

func (c *counter) HandleMessage(_ gen.PID, message any) error {
	switch m := message.(type) {
	case increment:
		c.sum += m.by
		c.left--
		if c.left == 0 {
			c.done <- c.sum
		}
	case expect:
		c.left, c.sum = m.count, 0
	case hold:
		<-m.until
	}
	return nil
}

func spawnCounter(node gen.Node) (gen.PID, chan int) {
	done := make(chan int, 1)
	pid, err := node.Spawn(func() gen.ProcessBehavior { return &counter{done: done} },
		gen.ProcessOptions{})
	must(err)
	return pid, done
}

// sender sends the whole number in one go, as Ergo's own benchmark does: goroutines are
// preempted, so the receiver runs meanwhile.
type sender struct{ act.Actor }

func (s *sender) HandleMessage(_ gen.PID, message any) error {
	m := message.(send)
	for n := 0; n < m.count; n++ {
		if err := s.SendPID(m.to, increment{by: 1}); err != nil {
			return err
		}
	}
	return nil
}

func pairs(node gen.Node, number int) work {
	type pair struct {
		from, to gen.PID
		done     chan int
	}
	all := make([]pair, number)
	for n := range all {
		from, err := node.Spawn(func() gen.ProcessBehavior { return &sender{} },
			gen.ProcessOptions{})
		must(err)
		to, done := spawnCounter(node)
		all[n] = pair{from, to, done}
	}
	return func(count int) (float64, bool) {
		each := count / number
		for _, p := range all {
			must(node.Send(p.to, expect{each}))
		}
		for _, p := range all {
			must(node.Send(p.from, send{p.to, each}))
		}
		for _, p := range all {
			expectEqual("handled", <-p.done, each)
		}
		return 0, false
	}
}

type ping struct{ by int }
type pong struct{ by int }
type play struct{ count int }

type pongActor struct{ act.Actor }

func (p *pongActor) HandleMessage(from gen.PID, message any) error {
	return p.SendPID(from, pong{message.(ping).by})
}

type pingActor struct {
	act.Actor
	other      gen.PID
	count, sum int
	done       chan int
}

func (p *pingActor) HandleMessage(_ gen.PID, message any) error {
	switch m := message.(type) {
	case play:
		p.count, p.sum = m.count, 0
	case pong:
		p.sum += m.by
		if p.sum == p.count {
			p.done <- p.sum
			return nil
		}
	}
	return p.SendPID(p.other, ping{by: 1})
}

func pingPong(node gen.Node) work {
	other, err := node.Spawn(func() gen.ProcessBehavior { return &pongActor{} },
		gen.ProcessOptions{})
	must(err)
	done := make(chan int, 1)
	player, err := node.Spawn(
		func() gen.ProcessBehavior { return &pingActor{other: other, done: done} },
		gen.ProcessOptions{})
	must(err)
	return func(count int) (float64, bool) {
		must(node.Send(player, play{count}))
		expectEqual("round trips", <-done, count)
		return 0, false
	}
}

type add struct{ by int }

type adder struct {
	act.Actor
	total int
}

func (a *adder) HandleCall(_ gen.PID, _ gen.Ref, request any) (any, error) {
	by := request.(add).by
	a.total += by
	return by, nil
}

type caller struct {
	act.Actor
	done chan int
}

func (c *caller) HandleMessage(_ gen.PID, message any) error {
	m := message.(send)
	sum := 0
	for n := 0; n < m.count; n++ {
		answer, err := c.Call(m.to, add{by: 1})
		if err != nil {
			return err
		}
		sum += answer.(int)
	}
	c.done <- sum
	return nil
}

func calls(node gen.Node, callers int) work {
	server, err := node.Spawn(func() gen.ProcessBehavior { return &adder{} }, gen.ProcessOptions{})
	must(err)
	done := make(chan int, callers)
	pids := make([]gen.PID, callers)
	for n := range pids {
		pids[n], err = node.Spawn(func() gen.ProcessBehavior { return &caller{done: done} },
			gen.ProcessOptions{})
		must(err)
	}
	return func(count int) (float64, bool) {
		each := count / callers
		for _, pid := range pids {
			must(node.Send(pid, send{server, each}))
		}
		for range pids {
			expectEqual("answers", <-done, each)
		}
		return 0, false
	}
}

type hold struct{ until chan struct{} }

// backlog keeps the receiver in a handler while the messages are queued, then lets it drain them.
func backlog(node gen.Node) work {
	pid, done := spawnCounter(node)
	return func(count int) (float64, bool) {
		until := make(chan struct{})
		must(node.Send(pid, expect{count}))
		must(node.Send(pid, hold{until}))
		for n := 0; n < count; n++ {
			must(node.Send(pid, increment{by: 1}))
		}
		close(until)
		expectEqual("handled", <-done, count)
		return 0, false
	}
}
