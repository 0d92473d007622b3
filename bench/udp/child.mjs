/**
 * bench/udp/child: a process of the measurement: its lines, its questions, its CPU and memory.
 *
 * Everything runs on 127.0.0.1 and ends by itself or with `end`. Knows nothing of what is measured.
 */
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** Clock ticks a second of the kernel's process table. */
const TICKS = 100

export class Child {
  #child
  #lines = []
  #waiting = []
  #stderr = ''

  /** `core`: the only processor it may use; undefined for any. */
  constructor([program, ...args], { core, env = {} } = {}) {
    const pinned =
      core === undefined ? [program, ...args] : ['taskset', '-c', core, program, ...args]
    this.#child = spawn(pinned[0], pinned.slice(1), {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.closed = new Promise((resolve) => this.#child.on('close', resolve))
    this.#child.on('error', (error) => this.#fail(error.message))
    this.#child.on('exit', (code, signal) => this.#fail(`it ended with ${signal ?? code}`))
    this.#child.stderr.on('data', (chunk) => {
      this.#stderr += chunk
    })
    this.#child.stdin.on('error', () => {})
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const next = this.#waiting.shift()
      if (next === undefined) this.#lines.push(line)
      else next.resolve(line)
    })
  }

  /** The next line it prints; rejects when it has ended. */
  line() {
    const line = this.#lines.shift()
    if (line !== undefined) return Promise.resolve(line)
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  /** The first line from now on that fits, as its match. */
  async find(pattern) {
    for (;;) {
      const match = pattern.exec(await this.line())
      if (match !== null) return match
    }
  }

  /** Sends it a line and reads the JSON it answers with. */
  async ask() {
    this.#child.stdin.write('tell\n')
    return JSON.parse(await this.line())
  }

  /** User and system seconds so far, in hundredths. */
  cpuSeconds() {
    const stat = readFileSync(`/proc/${this.#child.pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS
  }

  /** Resident memory now, in bytes. */
  residentBytes() {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'latin1')
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1_024
  }

  async end() {
    this.#child.stdin.end()
    this.#child.kill('SIGTERM')
    await this.closed
  }

  #fail(problem) {
    const told = this.#stderr.trim().split('\n').slice(-3).join(' | ')
    for (const { reject } of this.#waiting.splice(0)) reject(new Error(`${problem}: ${told}`))
  }
}
