/**
 * etcd/test/handbook/etcdctl: runs lines for a shell, as somebody would type them.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the handbook has where its etcd listens. */
const TYPED_ENDPOINT = 'localhost:12379'

/** A terminal in an empty folder, where `*` stands for itself. */
export class Terminal {
  readonly #endpoint: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'troupe-handbook-'))
  readonly #keys = new Set<string>()
  readonly #running: ChildProcess[] = []

  constructor(endpoint: string) {
    this.#endpoint = endpoint
  }

  /** Runs a line as it stands, but for the place of etcd; answers what it printed. */
  run(line: string): Promise<string> {
    const key = /\bput\s+(?:\\\s+)?"?([^\s"]+)"?/.exec(line)?.[1]
    if (key !== undefined) this.#keys.add(key)
    const typed = line.replace(TYPED_ENDPOINT, this.#endpoint)
    return new Promise((resolve, reject) => {
      execFile('sh', ['-c', typed], this.#optionsFor(line), (fault, stdout, stderr) => {
        if (fault === null) resolve(stdout + stderr)
        else reject(fault)
      })
    })
  }

  /** All lines of a text that are no comments, one after the other. */
  async runAll(text: string): Promise<void> {
    const lines = text.replaceAll('\\\n', ' ').split('\n')
    for (const line of lines.filter((one) => /^etcdctl /.test(one.trim()))) await this.run(line)
  }

  /** Runs a line that goes on; `take` is given all that it has printed so far. */
  follow(line: string, take: (printed: string) => void): void {
    const typed = `exec ${line.replace(TYPED_ENDPOINT, this.#endpoint)}`
    const child = spawn('sh', ['-c', typed], {
      ...this.#optionsFor(line),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#running.push(child)
    let printed = ''
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      printed += part
      take(printed)
    })
  }

  /** Removes every key that was put, and what else there is. */
  async close(): Promise<void> {
    for (const child of this.#running) child.kill()
    for (const key of this.#keys) await this.run(`etcdctl del '${key}'`)
    rmSync(this.#folder, { recursive: true })
  }

  /** etcdctl wants to be told once where etcd is. */
  #optionsFor(line: string) {
    const where = line.includes('--endpoints') ? {} : { ETCDCTL_ENDPOINTS: this.#endpoint }
    const env = { ...process.env, ETCDCTL_API: '3', ...where }
    return { cwd: this.#folder, env, timeout: 20_000 }
  }
}
