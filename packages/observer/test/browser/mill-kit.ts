/**
 * The mill: three real programs and an Observer that may do everything, which runs on a hidden node
 * of the test's own, so that it stays whichever of them is killed.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type StartedObserver, startObserver } from '@troupe/observer'
import { embeddedRegistrar, type NetworkOptions, type Node, startNode } from 'troupe'
import type { Open } from './browser-kit.js'
import { MILL, type MillLook, type MillNode } from './mill-names.js'

const PROGRAM = fileURLToPath(new URL('./mill-program.js', import.meta.url))
const LOOK_MS = 20

/** One program: asked over the line by which it was started. */
class Program {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (told: unknown) => void>()
  #asked = 0
  /** The code, once it has ended. */
  readonly ended: Promise<number | null>

  constructor(child: ChildProcess) {
    this.#child = child
    this.ended = new Promise((resolve) => child.once('exit', resolve))
    child.on('message', (given) => {
      const { id, told } = given as { readonly id: number; readonly told: unknown }
      this.#waiting.get(id)?.(told)
      this.#waiting.delete(id)
    })
  }

  static async start(name: string, folder: string): Promise<Program> {
    const stdio = ['ignore', 'inherit', 'inherit', 'ipc'] as const
    const child = fork(PROGRAM, [name, folder], { stdio: [...stdio] })
    const program = new Program(child)
    await new Promise<unknown>((resolve, reject) => {
      program.#waiting.set(0, resolve)
      child.once('exit', (code) =>
        reject(new assert.AssertionError({ message: `${name}: ${code}` })),
      )
    })
    return program
  }

  look(look: MillLook): Promise<unknown> {
    this.#asked += 1
    const id = this.#asked
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#child.send({ id, look })
    })
  }

  /** Ends it with no word to anybody. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    this.#child.kill('SIGKILL')
    await this.ended
  }
}

/** The three programs and who looks at them. */
export class MillNodes {
  readonly #folder = mkdtempSync(join(tmpdir(), 'troupe-mill-'))
  readonly #programs = new Map<MillNode, Program>()
  /** A node of this program that none of the three has anything to do with. */
  readonly yard = 'yard@localhost'
  #desk: Node | undefined
  #yard: Node | undefined
  #observer: StartedObserver | undefined

  async start(): Promise<void> {
    writeFileSync(join(this.#folder, 'mill.json'), '{ "global": { "stones": 2 } }')
    // One after another: the first serves the registrar of this host.
    for (const name of MILL) this.#programs.set(name, await Program.start(name, this.#folder))
    this.#desk = await this.#start('desk@localhost', { mode: 'hidden' })
    this.#yard = await this.#start(this.yard)
    this.#observer = await startObserver(this.#desk, {
      port: 0,
      capabilities: ['inspect', 'payloads', 'profile', 'trace', 'config', 'manage'],
    })
  }

  #start(name: string, network: NetworkOptions = {}): Promise<Node> {
    return startNode(name, {
      ...{ logSinks: [], handleSignals: false },
      network: {
        ...{ cookie: 'a-cookie-of-the-mill', acceptors: [{ port: 0 }], unixSocket: false },
        ...network,
        registrar: embeddedRegistrar({ folder: this.#folder, serve: false }),
      },
    })
  }

  async stop(): Promise<void> {
    await this.#observer?.stop()
    await Promise.all([this.#desk, this.#yard].map((node) => node?.stop({ timeoutMs: 500 })))
    await Promise.all([...this.#programs.values()].map((program) => program.kill()))
    rmSync(this.#folder, { recursive: true, force: true })
  }

  url(path: string): string {
    return `${this.#observer?.addresses[0] ?? ''}${path}`
  }

  /** What a node says of itself now. */
  async look<T>(name: MillNode, look: MillLook): Promise<T> {
    return (await this.#programOf(name).look(look)) as T
  }

  /** Waits until a node says this of itself; the limit of the test ends it otherwise. */
  async lookWhen<T>(name: MillNode, look: MillLook, fits: (told: T) => boolean): Promise<T> {
    for (;;) {
      const told = await this.look<T>(name, look)
      if (fits(told)) return told
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }

  /** The node that leads the election of all three. */
  async leading(): Promise<MillNode> {
    for (;;) {
      for (const name of this.#programs.keys()) {
        const { leads } = await this.look<{ readonly leads: boolean }>(name, 'reign')
        if (leads) return name
      }
    }
  }

  /** With which code a program has ended by itself. */
  ended(name: MillNode): Promise<number | null> {
    return this.#programOf(name).ended
  }

  kill(name: MillNode): Promise<void> {
    return this.#programOf(name).kill()
  }

  async again(name: MillNode): Promise<void> {
    this.#programs.set(name, await Program.start(name, this.#folder))
  }

  #programOf(name: MillNode): Program {
    return this.#programs.get(name) ?? assert.fail(`${name} runs`)
  }
}

/** Nodes, and a browser that looks at them. */
export interface Looked {
  readonly mill: MillNodes
  readonly open: Open
}

/** A mill for all tests of a file. */
export function millForAll(): MillNodes {
  const mill = new MillNodes()
  before(() => mill.start())
  after(() => mill.stop())
  return mill
}
