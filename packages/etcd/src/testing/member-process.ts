/**
 * testing/member-process: the life of one etcd program, which ends when its starter does.
 *
 * A shell becomes etcd (`exec`, so that the pid is etcd's own) and leaves a guard behind that reads
 * a pipe of the starter. The pipe closes when the starter ends, however it ends: then the guard
 * kills etcd, frozen or not, and removes a folder that nobody has given. Needs a POSIX `sh`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { plainEnvironment } from './etcd-program.js'

/** A line says that etcd has ended and been waited for: its pid may be another's by now. */
const GUARD = `folder=$1; shift
(read -r line <&3 || { kill -9 $$; [ -z "$folder" ] || rm -rf "$folder"; }) >/dev/null 2>&1 &
exec "$@" 3<&-`

const LINES_MAX = 60
const PIPE = 3

/** What is run. */
export interface MemberCommand {
  readonly path: string
  readonly flags: readonly string[]
  /** Removed when the starter dies; empty: none. */
  readonly doomedFolder: string
}

/** One life of one program. */
export class MemberProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  readonly #lines: string[] = []
  #rest = ''
  #isRunning = true
  #isFrozen = false

  constructor({ path, flags, doomedFolder }: MemberCommand) {
    const shell = ['-c', GUARD, 'etcd-guard', doomedFolder, path, ...flags]
    // A group of its own: a Ctrl-C at the terminal ends the starter, and it ends etcd in order.
    this.#child = spawn('sh', shell, {
      detached: true,
      env: plainEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    })
    const pipe = this.#child.stdio[PIPE] as Socket
    pipe.on('error', () => {})
    this.#child.stderr?.on('data', (part: Buffer) => this.#took(part.toString()))
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#isRunning = false
        pipe.end('ended\n')
        resolve()
      }
      this.#child.once('error', end)
      this.#child.once('exit', end)
    })
    // A program that has nothing else to do ends, and etcd with it.
    this.#hold(false)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get isRunning(): boolean {
    return this.#isRunning
  }

  get isFrozen(): boolean {
    return this.#isFrozen && this.#isRunning
  }

  /** Settles when it has ended. */
  get ended(): Promise<void> {
    return this.#ended
  }

  log(): readonly string[] {
    return [...this.#lines, this.#rest].filter((line) => line !== '')
  }

  /** SIGSTOP and SIGCONT. */
  freeze(isFrozen: boolean): void {
    if (!this.#isRunning) return
    this.#isFrozen = isFrozen
    this.#child.kill(isFrozen ? 'SIGSTOP' : 'SIGCONT')
  }

  /** Settles when it has ended. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!this.#isRunning) return
    this.#hold(true)
    this.#child.kill(signal)
    await this.#ended
  }

  /** Whether it keeps the starter running. */
  #hold(holds: boolean): void {
    const verb = holds ? 'ref' : 'unref'
    this.#child[verb]()
    for (const stream of [this.#child.stderr, this.#child.stdio[PIPE]]) {
      if (stream instanceof Socket) stream[verb]()
    }
  }

  #took(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    this.#lines.push(...lines.map(readable))
    this.#lines.splice(0, Math.max(0, this.#lines.length - LINES_MAX))
  }
}

/** Since 3.5 each line is JSON, of which people read the level, the message and the error. */
function readable(line: string): string {
  if (!line.startsWith('{')) return line
  try {
    const { level, msg, error }: Readonly<Record<string, unknown>> = JSON.parse(line)
    return [level, msg, error].filter((part) => part !== undefined).join(': ')
  } catch {
    return line
  }
}
