/**
 * etcd/test/client/own-etcd: an etcd of one member for one file of tests.
 *
 * `TROUPE_ETCD` names another binary than the one on the path.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

export class OwnEtcd {
  readonly folder: string
  readonly port: number
  readonly #peerPort: number
  readonly #flags: readonly string[]
  #child: ChildProcess | undefined

  private constructor(folder: string, ports: readonly [number, number], flags: readonly string[]) {
    this.folder = folder
    const [port, peerPort] = ports
    this.port = port
    this.#peerPort = peerPort
    this.#flags = flags
  }

  static async start(flags: readonly string[] = []): Promise<OwnEtcd> {
    const folder = await mkdtemp(join(tmpdir(), 'troupe-etcd-'))
    const etcd = new OwnEtcd(folder, [await freePort(), await freePort()], flags)
    await etcd.run()
    return etcd
  }

  get endpoint(): string {
    return `127.0.0.1:${this.port}`
  }

  async run(): Promise<void> {
    const scheme = this.#flags.includes('--cert-file') ? 'https' : 'http'
    const client = `${scheme}://127.0.0.1:${this.port}`
    const peer = `http://127.0.0.1:${this.#peerPort}`
    const flags = [
      ...['--name', 'one', '--data-dir', this.folder, '--log-level', 'warn'],
      ...['--listen-client-urls', client, '--advertise-client-urls', client],
      ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
      ...['--initial-cluster', `one=${peer}`, '--unsafe-no-fsync'],
      ...this.#flags,
    ]
    const binary = process.env['TROUPE_ETCD'] ?? 'etcd'
    this.#child = spawn(binary, flags, { stdio: ['ignore', 'ignore', 'ignore'] })
    await once(this.#child, 'spawn')
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal)
  }

  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  async stop(): Promise<void> {
    await this.kill()
    await rm(this.folder, { recursive: true, force: true })
  }
}
