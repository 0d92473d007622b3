/**
 * bench/registrar/program: a node of the bench as its own process, and what it has told.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const SCRIPT = fileURLToPath(new URL('./node.mjs', import.meta.url))
const LIMIT_MS = 120_000

export class Program {
  told = []
  #child
  #waits = new Set()
  #errors = ''

  /** `more`: another program, with what it is given after its name and folder. */
  constructor(name, folder, { script = SCRIPT, given = [] } = {}) {
    this.name = name
    this.spawnedMs = performance.timeOrigin + performance.now()
    this.#child = spawn(process.execPath, [script, name, folder, ...given], {
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.ended = once(this.#child, 'exit')
    let rest = ''
    this.#child.stdout.on('data', (chunk) => {
      const lines = `${rest}${chunk}`.split('\n')
      rest = lines.pop()
      for (const line of lines) this.#heard(JSON.parse(line))
    })
    this.#child.stderr.on('data', (chunk) => {
      this.#errors = `${this.#errors}${chunk}`.slice(-2_000)
    })
  }

  get pid() {
    return this.#child.pid
  }

  say(line) {
    this.#child.stdin.write(`${line}\n`)
  }

  /** The first thing told from `sinceMs` on that holds; what was told already counts. */
  until(what, holds, sinceMs = 0) {
    const wanted = (one) => one.atMs >= sinceMs && holds(one)
    const found = this.told.find(wanted)
    if (found !== undefined) return Promise.resolve(found)
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        reject(new Error(`${this.name} did not tell ${what} in ${LIMIT_MS} ms ${this.#errors}`))
      }, LIMIT_MS)
      const wait = (one) => {
        if (!wanted(one)) return
        clearTimeout(limit)
        this.#waits.delete(wait)
        resolve(one)
      }
      this.#waits.add(wait)
    })
  }

  /** Ends it by a signal; gives the time at which that was sent. */
  signal(signal) {
    const atMs = performance.timeOrigin + performance.now()
    this.#child.kill(signal)
    return atMs
  }

  #heard(one) {
    this.told.push(one)
    for (const wait of [...this.#waits]) wait(one)
  }
}
