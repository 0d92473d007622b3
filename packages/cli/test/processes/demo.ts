/**
 * demo: starts the demo node as a child process, and types commands at it.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runTroupe } from '#cli/run'
import { RecordedTerminal } from './recorded-terminal.js'

const PROGRAM = fileURLToPath(new URL('./demo-node.js', import.meta.url))

/** How a command ended. */
export interface Typed {
  readonly code: number
  readonly out: string
  readonly notes: string
  readonly terminal: RecordedTerminal
}

/** A node of its own cookie, which meets nobody else. */
export class Demo {
  readonly name: string
  readonly port: number
  readonly env: Readonly<Record<string, string>>
  readonly child: ChildProcess
  readonly #folder: string

  private constructor(parts: {
    readonly name: string
    readonly port: number
    readonly child: ChildProcess
    readonly folder: string
  }) {
    this.name = parts.name
    this.port = parts.port
    this.child = parts.child
    this.#folder = parts.folder
    const file = join(parts.folder, 'cookie')
    this.env = { TROUPE_COOKIE_FILE: file, TROUPE_CONNECT: this.name }
  }

  static async start(kind: string): Promise<Demo> {
    const cookie = randomBytes(24).toString('base64url')
    return Demo.#start({ name: `${kind}-${process.pid}@localhost`, cookie, socket: 'own', tls: '' })
  }

  /** Nodes of one cluster that only mutual TLS reaches, with the files of a `TlsFolder`. */
  static startTls(kinds: readonly string[], tls: string): Promise<readonly Demo[]> {
    const cookie = randomBytes(24).toString('base64url')
    const names = kinds.map((kind) => `${kind}-${process.pid}@elsewhere`)
    return Promise.all(names.map((name) => Demo.#start({ name, cookie, socket: 'none', tls })))
  }

  /** Another node of the same cluster, which has no socket: only its registrar knows the way. */
  beside(kind: string): Promise<Demo> {
    const cookie = readFileSync(join(this.#folder, 'cookie'), 'utf8').trim()
    const name = `${kind}-${process.pid}@elsewhere`
    return Demo.#start({ name, cookie, socket: 'none', tls: '' })
  }

  static async #start(given: Readonly<Record<'name' | 'cookie' | 'socket' | 'tls', string>>) {
    const { name, cookie, socket, tls } = given
    const folder = mkdtempSync(join(tmpdir(), 'troupe-cli-'))
    writeFileSync(join(folder, 'cookie'), `${cookie}\n`, { mode: 0o600 })
    const child = fork(PROGRAM, [name, cookie, socket, tls])
    const port = await new Promise<number>((resolve, reject) => {
      child.once('message', (told: { readonly port: number }) => resolve(told.port))
      child.once('exit', (code) => reject(new Error(`the demo node ended with ${code}`)))
    })
    return new Demo({ name, port, child, folder })
  }

  /** Types a command, in this program. */
  async type(...typed: string[]): Promise<Typed> {
    const terminal = new RecordedTerminal(this.env)
    const code = await runTroupe(typed, terminal)
    return { code, out: terminal.out, notes: terminal.notes, terminal }
  }

  /** What a command answered with `--json`. */
  async json(...typed: string[]): Promise<unknown> {
    const { out, notes } = await this.type(...typed, '--json')
    if (out === '') throw new Error(notes)
    return JSON.parse(out)
  }

  stop(): void {
    this.child.kill('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
