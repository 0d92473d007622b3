/**
 * bench/registrar: how quickly the nodes of one host learn of each other, by real programs.
 *
 * `npm run bench -- registrar`: from start to seen, from kill to gone, from change to told, the
 * rate of resolving, and 50 programs at once. All times are wall clocks of one machine. There is
 * no peer beside it: epmd of Erlang tells no events and Ergo cannot be had here.
 */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publish, summary } from '../lib/report.mjs'
import { Program } from './program.mjs'

const MANY = 50
const RESOLVES = 200_000

const row = (name, unit, title, more = {}) => ({
  ...{ name, unit, title, better: 'lower', budget: [], handledPerOp: 1, ...more },
})

const ROWS = [
  row('registrar-up', 'ms', 'startNode until it settles, beside one other node'),
  row('registrar-visible', 'ms', 'startNode until another node is told', {
    budget: [{ atMost: 300 }],
  }),
  row('registrar-change', 'ms', 'a changed weight until another node is told'),
  row('registrar-config', 'ms', 'a changed file until a node is told'),
  row('registrar-takeover', 'ms', 'kill -9 of the node that serves until another one does', {
    budget: [{ atMost: 1_000 }],
  }),
  row('registrar-frozen', 'ms', 'SIGSTOP of the node that serves until another one does', {
    budget: [{ atMost: 1_000 }],
  }),
  row('registrar-gone', 'ms', 'kill -9 of a node until another is told that it has left', {
    budget: [{ atMost: 3_000 }],
  }),
  row('registrar-resolve', 'resolves/s', 'resolve of a node that is known', { better: 'higher' }),
  row('registrar-50', 'ms', `first of ${MANY} programs begun until each knows all others`),
  row('registrar-50-memory', 'MB', `resident memory of one of ${MANY} programs, median`),
]

const isEvent = (kind, node) => (one) =>
  one.kind === 'event' && one.event.kind === kind && (node === undefined || one.event.node === node)
const isTold = (kind) => (one) => one.kind === kind
const nowMs = () => performance.timeOrigin + performance.now()

/** A few programs of one host of their own. */
class Host {
  folder = mkdtempSync(join(tmpdir(), 'troupe-bench-registrar-'))
  programs = []

  start(name) {
    const program = new Program(`${name}@localhost`, this.folder)
    this.programs.push(program)
    return program
  }

  async ready(name) {
    const program = this.start(name)
    await program.until('that it is ready', isTold('ready'))
    return program
  }

  async end() {
    for (const program of this.programs) program.signal('SIGKILL')
    await Promise.all(this.programs.map(({ ended }) => ended))
    rmSync(this.folder, { recursive: true, force: true })
  }
}

async function withHost(work) {
  const host = new Host()
  try {
    return await work(host)
  } finally {
    await host.end()
  }
}

/** A node comes, changes, is asked for and is killed, while another one listens. */
const oneNode = () =>
  withHost(async (host) => {
    const first = await host.ready('first')
    const second = host.start('second')
    const begun = await second.until('that it begins', isTold('begun'))
    const up = await second.until('that it is up', isTold('up'))
    const seen = await first.until('a joined node', isEvent('node-joined', second.name))
    await second.until('that it is ready', isTold('ready'))
    const changedMs = nowMs()
    second.say('weight 7')
    const changed = await first.until('a weight', isEvent('application-changed', second.name))
    second.say(`resolve ${first.name} ${RESOLVES}`)
    const resolved = await second.until('a rate', isTold('resolved'))
    const configMs = nowMs()
    writeFileSync(join(host.folder, 'next.json'), '{ "global": { "level": 3 } }')
    renameSync(join(host.folder, 'next.json'), join(host.folder, 'config.json'))
    const config = await first.until('a value', isEvent('config-updated'))
    const killedMs = second.signal('SIGKILL')
    const left = await first.until('a node that left', isEvent('node-left', second.name))
    return {
      'registrar-up': up.atMs - begun.atMs,
      'registrar-visible': seen.atMs - begun.atMs,
      'registrar-change': changed.atMs - changedMs,
      'registrar-config': config.atMs - configMs,
      'registrar-resolve': (resolved.count / resolved.ms) * 1_000,
      'registrar-gone': left.atMs - killedMs,
    }
  })

/** The node that serves is taken away: by `signal`. */
const takeover = (name, signal) =>
  withHost(async (host) => {
    const first = await host.ready('first')
    const others = [await host.ready('second'), await host.ready('third')]
    const endedMs = first.signal(signal)
    const connected = others.map((other) =>
      other.until('another server', isEvent('registrar-connected'), endedMs),
    )
    const { atMs } = await Promise.any(connected)
    return { [name]: atMs - endedMs }
  })

const many = () =>
  withHost(async (host) => {
    const programs = Array.from({ length: MANY }, (_, n) => host.start(`node${n}`))
    const ready = await Promise.all(
      programs.map((program) => program.until('that it is ready', isTold('ready'))),
    )
    const begunMs = Math.min(
      ...programs.map(({ told }) => told.find(({ kind }) => kind === 'begun').atMs),
    )
    const wholeMs = await Promise.all(programs.map((program) => wholeAt(program)))
    const memory = ready.map(({ rssMb }) => rssMb).sort((left, right) => left - right)
    return {
      'registrar-50': Math.max(...wholeMs) - begunMs,
      'registrar-50-memory': memory[MANY >> 1],
    }
  })

/** When a program had been told of all others. */
async function wholeAt(program) {
  const known = new Set(program.told.find(({ kind }) => kind === 'up').known)
  let atMs = program.told.find(({ kind }) => kind === 'up').atMs
  await program.until('all others', (one) => {
    if (!isEvent('node-joined')(one) && one.kind !== 'up') return false
    if (one.kind === 'event' && !known.has(one.event.node)) {
      known.add(one.event.node)
      atMs = one.atMs
    }
    return known.size === MANY - 1
  })
  return atMs
}

const WORKS = [
  oneNode,
  () => takeover('registrar-takeover', 'SIGKILL'),
  () => takeover('registrar-frozen', 'SIGSTOP'),
  many,
]

/** Runs all works `--runs` times and tells the rows that `--rows` names; all without it. */
export async function benchRegistrar(values, say) {
  const samples = new Map(ROWS.map(({ name }) => [name, []]))
  const runs = Number(values.runs)
  for (let run = 1; run <= runs; run += 1) {
    for (const work of WORKS) {
      const told = await work()
      for (const [name, value] of Object.entries(told)) {
        samples.get(name).push({ value, cpuMicrosPerOp: null })
        say(`  ${run}/${runs} ${name}: ${value.toFixed(1)}`)
      }
    }
  }
  const resultsOf = (one) => [summary(one, 'troupe', process.version, samples.get(one.name))]
  publish(ROWS, resultsOf, [], values, say)
  return true
}
