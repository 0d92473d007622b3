package main

import (
	"errors"
	"runtime"
	"sort"
	"sync/atomic"
	"time"

	"ergo.services/ergo/act"
	"ergo.services/ergo/gen"
)

// mortal ends normally at its first message, which it sends to itself.
type mortal struct{ act.Actor }

func (m *mortal) Init(...any) error { return m.Send(m.PID(), increment{by: 1}) }

func (m *mortal) HandleMessage(gen.PID, any) error { return gen.TerminateReasonNormal }

const spawnBatch = 100

// parent spawns 100 children at a time, monitors each and goes on when all are down.
type parent struct {
	act.Actor
	left, waiting int
	done          chan int
}

func (p *parent) spawnBatch() error {
	if p.left <= 0 {
		p.done <- 0
		return nil
	}
	p.left -= spawnBatch
	p.waiting = spawnBatch
	for n := 0; n < spawnBatch; n++ {
		pid, err := p.Spawn(func() gen.ProcessBehavior { return &mortal{} }, gen.ProcessOptions{})
		if err != nil {
			return err
		}
		// The child may be gone already: that is the same news.
		if err := p.MonitorPID(pid); err != nil {
			p.waiting--
		}
	}
	if p.waiting == 0 {
		return p.spawnBatch()
	}
	return nil
}

func (p *parent) HandleMessage(_ gen.PID, message any) error {
	switch m := message.(type) {
	case play:
		p.left = m.count
		return p.spawnBatch()
	case gen.MessageDownPID:
		p.waiting--
		if p.waiting == 0 {
			return p.spawnBatch()
		}
	}
	return nil
}

func spawnExit(node gen.Node) work {
	done := make(chan int, 1)
	pid, err := node.Spawn(func() gen.ProcessBehavior { return &parent{done: done} },
		gen.ProcessOptions{})
	must(err)
	return func(count int) (float64, bool) {
		must(node.Send(pid, play{count}))
		<-done
		return 0, false
	}
}

type idle struct {
	act.Actor
	count int
}

func settledBytes() uint64 {
	var stats runtime.MemStats
	for n := 0; n < 3; n++ {
		time.Sleep(100 * time.Millisecond)
		runtime.GC()
	}
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc + stats.StackInuse
}

func memory(node gen.Node) work {
	return func(count int) (float64, bool) {
		before := settledBytes()
		pids := make([]gen.PID, count)
		for n := range pids {
			pid, err := node.Spawn(func() gen.ProcessBehavior { return &idle{} },
				gen.ProcessOptions{})
			must(err)
			pids[n] = pid
		}
		after := settledBytes()
		runtime.KeepAlive(pids)
		return float64(after-before) / float64(count), true
	}
}

const eventName = gen.Atom("published")

type published struct{ number int }

// subscriber adds up events; the one that completes an event tells the owner.
type subscriber struct {
	act.Actor
	sum   int
	total int64
	cell  *atomic.Int64
	done  chan int
}

func (s *subscriber) HandleMessage(gen.PID, any) error {
	_, err := s.MonitorEvent(gen.Event{Name: eventName, Node: s.Node().Name()})
	s.count()
	return err
}

func (s *subscriber) HandleEvent(event gen.MessageEvent) error {
	s.sum += event.Message.(published).number
	s.count()
	return nil
}

func (s *subscriber) count() {
	if s.cell.Add(1)%s.total == 0 {
		s.done <- 0
	}
}

func fanout(node gen.Node, subscribers int) work {
	token, err := node.RegisterEvent(eventName, gen.EventOptions{})
	must(err)
	cell := &atomic.Int64{}
	done := make(chan int, 1)
	for n := 0; n < subscribers; n++ {
		pid, err := node.Spawn(func() gen.ProcessBehavior {
			return &subscriber{total: int64(subscribers), cell: cell, done: done}
		}, gen.ProcessOptions{})
		must(err)
		must(node.Send(pid, "subscribe"))
	}
	<-done
	return func(count int) (float64, bool) {
		for n := 0; n < count; n++ {
			must(node.SendEvent(eventName, token, gen.MessageOptions{}, published{n}))
			<-done
		}
		return 0, false
	}
}

type ball struct{ by int }

// player returns every ball, for ever.
type player struct{ act.Actor }

func (p *player) HandleMessage(from gen.PID, message any) error {
	if to, begins := message.(send); begins {
		return p.SendPID(to.to, ball{by: 1})
	}
	return p.SendPID(from, message)
}

type tick struct{ due time.Time }

// clock keeps 100 timers of 10 ms and notes how late each was.
type clock struct {
	act.Actor
	count int
	late  []float64
	done  chan []float64
}

func (c *clock) arm() error {
	const delay = 10 * time.Millisecond
	_, err := c.SendAfter(c.PID(), tick{time.Now().Add(delay)}, delay)
	return err
}

func (c *clock) HandleMessage(_ gen.PID, message any) error {
	m, isTick := message.(tick)
	if !isTick {
		for n := 0; n < 100; n++ {
			if err := c.arm(); err != nil {
				return err
			}
		}
		return nil
	}
	c.late = append(c.late, float64(time.Since(m.due).Microseconds())/1000)
	if len(c.late) == c.count {
		c.done <- c.late
		return gen.TerminateReasonNormal
	}
	return c.arm()
}

func timerLateness(node gen.Node) work {
	spawn := func(behaviour gen.ProcessBehavior) gen.PID {
		pid, err := node.Spawn(func() gen.ProcessBehavior { return behaviour },
			gen.ProcessOptions{})
		must(err)
		return pid
	}
	return func(count int) (float64, bool) {
		for n := 0; n < 100; n++ {
			must(node.Send(spawn(&player{}), send{to: spawn(&player{})}))
		}
		time.Sleep(500 * time.Millisecond)
		done := make(chan []float64, 1)
		must(node.Send(spawn(&clock{count: count, done: done}), "begin"))
		late := <-done
		sort.Float64s(late)
		return late[(count*99+99)/100-1], true
	}
}

var errCrashed = errors.New("crashed")

// crasher tells that it is up; its first message ends it abnormally.
type crasher struct {
	act.Actor
	up chan gen.PID
}

func (c *crasher) Init(...any) error {
	c.up <- c.PID()
	return nil
}

func (c *crasher) HandleMessage(gen.PID, any) error { return errCrashed }

type stormSupervisor struct {
	act.Supervisor
	up chan gen.PID
}

func (s *stormSupervisor) Init(...any) (act.SupervisorSpec, error) {
	factory := func() gen.ProcessBehavior { return &crasher{up: s.up} }
	children := make([]act.SupervisorChildSpec, 10)
	for n := range children {
		children[n] = act.SupervisorChildSpec{
			Name:    gen.Atom("child" + string(rune('a'+n))),
			Factory: factory,
		}
	}
	// 65535 in one second is the highest intensity Ergo can express.
	restart := act.SupervisorRestart{
		Strategy:  act.SupervisorStrategyPermanent,
		Intensity: 65535,
		Period:    1,
	}
	return act.SupervisorSpec{
		Type: act.SupervisorTypeOneForOne, Restart: restart, Children: children,
	}, nil
}

func restartStorm(node gen.Node) work {
	up := make(chan gen.PID, 1000)
	_, err := node.Spawn(func() gen.ProcessBehavior { return &stormSupervisor{up: up} },
		gen.ProcessOptions{})
	must(err)
	return func(count int) (float64, bool) {
		for n := 0; n < count; n++ {
			pid := <-up
			// A child that is still in Init cannot be sent to; it will be in a moment.
			for node.Send(pid, "crash") != nil {
				runtime.Gosched()
			}
		}
		return 0, false
	}
}
